"""Compares bytes and rows both ways: bytes that no row names are deleted, rows without their bytes are reported.

Neither should be, but a crash at the wrong moment leaves the first and a disk that is restored from another day than
the database leaves the second.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.apps import apps
from django.core.files.storage import Storage
from django.db import models
from django.utils import timezone

from uploads.kinds import ALLOWED_EXTENSIONS
from uploads.storage import WithoutAddress, private_storage

logger = logging.getLogger(__name__)

OLD_ENOUGH = timedelta(days=1)  # by then no request or worker is still about to name it
# Only what storage_name() may have named: whatever else somebody keeps there is none of our business.
_FOLDER = re.compile(r"[0-9a-f]{2}")
_NAME = re.compile(rf"[0-9a-f]{{32}}\.(?:{'|'.join(ALLOWED_EXTENSIONS)})")


@dataclass(frozen=True)
class Swept:
    """How many stored files were deleted, and which rows name bytes that are not there, as "app.model field id"."""

    deleted: int
    missing: tuple[str, ...]


def sweep() -> Swept:
    """Compare once; logs what it finds, without anything that a person wrote."""
    storage, started = private_storage(), timezone.now()
    named = {name: row for row, name in _named()}  # before the listing: what is stored later is too young
    stored = set(_listed(storage))
    deleted = 0
    for name in sorted(stored - named.keys()):
        if storage.get_modified_time(name) < started - OLD_ENOUGH:
            storage.delete(name)
            deleted += 1
    missing = tuple(
        row for name, row in sorted(named.items()) if name not in stored and _is_missing(storage, row)
    )
    if deleted:
        logger.warning("Deleted %d stored files that no row names.", deleted)
    for row in missing:
        logger.error("The bytes of %s are missing.", row)
    return Swept(deleted, missing)


def _fields() -> Iterator[models.FileField]:
    """Every field of every model whose files lie in the private storage."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.FileField) and isinstance(field.storage, WithoutAddress):
                yield field


def _named() -> Iterator[tuple[str, str]]:
    for field in _fields():
        rows = field.model._base_manager.exclude(**{field.name: ""}).order_by()
        for pk, name in rows.values_list("pk", field.name).iterator():
            yield f"{field.model._meta.label_lower} {field.name} {pk}", name


def _is_missing(storage: Storage, row: str) -> bool:
    """Whether the row, as it is now, names bytes that are not there: both may have changed since the listing."""
    label, field, pk = row.split()
    name = apps.get_model(label)._base_manager.filter(pk=pk).values_list(field, flat=True).first()
    return bool(name) and not storage.exists(name)


def _listed(storage: Storage) -> Iterator[str]:
    try:
        folders, _files = storage.listdir("")
    except FileNotFoundError:  # nothing was ever stored
        return
    for folder in filter(_FOLDER.fullmatch, folders):
        for name in filter(_NAME.fullmatch, storage.listdir(folder)[1]):
            yield f"{folder}/{name}"
