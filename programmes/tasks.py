"""What runs in the background for programmes. A task only says when: what there is to do, the rows say."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from programmes import actions
from uploads.sweeping import sweep


@shared_task(name="programmes.check_evidence")
def check_evidence() -> None:
    """Check the files that wait: after every upload, and every minute for what was lost on the way."""
    actions.check_evidence()


@shared_task(name="programmes.sweep_files")
def sweep_files() -> None:
    """Delete bytes without a row and report rows without bytes, nightly."""
    sweep()


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
    with check_evidence.app.connection_for_write(transport_options=_IMPATIENT) as connection:
        check_evidence.apply_async(connection=connection, retry=False)
