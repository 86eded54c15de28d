"""Takes the files that wait, one after the other, and settles each: clean or rejected.

The row is the queue. A worker claims a row for some minutes; if it does not come back, another one takes the row up
again. Of two workers at one row one wins, because both the claim and its end are conditional updates. Bytes are
stored before a row names them and deleted after no row does, so a crash leaves at worst bytes without a row, which
the sweeper finds.
"""

import hashlib
import logging
import shutil
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from tempfile import TemporaryFile
from typing import IO, Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from uploads import sandbox, scanner
from uploads.models import FileState, SentFile, SentFileQuerySet
from uploads.storage import storage_name

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)  # longer than one check can take
MAX_ATTEMPTS = 3  # then the file is what ends the workers
FILES_A_RUN, SECONDS_A_RUN = 20, 120

Settled = Callable[[Any], None]
"""Called with the row inside the transaction that settles it, for the audit row."""


def check_waiting(files: SentFileQuerySet, *, settled: Settled) -> int:
    """Check files that wait, the oldest first, some at a time; returns how many were settled.

    What is left over is found by the next run. When the virus scanner does not answer, the files stay as they are.
    """
    number, until = 0, time.monotonic() + SECONDS_A_RUN
    while number < FILES_A_RUN and time.monotonic() < until:
        row = claim_next(files)
        if row is None:
            break
        try:
            check_claimed(row, settled=settled)
        except scanner.ScannerUnavailable as error:
            _give_back(row, status=FileState.RECEIVED, claim=None, claimed_until=None)
            logger.warning("Files wait unchecked: the virus scanner gives no answer (%s).", error)
            break
        except Exception:
            # Not the file's fault, such as a full disk: it does not count, and the claim keeps it from
            # standing in the way of the others until it lapses.
            _give_back(row)
            raise
        number += 1
    return number


def claim_next(files: SentFileQuerySet) -> SentFile | None:
    """Claim the file that waits longest, for the time of LEASE; None when none is left."""
    while True:
        now = timezone.now()
        waiting = files.to_check(at=now)
        pk = waiting.order_by("uploaded_at", "pk").values_list("pk", flat=True).first()
        if pk is None:
            return None
        claim = uuid.uuid4()
        waiting.filter(pk=pk).update(
            status=FileState.CHECKING, claim=claim, claimed_until=now + LEASE, attempts=F("attempts") + 1
        )
        row: SentFile | None = files.filter(pk=pk, claim=claim).first()
        if row is not None:  # else another worker was faster, or it was removed
            return row


def _held(row: SentFile) -> SentFileQuerySet:
    """The row, as long as it is still ours: it may be removed, or taken over when we were too slow."""
    rows: SentFileQuerySet = type(row)._base_manager.filter(pk=row.pk, claim=row.claim)  # type: ignore[assignment]
    return rows


def _give_back(row: SentFile, **changes: Any) -> None:
    _held(row).update(attempts=F("attempts") - 1, **changes)


def check_claimed(row: SentFile, *, settled: Settled) -> None:
    """Settle a row that claim_next() gave. Does nothing to one that is no longer ours by then."""
    if row.attempts > MAX_ATTEMPTS:
        _reject(row, settled, "uncheckable")
        return
    with TemporaryFile() as sent, TemporaryFile() as content, TemporaryFile() as thumbnail:
        try:
            with row.file.open("rb") as stored:
                shutil.copyfileobj(stored, sent)
        except FileNotFoundError:
            _reject(row, settled, "lost")
            return
        if settings.CLAMD_SOCKET and scanner.finds_something(sent, address=settings.CLAMD_SOCKET):
            _reject(row, settled, "malware")
            return
        extension = str(row.file.name).rpartition(".")[2]
        verdict = sandbox.inspect(sent, extension, content=content, thumbnail=thumbnail)
        if verdict.code:
            _reject(row, settled, verdict.code, verdict.params)
        else:
            new_content = content if verdict.has_content else None
            _accept(row, settled, content=new_content, thumbnail=thumbnail if verdict.has_thumbnail else None)
    logger.info("Checked %s, with %d MB of memory at most.", row.pk, verdict.peak // 2**20)


def _reject(row: SentFile, settled: Settled, code: str, params: dict[str, Any] | None = None) -> None:
    _settle(row, settled, status=FileState.REJECTED, rejection=code, rejection_params=params or {}, file="")


def _accept(
    row: SentFile, settled: Settled, *, content: IO[bytes] | None, thumbnail: IO[bytes] | None
) -> None:
    """Store what the check made of the file under new names, then say so. Without `content` it stays as it is."""
    storage, extension = row.file.storage, str(row.file.name).rpartition(".")[2]
    changes: dict[str, Any] = {}
    try:
        if content is not None:
            changes["size"], changes["sha256"] = _measured(content)
            changes["file"] = _stored(storage, content, extension)
        if thumbnail is not None:
            changes["thumbnail"] = _stored(storage, thumbnail, "webp")
    except BaseException:
        _delete(storage, changes)
        raise
    # When this fails, nobody knows whether the row names them already: then they are left to the sweeper.
    if not _settle(row, settled, status=FileState.CLEAN, **changes):
        _delete(storage, changes)


def _settle(row: SentFile, settled: Settled, **changes: Any) -> bool:
    """End the claim with the outcome, unless the row is no longer ours; the bytes that it named before go after it."""
    storage, before = row.file.storage, {"file": str(row.file.name)}
    with transaction.atomic():
        ended = {"claim": None, "claimed_until": None, "checked_at": timezone.now()}
        if not _held(row).update(**ended, **changes):
            return False
        # Not into `row`: if this is rolled back, it is still ours.
        after = type(row)._base_manager.get(pk=row.pk)
        settled(after)
        if after.file.name != before["file"]:
            # A lambda: for a partial, which has no name, Django's handling of robust callbacks fails itself.
            transaction.on_commit(lambda: _delete(storage, before), robust=True)
    return True


def _measured(content: IO[bytes]) -> tuple[int, str]:
    content.seek(0)
    digest = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
    return content.tell(), digest


def _stored(storage: Storage, content: IO[bytes], extension: str) -> str:
    content.seek(0)
    return storage.save(storage_name(uuid.uuid4(), extension), File(content))


def _delete(storage: Storage, names: dict[str, Any]) -> None:
    for field in ("file", "thumbnail"):
        if names.get(field):
            storage.delete(names[field])
