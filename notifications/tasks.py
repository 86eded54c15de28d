"""What runs in the background for the outbox."""

import logging

from celery import shared_task
from django.db import transaction

from notifications.actions import deliver_due

logger = logging.getLogger(__name__)


@shared_task(name="notifications.deliver")
def deliver() -> None:
    """Send what is due: when something was queued, and every minute."""
    deliver_due()


def wake_up() -> None:
    """For views that queued a mail: let the worker send it once the change is committed.

    Without a broker nothing is lost and nobody is kept waiting: the row is there, and the next tick finds it.
    """
    transaction.on_commit(_wake_up)


def _wake_up() -> None:
    try:
        deliver.apply_async(retry=False)
    except deliver.OperationalError:
        logger.warning("The queue cannot be reached: mails wait for the next tick.")
