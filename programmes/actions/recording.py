"""What every action on an activity does: ask for the right, write the history and the audit row."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from core.audit import record_event
from people.models import User, pseudonym_of
from people.permissions import Permission, can, relations_to
from programmes.models import ActivityEntry, ActivityEvent, EvidenceFile


class EntryChanged(Exception):
    """Somebody, or another tab, changed the entry since the page was opened."""


def require(by: User, permission: Permission, record: Any) -> None:
    """Raises PermissionDenied unless the person holds the permission on the record today."""
    if not can(by, permission, record):
        raise PermissionDenied


def audit(entry: ActivityEntry, *, action: str, by: User, changes: dict[str, Any] | None = None) -> None:
    """Append the audit row of a change; `changes` as record_event() takes them."""
    roles = sorted(relations_to(by, entry))
    record_event(
        action=action,
        on=entry,
        actor=pseudonym_of(by),
        subject=pseudonym_of(entry.enrolment.learner),
        role=roles[0] if roles else "",
        changes=changes,
    )


def write_history(entry: ActivityEntry, kind: str, by: User, reason: str = "") -> None:
    """Append a line to the entry's history."""
    ActivityEvent.objects.create(entry=entry, kind=kind, by=by, at=timezone.now(), reason=reason)


def record_access(*, record: ActivityEntry | EvidenceFile, reason: str, by: User) -> None:
    """Log that somebody opened what only a logged right lets them see, and why."""
    entry = record.entry if isinstance(record, EvidenceFile) else record
    record_event(
        action=f"{record._meta.model_name}.read",
        on=record,
        actor=pseudonym_of(by),
        subject=pseudonym_of(entry.enrolment.learner),
        role=", ".join(sorted(relations_to(by, record))),
        reason=reason,
    )
