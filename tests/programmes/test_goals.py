"""Goals as queries find them: who waits for whom, what is pursued and overdue, and how far it is."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboards.queries import learner_todo, members_of, open_goals, team_goals
from dashboards.queries.learner import ACTIONS_SHOWN
from programmes.models import Enrolment, Goal
from programmes.queries import goals as reads
from programmes.queries.activities import criteria_choices
from programmes.queries.progress import progress_of
from programmes.templatetags.goals import due_tag, goal_bulk_labels, goal_chart
from standards.models import Framework
from tests.factories import programmes as f
from tests.factories import standards as s
from tests.worlds import World

DAY = dt.timedelta(days=1)
STATES = ("proposed", "agreed", "in_progress", "achieved", "partly_achieved", "dropped")


def today() -> dt.date:
    return timezone.localdate()


def goal_of(world: World, state: str = "", **fields: Any) -> Goal:
    goal: Goal = f.GoalFactory(enrolment=world.ours.enrolment, **({state: True} if state else {}), **fields)
    return goal


# Waiting --------------------------------------------------------------------------------


def test_goals_wait_for_coach_and_manager_and_the_oldest_comes_first(world: World) -> None:
    late = goal_of(world, "proposed", proposed_at=timezone.now() - DAY)
    early = goal_of(world, "proposed", proposed_at=timezone.now() - 2 * DAY)
    for state in ("", "agreed", "in_progress", "achieved"):
        goal_of(world, state)
    f.GoalFactory(enrolment=world.theirs.enrolment, proposed=True)
    waiting = {
        name: list(reads.goals_for(person))
        for name, person in world.everybody().items()
        if person is not None
    }
    assert {name: found for name, found in waiting.items() if found and "other" not in name} == {
        "coach": [early, late],
        "manager": [early, late],
    }


def test_goal_of_a_programme_that_is_over_waits_for_nobody(world: World) -> None:
    goal_of(world, "proposed")
    Enrolment.objects.filter(pk=world.ours.enrolment.pk).update(status="withdrawn")
    assert list(reads.goals_for(world.ours.coach)) == []


# Of an enrolment ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("persona", "shown"),
    [
        ("learner", {"draft", *STATES}), ("coach", {*STATES}), ("mentor", {*STATES}), ("manager", {*STATES}),
        ("lead", {*STATES}), ("administrator", {*STATES}), ("org_admin", set()), ("other_coach", set()),
    ],
)  # fmt: skip
def test_draft_is_its_learners_alone(world: World, persona: str, shown: set[str]) -> None:
    for state in ("", *STATES):
        goal_of(world, state)
    person = world.everybody()[persona]
    assert person is not None
    assert {goal.status for goal in reads.goals_of(world.ours.enrolment, person)} == shown


def test_pursued_goals_come_first_and_closed_ones_last(world: World) -> None:
    for state in ("achieved", "", "proposed", "agreed"):
        goal_of(world, state)
    soon = goal_of(world, "in_progress", target_on=today() + DAY)
    found = [goal.status for goal in reads.goals_of(world.ours.enrolment, world.ours.learner)]
    assert found == ["in_progress", "agreed", "proposed", "draft", "achieved"]
    assert reads.goals_of(world.ours.enrolment, world.ours.learner)[0] == soon


def test_verified_minutes_are_those_of_verified_activities_and_count_once(world: World) -> None:
    goal = goal_of(world, "in_progress")
    for progress in (10, 20):
        f.GoalCheckInFactory(goal=goal, progress=progress)
    made = {"enrolment": world.ours.enrolment, "strategy": world.ours.strategy, "goal": goal}
    for traits in ({"approved": True}, {"approved": True}, {"sent": True}, {}, {"superseded": True}):
        f.ActivityFactory(**made, **traits, minutes=90)
    f.ActivityFactory(enrolment=world.ours.enrolment, strategy=world.ours.strategy, approved=True)
    (found,) = reads.goals_of(world.ours.enrolment, world.ours.learner)
    assert found.verified_minutes == 180


@pytest.mark.parametrize(("persona", "shown"), [("learner", 3), ("coach", 2), ("administrator", 0)])
def test_activities_towards_a_goal_are_those_that_the_reader_may_see(
    world: World, persona: str, shown: int
) -> None:
    goal = goal_of(world, "in_progress")
    made = {"enrolment": world.ours.enrolment, "strategy": world.ours.strategy, "goal": goal}
    for traits in ({}, {"sent": True}, {"approved": True}, {"superseded": True}):
        f.ActivityFactory(**made, **traits)
    person = world.everybody()[persona]
    assert person is not None
    assert len(reads.activities_towards(goal, person)) == shown


@pytest.mark.slow
@given(
    rows=st.lists(
        st.tuples(st.integers(min_value=0, max_value=9), st.integers(min_value=0, max_value=100)), max_size=8
    )
)
@settings(
    max_examples=40, deadline=None, database=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
def test_progress_shown_is_that_of_the_latest_check_in(world: World, rows: list[tuple[int, int]]) -> None:
    """In whatever order they were written; of two on a day it is the later one."""
    goal = goal_of(world, "in_progress")
    for days, progress in rows:
        f.GoalCheckInFactory(goal=goal, checked_on=today() - days * DAY, progress=progress)
    found = reads.goals_of(world.ours.enrolment, world.ours.learner).get(pk=goal.pk)
    nearest = min((days for days, _progress in rows), default=None)
    latest = [progress for days, progress in rows if days == nearest]
    assert found.progress == (latest[-1] if latest else None)
    assert found.last_checked_on == (None if nearest is None else today() - nearest * DAY)
    assert [row.progress for row in reads.check_ins_of(goal)][-1:] == latest[-1:]
    goal.delete()


# Pursued and overdue --------------------------------------------------------------------


def test_pursued_goals_by_enrolment_with_the_nearest_first(
    world: World, django_assert_num_queries: Any
) -> None:
    far, near = (
        goal_of(world, "agreed", target_on=today() + 9 * DAY),
        goal_of(world, "in_progress", target_on=today() - DAY),
    )
    for state in ("", "proposed", "achieved", "dropped"):
        goal_of(world, state)
    theirs = f.GoalFactory(enrolment=world.theirs.enrolment, agreed=True)
    ids = [world.ours.enrolment.pk, world.theirs.enrolment.pk]
    with django_assert_num_queries(2):
        found = reads.pursued_of(ids)
    assert found == {ids[0]: [near, far], ids[1]: [theirs]}
    assert reads.pursued_of([ids[0]]) == {ids[0]: [near, far]}
    assert reads.pursued_of([]) == {}


@pytest.mark.parametrize(
    ("late", "days", "is_found"), [(1, 0, True), (0, 0, False), (14, 14, False), (15, 14, True)]
)
def test_goal_is_overdue_after_its_target_date_and_so_many_days(
    world: World, late: int, days: int, is_found: bool
) -> None:
    goal = goal_of(world, "in_progress", target_on=today() - late * DAY)
    goal_of(world, "achieved", target_on=today() - 50 * DAY)
    found = reads.overdue_of([world.ours.enrolment.pk], on=today(), days=days)
    assert found == ({world.ours.enrolment.pk: [goal]} if is_found else {})


def test_goals_of_a_team_show_those_past_their_date_first(world: World) -> None:
    other = f.EnrolmentFactory(cohort=world.ours.cohort)
    soon = goal_of(world, "in_progress", target_on=today() + DAY)
    overdue = f.GoalFactory(enrolment=other, agreed=True, target_on=today() - DAY)
    people = Enrolment.objects.filter(pk__in=[world.ours.enrolment.pk, other.pk])
    members = members_of(progress_of(people, on=today()), on=today())
    assert team_goals(members, on=today()) == [overdue, soon]


# Next actions ---------------------------------------------------------------------------


def test_next_actions_name_changes_asked_for_then_overdue_then_quiet_goals(world: World) -> None:
    quiet = goal_of(world, "agreed", agreed_at=timezone.now() - 29 * DAY)
    overdue = goal_of(world, "in_progress", target_on=today() - DAY)
    draft = goal_of(world)
    f.GoalEventFactory(goal=draft, kind="change_asked", by=world.ours.coach, reason="Name a figure.")
    goal_of(world)
    goal_of(world, "in_progress")
    tasks = reads.goal_tasks(world.ours.enrolment, on=today(), most=9)
    assert [(task.goal, task.kind, task.reason) for task in tasks] == [
        (draft, "change", "Name a figure."),
        (overdue, "overdue", ""),
        (quiet, "check_in", ""),
    ]


@pytest.mark.parametrize(("days", "is_quiet"), [(28, False), (29, True)])
def test_goal_is_quiet_after_four_weeks_without_a_check_in(world: World, days: int, is_quiet: bool) -> None:
    goal = goal_of(world, "in_progress", agreed_at=timezone.now() - 60 * DAY)
    f.GoalCheckInFactory(goal=goal, checked_on=today() - days * DAY)
    assert bool(reads.goal_tasks(world.ours.enrolment, on=today(), most=9)) is is_quiet


@pytest.mark.parametrize("status", ["on_break", "completed", "withdrawn"])
def test_nothing_is_to_do_about_goals_on_a_break_or_afterwards(world: World, status: str) -> None:
    goal_of(world, "in_progress", target_on=today() - DAY)
    enrolment = world.ours.enrolment
    enrolment.status = status
    assert reads.goal_tasks(enrolment, on=today(), most=9) == []


def test_request_that_was_undone_or_answered_is_no_request(world: World) -> None:
    undone, answered = goal_of(world), goal_of(world)
    f.GoalEventFactory(goal=undone, kind="change_asked", reason="More", undone_at=timezone.now())
    f.GoalEventFactory(goal=answered, kind="change_asked", reason="More")
    f.GoalEventFactory(goal=answered, kind="proposed")
    f.GoalEventFactory(goal=answered, kind="withdrawn")
    assert reads.asked_changes([undone, answered]) == {}


def test_home_names_five_things_at_most_and_two_of_them_goals(world: World) -> None:
    for _number in range(4):
        goal_of(world, "in_progress", target_on=today() - DAY)
        f.ActivityFactory(enrolment=world.ours.enrolment, strategy=world.ours.strategy)
    f.ActivityFactory(enrolment=world.ours.enrolment, strategy=world.ours.strategy, returned=True)
    todo = learner_todo(world.ours.enrolment, on=today())
    assert (todo.number, len(todo.returned), len(todo.goals)) == (ACTIONS_SHOWN, 1, 2)


def test_home_shows_the_goals_that_are_open(world: World) -> None:
    pursued, proposed = goal_of(world, "agreed"), goal_of(world, "proposed")
    for state in ("", "achieved", "dropped"):
        goal_of(world, state)
    assert open_goals(world.ours.enrolment, world.ours.learner) == [pursued, proposed]


# What there is to choose from -----------------------------------------------------------


def test_criteria_of_open_goals_come_first_and_once(world: World) -> None:
    goal = goal_of(world, "agreed")
    goal.criteria.set([world.ours.criteria[1], world.ours.criteria[2]])
    choices = criteria_choices(world.ours.enrolment, reads.goals_to_log_towards(world.ours.enrolment))
    one, two, three = world.ours.criteria
    assert (choices.from_goals, choices.mapped, choices.others) == ([two, three], [one], [])
    assert choices.all == [two, three, one]


def test_templates_are_those_of_the_programmes_published_standards(world: World) -> None:
    ours = s.GoalTemplateFactory(framework=world.ours.framework)
    s.GoalTemplateFactory(framework=world.theirs.framework)
    assert list(reads.templates_for(world.ours.enrolment)) == [ours]
    Framework.objects.filter(pk=world.ours.framework.pk).update(status="draft")
    assert list(reads.templates_for(world.ours.enrolment)) == []


# In words and as a drawing --------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "words"),
    [(-7, "7 days late"), (-1, "1 day late"), (0, "Due today"), (1, "Due in 1 day"), (14, "Due in 14 days")],
)
def test_due_tag_says_how_long(world: World, days: int, words: str) -> None:
    assert words in due_tag(f.GoalFactory.build(agreed=True, agreed_by=None, target_on=today() + days * DAY))


def test_due_tag_names_a_far_day_and_says_nothing_of_a_closed_goal() -> None:
    far = f.GoalFactory.build(status="agreed", target_on=dt.date(2199, 3, 1))
    assert "Due on" in due_tag(far)
    assert due_tag(far, only_soon=True) == ""
    for status in ("draft", "proposed", "achieved"):
        assert due_tag(f.GoalFactory.build(status=status, target_on=dt.date(2020, 3, 1))) == ""


@pytest.mark.parametrize(("elapsed", "percent"), [(-5, 0), (0, 0), (10, 50), (20, 100), (40, 100)])
def test_even_pace_is_days_so_far_of_all_days(elapsed: int, percent: int) -> None:
    agreed = timezone.now()
    start = timezone.localdate(agreed)
    goal = f.GoalFactory.build(status="agreed", agreed_at=agreed, target_on=start + 20 * DAY)
    pace = reads.pace_of(goal, on=start + elapsed * DAY)
    assert pace is not None
    assert (pace.percent, pace.total) == (percent, 20)


def test_even_pace_of_a_goal_whose_date_was_the_day_of_the_agreement() -> None:
    goal = f.GoalFactory.build(status="agreed", agreed_at=timezone.now(), target_on=today() - DAY)
    pace = reads.pace_of(goal, on=today())
    assert pace is not None
    assert (pace.elapsed, pace.total) == (0, 1)
    assert reads.pace_of(f.GoalFactory.build(), on=today()) is None


def test_chart_says_its_numbers_and_draws_a_point_for_each_check_in() -> None:
    agreed = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    goal = f.GoalFactory.build(status="in_progress", agreed_at=agreed, target_on=dt.date(2026, 3, 31))
    rows = [
        f.GoalCheckInFactory.build(goal=goal, by=None, checked_on=dt.date(2026, 3, day), progress=progress)
        for day, progress in ((1, 0), (16, 50), (31, 100))
    ]
    chart = goal_chart(goal, rows)
    assert 'aria-label="Check-ins: 1 Mar: 0 %; 16 Mar: 50 %; 31 Mar: 100 %."' in chart
    assert chart.count("<circle") == 3
    assert 'points="70.0,156.0 70.0,156.0 240.0,84.0 410.0,12.0"' in chart
    assert 'points="70.0,156.0 410.0,12.0"' in chart
    assert goal_chart(f.GoalFactory.build(), []) == ""


def test_button_has_words_for_every_number() -> None:
    labels = goal_bulk_labels([f.GoalFactory.build(), f.GoalFactory.build()])
    assert labels == {
        "now": "Agree to 2 goals",
        "json": '["Agree to 0 goals", "Agree to 1 goal", "Agree to 2 goals"]',
    }
