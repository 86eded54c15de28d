"""Amending what is verified: a new version goes through approval again, and replaces the old one with it.

The old version stays as it is, and counts, until then. One of the two is verified at any moment, so hours count once.
"""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.transitions import Moves, TransitionRefused, move
from people.models import User
from people.permissions import Permission
from programmes.actions.evidence import copy_evidence
from programmes.actions.recording import audit, require, write_history
from programmes.models import (
    ACTIVITY_MOVES,
    ActivityEntry,
    ActivityEvent,
    ApplicationRecord,
    EvidenceFile,
    Reflection,
)
from programmes.models.enrolments import OPEN_ENROLMENTS

Status = ActivityEntry.Status
RESTORE_MOVES: Moves = {Status.SUPERSEDED: frozenset({Status.APPROVED.value})}
"""Only while the approval of the amendment is taken back."""

SAY_WHY_AMENDED = _("Say why you amend it before you send it.")

COPIED = (
    "enrolment_id",
    "kind",
    "strategy_id",
    "title",
    "done_on",
    "starts_at",
    "minutes",
    "description",
    "carried_out_by",
    "place",
    "cost",
    "is_paid",
    "goal_id",
    "exception_reason",
)


class AmendedAlready(Exception):
    """Somebody amends the entry already; `amendment` is what they made of it."""

    def __init__(self, amendment: ActivityEntry) -> None:
        self.amendment = amendment
        super().__init__(f"amended by {amendment.pk}")


def is_amended(entry: ActivityEntry) -> bool:
    """Whether there is a version that amends it, in whatever state."""
    return ActivityEntry.objects.filter(amends=entry.pk).exists()


@transaction.atomic
def amend_activity(*, entry: ActivityEntry, by: User) -> ActivityEntry:
    """A draft that says what the verified entry says, with copies of its files, to be changed and sent.

    Raises TransitionRefused when the entry is not verified (any more), AmendedAlready when there is an amendment,
    ValidationError when the enrolment is over or the files cannot be copied.
    """
    require(by, Permission.ACTIVITY_CHANGE, entry)
    if entry.enrolment.status not in OPEN_ENROLMENTS:
        raise ValidationError(_("This programme is over for you, so nothing can be amended in it."))
    held = ActivityEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    if (there := ActivityEntry.objects.filter(amends=held).first()) is not None:
        raise AmendedAlready(there)
    if held.status != Status.APPROVED:
        raise TransitionRefused(current=held.status, to="amended")
    amendment = ActivityEntry(amends=held, **{name: getattr(held, name) for name in COPIED})
    amendment.save(force_insert=True)
    amendment.criteria.set(held.criteria.all())
    for reflection in Reflection.objects.filter(entry=held):
        Reflection.objects.create(entry=amendment, text=reflection.text)
    copy_evidence(of=held, to=amendment)
    write_history(amendment, ActivityEvent.Kind.CREATED, by)
    audit(amendment, action="activity.amend", by=by, changes={"amends": [None, held.pk]})
    return amendment


def guard_kind(entry: ActivityEntry) -> None:
    """Raises ValidationError when an amendment changes on or off the job although its application was answered."""
    if entry.amends_id is None or entry.kind == entry.amends.kind:  # type: ignore[union-attr]
        return
    answered = ApplicationRecord.objects.filter(entry=entry.amends_id, status__in=ApplicationRecord._ANSWERED)
    if answered.exists():
        raise ValidationError(
            {"kind": _("It was already said whether this was applied at work, so the type has to stay.")}
        )


def guard_amendment(entry: ActivityEntry) -> None:
    """Raises ValidationError when an amendment lacks its reason or changes what it may not; for others nothing."""
    if entry.amends_id is not None and not entry.amendment_reason.strip():
        raise ValidationError({"amendment_reason": SAY_WHY_AMENDED})
    guard_kind(entry)


def replace_amended(entry: ActivityEntry, by: User, *, at: dt.datetime) -> None:
    """The version that the newly verified entry amends is replaced, and its application goes with the new one.

    Belongs into the transaction of the approval. Does nothing for an entry that amends none.
    """
    old = entry.amends
    if old is None:
        return
    guard_kind(entry)
    move(old, to=Status.SUPERSEDED, moves=ACTIVITY_MOVES)
    if old.kind == entry.kind:
        _hand_over(old, entry)
    write_history(old, ActivityEvent.Kind.SUPERSEDED, by, at=at)
    audit(old, action="activity.supersede", by=by, changes={"status": ["approved", old.status]})


def restore_amended(entry: ActivityEntry, by: User) -> None:
    """The replaced version stands again, because the approval of its amendment was taken back at once."""
    old = entry.amends
    if old is None:
        return
    move(old, to=Status.APPROVED, moves=RESTORE_MOVES)
    if old.kind == entry.kind:
        _hand_over(entry, old)
    replaced = old.events.standing().filter(kind=ActivityEvent.Kind.SUPERSEDED)
    replaced.update(undone_at=timezone.now())
    audit(old, action="activity.restore", by=by, changes={"status": ["superseded", old.status]})


def _hand_over(old: ActivityEntry, new: ActivityEntry) -> None:
    """The answer whether it was applied, and the files given with it, belong to the version that stands."""
    if ApplicationRecord.objects.filter(entry=old).update(entry=new):
        EvidenceFile.objects.filter(entry=old, application__entry=new).update(entry=new)
