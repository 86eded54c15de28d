"""Bytes and rows compared, both ways."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone

from programmes.models import EvidenceFile
from programmes.tasks import sweep_files
from tests.factories.programmes import EvidenceFactory
from uploads.storage import private_storage
from uploads.sweeping import OLD_ENOUGH, sweep

NAME = "ab/ab" + "0" * 30 + ".jpg"
OTHER = "cd/cd" + "0" * 30 + ".webp"


def store(name: str, *, is_old: bool = True) -> Path:
    """Bytes of that name, of today or of the day before yesterday."""
    path = Path(private_storage().path(private_storage().save(name, ContentFile(b"bytes"))))
    if is_old:
        then = (timezone.now() - 2 * OLD_ENOUGH).timestamp()
        os.utime(path, (then, then))
    return path


def test_bytes_without_a_row_go_after_a_day(db: None, caplog: pytest.LogCaptureFixture) -> None:
    orphan, young = store(NAME), store(OTHER, is_old=False)
    assert sweep().deleted == 1
    assert (orphan.exists(), young.exists()) == (False, True)
    assert "Deleted 1 stored files" in caplog.text


def test_bytes_of_rows_stay_in_either_field(db: None) -> None:
    paths = [store(NAME), store(OTHER)]
    EvidenceFactory(file=NAME, thumbnail=OTHER)
    assert (sweep().deleted, sweep().missing) == (0, ())
    assert all(path.exists() for path in paths)


@pytest.mark.parametrize(
    "name", ["ab/notes.txt", "exports/" + NAME[3:], "readme.txt", "ab/" + "0" * 32 + ".exe"]
)
def test_what_never_was_ours_is_left_alone(db: None, name: str) -> None:
    path = store(name)
    assert sweep().deleted == 0
    assert path.exists()


def test_row_without_bytes_is_reported(db: None, caplog: pytest.LogCaptureFixture) -> None:
    row = EvidenceFactory(file=NAME, original_name="private name.txt")
    EvidenceFactory(rejected=True)
    line = f"programmes.evidencefile file {row.pk}"
    assert sweep().missing == (line,)
    assert f"The bytes of {line} are missing." in caplog.text
    assert "private name" not in caplog.text
    assert EvidenceFile.objects.filter(pk=row.pk).exists()


def test_nothing_was_ever_stored(db: None, settings: Any) -> None:
    assert not Path(settings.MEDIA_ROOT).exists()
    assert (sweep().deleted, sweep().missing) == (0, ())


def test_command_and_task_do_it(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    store(NAME)
    row = EvidenceFactory(file=OTHER)
    call_command("sweep_files")
    assert capsys.readouterr().out.splitlines() == [
        "1 stored files without a row were deleted.",
        f"missing: programmes.evidencefile file {row.pk}",
        "1 rows are without their bytes.",
    ]
    orphan = store(NAME)
    sweep_files()
    assert not orphan.exists()
