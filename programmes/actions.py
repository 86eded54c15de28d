"""Every write that matters to activities: guard, write, history and audit row in one transaction.

Who may is asked before (people.permissions); what is asked here is whether it may happen now.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audit import record_event
from core.transitions import move
from people.models import User, pseudonym_of
from people.permissions import Permission, can, relations_to
from programmes.models import (
    ACTIVITY_MOVES,
    ActivityEntry,
    ActivityEvent,
    Enrolment,
    EvidenceFile,
    Reflection,
    SupportRole,
)
from programmes.models.activities import MINUTES_A_DAY, OPEN_STATUSES
from programmes.queries.activities import minutes_on
from standards.models import Criterion
from uploads.checks import CheckedUpload
from uploads.storage import storage_name

FILES_AN_ENTRY = 10
OPEN_ENROLMENTS = frozenset({Enrolment.Status.ONBOARDING, Enrolment.Status.ACTIVE, Enrolment.Status.ON_BREAK})


class EntryChanged(Exception):
    """Somebody, or another tab, changed the entry since the page was opened."""


@dataclass(frozen=True)
class ActivityContent:
    """What a learner says about an activity: field values of the entry, its criteria and the reflection."""

    fields: Mapping[str, Any]
    criteria: Collection[Criterion]
    reflection: str


def _require(by: User, permission: Permission, record: Any) -> None:
    if not can(by, permission, record):
        raise PermissionDenied


def _audit(entry: ActivityEntry, *, action: str, by: User, changes: dict[str, Any] | None = None) -> None:
    roles = sorted(relations_to(by, entry))
    record_event(
        action=action,
        on=entry,
        actor=pseudonym_of(by),
        subject=pseudonym_of(entry.enrolment.learner),
        role=roles[0] if roles else "",
        changes=changes,
    )


def _history(entry: ActivityEntry, kind: str, by: User, reason: str = "") -> None:
    ActivityEvent.objects.create(entry=entry, kind=kind, by=by, at=timezone.now(), reason=reason)


def _guard_day(entry: ActivityEntry) -> None:
    """A day has 24 hours, over all entries of the enrolment."""
    if minutes_on(entry.enrolment, entry.done_on, but=entry) + entry.minutes > MINUTES_A_DAY:
        raise ValidationError({"hours": _("With your other entries this day would have more than 24 hours.")})


def _hold_open(entry: ActivityEntry) -> None:
    """The entry is open now, whatever the instance in memory says, and stays so until this transaction is over."""
    if not ActivityEntry.objects.filter(pk=entry.pk, status__in=OPEN_STATUSES).update(revision=F("revision")):
        raise EntryChanged


def _write_texts(entry: ActivityEntry, content: ActivityContent) -> None:
    entry.criteria.set(content.criteria)
    if content.reflection:
        Reflection.objects.update_or_create(entry=entry, defaults={"text": content.reflection})
    else:
        Reflection.objects.filter(entry=entry).delete()


@transaction.atomic
def create_activity(*, enrolment: Enrolment, content: ActivityContent, by: User) -> ActivityEntry:
    """A new draft. Raises ValidationError when the enrolment is over or the day would have over 24 hours."""
    _require(by, Permission.ACTIVITY_CREATE, enrolment)
    if enrolment.status not in OPEN_ENROLMENTS:
        raise ValidationError(_("This programme is over for you, so nothing new can be logged in it."))
    entry = ActivityEntry(enrolment=enrolment, **content.fields)
    _guard_day(entry)
    entry.save(force_insert=True)
    _write_texts(entry, content)
    _history(entry, ActivityEvent.Kind.CREATED, by)
    _audit(entry, action="activity.create", by=by, changes={"minutes": [None, entry.minutes]})
    return entry


@transaction.atomic
def change_activity(*, entry: ActivityEntry, content: ActivityContent, revision: int, by: User) -> None:
    """Rewrite a draft or a returned entry. Raises EntryChanged when it is no longer as the page showed it."""
    _require(by, Permission.ACTIVITY_CHANGE, entry)
    before = entry.minutes
    rows = ActivityEntry.objects.filter(pk=entry.pk, revision=revision, status__in=OPEN_STATUSES)
    if not rows.update(revision=F("revision") + 1, **content.fields):
        raise EntryChanged
    entry.refresh_from_db()
    _guard_day(entry)
    _write_texts(entry, content)
    changed: dict[str, Any] = dict.fromkeys(content.fields)
    changed["minutes"] = [before, entry.minutes]
    _audit(entry, action="activity.change", by=by, changes=changed)


@transaction.atomic
def submit_activity(*, entry: ActivityEntry, by: User) -> None:
    """Send a draft or a mended entry to be verified. Copies who it is for: later changes do not rewrite it.

    Raises ValidationError when something needed is missing, TransitionRefused when it was sent already.
    """
    _require(by, Permission.ACTIVITY_CHANGE, entry)
    if not entry.criteria.exists():
        raise ValidationError({"criteria": _("Choose at least one criterion before you send it.")})
    was, now = entry.status, timezone.now()
    roles = SupportRole.objects.filter(enrolment=entry.enrolment_id).current(on=timezone.localdate())
    people = dict(roles.order_by("starts_on").values_list("role", "person_id"))
    move(
        entry,
        to=ActivityEntry.Status.SUBMITTED,
        moves=ACTIVITY_MOVES,
        submitted_at=now,
        revision=F("revision") + 1,
        organisation=entry.enrolment.organisation,
        coach_id=people.get(SupportRole.Role.COACH),
        manager_id=people.get(SupportRole.Role.MANAGER),
    )
    _history(entry, ActivityEvent.Kind.SUBMITTED, by)
    _audit(entry, action="activity.submit", by=by, changes={"status": [was, entry.status]})


@transaction.atomic
def approve_activity(*, entry: ActivityEntry, by: User) -> None:
    """Verify a sent entry: it is locked and its minutes count. Raises TransitionRefused when another was faster."""
    _require(by, Permission.ACTIVITY_APPROVE, entry)
    now = timezone.now()
    move(entry, to=ActivityEntry.Status.APPROVED, moves=ACTIVITY_MOVES, approved_at=now, approved_by=by)
    _history(entry, ActivityEvent.Kind.APPROVED, by)
    _audit(entry, action="activity.approve", by=by, changes={"status": ["submitted", entry.status]})


@transaction.atomic
def return_activity(*, entry: ActivityEntry, reason: str, by: User) -> None:
    """Send an entry back with a reason. Raises TransitionRefused when another was faster."""
    _require(by, Permission.ACTIVITY_APPROVE, entry)
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": _("Say what is missing, so that the entry can be mended.")})
    move(entry, to=ActivityEntry.Status.RETURNED, moves=ACTIVITY_MOVES)
    _history(entry, ActivityEvent.Kind.RETURNED, by, reason)
    _audit(entry, action="activity.return", by=by, changes={"status": ["submitted", entry.status]})


@transaction.atomic
def attach_evidence(
    *, entry: ActivityEntry, uploads: Collection[CheckedUpload], is_shared: bool, by: User
) -> list[EvidenceFile]:
    """Store checked files with an open entry. The bytes are on disk before their rows say so."""
    _require(by, Permission.ACTIVITY_CHANGE, entry)
    _hold_open(entry)
    if entry.evidence.count() + len(uploads) > FILES_AN_ENTRY:
        raise ValidationError({"evidence": _("An activity can have ten files at most.")})
    stored = []
    for upload in uploads:
        row = EvidenceFile(
            entry=entry,
            original_name=upload.original_name,
            content_type=upload.content_type,
            size=upload.size,
            sha256=upload.sha256,
            is_shared=is_shared,
            uploaded_by=by,
        )
        row.file.save(storage_name(row.id, upload.extension), ContentFile(upload.content), save=False)
        row.save(force_insert=True)
        stored.append(row)
    if stored:
        _audit(entry, action="activity.attach", by=by, changes={"evidence": [None, len(stored)]})
    return stored


@transaction.atomic
def remove_evidence(*, evidence: EvidenceFile, by: User) -> None:
    """Take a file off an open entry. Its bytes go once the change is committed."""
    _require(by, Permission.EVIDENCE_CHANGE, evidence)
    file, entry = evidence.file, evidence.entry
    _hold_open(entry)
    evidence.delete()
    _audit(entry, action="activity.detach", by=by, changes={"evidence": [1, 0]})
    storage, name = file.storage, str(file.name)
    transaction.on_commit(lambda: storage.delete(name))


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
