"""manage.py check_files: rows and bytes belong together."""

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from programmes.actions import attach_evidence
from programmes.models import EvidenceFile
from tests.factories import programmes as f
from tests.worlds import World
from uploads.receiving import receive_upload


@pytest.fixture
def stored(world: World) -> list[EvidenceFile]:
    entry = f.ActivityFactory(enrolment=world.ours.enrolment, strategy=world.ours.strategy)
    uploads = [receive_upload(SimpleUploadedFile(f"sample{n}.txt", b"bytes %d" % n)) for n in range(2)]
    return attach_evidence(entry=entry, uploads=uploads, is_shared=True, by=world.ours.learner)


def test_refused_files_have_no_bytes_to_compare(stored: list[EvidenceFile]) -> None:
    f.EvidenceFactory(entry=stored[0].entry, rejected=True)
    call_command("check_files", stdout=io.StringIO())


def test_files_as_their_rows_say_are_fine(stored: list[EvidenceFile]) -> None:
    out = io.StringIO()
    call_command("check_files", stdout=out)
    assert out.getvalue() == "All 2 files are as their rows say.\n"


def test_missing_and_changed_bytes_are_named_by_the_id_of_the_row(stored: list[EvidenceFile]) -> None:
    Path(stored[0].file.path).unlink()
    Path(stored[1].file.path).write_bytes(b"others")
    errors = io.StringIO()
    with pytest.raises(CommandError, match="2 of 2 files"):
        call_command("check_files", stderr=errors)
    assert set(errors.getvalue().splitlines()) == {
        f"{stored[0].pk}: the bytes are missing",
        f"{stored[1].pk}: the bytes are others than those that were checked",
    }
    assert "sample" not in errors.getvalue()
