"""Files with an activity: stored, taken off."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from people.models import User
from people.permissions import Permission
from programmes.actions.recording import EntryChanged, audit, require
from programmes.models import ActivityEntry, EvidenceFile
from programmes.models.activities import OPEN_STATUSES
from uploads.checks import CheckedUpload
from uploads.storage import storage_name

FILES_AN_ENTRY = 10


def _hold_open(entry: ActivityEntry) -> None:
    """The entry is open now, whatever the instance in memory says, and stays so until this transaction is over."""
    if not ActivityEntry.objects.filter(pk=entry.pk, status__in=OPEN_STATUSES).update(revision=F("revision")):
        raise EntryChanged


@transaction.atomic
def attach_evidence(
    *, entry: ActivityEntry, uploads: Collection[CheckedUpload], is_shared: bool, by: User
) -> list[EvidenceFile]:
    """Store checked files with an open entry. The bytes are on disk before their rows say so."""
    require(by, Permission.ACTIVITY_CHANGE, entry)
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
        audit(entry, action="activity.attach", by=by, changes={"evidence": [None, len(stored)]})
    return stored


@transaction.atomic
def remove_evidence(*, evidence: EvidenceFile, by: User) -> None:
    """Take a file off an open entry. Its bytes go once the change is committed."""
    require(by, Permission.EVIDENCE_CHANGE, evidence)
    file, entry = evidence.file, evidence.entry
    _hold_open(entry)
    evidence.delete()
    audit(entry, action="activity.detach", by=by, changes={"evidence": [1, 0]})
    storage, name = file.storage, str(file.name)
    transaction.on_commit(lambda: storage.delete(name))
