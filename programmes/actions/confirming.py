"""Deciding about answers: confirmed, asked about, and the decision taken back at once."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.transitions import Moves, TransitionRefused, move
from people.models import User
from people.permissions import Permission
from programmes.actions.applying import audit_answer, write_event
from programmes.actions.deciding import UNDO_GRACE
from programmes.actions.recording import require
from programmes.models import APPLICATION_MOVES, ApplicationEvent, ApplicationRecord

Status, Kind = ApplicationRecord.Status, ApplicationEvent.Kind
UNDO_ANSWER_MOVES: Moves = {
    Status.CONFIRMED: frozenset({Status.SUBMITTED.value}),
    Status.RETURNED: frozenset({Status.SUBMITTED.value}),
}


@transaction.atomic
def confirm_application(*, record: ApplicationRecord, by: User) -> ApplicationEvent:
    """Confirm that it is used at work as the learner says. Raises TransitionRefused when another was faster."""
    require(by, Permission.APPLICATION_CONFIRM, record)
    was, now = record.status, timezone.now()
    move(record, to=Status.CONFIRMED, moves=APPLICATION_MOVES, confirmed_at=now, confirmed_by=by)
    audit_answer(record, "confirm", by, {"status": [was, record.status]})
    return write_event(record, Kind.CONFIRMED, by, at=now)


@transaction.atomic
def return_application(*, record: ApplicationRecord, question: str, by: User) -> ApplicationEvent:
    """Ask the learner something before confirming. Raises TransitionRefused when another was faster."""
    require(by, Permission.APPLICATION_CONFIRM, record)
    question = question.strip()
    if not question:
        raise ValidationError({"question": _("Write what you want to know.")})
    was = record.status
    move(record, to=Status.RETURNED, moves=APPLICATION_MOVES)
    audit_answer(record, "return", by, {"status": [was, record.status]})
    return write_event(record, Kind.RETURNED, by, reason=question)


def undo_confirmations(*, events: Collection[int], by: User) -> list[ApplicationRecord]:
    """Take back the person's own decisions of the last seconds; the answers wait again.

    `events` are pks of ApplicationEvent. What is too old, somebody else's, or has gone on since is left alone.
    """
    own = ApplicationEvent.objects.filter(
        pk__in=events,
        by=by,
        at__gte=timezone.now() - UNDO_GRACE,
        kind__in=UNDO_ANSWER_MOVES,
        undone_at=None,
    )
    undone = []
    for event in own.select_related("record__entry__enrolment__learner"):
        try:
            _undo(event, by)
        except TransitionRefused:
            continue
        undone.append(event.record)
    return undone


@transaction.atomic
def _undo(event: ApplicationEvent, by: User) -> None:
    """Raises TransitionRefused when it was undone already, or the answer is no longer as the decision left it."""
    record, was = event.record, event.record.status
    require(by, Permission.APPLICATION_CONFIRM, record)
    rows = ApplicationEvent.objects.filter(pk=event.pk, undone_at=None)
    marked = rows.update(undone_at=timezone.now())
    is_latest = not record.events.filter(pk__gt=event.pk).exists()
    if not marked or not is_latest or event.kind != was:
        raise TransitionRefused(current=was, to=Status.SUBMITTED)
    move(record, to=Status.SUBMITTED, moves=UNDO_ANSWER_MOVES, confirmed_at=None, confirmed_by=None)
    audit_answer(record, "undo", by, {"status": [was, record.status]})
