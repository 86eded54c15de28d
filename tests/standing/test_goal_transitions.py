"""The same as test_transitions.py for goals: every status × every action on a goal, and two at once."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from core.models import AuditEvent
from core.transitions import TransitionRefused
from programmes import actions
from programmes.models import Goal
from programmes.models.goals import CLOSED_GOALS
from tests.factories import programmes as f
from tests.worlds import World

CHANGED, REFUSED, DENIED = actions.EntryChanged, TransitionRefused, PermissionDenied
GONE = ""


def goal_in(world: World, status: str) -> Goal:
    traits = {} if status == "draft" else {status: True}
    goal: Goal = f.GoalFactory(enrolment=world.ours.enrolment, **traits)
    goal.criteria.set(world.ours.criteria[:1])
    return goal


def change_goal(world: World, goal: Goal) -> None:
    names = ("why", "measure", "target_on", "origin", "baseline_level", "target_level")
    fields = {name: getattr(goal, name) for name in names} | {"title": "Changed"}
    content = actions.GoalContent(fields, world.ours.criteria)
    actions.change_goal(goal=goal, content=content, revision=goal.revision, by=world.ours.learner)


def delete_goal(world: World, goal: Goal) -> None:
    actions.delete_goal(goal=goal, by=world.ours.learner)


def propose(world: World, goal: Goal) -> None:
    actions.propose_goal(goal=goal, by=world.ours.learner)


def withdraw_goal(world: World, goal: Goal) -> None:
    actions.withdraw_goal(goal=goal, by=world.ours.learner)


def agree(world: World, goal: Goal) -> None:
    actions.agree_goal(goal=goal, by=world.ours.manager)


def ask_change(world: World, goal: Goal) -> None:
    actions.ask_goal_change(goal=goal, reason="Name one figure.", by=world.ours.coach)


def start(world: World, goal: Goal) -> None:
    actions.start_goal(goal=goal, by=world.ours.learner)


def check_in(world: World, goal: Goal) -> None:
    actions.check_in(goal=goal, checked_on=timezone.localdate(), progress=50, by=world.ours.learner)


def achieve(world: World, goal: Goal) -> None:
    actions.close_goal(goal=goal, to="achieved", outcome="It works.", by=world.ours.learner)


def partly_achieve(world: World, goal: Goal) -> None:
    actions.close_goal(goal=goal, to="partly_achieved", outcome="Some of it.", by=world.ours.learner)


def drop(world: World, goal: Goal) -> None:
    actions.close_goal(goal=goal, to="dropped", outcome="The machine was sold.", by=world.ours.learner)


GoalAction = Callable[[World, Goal], None]
# By status, in the order of GOAL_STATES: the status that it has then, or what is raised.
GOAL_STATES = ("draft", "proposed", "agreed", "in_progress", "closed")
GOAL_ACTIONS: dict[GoalAction, tuple[Any, ...]] = {
    change_goal: ("draft", CHANGED, CHANGED, CHANGED, CHANGED),
    delete_goal: (GONE, REFUSED, REFUSED, REFUSED, REFUSED),
    propose: ("proposed", REFUSED, REFUSED, REFUSED, REFUSED),
    withdraw_goal: (REFUSED, "draft", REFUSED, REFUSED, REFUSED),
    agree: (DENIED, "agreed", REFUSED, REFUSED, REFUSED),
    ask_change: (DENIED, "draft", REFUSED, REFUSED, REFUSED),
    start: (REFUSED, REFUSED, "in_progress", REFUSED, REFUSED),
    check_in: (REFUSED, REFUSED, "in_progress", "in_progress", REFUSED),
    achieve: (REFUSED, REFUSED, REFUSED, "achieved", REFUSED),
    partly_achieve: (REFUSED, REFUSED, REFUSED, "partly_achieved", REFUSED),
    drop: (REFUSED, REFUSED, "dropped", "dropped", REFUSED),
}
GOAL_CASES = [
    (action, status, outcome)
    for action, outcomes in GOAL_ACTIONS.items()
    for state, outcome in zip(GOAL_STATES, outcomes, strict=True)
    for status in (sorted(CLOSED_GOALS) if state == "closed" else [state])
]


def stored_goal(goal: Goal) -> list[Any]:
    """All that the database says of the goal and of what happened to it."""
    return [
        Goal.objects.filter(pk=goal.pk).values().get(),
        sorted(goal.criteria.values_list("pk", flat=True)),
        list(goal.check_ins.values()),
        list(goal.events.values()),
        AuditEvent.objects.count(),
    ]


@pytest.mark.parametrize(
    ("action", "status", "outcome"), GOAL_CASES, ids=lambda value: getattr(value, "__name__", None)
)
def test_goal_moves_as_the_table_says(world: World, action: GoalAction, status: str, outcome: Any) -> None:
    goal = goal_in(world, status)
    before = stored_goal(goal)
    if isinstance(outcome, str):
        action(world, goal)
        status_now = Goal.objects.filter(pk=goal.pk).values_list("status", flat=True).first()
        assert (status_now or GONE) == outcome
        assert outcome == GONE or stored_goal(goal) != before
        return
    with pytest.raises(outcome):
        action(world, goal)
    assert stored_goal(goal) == before


def test_goal_actions_are_tried_from_every_status() -> None:
    tried = {(action.__name__, status) for action, status, _outcome in GOAL_CASES}
    assert tried == set(product([action.__name__ for action in GOAL_ACTIONS], Goal.Status.values))


@pytest.mark.parametrize(
    ("status", "first", "second"),
    [
        ("draft", propose, change_goal),
        ("draft", change_goal, change_goal),
        ("draft", propose, delete_goal),
        ("draft", propose, propose),
        ("proposed", agree, ask_change),
        ("proposed", ask_change, agree),
        ("proposed", agree, withdraw_goal),
        ("proposed", withdraw_goal, agree),
        ("agreed", drop, start),
        ("agreed", drop, check_in),
        ("in_progress", achieve, drop),
        ("in_progress", achieve, check_in),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_of_two_at_once_on_a_goal_the_first_wins(
    world: World, status: str, first: GoalAction, second: GoalAction
) -> None:
    goal = goal_in(world, status)
    stale = Goal.objects.get(pk=goal.pk)
    first(world, goal)
    before = stored_goal(goal)
    with pytest.raises((TransitionRefused, actions.EntryChanged, PermissionDenied)):
        second(world, stale)
    assert stored_goal(goal) == before
