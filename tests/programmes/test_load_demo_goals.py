"""The goals of the sample data: every state, check-ins over weeks, some overdue, nothing that the actions refuse."""

import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import F
from django.test import override_settings
from django.utils import timezone

from programmes.models import ActivityEntry, Goal, GoalCheckIn, GoalEvent
from programmes.queries.goals import GoalContent, asked_changes, proposal_faults
from standards.models import GoalTemplate

TODAY = dt.date(2026, 3, 12)  # a Thursday
MAIN = "learner@sample.example"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def loaded_once(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    media: Path = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(MEDIA_ROOT=media):
            call_command("load_demo", stdout=io.StringIO(), today=TODAY)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def goals(loaded_once: None, db: None) -> list[Goal]:
    rows = Goal.objects.select_related("enrolment__learner", "agreed_by").order_by("pk")
    return list(rows.filter(enrolment__cohort__programme__organisation__name="Sample Training Partner"))


def test_first_learner_has_a_goal_in_every_state(goals: list[Goal]) -> None:
    mine = [goal for goal in goals if goal.enrolment.learner.email == MAIN]
    assert {goal.status for goal in mine} == set(Goal.Status.values)
    assert len(asked_changes(mine)) == 1
    assert {kind for goal in goals for kind in goal.events.values_list("kind", flat=True)} == set(
        GoalEvent.Kind.values
    ) - {"withdrawn"}
    assert GoalTemplate.objects.count() >= 8


def test_some_goals_are_more_than_a_fortnight_overdue(goals: list[Goal]) -> None:
    overdue = Goal.objects.overdue(on=TODAY, days=14).filter(pk__in=[goal.pk for goal in goals])
    assert overdue.filter(enrolment__learner__email=MAIN).count() == 1
    assert overdue.count() >= 2


def test_every_goal_could_have_been_proposed_when_it_was(goals: list[Goal]) -> None:
    names = ("title", "why", "measure", "baseline_level", "target_level", "target_on")
    for goal in goals:
        on = timezone.localdate(goal.proposed_at) if goal.proposed_at else TODAY
        content = GoalContent(
            {name: getattr(goal, name) for name in names}, list(goal.criteria.select_related("framework"))
        )
        assert proposal_faults(goal.enrolment, content, on=on) == {}, (goal, goal.status)


def test_check_ins_lie_between_the_agreement_and_yesterday_and_spread_over_weeks(goals: list[Goal]) -> None:
    for goal in goals:
        days = [row.checked_on for row in goal.check_ins.all()]
        assert bool(days) is (goal.status not in ("draft", "proposed", "agreed")), goal.status
        if days and goal.agreed_at:
            assert timezone.localdate(goal.agreed_at) <= min(days)
            assert max(days) < TODAY
            assert goal.closed_at is None or max(days) <= timezone.localdate(goal.closed_at)
    assert max(goal.check_ins.count() for goal in goals) >= 4


def test_histories_run_forward_and_end_before_today(goals: list[Goal]) -> None:
    for goal in goals:
        times = list(goal.events.order_by("pk").values_list("at", flat=True))
        assert times == sorted(times), goal
        assert times[0] == goal.created_at
        assert times[-1].date() < TODAY


def test_nobody_agreed_to_their_own_goal_and_only_a_coach_or_manager_did(goals: list[Goal]) -> None:
    for goal in goals:
        if goal.agreed_by is None or goal.agreed_at is None:
            continue
        roles = goal.enrolment.support_roles.current(on=timezone.localdate(goal.agreed_at))
        held = set(roles.filter(person=goal.agreed_by).values_list("role", flat=True))
        assert held & {"coach", "manager"}, goal


def test_activities_are_linked_to_goals_of_their_learner_while_those_were_pursued(goals: list[Goal]) -> None:
    linked = ActivityEntry.objects.filter(goal__in=goals)
    assert linked.count() >= 10
    assert not linked.exclude(goal__enrolment=F("enrolment")).exists()
    assert not linked.filter(status="draft").exists()
    for entry in linked.select_related("goal"):
        goal = entry.goal
        assert goal is not None
        assert goal.agreed_at is not None
        assert goal.agreed_at.date() <= entry.done_on
        assert {*goal.criteria.all()} & {*entry.criteria.all()}


def test_progress_never_falls_in_the_sample(goals: list[Goal]) -> None:
    for goal in goals:
        amounts = list(
            GoalCheckIn.objects.filter(goal=goal).order_by("checked_on").values_list("progress", flat=True)
        )
        assert amounts == sorted(amounts)
        assert goal.status != "achieved" or amounts[-1] == 100
