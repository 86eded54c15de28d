"""The way of a sent file: received, checked outside the request, clean or refused, shown to whom and when."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from PIL import Image

from core.models import AuditEvent
from people.models import User
from programmes import actions, tasks
from programmes.models import ActivityEntry, EvidenceFile
from tests.factories import programmes as f
from tests.standing.forms import typed
from tests.uploads import samples
from tests.uploads.scanners import EICAR, scanner
from tests.uploads.sending import attach, nothing, stored_files
from tests.worlds import World
from uploads import checking, sandbox
from uploads.checking import LEASE, check_claimed, claim_next
from uploads.models import FileState

ClientOf = Callable[[User | None], Client]
CLEAN, REJECTED, RECEIVED, CHECKING = (
    FileState.CLEAN,
    FileState.REJECTED,
    FileState.RECEIVED,
    FileState.CHECKING,
)


def page(name: str, *args: Any) -> str:
    return reverse(f"programmes:{name}", args=args)


@pytest.fixture
def entry(world: World) -> ActivityEntry:
    row: ActivityEntry = f.ActivityFactory(
        enrolment=world.ours.enrolment, strategy=world.ours.strategy, kind="on_job"
    )
    row.criteria.set(world.ours.criteria[:1])
    return row


# From received to settled ---------------------------------------------------------------


def test_file_is_received_first_and_clean_after_the_check(
    entry: ActivityEntry, django_capture_on_commit_callbacks: Any
) -> None:
    sent = samples.picture("JPEG", (640, 480), exif=samples.exif())
    (row,) = attach(entry, ("photo.jpg", sent))
    assert (row.status, row.size) == (RECEIVED, len(sent))
    assert stored_files() == {row.file.name}
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.check_evidence() == 1
    received = row.file.name
    row.refresh_from_db()
    assert (row.status, row.claim, row.claimed_until, row.rejection) == (CLEAN, None, None, "")
    assert row.checked_at is not None
    assert row.file.name != received
    assert stored_files() == {row.file.name, row.thumbnail.name}
    with row.file.open() as stored:
        content = stored.read()
    assert (row.size, b"SecretCamera" in content) == (len(content), False)
    with row.thumbnail.open() as stored, Image.open(stored) as small:
        assert max(small.size) == 320
    event = AuditEvent.objects.get(action="evidencefile.check")
    assert (event.actor, event.changes) == (None, {"status": ["received", "clean"]})


def test_document_keeps_its_bytes_and_name(entry: ActivityEntry) -> None:
    (row,) = attach(entry, ("a.pdf", samples.pdf()))
    name, sha256 = row.file.name, row.sha256
    actions.check_evidence()
    row.refresh_from_db()
    assert (row.status, row.file.name, row.sha256, row.thumbnail.name) == (CLEAN, name, sha256, "")


def test_refused_file_loses_its_bytes_and_keeps_its_reason(
    entry: ActivityEntry, django_capture_on_commit_callbacks: Any
) -> None:
    (row,) = attach(entry, ("a.pdf", samples.pdf_with_attachment()))
    with django_capture_on_commit_callbacks(execute=True):
        actions.check_evidence()
    row.refresh_from_db()
    assert (row.status, row.rejection, row.file.name) == (REJECTED, "active_content", "")
    assert stored_files() == set()
    assert "scripts, or attached or linked files (/EmbeddedFile" in row.rejection_text
    with translation.override("xx"):
        assert row.rejection_text


def test_reason_that_is_no_longer_known_is_a_general_answer() -> None:
    row = EvidenceFile(rejection="of_old", rejection_params={})
    assert row.rejection_text == "The file was not accepted."
    assert EvidenceFile(rejection="too_large").rejection_text == "The file was not accepted."


def test_checker_that_dies_is_a_refusal_and_no_failure(
    entry: ActivityEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "LIMITS", replace(sandbox.LIMITS, wall_seconds=0.01))
    (row,) = attach(entry, ("a.txt", b"text"))
    assert actions.check_evidence() == 1
    row.refresh_from_db()
    assert (row.status, row.rejection) == (REJECTED, "bomb")


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": CHECKING},
        {"status": REJECTED, "file": ""},
        {"status": REJECTED, "rejection": "macros"},
        {"status": CLEAN, "file": ""},
        {"status": CLEAN, "rejection": "macros"},
        {"claimed_until": timezone.now()},
    ],
)
def test_parts_of_a_state_belong_together(entry: ActivityEntry, wrong: dict[str, Any]) -> None:
    row = f.EvidenceFactory(entry=entry, file="ab/sample.txt")
    with pytest.raises(IntegrityError), transaction.atomic():
        EvidenceFile.objects.filter(pk=row.pk).update(**wrong)


# Workers that meet, or do not come back --------------------------------------------------


def test_of_two_workers_at_one_row_one_wins(entry: ActivityEntry) -> None:
    attach(entry, ("a.txt", b"text"))
    first = claim_next(EvidenceFile.objects.all())
    assert first is not None
    assert first.status == CHECKING
    assert claim_next(EvidenceFile.objects.all()) is None
    assert actions.check_evidence() == 0


@pytest.mark.slow
def test_worker_that_comes_too_late_changes_nothing_and_leaves_nothing(
    entry: ActivityEntry, django_capture_on_commit_callbacks: Any
) -> None:
    (row,) = attach(entry, ("a.png", samples.picture("PNG")))
    slow = claim_next(EvidenceFile.objects.all())
    EvidenceFile.objects.update(claimed_until=timezone.now() - dt.timedelta(seconds=1))
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.check_evidence() == 1
    row.refresh_from_db()
    after = EvidenceFile.objects.values().get()
    slow.file.save(
        slow.file.name, BytesIO(samples.picture("PNG")), save=False
    )  # as if it had read it in time
    check_claimed(slow, settled=nothing)
    assert EvidenceFile.objects.values().get() == after
    assert stored_files() == {row.file.name, row.thumbnail.name, slow.file.name}


def test_row_of_a_worker_that_was_killed_is_taken_up_when_its_lease_is_over(entry: ActivityEntry) -> None:
    (row,) = attach(entry, ("a.txt", b"text"))
    claim_next(EvidenceFile.objects.all())
    assert actions.check_evidence() == 0
    EvidenceFile.objects.update(claimed_until=timezone.now() - dt.timedelta(seconds=1))
    assert actions.check_evidence() == 1
    row.refresh_from_db()
    assert row.status == CLEAN


def test_file_that_ends_its_workers_is_refused_in_the_end(entry: ActivityEntry) -> None:
    (row,) = attach(entry, ("a.txt", b"text"))
    for _killed in range(checking.MAX_ATTEMPTS):
        assert claim_next(EvidenceFile.objects.all()) is not None
        EvidenceFile.objects.update(claimed_until=timezone.now() - dt.timedelta(seconds=1))
    actions.check_evidence()
    row.refresh_from_db()
    assert (row.status, row.rejection) == (REJECTED, "uncheckable")


@pytest.mark.slow
def test_fault_of_ours_is_not_the_file_s(entry: ActivityEntry) -> None:
    """It keeps its claim for a while, so that it does not stand in the way of the others, and loses no attempt."""
    attach(entry, ("a.png", samples.picture("PNG")), ("b.txt", b"text"))

    def fails(_row: EvidenceFile) -> None:
        raise OSError("disk full")

    before = stored_files()
    with pytest.raises(OSError, match="disk full"):
        checking.check_waiting(EvidenceFile.objects.all(), settled=fails)
    first, second = EvidenceFile.objects.order_by("uploaded_at")
    assert (first.status, first.attempts, second.status) == (CHECKING, 0, RECEIVED)
    assert first.claimed_until <= timezone.now() + LEASE
    assert stored_files() > before  # it might be named by now, so it is left to the sweeper
    assert actions.check_evidence() == 1


def test_bytes_that_are_gone_are_a_refusal(entry: ActivityEntry) -> None:
    (row,) = attach(entry, ("a.txt", b"text"))
    row.file.storage.delete(row.file.name)
    actions.check_evidence()
    row.refresh_from_db()
    assert (row.status, row.rejection) == (REJECTED, "lost")


def test_bytes_of_a_clean_file_are_safe_when_the_old_ones_cannot_be_deleted(
    entry: ActivityEntry, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    (row,) = attach(entry, ("a.png", samples.picture("PNG")))

    def fails(_storage: Any, _name: str) -> None:
        raise OSError("disk is read-only")

    monkeypatch.setattr(type(row.file.storage), "delete", fails)
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.check_evidence() == 1
    row.refresh_from_db()
    assert row.status == CLEAN
    assert {row.file.name, row.thumbnail.name} < stored_files()


def test_file_removed_during_its_check_stays_removed(
    entry: ActivityEntry, django_capture_on_commit_callbacks: Any
) -> None:
    (row,) = attach(entry, ("a.png", samples.picture("PNG")))
    claimed = claim_next(EvidenceFile.objects.all())
    with django_capture_on_commit_callbacks(execute=True):
        actions.remove_evidence(evidence=row, by=entry.enrolment.learner)
    check_claimed(claimed, settled=nothing)
    assert (EvidenceFile.objects.count(), stored_files()) == (0, set())


@pytest.mark.slow
def test_run_is_bounded(entry: ActivityEntry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "FILES_A_RUN", 1)
    attach(entry, ("a.txt", b"one"), ("b.txt", b"two"))
    assert [actions.check_evidence() for _run in range(3)] == [1, 1, 0]


# The virus scanner ----------------------------------------------------------------------


def test_scanner_finds_something(entry: ActivityEntry, settings: Any) -> None:
    bad, good = attach(entry, ("bad.txt", EICAR), ("good.txt", b"notes"))
    with scanner() as settings.CLAMD_SOCKET:
        actions.check_evidence()
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.status, bad.rejection, good.status) == (REJECTED, "malware", CLEAN)


def test_nothing_is_clean_that_the_scanner_did_not_see(
    entry: ActivityEntry, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    rows = attach(entry, ("private name.txt", b"one"), ("b.txt", b"two"))
    settings.CLAMD_SOCKET = "127.0.0.1:1"
    for _run in range(checking.MAX_ATTEMPTS + 2):
        assert actions.check_evidence() == 0
    assert set(EvidenceFile.objects.values_list("status", "attempts", "claim")) == {("received", 0, None)}
    assert "the virus scanner gives no answer" in caplog.text
    assert "private name" not in caplog.text
    with scanner() as settings.CLAMD_SOCKET:
        assert actions.check_evidence() == len(rows)


# The task -------------------------------------------------------------------------------


def test_task_checks_what_waits(entry: ActivityEntry) -> None:
    (row,) = attach(entry, ("a.txt", b"text"))
    tasks.check_evidence()
    row.refresh_from_db()
    assert row.status == CLEAN


def test_tasks_are_on_the_timetable(settings: Any) -> None:
    named = {line["task"] for line in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {tasks.check_evidence.name, tasks.sweep_files.name} <= named


def test_upload_wakes_the_worker_up(
    world: World, client_of: ClientOf, django_capture_on_commit_callbacks: Any
) -> None:
    app = tasks.check_evidence.app
    with app.connection_for_write() as connection:
        queue = connection.default_channel.queue_purge(app.conf.task_default_queue)
        with django_capture_on_commit_callbacks(execute=True):
            client_of(world.ours.learner).post(
                page("activity_create"), typed(world, evidence=SimpleUploadedFile("a.txt", b"text"))
            )
        queue = connection.default_channel.queue_purge(app.conf.task_default_queue)
    assert queue == 1


def test_upload_succeeds_while_the_broker_is_down(
    world: World,
    client_of: ClientOf,
    django_capture_on_commit_callbacks: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(tasks.check_evidence.app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        response = client_of(world.ours.learner).post(
            page("activity_create"), typed(world, evidence=SimpleUploadedFile("a.txt", b"text"))
        )
    assert response.status_code == 302
    assert [callback.__name__ for callback in callbacks] == ["_wake_up"]
    assert "Connection refused" in caplog.text
    assert actions.check_evidence() == 1  # what the timetable calls every minute
