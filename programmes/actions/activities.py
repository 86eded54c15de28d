"""What happens to activities: made, changed, sent, verified, returned."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.transitions import move
from people.models import User
from people.permissions import Permission
from programmes.actions.recording import EntryChanged, audit, require, write_history
from programmes.models import (
    ACTIVITY_MOVES,
    ActivityEntry,
    ActivityEvent,
    Enrolment,
    Reflection,
    SupportRole,
)
from programmes.models.activities import MINUTES_A_DAY, OPEN_STATUSES
from programmes.queries.activities import minutes_on
from standards.models import Criterion

OPEN_ENROLMENTS = frozenset({Enrolment.Status.ONBOARDING, Enrolment.Status.ACTIVE, Enrolment.Status.ON_BREAK})


@dataclass(frozen=True)
class ActivityContent:
    """What a learner says about an activity: field values of the entry, its criteria and the reflection."""

    fields: Mapping[str, Any]
    criteria: Collection[Criterion]
    reflection: str


def _guard_day(entry: ActivityEntry) -> None:
    """A day has 24 hours, over all entries of the enrolment."""
    if minutes_on(entry.enrolment, entry.done_on, but=entry) + entry.minutes > MINUTES_A_DAY:
        raise ValidationError({"hours": _("With your other entries this day would have more than 24 hours.")})


def _write_texts(entry: ActivityEntry, content: ActivityContent) -> None:
    entry.criteria.set(content.criteria)
    if content.reflection:
        Reflection.objects.update_or_create(entry=entry, defaults={"text": content.reflection})
    else:
        Reflection.objects.filter(entry=entry).delete()


@transaction.atomic
def create_activity(*, enrolment: Enrolment, content: ActivityContent, by: User) -> ActivityEntry:
    """A new draft. Raises ValidationError when the enrolment is over or the day would have over 24 hours."""
    require(by, Permission.ACTIVITY_CREATE, enrolment)
    if enrolment.status not in OPEN_ENROLMENTS:
        raise ValidationError(_("This programme is over for you, so nothing new can be logged in it."))
    entry = ActivityEntry(enrolment=enrolment, **content.fields)
    _guard_day(entry)
    entry.save(force_insert=True)
    _write_texts(entry, content)
    write_history(entry, ActivityEvent.Kind.CREATED, by)
    audit(entry, action="activity.create", by=by, changes={"minutes": [None, entry.minutes]})
    return entry


@transaction.atomic
def change_activity(*, entry: ActivityEntry, content: ActivityContent, revision: int, by: User) -> None:
    """Rewrite a draft or a returned entry. Raises EntryChanged when it is no longer as the page showed it."""
    require(by, Permission.ACTIVITY_CHANGE, entry)
    before = entry.minutes
    rows = ActivityEntry.objects.filter(pk=entry.pk, revision=revision, status__in=OPEN_STATUSES)
    if not rows.update(revision=F("revision") + 1, **content.fields):
        raise EntryChanged
    entry.refresh_from_db()
    _guard_day(entry)
    _write_texts(entry, content)
    changed: dict[str, Any] = dict.fromkeys(content.fields)
    changed["minutes"] = [before, entry.minutes]
    audit(entry, action="activity.change", by=by, changes=changed)


@transaction.atomic
def submit_activity(*, entry: ActivityEntry, by: User) -> None:
    """Send a draft or a mended entry to be verified. Copies who it is for: later changes do not rewrite it.

    Raises ValidationError when something needed is missing, TransitionRefused when it was sent already.
    """
    require(by, Permission.ACTIVITY_CHANGE, entry)
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
    write_history(entry, ActivityEvent.Kind.SUBMITTED, by)
    audit(entry, action="activity.submit", by=by, changes={"status": [was, entry.status]})


@transaction.atomic
def approve_activity(*, entry: ActivityEntry, by: User) -> None:
    """Verify a sent entry: it is locked and its minutes count. Raises TransitionRefused when another was faster."""
    require(by, Permission.ACTIVITY_APPROVE, entry)
    now = timezone.now()
    move(entry, to=ActivityEntry.Status.APPROVED, moves=ACTIVITY_MOVES, approved_at=now, approved_by=by)
    write_history(entry, ActivityEvent.Kind.APPROVED, by)
    audit(entry, action="activity.approve", by=by, changes={"status": ["submitted", entry.status]})


@transaction.atomic
def return_activity(*, entry: ActivityEntry, reason: str, by: User) -> None:
    """Send an entry back with a reason. Raises TransitionRefused when another was faster."""
    require(by, Permission.ACTIVITY_APPROVE, entry)
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": _("Say what is missing, so that the entry can be mended.")})
    move(entry, to=ActivityEntry.Status.RETURNED, moves=ACTIVITY_MOVES)
    write_history(entry, ActivityEvent.Kind.RETURNED, by, reason)
    audit(entry, action="activity.return", by=by, changes={"status": ["submitted", entry.status]})
