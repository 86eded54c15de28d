"""Breaks in learning: asked for, agreed or not, begun and ended by their days; only agreed ones count anywhere."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from core.models import AuditEvent
from core.transitions import TransitionRefused
from people.models import User
from programmes import actions, tasks
from programmes.models import ActivityEntry, BreakInLearning, Enrolment
from programmes.queries.activities import missing_weeks
from programmes.queries.breaks import breaks_waiting_for, effects_of_break
from programmes.queries.progress import monday, progress_of
from tests.factories import programmes as f
from tests.worlds import Side, World

ClientOf = Callable[[User | None], Client]
DAY, WEEK = dt.timedelta(days=1), dt.timedelta(weeks=1)


def today() -> dt.date:
    return timezone.localdate()


def ask(side: Side, first: int, last: int | None) -> BreakInLearning:
    """The learner asks for a break, in days from today."""
    return actions.ask_break(
        enrolment=side.enrolment,
        starts_on=today() + first * DAY,
        ends_on=None if last is None else today() + last * DAY,
        reason="Moving house",
        by=side.learner,
    )


def stored(side: Side) -> Enrolment:
    return Enrolment.objects.get(pk=side.enrolment.pk)


def actions_logged() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


# Asking -----------------------------------------------------------------------------------


def test_break_that_is_only_asked_for_changes_nothing(world: World) -> None:
    side, before = world.ours, stored(world.ours).ends_on
    pause = ask(side, 0, 20)
    assert (pause.status, pause.asked_by) == ("asked", side.learner)
    assert (stored(side).status, stored(side).ends_on) == ("active", before)
    assert actions_logged() == ["break.ask"]
    assert AuditEvent.objects.get().changes == {"status": [None, "asked"]}


@pytest.mark.parametrize(
    ("first", "last", "fault"),
    [
        (-141, 5, "starts_on"),  # before the first day
        (225, 230, "starts_on"),  # after the planned end
        (5, 4, "ends_on"),
        (-5, -1, "ends_on"),
        (1, 731, "ends_on"),  # 731 days
    ],
)
def test_days_that_fit_no_break_are_refused(world: World, first: int, last: int, fault: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ask(world.ours, first, last)
    assert list(caught.value.error_dict) == [fault]


@pytest.mark.parametrize("state", ["asked", "agreed"])
@pytest.mark.parametrize(("first", "last"), [(10, 20), (15, 16), (0, 10), (20, 40), (0, None), (12, None)])
def test_break_over_another_is_refused(world: World, state: str, first: int, last: int | None) -> None:
    f.BreakFactory(
        enrolment=world.ours.enrolment,
        starts_on=today() + 10 * DAY,
        ends_on=today() + 20 * DAY,
        **{state: True},
    )
    with pytest.raises(ValidationError):
        ask(world.ours, first, last)


@pytest.mark.parametrize("state", ["refused", "withdrawn"])
def test_break_that_does_not_hold_stands_in_nobodys_way(world: World, state: str) -> None:
    f.BreakFactory(enrolment=world.ours.enrolment, starts_on=today() + 10 * DAY, **{state: True})
    assert ask(world.ours, 8, 20).status == "asked"


@pytest.mark.parametrize("status", ["invited", "onboarding", "completed", "withdrawn"])
def test_who_is_not_learning_needs_no_break(world: World, status: str) -> None:
    Enrolment.objects.update(status=status)
    with pytest.raises(ValidationError):
        ask(world.ours, 1, 5)


def test_database_holds_who_asked_and_why_not(world: World) -> None:
    made = {"enrolment": world.ours.enrolment, "starts_on": today()}
    for wrong in ({"status": "asked"}, {"status": "refused", "answer": "No"}, {"status": "refused"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            BreakInLearning.objects.create(**made, **wrong)


# Deciding ---------------------------------------------------------------------------------


@pytest.mark.parametrize("persona", ["coach", "manager", "lead"])
def test_agreed_break_from_today_begins_at_once_and_moves_the_end(world: World, persona: str) -> None:
    side, before = world.ours, stored(world.ours).ends_on
    pause = ask(side, 0, 20)
    actions.agree_break(pause=pause, answer="Fine", by=getattr(side, persona))
    assert (stored(side).status, stored(side).ends_on) == ("on_break", before + 21 * DAY)
    pause.refresh_from_db()
    assert (pause.status, pause.answer, pause.agreed_until) == ("agreed", "Fine", today() + 20 * DAY)
    assert actions_logged() == ["break.ask", "break.agree", "enrolment.break"]


def test_agreed_break_to_come_moves_the_end_and_begins_by_itself(world: World) -> None:
    side, before = world.ours, stored(world.ours).ends_on
    actions.agree_break(pause=ask(side, 7, 20), by=side.coach)
    assert (stored(side).status, stored(side).ends_on) == ("active", before + 14 * DAY)
    assert actions.run_breaks(on=today() + 6 * DAY) == (0, 0)
    assert actions.run_breaks(on=today() + 7 * DAY) == (1, 0)
    assert stored(side).status == "on_break"
    assert actions.run_breaks(on=today() + 7 * DAY) == (0, 0)  # again: nothing
    assert actions.run_breaks(on=today() + 20 * DAY) == (0, 0)
    assert actions.run_breaks(on=today() + 21 * DAY) == (0, 1)
    assert (stored(side).status, stored(side).ends_on) == ("active", before + 14 * DAY)
    last = AuditEvent.objects.latest("pk")
    assert (last.action, last.actor, last.changes) == (
        "enrolment.back",
        None,
        {"status": ["on_break", "active"]},
    )


def test_open_break_moves_the_end_when_the_learner_is_back(world: World) -> None:
    side, before = world.ours, stored(world.ours).ends_on
    actions.agree_break(pause=ask(side, -5, None), by=side.manager)
    assert (stored(side).status, stored(side).ends_on) == ("on_break", before)
    assert actions.run_breaks(on=today() + 400 * DAY) == (0, 0)
    actions.end_break(enrolment=stored(side), back_on=today(), by=side.coach)
    assert (stored(side).status, stored(side).ends_on) == ("active", before + 5 * DAY)


def test_break_ended_early_moves_the_end_by_the_days_that_it_had(world: World) -> None:
    side, before = world.ours, stored(world.ours).ends_on
    actions.agree_break(pause=ask(side, -4, 20), by=side.coach)
    actions.end_break(enrolment=stored(side), back_on=today(), by=side.coach)
    pause = BreakInLearning.objects.get()
    assert (stored(side).status, stored(side).ends_on) == ("active", before + 4 * DAY)
    assert (pause.ends_on, pause.ended_early) == (today() - DAY, True)


@pytest.mark.parametrize(
    ("persona", "may"),
    [("coach", True), ("lead", True), ("learner", False), ("manager", False), ("mentor", False)],
)
def test_lead_and_coach_end_a_break(world: World, persona: str, may: bool) -> None:
    side = world.ours
    actions.agree_break(pause=ask(side, -4, 20), by=side.coach)
    person = getattr(side, persona)
    if may:
        actions.end_break(enrolment=stored(side), back_on=today(), by=person)
    else:
        with pytest.raises(PermissionDenied):
            actions.end_break(enrolment=stored(side), back_on=today(), by=person)


def test_break_over_before_it_was_decided_counts_but_stops_nothing(world: World) -> None:
    side, before = world.ours, stored(world.ours).ends_on
    pause = f.BreakFactory(enrolment=side.enrolment, asked=True)  # a week, ten weeks ago
    actions.agree_break(pause=pause, by=side.coach)
    assert (stored(side).status, stored(side).ends_on) == ("active", before + WEEK)


def test_refusal_says_why_and_changes_nothing(world: World) -> None:
    side, before = world.ours, stored(world.ours).ends_on
    pause = ask(side, 1, 5)
    with pytest.raises(ValidationError):
        actions.refuse_break(pause=pause, answer=" ", by=side.coach)
    actions.refuse_break(pause=pause, answer="Let us talk", by=side.coach)
    assert (pause.status, pause.answer, pause.decided_by) == ("refused", "Let us talk", side.coach)
    assert (stored(side).status, stored(side).ends_on) == ("active", before)


def test_nobody_agrees_to_their_own_break(world: World) -> None:
    side = world.ours
    f.SupportRoleFactory(enrolment=side.enrolment, person=side.learner, role="manager")
    pause = ask(side, 1, 5)
    for decide in (
        lambda: actions.agree_break(pause=pause, by=side.learner),
        lambda: actions.refuse_break(pause=pause, answer="No", by=side.learner),
    ):
        with pytest.raises(PermissionDenied):
            decide()


def test_of_two_who_decide_one_wins(world: World) -> None:
    side = world.ours
    pause = ask(side, 1, 5)
    stale = BreakInLearning.objects.get(pk=pause.pk)
    actions.agree_break(pause=pause, by=side.coach)
    after = stored(side).ends_on
    for decide in (
        lambda: actions.agree_break(pause=stale, by=side.manager),
        lambda: actions.refuse_break(pause=stale, answer="No", by=side.manager),
    ):
        with pytest.raises((TransitionRefused, ValidationError)):
            decide()
    assert (stored(side).ends_on, BreakInLearning.objects.get().status) == (after, "agreed")


def test_break_is_not_agreed_over_days_that_are_taken_meanwhile(world: World) -> None:
    side = world.ours
    pause = ask(side, 1, 30)
    f.BreakFactory(enrolment=side.enrolment, starts_on=today() + 7 * DAY)
    with pytest.raises(ValidationError):
        actions.agree_break(pause=pause, by=side.coach)
    assert BreakInLearning.objects.get(pk=pause.pk).status == "asked"


# Taking back ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "agreed", "outcome"),
    [
        (1, False, "withdrawn"),
        (-1, False, "withdrawn"),
        (1, True, "withdrawn"),
        (0, True, TransitionRefused),
        (-1, True, TransitionRefused),
    ],
)
def test_break_is_taken_back_before_it_begins(world: World, first: int, agreed: bool, outcome: Any) -> None:
    side, before = world.ours, stored(world.ours).ends_on
    pause = ask(side, first, 9)
    if agreed:
        actions.agree_break(pause=pause, by=side.coach)
    if isinstance(outcome, str):
        actions.withdraw_break(pause=pause, by=side.learner)
        assert (BreakInLearning.objects.get().status, stored(side).ends_on) == (outcome, before)
    else:
        with pytest.raises(outcome):
            actions.withdraw_break(pause=pause, by=side.learner)
        assert BreakInLearning.objects.get().status == "agreed"


@pytest.mark.parametrize("persona", ["mentor", "manager", "org_admin", "other_coach"])
def test_others_do_not_take_a_break_back(world: World, persona: str) -> None:
    pause = ask(world.ours, 1, 5)
    with pytest.raises(PermissionDenied):
        actions.withdraw_break(pause=pause, by=world.everybody()[persona])


def test_end_of_the_enrolment_takes_breaks_to_come_with_it(world: World) -> None:
    side, before = world.ours, stored(world.ours).ends_on
    actions.agree_break(pause=ask(side, 7, 20), by=side.coach)
    ask(side, 40, 50)
    actions.complete_enrolment(enrolment=stored(side), by=side.lead)
    assert (stored(side).status, stored(side).ends_on) == ("completed", before)
    assert set(BreakInLearning.objects.values_list("status", flat=True)) == {"withdrawn"}


# Only agreed breaks count -----------------------------------------------------------------


@pytest.mark.parametrize("state", ["asked", "refused", "withdrawn", "agreed"])
def test_only_an_agreed_break_counts_anywhere(world: World, state: str) -> None:
    side, day = world.ours, today()
    holds = state == "agreed"
    week = monday(day) - 3 * WEEK
    f.BreakFactory(enrolment=side.enrolment, starts_on=week, ends_on=week + 6 * DAY, **{state: True})
    entry = f.ActivityFactory(
        enrolment=side.enrolment, strategy=side.strategy, done_on=week + DAY, approved=True
    )
    (found,) = ActivityEntry.objects.filter(pk=entry.pk).with_uncounted_reason(on=day)
    assert found.uncounted == ("break" if holds else "")
    (row,) = progress_of(Enrolment.objects.filter(pk=side.enrolment.pk), on=day)
    assert (row.days.elapsed, row.days.planned) == ((134, 357) if holds else (141, 364))
    assert (week in missing_weeks(side.enrolment, on=day, logged=set())) is not holds


def test_week_of_leave_is_neither_current_break_nor_begun_by_itself(world: World) -> None:
    side = world.ours
    f.BreakFactory(enrolment=side.enrolment, starts_on=today(), is_leave=True)
    assert actions.current_break(side.enrolment) is None
    assert actions.run_breaks(on=today()) == (0, 0)


def test_break_to_come_is_not_the_current_one(world: World) -> None:
    side = world.ours
    actions.agree_break(pause=ask(side, -3, 3), by=side.coach)
    actions.agree_break(pause=ask(side, 30, 40), by=side.coach)
    current = actions.current_break(side.enrolment)
    assert current is not None
    assert current.starts_on == today() - 3 * DAY


@pytest.mark.parametrize("status", ["invited", "onboarding", "completed", "withdrawn"])
def test_days_begin_no_break_of_who_is_not_learning(world: World, status: str) -> None:
    f.BreakFactory(enrolment=world.ours.enrolment, starts_on=today())
    Enrolment.objects.update(status=status)
    assert actions.run_breaks(on=today()) == (0, 0)


def test_task_begins_what_is_due(world: World) -> None:
    f.BreakFactory(enrolment=world.ours.enrolment, starts_on=today())
    tasks.run_breaks()
    assert stored(world.ours).status == "on_break"


def test_second_break_is_not_ended_because_the_first_is_over(world: World) -> None:
    f.BreakFactory(enrolment=world.ours.enrolment)  # a week, ten weeks ago
    f.BreakFactory(enrolment=world.ours.enrolment, starts_on=today())
    assert actions.run_breaks(on=today()) == (1, 0)
    assert actions.run_breaks(on=today()) == (0, 0)
    assert stored(world.ours).status == "on_break"


# Pages ------------------------------------------------------------------------------------


@pytest.mark.slow
def test_learner_asks_and_coach_agrees_in_the_browser(world: World, client_of: ClientOf) -> None:
    side = world.ours
    learner, coach = client_of(side.learner), client_of(side.coach)
    list_of = f"/learners/{side.enrolment.pk}/breaks/"
    assert "No breaks" in learner.get(list_of).text
    assert list_of in learner.get("/learner/").text
    posted = {
        "starts_on": today().isoformat(),
        "ends_on": (today() + 13 * DAY).isoformat(),
        "reason": "House",
    }
    preview = learner.post(f"{list_of}ask/", posted).text
    assert "The planned end moves from" in preview
    assert "Expected off the job by today changes from" in preview  # today is a learning day no longer
    assert not BreakInLearning.objects.exists()
    answer = learner.post(f"{list_of}ask/", {**posted, "confirm": "1"}, follow=True).text
    assert "You asked for a break." in answer
    assert "Asked for" in answer
    pause = BreakInLearning.objects.get()
    for home, persona in (("/queue/", "coach"), ("/lead/", "lead")):
        assert "Breaks asked for" in client_of(getattr(side, persona)).get(home).text, persona
    assert f'value="break-{pause.pk}"' in client_of(side.manager).get("/team/").text
    assert "Breaks asked for" not in client_of(side.mentor).get("/queue/").text
    decide = f"/breaks/{pause.pk}/decide/"
    assert "House" in coach.get(decide).text
    assert "Choose one of the two." in coach.post(decide, {}).text
    assert "Say why" in coach.post(decide, {"do": "refuse"}).text
    answer = coach.post(decide, {"do": "agree", "answer": "Have a good time"}, follow=True).text
    assert "You agreed to the break of Sample learner Alder." in answer
    assert stored(side).status == "on_break"
    assert "This is not possible any more. The state now: Agreed." in coach.get(decide, follow=True).text
    seen = learner.get(list_of).text
    assert "Agreed by Sample coach Alder: “Have a good time”" in seen
    back = f"/programmes/enrolments/{side.enrolment.pk}/back/"
    answer = coach.post(back, {"back_on": today().isoformat()}, follow=True).text
    assert "Sample learner Alder is learning again." in answer


def test_break_to_come_says_that_expected_hours_stay(world: World, client_of: ClientOf) -> None:
    side = world.ours
    pause = ask(side, 7, 20)
    lines = [line.replace("\u00a0", " ") for line in effects_of_break(pause, on=today())]
    assert lines[2:] == [
        "Expected off the job by today stays 100.7 h.",
        "Expected on the job by today stays 201.4 h.",
    ]
    assert "It begins by itself on" in lines[0]


def test_effects_name_what_would_no_longer_count(world: World) -> None:
    side = world.ours
    f.ActivityFactory(enrolment=side.enrolment, strategy=side.strategy, done_on=today(), sent=True)
    f.ActivityFactory(enrolment=side.enrolment, strategy=side.strategy, done_on=today())  # a draft is private
    lines = effects_of_break(ask(side, 0, None), on=today())
    assert lines[-1] == "1 activity was sent for these days. It would not count."
    assert "It moves by the days of the break once learning goes on" in lines[1]


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        ({"starts_on": ""}, "This field is required."),
        ({"starts_on": "2020-01-01"}, "Enter today or a later day. What is past is marked as leave."),
        ({"ends_on": "9999-12-31"}, "A break lasts two years at most."),
        ({"starts_on": "9999-12-31"}, "Enter a day between the start and the planned end of the programme."),
    ],
)
def test_fault_in_asking_is_said(world: World, client_of: ClientOf, fault: dict[str, str], text: str) -> None:
    posted = {"starts_on": today().isoformat(), "ends_on": "", "reason": ""} | fault
    response = client_of(world.ours.learner).post(f"/learners/{world.ours.enrolment.pk}/breaks/ask/", posted)
    assert text in response.text
    assert not BreakInLearning.objects.exists()


def test_learner_takes_a_break_back_in_the_browser(world: World, client_of: ClientOf) -> None:
    pause = ask(world.ours, 1, 5)
    client = client_of(world.ours.learner)
    for text in ("The break was taken back.", "It is too late for that"):
        assert text in client.post(f"/breaks/{pause.pk}/withdraw/", follow=True).text


def test_reason_is_for_those_who_may_read_breaks(world: World, client_of: ClientOf) -> None:
    side = world.ours
    ask(side, 1, 5)
    page = f"/programmes/enrolments/{side.enrolment.pk}/"
    assert "Moving house" in client_of(side.lead).get(page).text
    shown = client_of(world.administrator).get(page).text
    assert ("Asked for" in shown, "Moving house" in shown) == (True, False)


def test_only_what_one_may_agree_to_waits_for_one(world: World) -> None:
    pause = ask(world.ours, 1, 5)
    ask(world.theirs, 1, 5)
    for persona in ("coach", "manager", "lead"):
        assert breaks_waiting_for(getattr(world.ours, persona)) == [pause]
    for persona in ("mentor", "learner", "org_admin"):
        assert breaks_waiting_for(getattr(world.ours, persona)) == []
