"""What every action on an activity does: ask for the right, write the history and the audit row."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from core.audit import record_event
from people.models import User, pseudonym_of
from people.permissions import Permission, can, relations_to
from programmes.models import (
    ActivityEntry,
    ActivityEvent,
    Enrolment,
    EvidenceFile,
    ProgrammeRole,
    SupportRole,
)


class EntryChanged(Exception):
    """Somebody, or another tab, changed the entry since the page was opened."""


def require(by: User, permission: Permission, record: Any) -> None:
    """Raises PermissionDenied unless the person holds the permission on the record today."""
    if not can(by, permission, record):
        raise PermissionDenied


def audit(
    record: Any,
    *,
    action: str,
    by: User,
    enrolment: Enrolment | None = None,
    changes: dict[str, Any] | None = None,
) -> None:
    """Append the audit row of a change to a learner's record; `changes` as record_event() takes them."""
    enrolment = enrolment or record.enrolment
    roles = sorted(relations_to(by, enrolment))
    actor = pseudonym_of(by)
    record_event(
        action=action,
        on=record,
        actor=actor,
        subject=actor if enrolment.learner_id == by.pk else pseudonym_of(enrolment.learner),
        role=roles[0] if roles else "",
        changes=changes,
    )


def write_history(entry: ActivityEntry, kind: str, by: User, **also: Any) -> ActivityEvent:
    """Append a line to the entry's history: now, unless `at` is among the other fields of the line."""
    return ActivityEvent.objects.create(entry=entry, kind=kind, by=by, **{"at": timezone.now(), **also})


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


class ChangedMeanwhile(Exception):
    """Somebody, or another tab, changed the programme or unit since the page was opened."""


def audit_change(
    record: Any,
    *,
    action: str,
    by: User,
    subject: User | None = None,
    changes: dict[str, Any] | None = None,
) -> None:
    """Append the audit row of a change to a programme or to who is in it; `subject` is whom it is about."""
    roles = sorted(relations_to(by, record)) if record.pk else []
    record_event(
        action=action,
        on=record,
        actor=pseudonym_of(by),
        subject=pseudonym_of(subject) if subject else None,
        role=roles[0] if roles else "",
        changes=changes,
    )


def changed_values(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What differs, for the audit row: numbers and days with both values, texts by the name of their field only."""
    found: dict[str, Any] = {}
    for name, value in after.items():
        old = before.get(name)
        if (old or "") == (value or ""):
            continue
        found[name] = [old, value] if isinstance(value, int) and not isinstance(value, bool) else None
        if isinstance(value, dt.date):
            found[name] = [old.isoformat() if old else None, value.isoformat()]
    return found


def end_before(row: ProgrammeRole | SupportRole, day: dt.date) -> None:
    """End a dated row on the day before; one that never came to hold is deleted."""
    if row.starts_on >= day:
        row.delete()
        return
    row.ends_on = day - dt.timedelta(days=1)
    row.save(update_fields=["ends_on"])
