"""A week from its drafts to its verification on a phone, in each language: sent in one go, decided in one go, covered.

The coach reads another language than the learner: what is said with a usual reason, each reads in their own.
"""

import datetime as dt
from dataclasses import dataclass

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Locator, expect

from people.models import Membership, User
from programmes.models import ActivityEntry, SupportRole
from tests.browser.actors import Actor, open_account
from tests.browser.portal import LANGUAGES
from tests.factories.people import MembershipFactory, UserFactory
from tests.worlds import PERSONAS, Side, build_side

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = 360
DAYS = 4
TITLE = "Checked returned lenses with the quality team"
REFLECTION = "A scratch near the edge may be accepted, one in the middle never."
REASON = "Please say what you learned from it."
BETTER_REFLECTION = "I now look at the edge first, because most scratches start there."
Status = ActivityEntry.Status


@dataclass
class Company(Side):
    """A small company, and a second coach at its provider."""

    colleague: User


def make_company(language: str, coach_language: str) -> Company:
    name = f"Week-{language}"
    side = build_side(name)
    colleague = UserFactory(
        email=f"colleague.{name.lower()}@sample.example", display_name=f"Sample colleague {name}"
    )
    MembershipFactory(person=colleague, organisation=side.provider, role=Membership.Role.COACH)
    for persona in PERSONAS:
        open_account(getattr(side, persona), coach_language if persona == "coach" else language)
    open_account(colleague, language)
    return Company(**vars(side), colleague=colleague)


def last_week() -> list[dt.date]:
    """Days of the week before this one, Monday first: all of them over, none of them long ago."""
    today = timezone.localdate()
    monday = today - dt.timedelta(days=today.weekday() + 7)
    return [monday + dt.timedelta(days=n) for n in range(DAYS)]


def log_days(learner: Actor, side: Company) -> None:
    """One form, four days: the fourth needs one more row than the form has at first, and nothing typed is lost."""
    page, (first, *others) = learner.page, last_week()
    learner.follow("Log an activity")
    page.locator("[name=kind][value=off_job]").check()
    learner.fill(title=TITLE, done_on=first.isoformat(), hours="1", reflection=REFLECTION)
    page.locator("[name=strategy]").select_option(str(side.strategy.pk))
    page.get_by_label(side.criteria[0].code).check()
    page.locator("#more-days > summary").click()
    for number, day in enumerate(others[:2]):
        learner.fill(**{f"days-{number}-done_on": day.isoformat(), f"days-{number}-hours": "1"})
    learner.press("More days")
    expect(page.locator("[name='days-1-done_on']")).to_have_value(others[1].isoformat())
    expect(page.locator("[name=title]")).to_have_value(TITLE)
    learner.fill(**{"days-2-done_on": others[2].isoformat(), "days-2-mins": "30"})
    learner.look_closely("form with further days")
    learner.press("Save as draft")
    learner.says(learner.words("Saved as drafts: %(number)s day.", "Saved as drafts: %(number)s days.", DAYS))
    entries = ActivityEntry.objects.filter(enrolment=side.enrolment, title=TITLE).order_by("done_on")
    assert [(entry.done_on, entry.minutes, entry.status) for entry in entries] == [
        (day, minutes, Status.DRAFT) for day, minutes in zip(last_week(), (60, 60, 60, 30), strict=True)
    ]


def send_week(learner: Actor, side: Company) -> None:
    """From the list of activities, all drafts of the week at once."""
    learner.go("Home")
    learner.go("Activities")
    learner.look_closely("list with drafts")
    learner.press("Send %(number)s draft", "Send %(number)s drafts", DAYS)
    learner.says(
        learner.words(
            "Sent to be verified: %(number)s activity.", "Sent to be verified: %(number)s activities.", DAYS
        )
    )
    expect(learner.page.locator(".wbl-weekhead button")).to_have_count(0)
    learner.look_closely("list after sending")
    assert ActivityEntry.objects.filter(enrolment=side.enrolment, status=Status.SUBMITTED).count() == DAYS


def verify_button(coach: Actor) -> Locator:
    return coach.page.get_by_role("main").locator("button[name=do][value=verify]")


def says_on_button(coach: Actor, number: int) -> None:
    """The number on the button is that of the boxes that are ticked."""
    words = coach.words("Verify %(number)s entry", "Verify %(number)s entries", number)
    expect(verify_button(coach).locator(".wbl-with-script")).to_have_text(words)
    assert coach.page.locator("[name=ids]:checked").count() == number


def choose(coach: Actor, number: int) -> None:
    """Tick the boxes of this many entries, the first in the queue first, and no other."""
    boxes = coach.page.locator("[name=ids]")
    for box in boxes.all():
        box.uncheck()
    says_on_button(coach, 0)
    for done, box in enumerate(boxes.all()[:number], start=1):
        box.check()
        says_on_button(coach, done)


def decide_and_undo(coach: Actor) -> None:
    """Three of four verified in one go; undone at once; verified again."""
    expect(coach.page.locator("[name=ids]")).to_have_count(DAYS)
    coach.look_closely("queue")
    choose(coach, DAYS - 1)
    verify_button(coach).click()
    coach.press("Undo")
    coach.says(
        coach.words(
            "Undone: %(number)s entry waits again.", "Undone: %(number)s entries wait again.", DAYS - 1
        )
    )
    expect(coach.page.locator("[name=ids]")).to_have_count(DAYS)
    choose(coach, DAYS - 1)
    verify_button(coach).click()
    expect(coach.page.locator(".wbl-undo")).to_be_visible()
    expect(coach.page.locator("[name=ids]")).to_have_count(1)
    coach.look_closely("queue after verifying")


def return_with_usual_reason(coach: Actor) -> None:
    """From the queue, with one of the usual reasons and no words of one's own; none at all is refused."""
    choose(coach, 1)
    coach.press("Return with reason")
    coach.look_closely("return")
    coach.press("Return %(number)s entry", "Return %(number)s entries", 1)
    expect(coach.page.locator("#errors")).to_be_focused()
    coach.look_closely("return with errors")
    coach.page.locator("[name=preset]").select_option(label=coach.words(REASON))
    coach.press("Return %(number)s entry", "Return %(number)s entries", 1)
    coach.says(TITLE)
    expect(coach.page.get_by_text(coach.words("Nothing waits for you."))).to_be_visible()
    coach.look_closely("queue after returning")


def mend(learner: Actor) -> None:
    """The reason is there in the learner's language, on the home page and in the form."""
    page, reason = learner.page, learner.words(REASON)
    learner.go("Home")
    task = page.get_by_role("listitem").filter(has_text=TITLE).filter(has_text=reason).first
    expect(task).to_be_visible()
    learner.look_closely("home with a returned activity")
    task.get_by_role("link").click()
    expect(page.get_by_role("note")).to_contain_text(reason)
    learner.fill(reflection=BETTER_REFLECTION)
    learner.press("Send to coach")
    learner.says(TITLE)


def set_cover(coach: Actor, side: Company) -> None:
    """The colleague, from today for a week; the learners are chosen already. A form without a colleague comes back."""
    page, today = coach.page, timezone.localdate()
    coach.page.goto(reverse("dashboards:queue"))
    coach.follow("Set cover")
    coach.press("Set cover")
    expect(page.locator("#errors")).to_be_focused()
    coach.look_closely("cover with errors")
    page.locator("[name=to]").select_option(label=side.colleague.display_name)
    expect(page.locator("[name=starts_on]")).to_have_value(today.isoformat())
    coach.fill(ends_on=(today + dt.timedelta(days=7)).isoformat())
    expect(page.get_by_label(side.learner.display_name)).to_be_checked()
    coach.press("Set cover")
    coach.says(side.colleague.display_name)
    coach.look_closely("cover that runs")
    assert SupportRole.objects.filter(person=side.colleague, covers__person=side.coach).count() == 1


def verify_as_cover(colleague: Actor, side: Company) -> None:
    """The colleague finds the entry in their own queue, reads it and verifies it."""
    page = colleague.page
    colleague.sign_in()
    colleague.look_closely("queue of who covers")
    expect(page.locator("#caseload")).to_contain_text(side.learner.display_name)
    page.get_by_role("main").get_by_role("link", name=TITLE).click()
    expect(page.get_by_text(BETTER_REFLECTION)).to_be_visible()
    colleague.look_closely("activity for who covers")
    colleague.press("Verify")
    colleague.says(TITLE)
    expect(page.get_by_text(colleague.words("Nothing waits for you."))).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_a_week_of_drafts_to_its_verification(open_browser, language):
    coach_language = LANGUAGES[(LANGUAGES.index(language) + 1) % len(LANGUAGES)]
    side = make_company(language, coach_language)
    faults: list[str] = []

    def actor(person: User, speaks: str = language) -> Actor:
        return Actor(open_browser, person, speaks, faults, width=PHONE)

    learner = actor(side.learner)
    learner.sign_in()
    log_days(learner, side)
    send_week(learner, side)

    coach = actor(side.coach, coach_language)
    coach.sign_in()
    decide_and_undo(coach)
    return_with_usual_reason(coach)
    mend(learner)
    set_cover(coach, side)
    verify_as_cover(actor(side.colleague), side)

    entries = ActivityEntry.objects.filter(enrolment=side.enrolment).order_by("done_on")
    deciders = [entry.approved_by for entry in entries]
    assert deciders.count(side.coach) == DAYS - 1
    assert deciders.count(side.colleague) == 1
    learner.page.reload()
    learner.look_closely("activity verified by who covers")
    assert not faults, "\n".join(["", *faults])
