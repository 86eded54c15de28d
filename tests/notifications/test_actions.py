"""The outbox: queued once, sent once, tried again when it does not work, and no text kept in it."""

import datetime as dt
import smtplib
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.transitions import TransitionRefused
from notifications import actions, letters
from notifications.models import Delivery
from people.models import Invitation
from tests.factories.notifications import DeliveryFactory
from tests.factories.people import InvitationFactory, UserFactory

Status = Delivery.Status


@pytest.fixture
def invitation(db: None) -> Invitation:
    made: Invitation = InvitationFactory(person__language="pl", organisation__name="Sample & Sons")
    return made


@pytest.fixture
def row(invitation: Invitation) -> Delivery:
    return actions.queue_delivery(rule="invitation", object_id=invitation.pk, recipient=invitation.person)


@pytest.fixture
def broken_mail(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Exception]]:
    """A mail server that fails with each of these in turn, and works when there are none left."""
    faults: list[Exception] = []
    send = EmailMessage.send

    def failing(self: EmailMessage, *args: Any, **kwargs: Any) -> int:
        if faults:
            raise faults.pop(0)
        return send(self, *args, **kwargs)

    monkeypatch.setattr(EmailMessage, "send", failing)
    return faults


def fresh(row: Delivery) -> Delivery:
    return Delivery.objects.get(pk=row.pk)


def test_queued_mail_goes_out_once_in_the_language_of_its_reader(row: Delivery) -> None:
    assert (actions.deliver_due(), actions.deliver_due()) == (1, 0)
    (message,) = mail.outbox
    assert message.to == [row.recipient.email]
    assert '<html lang="pl">' in message.alternatives[0][0]
    assert message.extra_headers == {"Message-ID": f"<delivery.{row.pk}@testserver>"}
    sent = fresh(row)
    assert (sent.status, sent.attempts, sent.fault, sent.sent_at is not None) == (Status.SENT, 1, "", True)


def test_subject_is_one_line_of_plain_text(row: Delivery) -> None:
    actions.deliver_due()
    assert "Sample & Sons" in mail.outbox[0].subject
    assert "\n" not in mail.outbox[0].subject


def test_same_thing_queued_twice_is_one_row(row: Delivery, invitation: Invitation) -> None:
    again = actions.queue_delivery(rule="invitation", object_id=invitation.pk, recipient=invitation.person)
    next_step = actions.queue_delivery(
        rule="invitation", object_id=invitation.pk, recipient=invitation.person, step=2
    )
    assert (again.pk, next_step.pk == row.pk) == (row.pk, False)
    with pytest.raises(IntegrityError), transaction.atomic():
        DeliveryFactory(
            rule=row.rule, object_id=row.object_id, recipient=row.recipient, due_on=row.due_on, step=1
        )


def test_rule_that_nobody_knows_is_refused_when_it_is_queued(db: None) -> None:
    with pytest.raises(letters.UnknownRule):
        actions.queue_delivery(rule="nothing", object_id=1, recipient=UserFactory())
    assert not Delivery.objects.exists()


def test_mail_waits_for_its_time(invitation: Invitation) -> None:
    actions.queue_delivery(
        rule="invitation",
        object_id=invitation.pk,
        recipient=invitation.person,
        due_at=timezone.now() + dt.timedelta(hours=1),
    )
    assert actions.deliver_due() == 0
    with time_machine.travel(timezone.now() + dt.timedelta(hours=2)):
        assert actions.deliver_due() == 1


def test_mail_that_nobody_needs_any_more_is_not_sent(row: Delivery, invitation: Invitation) -> None:
    Invitation.objects.update(revoked_at=timezone.now())
    assert (actions.deliver_due(), mail.outbox, fresh(row).status) == (0, [], Status.SUPPRESSED)


def test_person_who_cannot_sign_in_gets_no_mail(row: Delivery) -> None:
    row.recipient.is_active = False
    row.recipient.save()
    assert (actions.deliver_due(), fresh(row).status) == (0, Status.SUPPRESSED)


def test_mail_that_does_not_go_is_tried_again_later_and_at_last_has_failed(
    row: Delivery, broken_mail: list[Exception]
) -> None:
    broken_mail += [smtplib.SMTPServerDisconnected("secret text")] * 10
    now = timezone.now()
    found = []
    for _attempt in range(len(actions.WAITS)):
        with time_machine.travel(now, tick=False):
            assert actions.deliver_due() == 0
        waiting = fresh(row)
        found.append((waiting.status, waiting.due_at - now, waiting.fault))
        now = waiting.due_at
    assert found == [("queued", wait, "SMTPServerDisconnected") for wait in actions.WAITS]
    with time_machine.travel(now, tick=False):
        actions.deliver_due()
        actions.deliver_due()
    failed = fresh(row)
    assert (failed.status, failed.attempts, len(broken_mail)) == (Status.FAILED, 6, 4)


def test_failed_mail_can_be_tried_again(row: Delivery, broken_mail: list[Exception]) -> None:
    Delivery.objects.update(status=Status.FAILED, attempts=6)
    actions.retry_delivery(delivery=row)
    assert actions.deliver_due() == 1
    with pytest.raises(TransitionRefused):
        actions.retry_delivery(delivery=row)


def test_bad_row_does_not_keep_back_the_others(row: Delivery) -> None:
    bad = DeliveryFactory(rule="nothing", due_at=timezone.now() - dt.timedelta(days=1))
    assert actions.deliver_due() == 1
    assert (fresh(bad).status, fresh(bad).fault) == (Status.QUEUED, "UnknownRule")


def test_of_two_workers_at_one_row_one_wins(row: Delivery) -> None:
    stale = fresh(row)
    assert actions._take(row) is True
    assert actions._take(stale) is False
    assert actions.deliver_due() == 0  # the first has it for the length of the lease
    with time_machine.travel(timezone.now() + actions.LEASE + dt.timedelta(seconds=1)):
        assert actions._take(stale) is False  # it has to read the row again: an attempt was made meanwhile


def test_row_of_a_worker_that_died_is_due_again_after_the_lease(row: Delivery) -> None:
    assert actions._take(row) is True
    with time_machine.travel(timezone.now() + actions.LEASE + dt.timedelta(seconds=1)):
        assert actions.deliver_due() == 1
    assert fresh(row).attempts == 2


def test_row_over_which_every_worker_died_has_failed(row: Delivery) -> None:
    Delivery.objects.update(attempts=len(actions.WAITS) + 1)
    assert (actions.deliver_due(), mail.outbox, fresh(row).status) == (0, [], Status.FAILED)


def test_a_run_takes_no_more_than_its_share(invitation: Invitation) -> None:
    for step in range(3):
        DeliveryFactory(
            rule="invitation", object_id=invitation.pk, recipient=invitation.person, step=step + 1
        )
    assert [actions.deliver_due(limit=2) for _run in range(3)] == [2, 1, 0]


def test_row_holds_no_text_and_goes_with_the_person(row: Delivery, invitation: Invitation) -> None:
    texts = [str(value) for value in Delivery.objects.filter(pk=row.pk).values().get().values()]
    assert not [text for text in texts if invitation.email in text or invitation.token_hash in text]
    invitation.person.delete()
    assert not Delivery.objects.exists()
