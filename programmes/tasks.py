"""What runs in the background for programmes. A task only says when: what there is to do, the rows say."""

from functools import partial

from celery import shared_task
from django.db import transaction

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


def check_evidence_soon() -> None:
    """Wake a worker up for new files once this transaction is committed.

    Celery's own delay_on_commit() would turn a broker that is down into a failed upload. `robust` makes it a line in
    the log, and the next minute's run finds the files.
    """
    transaction.on_commit(partial(check_evidence.apply_async, retry=False), robust=True)
