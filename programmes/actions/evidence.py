"""Files with an activity: received, checked, taken off."""

from collections.abc import Collection, Iterable
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from core.audit import record_event
from people.models import User, pseudonym_of
from people.permissions import Permission
from programmes.actions.recording import EntryChanged, audit, require
from programmes.models import ActivityEntry, ApplicationRecord, Enrolment, EvidenceFile
from programmes.models.activities import OPEN_STATUSES
from programmes.models.applications import OPEN_ANSWERS
from programmes.queries.evidence import room_of
from uploads.checking import check_waiting
from uploads.kinds import MEGABYTE
from uploads.models import FileState
from uploads.receiving import ReceivedUpload
from uploads.storage import storage_name

FILES_AN_ENTRY = 10


def _hold_open(entry: ActivityEntry, application: ApplicationRecord | None) -> None:
    """What the files belong to is open now, whatever the instance in memory says, and stays so until this
    transaction is over.
    """
    held = {"revision": F("revision")}
    if application is None:
        is_open = ActivityEntry.objects.filter(pk=entry.pk, status__in=OPEN_STATUSES).update(**held)
    else:
        answers = ApplicationRecord.objects.filter(pk=application.pk, status__in=OPEN_ANSWERS)
        is_open = answers.update(**held)
    if not is_open:
        raise EntryChanged


def _guard_room(
    entry: ActivityEntry, application: ApplicationRecord | None, uploads: Collection[ReceivedUpload]
) -> None:
    """Ten files an entry, ten with its use at work, and so many megabytes an enrolment. What was refused takes no
    room.
    """
    there = entry.evidence.filter(application=application).exclude(status=FileState.REJECTED).count()
    if there + len(uploads) > FILES_AN_ENTRY:
        text = _("An activity can have ten files at most.")
        raise ValidationError({"evidence": text if application is None else _("Add ten files at most.")})
    # Held until the end, so that two windows cannot fill the same room.
    room = room_of(Enrolment.objects.select_for_update(of=("self",)).get(pk=entry.enrolment_id))
    if sum(upload.size for upload in uploads) > room.left:
        message = _(
            "There is no room for these files: yours may take %(quota)s MB together, and %(left)s MB are left. "
            "To get room, remove files from drafts and returned activities, or make the new ones smaller."
        )
        params = {"quota": settings.EVIDENCE_QUOTA_MB, "left": room.left // MEGABYTE}
        raise ValidationError({"evidence": ValidationError(message, code="quota", params=params)})


@transaction.atomic
def attach_evidence(
    *,
    entry: ActivityEntry,
    uploads: Collection[ReceivedUpload],
    is_shared: bool,
    by: User,
    application: ApplicationRecord | None = None,
) -> list[EvidenceFile]:
    """Store files with an open entry, or with the open answer whether it is used at work, to be checked. The bytes
    are on the disk before their rows say so. Those of an answer are held back until it is sent.

    Raises EntryChanged when it was sent meanwhile, ValidationError when there is no room.
    """
    if application is None:
        require(by, Permission.ACTIVITY_CHANGE, entry)
    else:
        require(by, Permission.APPLICATION_CHANGE, application)
    _hold_open(entry, application)
    _guard_room(entry, application, uploads)
    stored: list[EvidenceFile] = []
    try:
        for upload in uploads:
            stored.append(_receive(entry, upload, application, is_shared=is_shared, by=by))  # noqa: PERF401 - known to the clean-up below
    except BaseException:  # what is stored so far has no row any more
        for row in stored:
            row.file.delete(save=False)
        raise
    if stored:
        audit(entry, action="activity.attach", by=by, changes={"evidence": [None, len(stored)]})
    return stored


def _receive(
    entry: ActivityEntry,
    upload: ReceivedUpload,
    application: ApplicationRecord | None,
    *,
    is_shared: bool,
    by: User,
) -> EvidenceFile:
    row = EvidenceFile(
        entry=entry,
        application=application,
        is_held_back=application is not None,
        original_name=upload.original_name,
        content_type=upload.content_type,
        size=upload.size,
        sha256=upload.sha256,
        is_shared=is_shared,
        uploaded_by=by,
    )
    row.file.save(storage_name(row.id, upload.extension), upload.file, save=False)
    row.save(force_insert=True)
    return row


def copy_evidence(*, of: ActivityEntry, to: ActivityEntry) -> list[EvidenceFile]:
    """Give `to` its own copies of the files that `of` came with, their bytes included; refused ones have none.

    A copy of a checked file is a checked file, any other is checked anew. Raises ValidationError when bytes cannot be
    read; then nothing is stored.
    """
    # Held, so that a check that ends now waits before it takes the bytes away.
    files = of.evidence.filter(application=None).exclude(status=FileState.REJECTED)
    copies: list[EvidenceFile] = []
    try:
        for row in files.select_for_update(of=("self",)):
            copies.append(_copy(row, to))  # noqa: PERF401 - known to the clean-up below
    except BaseException as error:
        for stored in copies:
            _delete_bytes(stored)
        if isinstance(error, OSError):
            raise ValidationError(_("The evidence cannot be copied at present. Try again later.")) from error
        raise
    return copies


def _copy(row: EvidenceFile, entry: ActivityEntry) -> EvidenceFile:
    copy = EvidenceFile.objects.get(pk=row.pk)
    copy._state.adding = True
    copy.pk, copy.entry = uuid4(), entry
    copy.file = copy.thumbnail = ""
    if not row.is_clean:
        copy.status, copy.claim, copy.claimed_until, copy.attempts = FileState.RECEIVED.value, None, None, 0
    try:
        for name in ("file", "thumbnail"):
            source = getattr(row, name)
            if source:
                with source.open("rb") as content:
                    extension = str(source.name).rpartition(".")[2]
                    getattr(copy, name).save(storage_name(uuid4(), extension), content, save=False)
        copy.save(force_insert=True)
    except BaseException:
        _delete_bytes(copy)
        raise
    return copy


def _delete_bytes(row: EvidenceFile) -> None:
    for stored in (row.file, row.thumbnail):
        if stored:
            stored.delete(save=False)


def check_evidence() -> int:
    """Check files that wait, some at a time; returns how many were settled. Any worker may call it at any time."""
    return check_waiting(EvidenceFile.objects.all(), settled=_audit_check)


def _audit_check(evidence: EvidenceFile) -> None:
    record_event(
        action="evidencefile.check",
        on=evidence,
        actor=None,
        subject=pseudonym_of(evidence.entry.enrolment.learner),
        changes={"status": [FileState.RECEIVED.value, evidence.status]},
    )


def delete_bytes_later(files: Iterable[EvidenceFile]) -> None:
    """Delete what is stored of the files once this transaction, which deletes their rows, is committed.

    What is left after a failure the sweeper finds.
    """
    doomed = [(it.storage, str(it.name)) for row in files for it in (row.file, row.thumbnail) if it]

    def delete_bytes() -> None:  # a function with a name: Django logs it when it fails
        for storage, name in doomed:
            storage.delete(name)

    transaction.on_commit(delete_bytes, robust=True)


@transaction.atomic
def remove_evidence(*, evidence: EvidenceFile, by: User) -> None:
    """Take a file off an open entry or answer, in whatever state. Its bytes go once the change is committed."""
    require(by, Permission.EVIDENCE_CHANGE, evidence)
    entry = evidence.entry
    _hold_open(entry, evidence.application)
    # As it is now: the check may have given it other bytes since the page was opened.
    current = EvidenceFile.objects.select_for_update(of=("self",)).get(pk=evidence.pk)
    delete_bytes_later([current])
    current.delete()
    audit(entry, action="activity.detach", by=by, changes={"evidence": [1, 0]})
