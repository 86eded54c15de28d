"""Where checked files lie: in a private folder, under a name of ours, on the disk before anybody says so."""

import os
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.core.files.storage import FileSystemStorage
from django.utils.functional import cached_property

from uploads.checks import ALLOWED_EXTENSIONS


class PrivateStorage(FileSystemStorage):
    """Files under MEDIA_ROOT, readable by this process's user only, without an address of their own."""

    @cached_property
    def base_url(self) -> None:  # type: ignore[override]
        """None, so that `url()` raises: a view that asks for permission serves the files."""

    def save(self, name: str | None, content: IO[Any], max_length: int | None = None) -> str:
        """Store the file and return its name once its bytes and directory entries are on the disk."""
        saved = super().save(name, content, max_length)
        path = Path(self.path(saved))
        for place in (path, *(folder for folder in path.parents if folder.is_relative_to(self.location))):
            descriptor = os.open(place, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        return saved


def private_storage() -> PrivateStorage:
    """Return the storage of uploaded files; a model field takes this function itself as its `storage`."""
    return PrivateStorage(file_permissions_mode=0o600, directory_permissions_mode=0o700)


def storage_name(key: UUID, extension: str) -> str:
    """Return the path inside the storage, such as "ab/abcdef….jpg"; ValueError for a type not allowed."""
    if extension not in ALLOWED_EXTENSIONS:
        raise ValueError(f"not an allowed extension: {extension!r}")
    return f"{key.hex[:2]}/{key.hex}.{extension}"
