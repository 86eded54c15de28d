"""Agreeing to goals, asking for a change, and the decision taken back at once."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.transitions import Moves, TransitionRefused, move
from people.models import User
from people.permissions import Permission
from programmes.actions.deciding import UNDO_GRACE
from programmes.actions.goals import guard_open, write_goal_history
from programmes.actions.recording import audit, require
from programmes.models import GOAL_MOVES, Goal, GoalEvent

Status, Kind = Goal.Status, GoalEvent.Kind
LEFT_BY = {Kind.AGREED.value: Status.AGREED.value, Kind.CHANGE_ASKED.value: Status.DRAFT.value}
"""Each decision that can be undone, and the state in which it left the goal."""
UNDO_GOAL_MOVES: Moves = dict.fromkeys(LEFT_BY.values(), frozenset({Status.PROPOSED.value}))


@transaction.atomic
def agree_goal(*, goal: Goal, by: User) -> GoalEvent:
    """Agree to a proposed goal. Raises TransitionRefused when another was faster."""
    require(by, Permission.GOAL_AGREE, goal)
    guard_open(goal.enrolment)
    was, now = goal.status, timezone.now()
    move(goal, to=Status.AGREED, moves=GOAL_MOVES, agreed_at=now, agreed_by=by, revision=F("revision") + 1)
    audit(goal, action="goal.agree", by=by, changes={"status": [was, goal.status]})
    return write_goal_history(goal, Kind.AGREED, by, at=now)


@transaction.atomic
def ask_goal_change(*, goal: Goal, reason: str, by: User) -> GoalEvent:
    """Give a proposed goal back to its learner, saying what should change. Raises TransitionRefused when another was
    faster.
    """
    require(by, Permission.GOAL_AGREE, goal)
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": _("Say what should change, so that the goal can be mended.")})
    was = goal.status
    move(goal, to=Status.DRAFT, moves=GOAL_MOVES, revision=F("revision") + 1)
    audit(goal, action="goal.ask_change", by=by, changes={"status": [was, goal.status]})
    return write_goal_history(goal, Kind.CHANGE_ASKED, by, reason=reason)


def undo_goal_decisions(*, events: Collection[int], by: User) -> list[Goal]:
    """Take back the person's own decisions of the last seconds; the goals wait again.

    `events` are pks of GoalEvent. What is too old, somebody else's, or has gone on since is left alone.
    """
    since = timezone.now() - UNDO_GRACE
    own = GoalEvent.objects.filter(pk__in=events, by=by, at__gte=since, undone_at=None, kind__in=LEFT_BY)
    undone = []
    for event in own.select_related("goal__enrolment__learner"):
        try:
            _undo(event, by)
        except TransitionRefused:
            continue
        undone.append(event.goal)
    return undone


@transaction.atomic
def _undo(event: GoalEvent, by: User) -> None:
    """Raises TransitionRefused when it was undone already, or the goal is no longer as the decision left it."""
    goal, was = event.goal, event.goal.status
    marked = GoalEvent.objects.filter(pk=event.pk, undone_at=None).update(undone_at=timezone.now())
    is_latest = not goal.events.filter(pk__gt=event.pk).exists()
    # A draft that its learner has changed since has no time of a proposal any more.
    if not marked or not is_latest or LEFT_BY[event.kind] != was or goal.proposed_at is None:
        raise TransitionRefused(current=was, to=Status.PROPOSED)
    if not Goal.objects.filter(pk=goal.pk, revision=goal.revision).update(revision=F("revision") + 1):
        raise TransitionRefused(current=was, to=Status.PROPOSED)
    move(goal, to=Status.PROPOSED, moves=UNDO_GOAL_MOVES, agreed_at=None, agreed_by=None)
    require(by, Permission.GOAL_AGREE, goal)  # here, because a draft is nobody's but its learner's
    audit(goal, action="goal.undo", by=by, changes={"status": [was, goal.status]})
