"""Whether something is used at work: asked, answered, sent, put off."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.transitions import Moves, TransitionRefused, move
from people.models import User
from people.permissions import Permission
from programmes.actions.evidence import delete_bytes_later
from programmes.actions.recording import EntryChanged, audit, require
from programmes.models import (
    APPLICATION_MOVES,
    ActivityEntry,
    ApplicationBenefit,
    ApplicationEvent,
    ApplicationRecord,
    EvidenceFile,
)
from programmes.models.applications import OPEN_ANSWERS
from programmes.queries.answering import ApplicationContent, content_of, merged, missing_in

Status, Kind = ApplicationRecord.Status, ApplicationEvent.Kind
ANSWERS = (Kind.SUBMITTED, Kind.NOT_APPLIED)
TAKE_BACK_MOVES: Moves = {
    Status.SUBMITTED: frozenset({Status.PROMPTED.value}),
    Status.NOT_APPLIED: frozenset({Status.PROMPTED.value}),
}


def write_event(record: ApplicationRecord, kind: str, by: User, **also: Any) -> ApplicationEvent:
    """Append a line to the answer's history: now, unless `at` is among the other fields of the line."""
    return ApplicationEvent.objects.create(record=record, kind=kind, by=by, **{"at": timezone.now(), **also})


def audit_answer(
    record: ApplicationRecord, action: str, by: User, changes: dict[str, Any] | None = None
) -> None:
    """Append the audit row of what was done to an answer."""
    audit(
        record, action=f"application.{action}", by=by, enrolment=record.entry.enrolment, changes=changes or {}
    )


# Asked with the approval of an activity ---------------------------------------------------


def prompt_application(entry: ActivityEntry) -> None:
    """Have the learner asked about a verified activity off the job; an answer or draft that is there stays."""
    if entry.kind == ActivityEntry.Kind.OFF_JOB:
        ApplicationRecord.objects.get_or_create(entry=entry)


def take_back_prompt(entry: ActivityEntry, *, since: dt.datetime) -> None:
    """The approval of `since` is undone: what nobody has touched goes.

    Raises TransitionRefused when the learner has answered since.
    """
    record = ApplicationRecord.objects.select_for_update(of=("self",)).filter(entry=entry).first()
    if record is None:
        return
    if record.events.filter(kind__in=ANSWERS, undone_at=None, at__gte=since).exists():
        raise TransitionRefused(current=record.status, to=Status.PROMPTED)
    if record.status == Status.PROMPTED and record.revision == 1 and not record.evidence.exists():
        record.delete()


# Said while logging an activity -----------------------------------------------------------


def keep_with_entry(entry: ActivityEntry, content: ApplicationContent | None) -> None:
    """Keep what was said with an open activity as a draft, and drop what is no longer said.

    What was measured and how it can be seen is said elsewhere, and stays. An answer that was sent stays as it is; one
    for an activity on the job is refused with ValidationError. An amendment has no answer of its own: that of the
    activity which it amends becomes its answer.
    """
    record = ApplicationRecord.objects.filter(entry=entry).first()
    if record is not None and record.status != Status.PROMPTED:
        if entry.is_on_job:
            raise ValidationError(
                {"kind": _("You have said how you use it at work, so it stays an activity off the job.")}
            )
        return
    if entry.is_on_job or not content or entry.amends_id:
        if record is not None:
            delete_bytes_later(record.evidence.select_for_update(of=("self",)))
            record.delete()
        return
    if record is None:
        record = ApplicationRecord.objects.create(entry=entry)
    _write(record, merged(content, content_of(record)), revision=record.revision)


def send_with_entry(entry: ActivityEntry, *, by: User) -> None:
    """Send what was said with the activity, if it is whole; a half answer waits until the learner is asked."""
    record = ApplicationRecord.objects.select_related("entry__enrolment__learner").filter(entry=entry).first()
    if record is None or record.status != Status.PROMPTED or _missing_in(record):
        return
    submit_application(record=record, by=by)


def take_back_with_entry(entry: ActivityEntry, *, by: User) -> None:
    """The activity is a draft again, and so is its answer. Raises ValidationError when somebody decided about that."""
    record = ApplicationRecord.objects.select_related("entry__enrolment__learner").filter(entry=entry).first()
    if record is None or record.status == Status.PROMPTED:
        return
    was = record.status
    try:
        move(
            record,
            to=Status.PROMPTED,
            moves=TAKE_BACK_MOVES,
            submitted_at=None,
            revision=F("revision") + 1,
        )
    except TransitionRefused as error:
        raise ValidationError(
            _("Somebody has decided about its use at work, so it can no longer be taken back.")
        ) from error
    record.evidence.update(is_held_back=True)
    record.events.filter(kind__in=ANSWERS, undone_at=None).update(undone_at=timezone.now())
    audit_answer(record, "withdraw", by, {"status": [was, record.status]})


# The learner's answer ---------------------------------------------------------------------


def _write(record: ApplicationRecord, content: ApplicationContent, *, revision: int) -> None:
    rows = ApplicationRecord.objects.filter(pk=record.pk, revision=revision, status__in=OPEN_ANSWERS)
    if not rows.update(revision=F("revision") + 1, **content.fields):
        raise EntryChanged
    record.benefits.all().delete()
    ApplicationBenefit.objects.bulk_create(
        ApplicationBenefit(
            record=record,
            level=row.level,
            text=row.text,
            measure=row.measure,
            unit=row.unit,
            before=row.before,
            after=row.after,
            is_less_better=row.is_less_better,
        )
        for row in content.benefits
    )
    record.refresh_from_db()


@transaction.atomic
def answer_application(
    *, record: ApplicationRecord, content: ApplicationContent, revision: int, by: User
) -> None:
    """Keep what the learner writes, unsent. Raises EntryChanged when it is no longer as the page showed it."""
    require(by, Permission.APPLICATION_CHANGE, record)
    _write(record, content, revision=revision)
    changed = dict.fromkeys(("what_changed", "applied_on", "evidence_note", "benefits"))
    audit_answer(record, "change", by, changed)


def _missing_in(record: ApplicationRecord) -> dict[str, Any]:
    return missing_in(content_of(record), done_on=record.entry.done_on, on=timezone.localdate())


def _require_sent(record: ApplicationRecord) -> None:
    """What is said of a draft goes with the draft: nobody else knows of it."""
    if ActivityEntry.objects.filter(pk=record.entry_id, status=ActivityEntry.Status.DRAFT).exists():
        raise ValidationError(_("Send the activity first: your answer goes with it."))


@transaction.atomic
def submit_application(*, record: ApplicationRecord, by: User) -> ApplicationEvent:
    """Send an answer to be confirmed; its files are shown from now on.

    Raises ValidationError when something is missing, TransitionRefused when it was sent already.
    """
    require(by, Permission.APPLICATION_CHANGE, record)
    _require_sent(record)
    held = ApplicationRecord.objects.select_for_update(of=("self",)).select_related("entry")
    if missing := _missing_in(held.get(pk=record.pk)):
        raise ValidationError(missing)
    was, now = record.status, timezone.now()
    move(
        record,
        to=Status.SUBMITTED,
        moves=APPLICATION_MOVES,
        submitted_at=now,
        revision=F("revision") + 1,
    )
    EvidenceFile.objects.filter(application=record).update(is_held_back=False)
    audit_answer(record, "submit", by, {"status": [was, record.status]})
    return write_event(record, Kind.SUBMITTED, by, at=now)


@transaction.atomic
def put_off_application(*, record: ApplicationRecord, by: User) -> None:
    """Not yet: the prompts up to today are answered, the later ones still come.

    Raises TransitionRefused once there is an answer. Said twice on one day it is one "not yet".
    """
    require(by, Permission.APPLICATION_CHANGE, record)
    today = timezone.localdate()
    rows = ApplicationRecord.objects.filter(pk=record.pk, status=Status.PROMPTED)
    changed = rows.exclude(put_off_on=today).update(put_off_on=today, revision=F("revision") + 1)
    record.refresh_from_db()
    if changed:
        audit_answer(record, "put_off", by, {"put_off_on": [None, today.isoformat()]})
        write_event(record, Kind.PUT_OFF, by)
    elif record.status != Status.PROMPTED:
        raise TransitionRefused(current=record.status, to=Status.PROMPTED)


@transaction.atomic
def decline_application(*, record: ApplicationRecord, reason: str, by: User) -> ApplicationEvent:
    """It is not used at work, and why: an honest answer, which ends the prompts.

    Raises ValidationError without a reason, TransitionRefused when it was answered already.
    """
    require(by, Permission.APPLICATION_CHANGE, record)
    _require_sent(record)
    reason = reason.strip()
    if not reason:
        raise ValidationError({"not_applied_reason": _("Say in a few words why you do not use it.")})
    was, now = record.status, timezone.now()
    move(
        record,
        to=Status.NOT_APPLIED,
        moves=APPLICATION_MOVES,
        not_applied_reason=reason,
        submitted_at=now,
        revision=F("revision") + 1,
    )
    EvidenceFile.objects.filter(application=record).update(is_held_back=True)
    audit_answer(record, "decline", by, {"status": [was, record.status]})
    return write_event(record, Kind.NOT_APPLIED, by, at=now)
