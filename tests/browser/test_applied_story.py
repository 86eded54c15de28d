"""From a goal to what came of it in each language: agreed, worked towards, used, confirmed, closed.

The learner and the coach are on their phones, the line manager at a desk. Every figure that a step is to move is
read before and after it, with the parts that it is made of.
"""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from programmes.models import ActivityEntry, ApplicationRecord, Goal
from tests.browser.actors import Actor
from tests.browser.portal import LANGUAGES
from tests.factories.programmes import ActivityFactory, ApplicationFactory, BenefitFactory
from tests.factories.standards import GoalTemplateFactory
from tests.worlds import Side

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = 360
LATE = 15  # one day later than a day is logged without a reason, and after the first time that use is asked about
GOAL = {
    "en": "Plan the week with the whole team",
    "es": "Planificar la semana con todo el equipo",
    "pl": "Planować tydzień z całym zespołem",
}
WHY = {
    "en": "Everybody knows what comes next.",
    "es": "Todo el mundo sabe qué viene después.",
    "pl": "Każdy wie, co będzie dalej.",
}
MEASURE = {
    "en": "Nobody has to ask on Monday.",
    "es": "Nadie tiene que preguntar el lunes.",
    "pl": "Nikt nie musi pytać w poniedziałek.",
}
TITLE = "Course on planning boards"
REFLECTION = "A board that nobody looks at is worse than none."
LATE_REASON = "The course sent its certificate this week."
CHANGED = "The board hangs by the door, and we plan in front of it every Monday."
BENEFIT = "Nobody waits for their tasks any more."
OUTCOME = "We plan every Monday, and nobody asks any more."


def make_past(side: Side) -> None:
    """Three verified hours off the job: two of them used and confirmed, for two hours a month."""
    common: dict[str, Any] = {"enrolment": side.enrolment, "strategy": side.strategy, "approved": True}
    used = ActivityFactory(**common, minutes=120, approved_by=side.coach)
    record = ApplicationFactory(entry=used, confirmed=True, confirmed_by=side.mentor)
    BenefitFactory(record=record, measured=True, before=5, after=3)
    ApplicationFactory(entry=ActivityFactory(**common, minutes=60, approved_by=side.coach))
    texts = {
        f"{field}_{language}": text
        for field, values in (("title", GOAL), ("why", WHY), ("measure", MEASURE))
        for language, text in values.items()
    }
    GoalTemplateFactory(framework=side.framework, **texts).criteria.add(side.criteria[0])


def shows_figures(
    manager: Actor, *, applied: str, approved: str, percent: int, value: str, records: int
) -> None:
    """The application rate and the value of the team, and the learner's own rate, each with its parts."""
    page = manager.page
    page.goto("/team/")
    kpis = page.locator(".wbl-kpi")
    rate = kpis.filter(has=page.get_by_text(manager.words("Applied at work"), exact=True))
    sentence = manager.words(
        "%(applied)s used at work and confirmed, of %(approved)s verified off the job: %(percent)s%%.",
        applied=manager.hours(applied),
        approved=manager.hours(approved),
        percent=percent,
    )
    expect(rate.locator(".wbl-small")).to_have_text(sentence)
    expect(rate.locator(".wbl-figure")).to_have_text(manager.words("%(percent)s%%", percent=percent))
    own = manager.words(
        "Applied: %(percent)s%% (%(applied)s of %(approved)s)",
        percent=percent,
        applied=manager.decimal(applied),
        approved=manager.hours(approved),
    )
    expect(manager.card("Team").get_by_role("row").nth(1)).to_contain_text(own)
    worth = kpis.filter(has=page.get_by_text(manager.words("Value so far"), exact=True))
    decimals = manager.decimal(value)
    expect(worth.locator(".wbl-figure")).to_have_text(f"{decimals} {manager.words('hours a month')}")
    expect(worth.locator(".wbl-small")).to_have_text(
        manager.words(
            "from %(number)s confirmed application with a measure",
            "the sum of %(number)s confirmed applications with a measure",
            records,
        )
    )


def propose(learner: Actor, side: Side) -> Goal:
    """From a template in the learner's language; nothing has to be typed."""
    page = learner.page
    learner.go("Goals")
    learner.look_closely("goals, none yet")
    learner.page.get_by_role("link", name=GOAL[learner.language]).click()
    expect(page.locator("[name=title]")).to_have_value(GOAL[learner.language])
    expect(page.locator("[name=why]")).to_have_value(WHY[learner.language])
    expect(page.locator("[name=measure]")).to_have_value(MEASURE[learner.language])
    expect(page.get_by_label(side.criteria[0].code)).to_be_checked()
    learner.look_closely("goal from a template")
    learner.press("Propose the goal")
    learner.says(GOAL[learner.language])
    learner.look_closely("proposed goal")
    goal: Goal = Goal.objects.get(enrolment=side.enrolment)
    assert (goal.status, goal.title) == (Goal.Status.PROPOSED, GOAL[learner.language])
    return goal


def approve(manager: Actor, what: str, *, ticked: bool) -> None:
    """The one thing in the form for everything; what has to be looked at first is not ticked beforehand."""
    page = manager.page
    page.goto("/team/")
    box = manager.card("Approve").get_by_role("checkbox", name=what)
    expect(box).to_be_checked(checked=ticked)
    box.check()
    manager.look_closely(f"team page with {what}")
    manager.press("Approve selected (%(number)s)", "Approve selected (%(number)s)", 1)
    expect(manager.card("Approve")).to_contain_text(manager.words("All done."))


def log_towards(learner: Actor, side: Side, goal: Goal) -> ActivityEntry:
    """From the goal's page, about a day two weeks ago: it needs a reason, and says so."""
    page = learner.page
    learner.go("Goals")
    page.get_by_role("main").get_by_role("link", name=goal.title).click()
    learner.look_closely("agreed goal")
    learner.follow("Log an activity towards it")
    expect(page.locator("[name=goal]")).to_have_value(str(goal.pk))
    page.locator("[name=kind][value=off_job]").check()
    done_on = timezone.localdate() - dt.timedelta(days=LATE)
    learner.fill(title=TITLE, done_on=done_on.isoformat(), hours="2", reflection=REFLECTION)
    page.locator("[name=strategy]").select_option(str(side.strategy.pk))
    page.get_by_label(side.criteria[0].code).check()
    learner.press("Send to coach")
    expect(page.locator("#errors")).to_be_focused()
    learner.look_closely("activity that needs a reason")
    learner.fill(exception_reason=LATE_REASON)
    learner.press("Send to coach")
    learner.says(TITLE)
    learner.look_closely("activity towards a goal")
    goal.refresh_from_db()
    assert goal.status == Goal.Status.IN_PROGRESS
    return ActivityEntry.objects.get(enrolment=side.enrolment, title=TITLE)


def verify_in_queue(coach: Actor, title: str) -> None:
    """With the box of its row, which is not ticked beforehand."""
    page = coach.page
    page.goto("/queue/")
    box = page.get_by_role("checkbox", name=title)
    expect(box).not_to_be_checked()
    box.check()
    coach.look_closely(f"queue with {title}")
    coach.press("Verify %(number)s entry", "Verify %(number)s entries", 1)
    expect(page.locator(".wbl-undo")).to_be_visible()
    expect(page.get_by_text(coach.words("Nothing waits for you."))).to_be_visible()


def answer(learner: Actor, entry: ActivityEntry) -> None:
    """Asked on the home page; a measure that is not whole comes back with all that was typed."""
    page = learner.page
    learner.go("Home")
    question = learner.words("Did you use “%(title)s” at work?", title=TITLE)
    learner.look_closely("home with a question")
    learner.card("Next actions").get_by_role("link", name=question).click()
    learner.heading(question)
    page.get_by_label(learner.words("Yes"), exact=True).check()
    began = entry.done_on + dt.timedelta(days=3)
    learner.fill(what_changed=CHANGED, applied_on=began.isoformat(), benefit_team=BENEFIT)
    page.locator(".wbl-benefit").filter(has=page.locator("[name=benefit_team]")).locator("summary").click()
    learner.fill(measure_team="Time for questions", before_team=learner.decimal("6.5"))
    learner.press("Send my answer")
    expect(page.locator("#errors")).to_be_focused()
    learner.look_closely("answer with errors")
    expect(page.locator("[name=what_changed]")).to_have_value(CHANGED)
    page.locator("[name=unit_team]").select_option(label=learner.words("hours a month"))
    learner.fill(after_team="2")
    learner.press("Send my answer")
    learner.says(TITLE)
    learner.look_closely("answer that waits")
    assert entry.application.status == ApplicationRecord.Status.SUBMITTED
    learner.go("Home")
    expect(page.get_by_role("link", name=question)).to_have_count(0)


def close(learner: Actor, goal: Goal) -> None:
    """A check-in first, then the end with what came of it."""
    page = learner.page
    learner.go("Goals")
    page.get_by_role("main").get_by_role("link", name=goal.title).click()
    learner.fill(progress="90")
    learner.press("Save the check-in")
    learner.says("90")
    learner.look_closely("goal with a check-in")
    learner.follow("Close the goal")
    page.get_by_label(learner.words("Achieved"), exact=True).check()
    learner.press("Close the goal")
    expect(page.locator("#errors")).to_be_focused()
    learner.fill(outcome=OUTCOME)
    learner.look_closely("close of a goal")
    learner.press("Close the goal")
    learner.says(learner.words("Achieved"))
    expect(page.get_by_role("main").get_by_text(OUTCOME).first).to_be_visible()
    learner.look_closely("closed goal")
    goal.refresh_from_db()
    assert (goal.status, goal.outcome) == (Goal.Status.ACHIEVED, OUTCOME)


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_a_goal_to_its_outcome(actor, side, language):
    make_past(side)
    learner, manager = actor("learner", width=PHONE), actor("manager")
    before = {"applied": "2", "approved": "3", "percent": 67, "value": "2", "records": 1}
    shows_figures(manager, **before)
    goal = propose(learner, side)
    approve(manager, goal.title, ticked=True)
    expect(manager.card("Goals of the team")).to_contain_text(goal.title)
    entry = log_towards(learner, side, goal)
    shows_figures(manager, **before)

    verify_in_queue(actor("coach", width=PHONE), TITLE)
    shows_figures(manager, **before | {"approved": "5", "percent": 40})
    answer(learner, entry)
    shows_figures(manager, **before | {"approved": "5", "percent": 40})
    approve(manager, TITLE, ticked=False)
    shows_figures(manager, applied="4", approved="5", percent=80, value="6.5", records=2)
    expect(manager.card("Value so far")).to_contain_text(CHANGED)
    manager.look_closely("team page after confirming")

    close(learner, goal)
    manager.page.goto("/team/")
    expect(manager.card("Goals of the team")).not_to_contain_text(goal.title)
