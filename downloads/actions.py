"""Files made in the background: asked for, made, removed, forgotten.

A worker claims a row for some minutes and extends the claim with its progress; if it does not come back, another one
takes the row up again from its beginning. Bytes are stored before the row names them and deleted after no row does.
"""

import hashlib
import json
import logging
import uuid
import zoneinfo
from collections.abc import Iterator, Sequence
from datetime import timedelta
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone, translation

from downloads.models import KEPT, Export, ExportQuerySet
from downloads.producers import Params, Produced, known_params, produce
from downloads.tables import FORMATS, Cell, Table, write_table
from uploads.storage import private_storage, storage_name

if TYPE_CHECKING:
    from people.models import User

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)  # extended with every step
MAX_ATTEMPTS = 3
ROWS_A_STEP = 500


class ClaimLost(Exception):
    """The row was removed, or taken over by another worker because this one was too slow."""


def request_export(*, table: str, params: Params, wanted: str, language: str, by: "User") -> Export:
    """Ask for a table as a file; the row that is there already when the same is being made.

    Raises UnknownTable, PermissionDenied when the person may see none of it, ValueError for an unknown format.
    """
    if wanted not in FORMATS:
        raise ValueError(wanted)
    chosen = known_params(table, params)
    produced = produce(table, by, chosen)
    named = json.dumps([table, chosen, wanted, language], sort_keys=True)
    key = hashlib.sha256(named.encode()).hexdigest()
    waiting = Export.objects.unfinished().filter(owner=by, request_key=key)
    if (found := waiting.first()) is not None:
        return found
    try:
        with transaction.atomic():
            return Export.objects.create(
                owner=by,
                table=table,
                params=chosen,
                format=wanted,
                language=language,
                request_key=key,
                title=produced.table.title[:200],
                total=produced.count(),
                expires_at=timezone.now() + KEPT,
            )
    except IntegrityError:  # asked for twice at once
        return waiting.get()


def make_exports() -> int:
    """Make the files that wait, the oldest first; returns how many were settled."""
    number = 0
    while (export := claim_next()) is not None:
        try:
            make_claimed(export)
        except ClaimLost:
            logger.warning("Export %s was removed or taken over while it was made.", export.pk)
        except Exception:
            # The claim keeps it from standing in the way of the others until it lapses.
            logger.exception("Export %s broke off.", export.pk)
        else:
            number += 1
    return number


def claim_next() -> Export | None:
    """Claim the file that waits longest; None when none is left."""
    while True:
        now = timezone.now()
        waiting = Export.objects.to_make(at=now)
        pk = waiting.order_by("requested_at", "pk").values_list("pk", flat=True).first()
        if pk is None:
            return None
        claim = uuid.uuid4()
        waiting.filter(pk=pk).update(
            status=Export.Status.RUNNING,
            claim=claim,
            claimed_until=now + LEASE,
            attempts=F("attempts") + 1,
            done=0,
        )
        row = Export.objects.select_related("owner").filter(pk=pk, claim=claim).first()
        if row is not None:  # else another worker was faster, or it was removed
            return row


def make_claimed(export: Export) -> None:
    """Make a file that claim_next() gave. Raises ClaimLost when the row is no longer ours by then."""
    if export.attempts > MAX_ATTEMPTS:
        _settle(export, status=Export.Status.FAILED, fault=Export.Fault.GAVE_UP)
        return
    owner = export.owner
    with translation.override(export.language), timezone.override(zoneinfo.ZoneInfo(owner.time_zone)):
        try:
            produced = _produced(export)
        except PermissionDenied:
            _settle(export, status=Export.Status.FAILED, fault=Export.Fault.NOT_PERMITTED)
            return
        _step(export, total=produced.count())
        table = Table(
            produced.table.title, produced.table.headings, _with_progress(export, produced.table.rows)
        )
        with TemporaryFile() as written:
            write_table(table, export.format, written)
            size = written.seek(0, 2)
            written.seek(0)
            _step(export)
            name = private_storage().save(storage_name(uuid.uuid4(), export.format), File(written))
    try:
        _settle(
            export,
            status=Export.Status.DONE,
            file=name,
            size=size,
            done=F("total"),
            scope=produced.scope,
            expires_at=timezone.now() + KEPT,
        )
    except ClaimLost:
        private_storage().delete(name)
        raise


def _produced(export: Export) -> Produced:
    if not export.owner.is_active:
        raise PermissionDenied
    return produce(export.table, export.owner, export.params)


def remove_export(*, export: Export, by: "User") -> None:
    """Delete a file of one's own, or stop it being made. Raises PermissionDenied for somebody else's."""
    if export.owner_id != by.pk:
        raise PermissionDenied
    _delete([export])


def forget_exports() -> int:
    """Delete files whose time is over; how many."""
    old = list(Export.objects.filter(expires_at__lt=timezone.now()))
    _delete(old)
    return len(old)


def _delete(exports: Sequence[Export]) -> None:
    """The rows go first: bytes without a row are found by the sweeper, a row without its bytes would be a fault."""
    names = [str(export.file.name) for export in exports if export.file]
    with transaction.atomic():
        Export.objects.filter(pk__in=[export.pk for export in exports]).delete()
        for name in names:
            transaction.on_commit(lambda name=name: private_storage().delete(name), robust=True)  # type: ignore[misc]


def _with_progress(export: Export, rows: Any) -> Iterator[Sequence[Cell]]:
    for number, row in enumerate(rows, start=1):
        yield row
        if number % ROWS_A_STEP == 0:
            _step(export, done=number)


def _held(export: Export) -> ExportQuerySet:
    return Export.objects.filter(pk=export.pk, claim=export.claim)


def _step(export: Export, **progress: int) -> None:
    """Write the progress down and keep the claim."""
    if not _held(export).update(claimed_until=timezone.now() + LEASE, **progress):
        raise ClaimLost


def _settle(export: Export, **changes: Any) -> None:
    if not _held(export).update(claim=None, claimed_until=None, finished_at=timezone.now(), **changes):
        raise ClaimLost
