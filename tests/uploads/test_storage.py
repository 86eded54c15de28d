"""Where checked files lie."""

import os
from pathlib import Path
from uuid import UUID

import pytest
from django.core.files.base import ContentFile

from uploads.storage import private_storage, storage_name

KEY = UUID("abcdef00-1111-2222-3333-444444444444")


def test_storage_name_has_two_levels():
    assert storage_name(KEY, "jpg") == "ab/abcdef00111122223333444444444444.jpg"


@pytest.mark.parametrize("extension", ["exe", "", "../x", "JPG"])
def test_storage_name_of_a_type_that_is_not_allowed_is_an_error(extension):
    with pytest.raises(ValueError, match="not an allowed extension"):
        storage_name(KEY, extension)


@pytest.mark.parametrize(
    ("accel", "file_mode", "folder_mode"), [("", 0o600, 0o700), ("/private/", 0o640, 0o750)]
)
def test_private_storage_keeps_files_for_this_user_only_or_for_the_web_server_s_group(
    settings, tmp_path, accel, file_mode, folder_mode
):
    settings.MEDIA_ROOT, settings.PRIVATE_FILES_ACCEL = tmp_path / "media", accel
    saved = private_storage().save(storage_name(KEY, "txt"), ContentFile(b"text"))

    path = tmp_path / "media" / saved
    assert path.read_bytes() == b"text"
    assert [place.stat().st_mode & 0o777 for place in (path, path.parent, path.parent.parent)] == [
        file_mode,
        folder_mode,
        folder_mode,
    ]


def test_private_storage_has_no_addresses(settings, tmp_path):
    settings.MEDIA_ROOT, settings.MEDIA_URL = tmp_path, "/media/"
    with pytest.raises(ValueError, match="not accessible via a URL"):
        private_storage().url("ab/abc.txt")


def test_private_storage_save_waits_for_the_disk(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    synced = {}
    fsync = os.fsync

    def recorded(descriptor: int) -> None:
        place = Path(f"/proc/self/fd/{descriptor}").readlink()
        synced[place] = place.stat().st_size if place.is_file() else None
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", recorded)
    saved = private_storage().save("ab/abc.txt", ContentFile(b"text"))
    assert synced == {tmp_path / saved: 4, tmp_path / "ab": None, tmp_path: None}
