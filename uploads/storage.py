"""Where sent files lie: in a private place, under a name of ours, for good before anybody says so."""

import os
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage

from uploads.kinds import ALLOWED_EXTENSIONS, MEGABYTE


class WithoutAddress:
    """A storage whose files have no address, not even a signed one: a view that asks for permission serves them."""

    def url(self, *_arguments: Any, **_options: Any) -> str:
        """Never. Raises ValueError, as Django's storages do."""
        raise ValueError("This file is not accessible via a URL.")


class PrivateStorage(WithoutAddress, FileSystemStorage):
    """Files under MEDIA_ROOT, readable by this process's user, and by the web server's group if that sends them."""

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


def private_storage() -> Storage:
    """Return the storage of sent files; a model field takes this function itself as its `storage`."""
    if settings.EVIDENCE_STORAGE == "s3":
        return _private_bucket()
    if settings.PRIVATE_FILES_ACCEL:  # nginx reads them too, by the group of the folder
        return PrivateStorage(file_permissions_mode=0o640, directory_permissions_mode=0o750)
    return PrivateStorage(file_permissions_mode=0o600, directory_permissions_mode=0o700)


def _private_bucket() -> Storage:
    # Here, because django-storages is only there where requirements-s3.txt was installed.
    from storages.backends.s3 import S3Storage

    class PrivateBucket(WithoutAddress, S3Storage):  # type: ignore[misc]
        """Files in a bucket that only the portal reads."""

    return PrivateBucket(
        **settings.EVIDENCE_S3,
        default_acl=None,  # as the bucket says, and that is private unless somebody opened it
        file_overwrite=False,
        max_memory_size=MEGABYTE,  # what is read beyond it waits on the disk, not in memory
    )


def storage_name(key: UUID, extension: str) -> str:
    """Return the name inside the storage, such as "ab/abcdef….jpg"; ValueError for a type not allowed."""
    if extension not in ALLOWED_EXTENSIONS:
        raise ValueError(f"not an allowed extension: {extension!r}")
    return f"{key.hex[:2]}/{key.hex}.{extension}"
