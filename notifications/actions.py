"""Writes to the outbox: queue a mail, send what is due.

Queueing belongs into the transaction of the change that causes the mail. Sending never happens inside one.
"""

import datetime as dt
import logging
import zoneinfo
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone, translation

from core.transitions import move
from notifications.letters import loader_of
from notifications.models import DELIVERY_MOVES, Delivery

if TYPE_CHECKING:
    from people.models import User

logger = logging.getLogger(__name__)

WAITS = (
    dt.timedelta(minutes=1),
    dt.timedelta(minutes=5),
    dt.timedelta(minutes=30),
    dt.timedelta(hours=2),
    dt.timedelta(hours=6),
)
"""How long a row rests after each attempt that did not work; after one attempt more it has failed."""

LEASE = dt.timedelta(minutes=10)
"""How long a worker has for one mail before another may take the row: far more than the mail server's time-outs."""

ROWS_A_RUN = 100


def queue_delivery(
    *,
    rule: str,
    object_id: int | str,
    recipient: "User",
    step: int = 1,
    due_at: dt.datetime | None = None,
) -> Delivery:
    """A mail that shall go out at `due_at` (now); the row that is there already when it was queued before.

    `rule` names the templates and the registered loader: raises UnknownRule when there is none. Call it inside the
    transaction of the change itself.
    """
    loader_of(rule)
    due_at = due_at or timezone.now()
    delivery, _is_new = Delivery.objects.get_or_create(
        rule=rule,
        object_id=str(object_id),
        recipient=recipient,
        step=step,
        due_on=timezone.localdate(due_at, dt.UTC),
        defaults={"due_at": due_at},
    )
    return delivery


def deliver_due(*, limit: int = ROWS_A_RUN) -> int:
    """Send what is due, at most `limit` mails, the oldest first; returns how many went out.

    Any number of workers may run it at once: each row is taken by one of them.
    """
    rows = Delivery.objects.due(at=timezone.now()).select_related("recipient")[:limit]
    return sum(_deliver(row) for row in list(rows) if _take(row))


def retry_delivery(*, delivery: Delivery) -> None:
    """Put a failed row back into the queue, due now. Raises TransitionRefused when it has not failed."""
    move(delivery, to=Delivery.Status.QUEUED, moves=DELIVERY_MOVES, attempts=0, due_at=timezone.now())


def _take(row: Delivery) -> bool:
    """Whether the row is ours now: of two workers that read it the second changes nothing."""
    now = timezone.now()
    mine = Delivery.objects.due(at=now).filter(pk=row.pk, attempts=row.attempts)
    if not mine.update(attempts=F("attempts") + 1, due_at=now + LEASE):
        return False
    row.attempts += 1
    return True


def _deliver(row: Delivery) -> bool:
    """Whether the mail went out. Whatever goes wrong is this row's fault alone: it waits, and at last it fails."""
    if row.attempts > len(WAITS) + 1:  # every worker that took it died over it
        move(row, to=Delivery.Status.FAILED, moves=DELIVERY_MOVES)
        return False
    try:
        message = _message_of(row)
        if message is None:
            move(row, to=Delivery.Status.SUPPRESSED, moves=DELIVERY_MOVES)
            return False
        message.send()
    except Exception as error:  # noqa: BLE001 - one bad row must not keep back the others
        _put_off(row, error)
        return False
    move(row, to=Delivery.Status.SENT, moves=DELIVERY_MOVES, sent_at=timezone.now(), fault="")
    return True


def _put_off(row: Delivery, error: Exception) -> None:
    """The kind of fault is kept, not its text, which may name people."""
    fault = type(error).__name__[:120]
    logger.warning("delivery %s: attempt %s: %s", row.pk, row.attempts, fault)
    if row.attempts > len(WAITS):
        move(row, to=Delivery.Status.FAILED, moves=DELIVERY_MOVES, fault=fault)
        return
    due_at = timezone.now() + WAITS[row.attempts - 1]
    waiting = Delivery.objects.filter(pk=row.pk, status=Delivery.Status.QUEUED)
    waiting.update(fault=fault, due_at=due_at)


def _message_of(row: Delivery) -> EmailMultiAlternatives | None:
    """The mail in the recipient's words, as things are now; None when there is nothing left to say."""
    person = row.recipient
    if not person.is_active:
        return None
    with translation.override(person.language), timezone.override(zoneinfo.ZoneInfo(person.time_zone)):
        found = loader_of(row.rule)(row.object_id, person)
        if found is None:
            return None
        context = {"recipient": person, "site_url": settings.SITE_URL, **found}
        subject, text, html = (
            render_to_string(f"emails/{row.rule}.{part}", context) for part in ("subject.txt", "txt", "html")
        )
    message = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=text,
        to=[person.email],
        # The same at every attempt: a mail server that has it already can tell.
        headers={"Message-ID": f"<delivery.{row.pk}@{urlsplit(settings.SITE_URL).hostname}>"},
    )
    message.attach_alternative(html, "text/html")
    return message
