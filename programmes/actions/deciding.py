"""Deciding about sent activities: verified, returned, and the decision taken back at once."""

import datetime as dt
from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.transitions import Moves, TransitionRefused, move
from people.models import User
from people.permissions import Permission
from programmes.actions.amending import is_amended, replace_amended, restore_amended
from programmes.actions.applying import prompt_application, take_back_prompt
from programmes.actions.recording import audit, require, write_history
from programmes.models import ACTIVITY_MOVES, ActivityEntry, ActivityEvent

Status = ActivityEntry.Status
UNDO_SECONDS = 10
UNDO_GRACE = dt.timedelta(seconds=UNDO_SECONDS + 2)  # the page and the click have to travel
UNDO_MOVES: Moves = {
    Status.APPROVED: frozenset({Status.SUBMITTED.value}),
    Status.RETURNED: frozenset({Status.SUBMITTED.value}),
}


@transaction.atomic
def approve_activity(*, entry: ActivityEntry, by: User) -> ActivityEvent:
    """Verify a sent entry: it is locked, its minutes count, and its learner will be asked whether they use it.

    The version that it amends is replaced with it. Raises TransitionRefused when another was faster, ValidationError
    when an amendment no longer fits.
    """
    require(by, Permission.ACTIVITY_APPROVE, entry)
    now = timezone.now()
    move(entry, to=Status.APPROVED, moves=ACTIVITY_MOVES, approved_at=now, approved_by=by)
    replace_amended(entry, by, at=now)
    prompt_application(entry)
    audit(entry, action="activity.approve", by=by, changes={"status": ["submitted", entry.status]})
    return write_history(entry, ActivityEvent.Kind.APPROVED, by, at=now)


@transaction.atomic
def return_activity(*, entry: ActivityEntry, reason: str = "", preset: str = "", by: User) -> ActivityEvent:
    """Send an entry back with a reason, a ReturnPreset or both. Raises TransitionRefused when another was faster."""
    require(by, Permission.ACTIVITY_APPROVE, entry)
    reason = reason.strip()
    if not reason and not preset:
        raise ValidationError({"reason": _("Say what is missing, so that the entry can be mended.")})
    move(entry, to=Status.RETURNED, moves=ACTIVITY_MOVES)
    audit(entry, action="activity.return", by=by, changes={"status": ["submitted", entry.status]})
    return write_history(entry, ActivityEvent.Kind.RETURNED, by, reason=reason, preset=preset)


def undo_decisions(*, events: Collection[int], by: User) -> list[ActivityEntry]:
    """Take back the person's own decisions of the last seconds; the entries wait again.

    `events` are pks of ActivityEvent. What is too old, somebody else's, or has gone on since is left alone.
    """
    since = timezone.now() - UNDO_GRACE
    own = ActivityEvent.objects.standing().filter(pk__in=events, by=by, at__gte=since)
    undone = []
    for event in own.select_related("entry__enrolment__learner"):
        try:
            _undo(event, by)
        except TransitionRefused:
            continue
        undone.append(event.entry)
    return undone


@transaction.atomic
def _undo(event: ActivityEvent, by: User) -> None:
    """Raises TransitionRefused when it was undone already, or the entry or its application has gone on since."""
    entry, was = event.entry, event.entry.status
    require(by, Permission.ACTIVITY_APPROVE, entry)
    marked = ActivityEvent.objects.standing().filter(pk=event.pk).update(undone_at=timezone.now())
    is_latest = not entry.events.filter(pk__gt=event.pk).exists()
    if not marked or not is_latest or event.kind != was:
        raise TransitionRefused(current=was, to=Status.SUBMITTED)
    move(entry, to=Status.SUBMITTED, moves=UNDO_MOVES, approved_at=None, approved_by=None)
    if is_amended(entry):  # asked once the row is held: an amendment begun at the same moment waits for it
        raise TransitionRefused(current=was, to=Status.SUBMITTED)
    if was == Status.APPROVED:
        restore_amended(entry, by)  # first: what was asked about the old version goes back to it
        take_back_prompt(entry, since=event.at)
    audit(entry, action="activity.undo", by=by, changes={"status": [was, entry.status]})
