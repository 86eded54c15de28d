"""What was settled changes, on phones, in each language: a verified activity is amended, and learning takes a break.

The figures that this moves are read before and after each step.
"""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, expect

from programmes.models import ActivityEntry, BreakInLearning
from tests.browser.actors import Actor
from tests.browser.portal import LANGUAGES
from tests.factories.programmes import ActivityFactory
from tests.worlds import Side

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = 360
TITLE = "Put labels on the boxes of the sample store"
WHY_AMENDED = "I had left out the afternoon."
BREAK_REASON = "Parental leave"
BREAK_DAYS = 28
BROKEN_DAYS = 10


def gauge(actor: Actor) -> Locator:
    """Hours off the job, with their arithmetic."""
    return actor.page.locator(".wbl-gauge").first


# An amendment
def make_verified(side: Side) -> ActivityEntry:
    """One and a half verified hours, three days ago."""
    entry: ActivityEntry = ActivityFactory(
        enrolment=side.enrolment,
        strategy=side.strategy,
        title=TITLE,
        done_on=timezone.localdate() - dt.timedelta(days=3),
        minutes=90,
        approved=True,
        approved_by=side.coach,
    )
    entry.criteria.add(side.criteria[0])
    return entry


def counted(learner: Actor, number: str) -> None:
    """Hours off the job that count, on the learner's home."""
    learner.go("Home")
    expect(gauge(learner).locator(".wbl-figure")).to_have_text(
        f"{learner.hours(number)} "
        + learner.words("of %(expected)s expected by today", expected=learner.hours("100.7"))
    )


def amend(learner: Actor) -> None:
    """An hour more; without saying why it comes back."""
    page = learner.page
    learner.go("Activities")
    page.get_by_role("main").get_by_role("link", name=TITLE).click()
    learner.look_closely("verified activity")
    learner.follow("Amend")
    learner.look_closely("before an amendment")
    learner.press("Begin the amendment")
    learner.heading(learner.words("Amend an activity"))
    expect(page.locator("[name=mins]")).to_have_value("30")
    learner.fill(hours="2")
    learner.press("Send to coach")
    expect(page.locator("#errors")).to_be_focused()
    learner.look_closely("amendment with errors")
    learner.fill(amendment_reason=WHY_AMENDED)
    learner.press("Send to coach")
    learner.says(TITLE)
    learner.look_closely("amendment that waits")


def verify_difference(coach: Actor) -> None:
    """From the queue: what went and what came, and why."""
    page = coach.page
    coach.look_closely("queue with an amendment")
    page.get_by_role("main").get_by_role("link", name=TITLE).click()
    difference = coach.card("What the amendment changes")
    told = "%(hours)s h %(minutes)s min"
    expect(difference.locator("dd del")).to_contain_text(coach.words(told, hours=1, minutes=30))
    expect(difference.locator("dd ins")).to_contain_text(coach.words(told, hours=2, minutes=30))
    expect(page.get_by_text(WHY_AMENDED)).to_be_visible()
    coach.look_closely("difference")
    coach.press("Verify")
    coach.says(TITLE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_activity_is_amended(actor, side, language):
    entry = make_verified(side)
    learner, coach = actor("learner", width=PHONE), actor("coach", width=PHONE)
    counted(learner, "1.5")
    amend(learner)
    counted(learner, "1.5")
    coach.page.goto("/queue/")
    verify_difference(coach)
    counted(learner, "2.5")
    learner.look_closely("home after an amendment")

    page = learner.page
    learner.go("Activities")
    link = page.get_by_role("main").get_by_role("link", name=TITLE)
    expect(link).to_have_count(1)
    link.click()
    learner.look_closely("activity that replaced another")
    learner.follow("Show the earlier version")
    assert page.url.endswith(f"/activities/{entry.pk}/")
    expect(page.get_by_role("main")).to_contain_text(learner.words("Replaced by a newer version."))
    expect(page.locator(".wbl-facts")).to_contain_text(learner.hours("1.5"))
    learner.look_closely("replaced activity")


# A break
def expects(learner: Actor, elapsed: int, number: str) -> None:
    """The sum under the gauge: learning days so far of all, planned hours, and what comes of it."""
    learner.go("Home")
    sentence = learner.words(
        "<b>%(elapsed)s</b> of <b>%(planned_days)s</b> learning days × <b>%(planned)s</b> planned = "
        "<b>%(expected)s</b>.",
        elapsed=elapsed,
        planned_days=364,
        planned=learner.hours("260"),
        expected=learner.hours(number),
    )
    expect(gauge(learner).locator(".wbl-sum")).to_contain_text(
        sentence.replace("<b>", "").replace("</b>", "")
    )


def ends_on(learner: Actor, value: dt.date) -> None:
    """The planned end, on the page that explains the hours."""
    learner.go("Home")
    gauge(learner).get_by_role("link").click()
    expect(learner.page.locator(".wbl-pagehead")).to_contain_text(f"– {learner.day(value)}")


def effects(actor: Actor, end: dt.date) -> list[str]:
    """What the break would do, in its sentences."""
    return [
        actor.words(
            "The planned end moves from %(before)s to %(after)s.",
            before=actor.day(end),
            after=actor.day(end + dt.timedelta(days=BREAK_DAYS)),
        ),
        actor.words(
            "Expected off the job by today changes from %(before)s to %(after)s.",
            before=actor.hours("100.7"),
            after=actor.hours("100"),
        ),
    ]


def ask_for_break(learner: Actor, end: dt.date) -> None:
    """From today for four weeks; what it does is said before it is asked for."""
    page, today = learner.page, timezone.localdate()
    learner.go("Home")
    learner.follow("Breaks in learning")
    learner.look_closely("no breaks")
    learner.follow("Take a break")
    last = today + dt.timedelta(days=BREAK_DAYS - 1)
    learner.fill(starts_on=today.isoformat(), ends_on=last.isoformat(), reason=BREAK_REASON)
    learner.press("Ask for the break")
    learner.look_closely("what a break does")
    for sentence in effects(learner, end):
        expect(page.get_by_role("main")).to_contain_text(sentence)
    learner.press("Ask for the break")
    learner.says(learner.words("You asked for a break. It holds once somebody has agreed."))
    learner.look_closely("break that waits")


def agree_to_break(coach: Actor, end: dt.date) -> None:
    """Found in the queue; the same sentences."""
    page = coach.page
    page.goto("/queue/")
    coach.look_closely("queue with a break")
    coach.card("Breaks asked for").get_by_role("link", name=coach.words("Decide")).click()
    for sentence in effects(coach, end):
        expect(page.get_by_role("main")).to_contain_text(sentence)
    page.get_by_label(coach.words("Agree: the break holds as it was asked for")).check()
    coach.look_closely("decision about a break")
    coach.press("Send the decision")
    coach.says(coach.person.display_name.replace("coach", "learner"))
    expect(page.get_by_role("region", name=coach.words("Breaks asked for"))).to_have_count(0)


def days_pass(side: Side) -> None:
    """The break began ten days ago: as if everything had been done that much earlier."""
    pause = BreakInLearning.objects.get(enrolment=side.enrolment)
    for name in ("starts_on", "ends_on", "agreed_until"):
        setattr(pause, name, getattr(pause, name) - dt.timedelta(days=BROKEN_DAYS))
    pause.save()


def end_early(coach: Actor, side: Side) -> None:
    """From the learner's record, today."""
    page = coach.page
    coach.go("Your learners")
    page.get_by_role("main").get_by_role("link", name=side.learner.display_name).first.click()
    coach.look_closely("record during a break")
    page.locator("#tab-breaks").click()
    coach.follow("Back from the break")
    expect(page.locator("[name=back_on]")).to_have_value(timezone.localdate().isoformat())
    coach.look_closely("back from a break")
    coach.press("End the break")
    coach.says(side.learner.display_name)
    agreed_until = BreakInLearning.objects.get(enrolment=side.enrolment).agreed_until
    expect(page.get_by_role("main")).to_contain_text(
        coach.words("Ended early: it was agreed until %(day)s.", day=coach.day(agreed_until))
    )
    coach.look_closely("break that ended early")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_expected_moves_with_a_break(actor, side, language):
    end = side.enrolment.ends_on
    learner, coach = actor("learner", width=PHONE), actor("coach", width=PHONE)
    expects(learner, 141, "100.7")
    ends_on(learner, end)
    ask_for_break(learner, end)
    expects(learner, 141, "100.7")
    agree_to_break(coach, end)
    expects(learner, 140, "100")
    learner.look_closely("home during a break")
    ends_on(learner, end + dt.timedelta(days=BREAK_DAYS))
    learner.look_closely("hours explained during a break")

    days_pass(side)
    expects(learner, 130, "92.9")
    end_early(coach, side)
    expects(learner, 131, "93.6")
    ends_on(learner, end + dt.timedelta(days=BROKEN_DAYS))
