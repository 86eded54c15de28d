"""Sending files the way the tests do, past the form."""

from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from programmes import actions
from programmes.models import ActivityEntry, EvidenceFile
from uploads.receiving import receive_upload


def attach(entry: ActivityEntry, *files: tuple[str, bytes]) -> list[EvidenceFile]:
    """Files by name and content, with an entry of their learner's: received, and not checked yet."""
    uploads = [receive_upload(SimpleUploadedFile(name, content)) for name, content in files]
    return actions.attach_evidence(entry=entry, uploads=uploads, is_shared=True, by=entry.enrolment.learner)


def stored_files() -> set[str]:
    """The names of all bytes in the private storage of this test."""
    root = Path(settings.MEDIA_ROOT)
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def nothing(_row: EvidenceFile) -> None:
    """What check_claimed() calls when a row is settled, for who writes no audit row."""
