"""What runs in the background for files. A task only says when: what there is to do, the rows say."""

import logging

from celery import shared_task
from django.db import transaction

from downloads.actions import forget_exports, make_exports

logger = logging.getLogger(__name__)

SECONDS_AT_MOST = 3600


@shared_task(name="downloads.make_exports", time_limit=SECONDS_AT_MOST)
def make() -> None:
    """Make the files that wait: when one was asked for, and every minute."""
    make_exports()


@shared_task(name="downloads.forget_exports")
def forget() -> None:
    """Delete files whose time is over, nightly."""
    forget_exports()


def make_soon() -> None:
    """Wake a worker up once the request for a file is committed; without a broker the next minute's run finds it."""
    transaction.on_commit(_wake_up, robust=True)


def _wake_up() -> None:
    try:
        make.apply_async(retry=False)
    except make.OperationalError:
        logger.warning("The queue cannot be reached: files wait for the next tick.")
