"""What runs in the background for programmes. A task only says when: what there is to do, the rows say."""

import time
from typing import Any

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from programmes import actions
from programmes.queries.importing import runs_to_go_on
from uploads.sweeping import sweep


@shared_task(name="programmes.check_evidence")
def check_evidence() -> None:
    """Check the files that wait: after every upload, and every minute for what was lost on the way."""
    actions.check_evidence()


@shared_task(name="programmes.sweep_files")
def sweep_files() -> None:
    """Delete bytes without a row and report rows without bytes, nightly."""
    sweep()


SECONDS_A_RUN = 120


@shared_task(name="programmes.import_people")
def import_people() -> None:
    """Go on with confirmed lists of people: after the yes, and every minute for what was left."""
    until = time.monotonic() + SECONDS_A_RUN
    for people_import in runs_to_go_on():
        while time.monotonic() < until and actions.carry_out(people_import=people_import):
            pass


@shared_task(name="programmes.forget_imports")
def forget_imports() -> None:
    """Delete old lists of people, nightly."""
    actions.forget_imports()


def import_people_soon() -> None:
    """Wake a worker up for a list that was confirmed, once that is committed."""
    transaction.on_commit(_wake_importer_up, robust=True)


@shared_task(name="programmes.run_breaks")
def run_breaks() -> None:
    """Begin and end the breaks whose day has come: every hour, so that a run that is lost costs little."""
    actions.run_breaks(on=timezone.localdate())


def check_evidence_soon() -> None:
    """Wake a worker up for new files once this transaction is committed.

    Celery's own delay_on_commit() would turn a broker that is down into a failed upload. `robust` makes it a line in
    the log, and the next minute's run finds the files.
    """
    transaction.on_commit(_wake_up, robust=True)


# Somebody waits for the answer of the upload: by default it would try for 6 s, or for ever if the broker hangs.
_IMPATIENT = {"max_retries": 1, "interval_start": 0, "socket_connect_timeout": 1, "socket_timeout": 1}


def _wake_up() -> None:
    _send(check_evidence)


def _wake_importer_up() -> None:
    _send(import_people)


def _send(task: Any) -> None:
    with task.app.connection_for_write(transport_options=_IMPATIENT) as connection:
        task.apply_async(connection=connection, retry=False)
