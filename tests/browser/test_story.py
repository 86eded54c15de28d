"""The main job from end to end, in each language: log, return with a reason, mend, verify, and the team's hours.

On the way every page is looked at whose state comes up nowhere else; the others are looked at in test_pages.py.
"""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from people.models import User
from programmes import actions
from programmes.models import ActivityEntry
from tests.browser.actors import Actor, open_account
from tests.browser.portal import LANGUAGES
from tests.factories.programmes import ActivityFactory
from tests.worlds import PERSONAS, Side, build_side
from uploads.checks import THUMBNAIL_PIXELS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TITLE, BETTER_TITLE = "Course on photographing small parts", "Course on photographing small parts, day 1"
REFLECTION, BETTER_REFLECTION = (
    "Light from the side.",
    "Light from the side shows scratches; I will use it for returns.",
)
REASON = "Which lesson will you use at work?"
OTHER_TITLE = "Packed the first ten parcels myself"
PHOTO_SIZE = (1200, 900)
# 1 h 30 min were verified before, 3 h 12 min come on top.
BEFORE = {"en": "1.5", "es": "1,5", "pl": "1,5"}
AFTER = {"en": "4.7", "es": "4,7", "pl": "4,7"}


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "parts.jpg"
    Image.linear_gradient("L").resize(PHOTO_SIZE).convert("RGB").save(path, quality=80)
    return path


def make_side(language: str) -> Side:
    """A small company with one learner, who has one verified activity and one that waits."""
    side = build_side(f"Story-{language}")
    for name in PERSONAS:
        open_account(getattr(side, name), language)
    common: dict[str, Any] = {"enrolment": side.enrolment, "strategy": side.strategy}
    ActivityFactory(**common, minutes=90, approved=True, approved_by=side.coach)
    yesterday = timezone.now() - dt.timedelta(days=1)
    waiting = ActivityFactory(
        **common, minutes=60, sent=True, submitted_at=yesterday, kind="on_job", title=OTHER_TITLE
    )
    waiting.criteria.add(side.criteria[0])
    return side


def switch_language(learner: Actor) -> None:
    """With the switch in the menu; remembered for the person."""
    before = next(code for code in LANGUAGES if code != learner.language)
    User.objects.filter(pk=learner.person.pk).update(language=before)
    learner.page.reload()
    html = learner.page.locator("html")
    expect(html).to_have_attribute("lang", before)
    learner.page.locator(f".wbl-side button[name=language][value={learner.language}]").click()
    expect(html).to_have_attribute("lang", learner.language)
    learner.person.refresh_from_db()
    assert learner.person.language == learner.language


def log_with_errors(learner: Actor) -> None:
    """Sending too early gives the form back: a summary with the focus, links to the fields, nothing lost."""
    page = learner.page
    page.get_by_role("main").get_by_role("link", name=learner.words("Log an activity")).click()
    page.locator("[name=kind][value=off_job]").check()
    page.get_by_label(learner.words("What did you do?")).fill(TITLE)
    page.get_by_label(learner.words("What did you learn?")).fill(REFLECTION)
    page.locator("[name=hours]").fill("three")
    page.locator("[name=done_on]").fill((timezone.localdate() + dt.timedelta(days=3)).isoformat())
    learner.press("Send to coach")
    expect(page.locator("#errors")).to_be_focused()
    assert page.title().startswith(learner.words("Error:"))
    learner.look("form with errors")
    links = page.locator("#errors a")
    assert links.count() >= 3
    for link in links.all():
        follow_error(page, link)
    expect(page.locator("[name=kind][value=off_job]")).to_be_checked()
    expect(page.locator("[name=title]")).to_have_value(TITLE)
    expect(page.locator("[name=reflection]")).to_have_value(REFLECTION)
    expect(page.locator("[name=hours]")).to_have_value("three")


def follow_error(page: Page, link: Locator) -> None:
    """The link leads to a control, which takes the focus, or to its group; the same words stand there."""
    link.click()
    target = page.locator(link.get_attribute("href") or "none")
    if target.evaluate("element => element.matches('input, select, textarea')"):
        expect(target).to_be_focused()
    else:
        expect(target.locator("input").first).to_be_visible()
    field = page.locator(".wbl-field-error").filter(has_text=link.inner_text())
    expect(field.locator(".invalid-feedback").filter(has_text=link.inner_text())).to_be_visible()


def log_and_send(learner: Actor, side: Side, photo: Path) -> ActivityEntry:
    """All faults mended, with a photo."""
    page = learner.page
    page.locator("[name=done_on]").fill(timezone.localdate().isoformat())
    page.locator("[name=hours]").fill("3")
    page.locator("[name=mins]").fill("12")
    page.locator("[name=strategy]").select_option(str(side.strategy.pk))
    page.get_by_label(side.criteria[0].code).check()
    page.locator("[name=evidence]").set_input_files(photo)
    learner.press("Send to coach")
    learner.says(TITLE)
    expect(page.locator("#evidence .wbl-tag-info")).to_be_visible()
    assert actions.check_evidence() == 1  # what a worker does; the page asks for it every two seconds
    expect(page.locator("#evidence .wbl-tag-success")).to_be_visible()
    picture = page.locator("main img")
    picture.scroll_into_view_if_needed()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == THUMBNAIL_PIXELS
    learner.look("sent activity")
    return ActivityEntry.objects.get(enrolment=side.enrolment, title=TITLE)


def return_it(coach: Actor) -> None:
    """Opened from the queue; without a reason it does not go back; then the next one opens."""
    page = coach.page
    page.get_by_role("link", name=TITLE).click()
    expect(page.get_by_text(REFLECTION)).to_be_visible()
    coach.look("waiting activity")
    coach.press("Return with reason")
    expect(page.locator("#errors")).to_be_focused()
    page.get_by_label(coach.words("In your own words")).fill(REASON)
    coach.press("Return with reason")
    coach.says(TITLE)
    expect(page.get_by_role("heading", level=1)).to_have_text(OTHER_TITLE)
    coach.look("next activity")


def verify(coach: Actor, title: str) -> None:
    """The last one: the queue opens and says that nothing waits."""
    coach.press("Verify")
    coach.says(title)
    expect(coach.page.get_by_role("heading", level=1)).to_have_text(coach.words("Queue"))
    expect(coach.page.get_by_text(coach.words("Nothing waits for you."))).to_be_visible()


def mend(learner: Actor, entry: ActivityEntry) -> None:
    """The reason is on the home page, which leads to the form; what was sent stands there."""
    page = learner.page
    page.goto("/home/")
    task = page.get_by_role("listitem").filter(has_text=REASON).filter(has_text=TITLE).first
    expect(task).to_be_visible()
    learner.look("home with a returned activity")
    task.get_by_role("link").click()
    expect(page.get_by_role("note")).to_contain_text(REASON)
    expect(page.locator("[name=mins]")).to_have_value("12")
    learner.look("form of a returned activity")
    page.locator("[name=title]").fill(BETTER_TITLE)
    page.locator("[name=reflection]").fill(BETTER_REFLECTION)
    learner.press("Send to coach")
    learner.says(BETTER_TITLE)
    entry.refresh_from_db()
    assert (entry.status, entry.title) == (ActivityEntry.Status.SUBMITTED, BETTER_TITLE)


def team_figures(manager: Actor, learner: User) -> tuple[str, str]:
    """Hours off the job as the manager reads them: the whole team's, and the learner's in the table."""
    page = manager.page
    page.goto("/team/")
    table = page.locator("section[aria-labelledby=team-h]")
    row = table.locator("tr").filter(has_text=learner.display_name)
    total = table.locator(".wbl-cardfoot p").first.inner_text()
    own = row.locator(".wbl-barcell").first.inner_text()
    return number_in(total), number_in(own)


def number_in(text: str) -> str:
    found = re.search(r"\d[\d.,]*", text)
    assert found, text
    return found[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_an_activity_to_the_hours_of_the_team(open_browser, photo, language):
    side = make_side(language)
    faults: list[str] = []
    manager = Actor(open_browser, side.manager, language, faults)
    manager.sign_in()
    assert team_figures(manager, side.learner) == (BEFORE[language], BEFORE[language])

    learner = Actor(open_browser, side.learner, language, faults)
    learner.sign_in()
    switch_language(learner)
    log_with_errors(learner)
    entry = log_and_send(learner, side, photo)

    coach = Actor(open_browser, side.coach, language, faults)
    coach.sign_in()
    return_it(coach)
    verify(coach, OTHER_TITLE)
    coach.look("empty queue")

    mend(learner, entry)

    coach.page.goto("/queue/")
    coach.page.get_by_role("link", name=BETTER_TITLE).click()
    expect(coach.page.get_by_text(BETTER_REFLECTION)).to_be_visible()
    verify(coach, BETTER_TITLE)
    learner.page.reload()
    learner.look("verified activity")

    assert team_figures(manager, side.learner) == (AFTER[language], AFTER[language])
    manager.look("team after")
    assert not faults, "\n".join(["", *faults])
