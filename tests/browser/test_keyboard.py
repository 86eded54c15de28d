"""The portal by keyboard alone, without script, with htmx, in the person's own colours, and on paper."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from people.models import Membership, User
from programmes.models import ActivityEntry, Enrolment, SupportRole
from tests.browser.checks import Watch, axe_faults, sticking_out
from tests.browser.portal import sample_person, words
from tests.factories.people import MembershipFactory, UserFactory
from tests.factories.programmes import ActivityFactory, EnrolmentFactory
from tests.worlds import Side, build_side

pytestmark = pytest.mark.browser

PHONE = 320
# Every control that a person may want to reach. Tab reaches one radio button of a group, arrows the others.
REACHABLE = """() => {
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")];
  const open = all.filter(e => e.checkVisibility({visibilityProperty: true}) && e.type !== "hidden" && e.tabIndex >= 0);
  return [...new Set(open.map((e, number) => e.stop = e.type === "radio" ? `radio ${e.name}` : `control ${number}`))];
}"""
FOCUSED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const width = at => getComputedStyle(at).outlineStyle === "none" ? 0 : parseFloat(getComputedStyle(at).outlineWidth);
  const holder = e.closest(".wbl-choice, .wbl-task") || e;
  const box = e.getBoundingClientRect(), inside = (value, most) => Math.min(Math.max(value, 1), most - 2);
  const top = document.elementFromPoint(
    inside(box.left + box.width / 2, innerWidth), inside(box.top + Math.min(box.height / 2, 20), innerHeight));
  return {
    stop: e.stop,
    text: (e.textContent || e.name || "").trim().slice(0, 40),
    ring: Math.max(width(e), width(holder)),
    isSeen: box.bottom > 0 && box.top < innerHeight && !!top && (holder.contains(top) || top.contains(e)),
  };
}"""
TARGETS = """selector => [...document.querySelectorAll(selector)].filter(e => e.checkVisibility())
  .map(e => [e.textContent.trim().replace(/\\s+/g, " "), e.getBoundingClientRect()])
  .map(([text, box]) => [text, Math.round(box.width), Math.round(box.height)])"""


def fresh_learner(name: str) -> User:
    """A learner of the test's own in the sample programme."""
    person = UserFactory(email=f"{name}@sample.example")
    EnrolmentFactory(
        learner=person, cohort=Enrolment.objects.filter(learner=sample_person("learner")).first().cohort
    )
    return person


def tab_stops(page: Page) -> Iterator[dict[str, Any]]:
    """What takes the focus when Tab is pressed again and again, until it leaves the page."""
    for _ in range(250):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None:
            return
        yield stop
    raise AssertionError("the focus goes round in a circle")


def reach(page: Page, selector: str) -> None:
    """Press Tab until the focus is on such a control."""
    for _stop in tab_stops(page):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab does not reach {selector}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_tab_reaches_every_control_of_the_form_with_a_visible_focus(open_browser, scheme):
    page = open_browser(sample_person("learner"), width=PHONE, color_scheme=scheme).page
    page.goto(reverse("programmes:activity_create"))
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    wanted = page.evaluate(REACHABLE)
    assert len(wanted) > 20
    stops = list(tab_stops(page))
    assert set(wanted) - {stop["stop"] for stop in stops} == set()
    assert [stop for stop in stops if stop["ring"] < 2 or not stop["isSeen"]] == []


def test_the_first_stop_leads_past_the_menu(open_browser):
    page = open_browser(sample_person("learner")).page
    page.goto(reverse("programmes:activity_list"))
    page.keyboard.press("Tab")
    expect(page.locator(".wbl-skip")).to_be_focused()
    expect(page.locator(".wbl-skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_an_activity_is_logged_by_keyboard_alone(open_browser):
    person = fresh_learner("keyboard")
    page = open_browser(person).page
    page.goto(reverse("programmes:activity_create"))
    reach(page, "[name=kind]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    chosen = page.locator("[name=kind]:checked").get_attribute("value")
    reach(page, "[name=title]")
    page.keyboard.type("Asked how the scale is set")
    reach(page, "[name=hours]")
    page.keyboard.type("1")
    reach(page, "[name=strategy]")
    page.keyboard.press("ArrowDown")
    reach(page, "[name=criteria]")
    page.keyboard.press("Space")
    reach(page, "[name=save]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Asked how the scale is set")).to_be_visible()
    entry = ActivityEntry.objects.get(enrolment__learner=person)
    assert (entry.kind, entry.minutes, entry.criteria.count(), entry.status) == (chosen, 60, 1, "draft")


@pytest.mark.parametrize(
    ("role", "name"),
    [
        ("coach", "dashboards:queue"),
        ("coach", "programmes:cover"),
        ("lead", "programmes:programme_create"),
    ],
)
def test_tab_reaches_every_control_of_the_other_long_forms(open_browser, role, name):
    page = open_browser(sample_person(role), width=PHONE).page
    page.goto(reverse(name))  # the queue has a bar at the foot of the window, which must not lie on the focus
    wanted = page.evaluate(REACHABLE)
    assert len(wanted) > 8
    stops = list(tab_stops(page))
    assert set(wanted) - {stop["stop"] for stop in stops} == set()
    assert [stop for stop in stops if stop["ring"] < 2 or not stop["isSeen"]] == []


@pytest.fixture
def side(portal) -> Side:
    """A company of the test's own, whose coach has three entries to decide about."""
    made = build_side(f"Keys{User.objects.count()}")
    for number in range(3):
        ActivityFactory(
            enrolment=made.enrolment, strategy=made.strategy, sent=True, title=f"Sample entry {number}"
        )
    return made


def test_several_are_verified_and_that_undone_by_keyboard_alone(open_browser, side):
    page = open_browser(side.coach).page
    page.goto(reverse("dashboards:queue"))
    expect(page.locator("[name=ids]:checked")).to_have_count(
        0
    )  # without a reflection none is chosen beforehand
    reach(page, "[name=ids]")
    page.keyboard.press("Space")
    reach(page, "[name=ids]")
    page.keyboard.press("Space")
    button = page.locator("[name=do][value=verify]")
    expect(button).to_contain_text("Verify 2 entries")
    reach(page, "[name=do][value=verify]")
    page.keyboard.press("Enter")
    expect(page.locator(".wbl-undo")).to_be_visible()
    assert side.enrolment.activities.filter(status="approved").count() == 2
    reach(page, ".wbl-undo button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Undone: 2 entries wait again.")
    assert side.enrolment.activities.filter(status="submitted").count() == 3


def test_a_text_is_written_in_three_languages_by_keyboard_alone(open_browser, side):
    page = open_browser(side.lead).page
    page.goto(reverse("programmes:programme_change", args=[side.programme.pk]))
    typed = {
        "title_en": "Sample title",
        "title_es": "Un ejemplo",
        "title_pl": "Przykład",
        "summary_pl": "Krótko",
    }
    for name, text in typed.items():
        reach(page, f"[name={name}]")
        page.keyboard.press("Control+a")
        page.keyboard.type(text)
    reach(page, "main form.card .btn-primary")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("The programme was changed.")
    side.programme.refresh_from_db()
    assert {name: getattr(side.programme, name) for name in typed} == typed


def day_that_reads_the_same_either_way() -> dt.date:
    """The next one like 3 March: browsers differ in whether the day or the month is typed first."""
    today = timezone.localdate()
    days = (today + dt.timedelta(days=n) for n in range(1, 40))
    return next(day for day in days if day.day == day.month)


def test_cover_is_set_by_keyboard_alone(open_browser, side):
    colleague, last = UserFactory(display_name="Sample Colleague"), day_that_reads_the_same_either_way()
    MembershipFactory(person=colleague, organisation=side.provider, role=Membership.Role.COACH)
    page = open_browser(side.coach).page
    page.goto(reverse("programmes:cover"))
    reach(page, "[name=to]")
    page.keyboard.press("ArrowDown")
    reach(page, "[name=ends_on]")
    page.keyboard.type(last.strftime("%d%m%Y"))
    reach(page, "[name=enrolments]")
    page.keyboard.press("Space")  # taken out, and in again
    page.keyboard.press("Space")
    reach(page, "main form.card .btn-primary")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Sample Colleague")
    cover = SupportRole.objects.get(covers__person=side.coach)
    assert (cover.person, cover.enrolment, cover.ends_on) == (colleague, side.enrolment, last)


def test_the_menu_at_phone_width(open_browser):
    watch = open_browser(sample_person("multi"), width=PHONE)
    page = watch.page
    page.goto("/learner/")
    menu, button = page.locator("#site-nav"), page.locator("header [href='#site-nav']")
    expect(menu).to_be_hidden()
    button.focus()
    page.keyboard.press("Enter")
    expect(menu).to_be_visible()
    assert menu.evaluate("menu => menu.contains(document.activeElement)")
    assert axe_faults(page) == []
    assert sticking_out(page) == []

    page.evaluate(REACHABLE)
    controls = menu.locator("a, button").count()
    stops = [next(tab_stops(page)) for _ in range(controls + 2)]
    assert all(stop["ring"] >= 2 and stop["isSeen"] for stop in stops)
    assert len({stop["stop"] for stop in stops}) == controls
    assert menu.evaluate("menu => menu.contains(document.activeElement)")

    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(button).to_be_focused()


@pytest.mark.parametrize("width", [PHONE, 1280])
def test_targets_of_the_menu_and_the_header_are_large_enough(open_browser, width):
    page = open_browser(sample_person("multi"), width=width).page
    page.goto("/learner/")
    if width == PHONE:
        page.locator("header [href='#site-nav']").click()
        expect(page.locator("#site-nav")).to_be_visible()
    targets = page.evaluate(TARGETS, "header a, header button, #site-nav a, #site-nav button")
    assert len(targets) > 8
    assert [target for target in targets if min(target[1:]) < 24] == []


# --- without script ----------------------------------------------------------------------------------------------


@pytest.fixture
def plain(open_browser) -> Watch:
    """A learner's phone that runs no script."""
    return open_browser(sample_person("learner"), width=PHONE, java_script_enabled=False)


def test_the_menu_opens_without_script(plain):
    page = plain.page
    page.goto("/learner/")
    menu = page.locator("#site-nav")
    expect(menu).to_be_hidden()
    page.locator("header [href='#site-nav']").click()
    expect(menu).to_be_in_viewport()
    menu.locator("a[href='#main']").click()
    expect(menu).to_be_hidden()
    page.locator("header [href='#site-nav']").click()
    menu.get_by_role("link", name=words("en", "Activities")).click()
    expect(page).to_have_url(f"{plain.home}{reverse('programmes:activity_list')}")
    expect(menu).to_be_hidden()


def test_the_filters_work_without_script(plain):
    page = plain.page
    page.goto(reverse("programmes:activity_list"))
    page.locator("[name=status]").select_option("draft")
    page.get_by_role("button", name=words("en", "Apply filters")).click()
    assert "status=draft" in page.url
    expect(page.locator("[name=status]")).to_have_value("draft")
    tags = page.locator("#weeks .wbl-tag").all_inner_texts()
    assert set(tags) == {words("en", "Draft")}
    page.locator("[name=q]").fill("zzzz")
    page.get_by_role("button", name=words("en", "Apply filters")).click()
    expect(page.locator("#weeks tbody")).to_have_count(0)
    page.locator("#weeks a").click()
    assert page.url.endswith(reverse("programmes:activity_list"))


def test_an_activity_is_logged_without_script(open_browser):
    person = fresh_learner("noscript")
    page = open_browser(person, width=PHONE, java_script_enabled=False).page
    page.goto(reverse("programmes:activity_create"))
    page.locator("[name=title]").fill("Watched the press being set up")
    page.locator("[name=send]").click()
    expect(page.locator("#errors a").first).to_be_visible()
    expect(page.locator("[name=title]")).to_have_value("Watched the press being set up")
    page.locator("[name=kind][value=on_job]").check()
    page.locator("[name=mins]").fill("45")
    page.locator("[name=strategy]").select_option(index=1)
    page.locator("[name=criteria]").first.check()
    page.locator("[name=send]").click()
    expect(page.get_by_role("status").filter(has_text="Watched the press being set up")).to_be_visible()
    assert ActivityEntry.objects.get(enrolment__learner=person).status == ActivityEntry.Status.SUBMITTED


# --- htmx --------------------------------------------------------------------------------------------------------


def test_a_filter_changes_the_list_and_the_address_without_a_new_page(open_browser):
    page = open_browser(sample_person("learner")).page
    page.goto(reverse("programmes:activity_list"))
    page.evaluate("window.isSamePage = true")
    with page.expect_response(lambda response: "kind=on_job" in response.url):
        page.locator("[name=kind]").select_option("on_job")
    expect(page).to_have_url(re.compile("kind=on_job"))
    expect(page.locator("#weeks .wbl-kind-off")).to_have_count(0)
    assert page.locator("#weeks .wbl-kind-on").count() > 0
    page.locator("[name=q]").fill("zzzz")
    page.locator("[name=q]").press("Enter")
    expect(page.locator("#weeks tbody")).to_have_count(0)
    assert "q=zzzz" in page.url
    assert page.evaluate("window.isSamePage")
    page.go_back()
    expect(page.locator("#weeks .wbl-kind-on").first).to_be_visible()
    page.reload()
    expect(page.locator("[name=kind]")).to_have_value("on_job")


# --- colours and paper -------------------------------------------------------------------------------------------


def background(page: Page) -> int:
    """How light the page's ground is, from 0 to 765."""
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return sum(int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(",")[:3])


def test_the_persons_own_colours_win_over_the_systems(open_browser):
    person = fresh_learner("colours")
    page = open_browser(person, color_scheme="light").page
    page.goto(reverse("people:profile"))
    html = page.locator("html")
    assert html.get_attribute("data-bs-theme") is None
    assert background(page) > 600
    page.emulate_media(color_scheme="dark")
    assert background(page) < 200
    for theme, is_light in (("light", True), ("dark", False)):
        page.locator(f"[name=theme][value={theme}]").check()
        page.get_by_role("button", name=words("en", "Save"), exact=True).click()
        expect(html).to_have_attribute("data-bs-theme", theme)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert (background(page) > 600) is is_light


def test_paper_is_light_and_without_the_menu(open_browser):
    person = fresh_learner("paper")
    User.objects.filter(pk=person.pk).update(theme="dark")
    page = open_browser(person, color_scheme="dark").page
    page.goto("/learner/")
    assert background(page) < 200
    page.emulate_media(media="print")
    assert background(page) > 600
    for selector in ("header.wbl-topbar", "#site-nav", "main .btn-primary"):
        expect(page.locator(selector).first).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
