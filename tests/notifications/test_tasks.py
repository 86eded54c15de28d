"""Waking the worker up, and what the administrators see."""

from collections.abc import Callable

import pytest
from celery import Celery, current_app
from django.core import mail
from django.test import Client
from django.urls import reverse

from notifications.models import Delivery
from notifications.tasks import deliver, wake_up
from people.models import User
from tests.factories.notifications import DeliveryFactory
from tests.factories.people import InvitationFactory
from tests.worlds import World


def test_task_sends_what_is_due(db: None) -> None:
    made = InvitationFactory()
    DeliveryFactory(rule="invitation", object_id=made.pk, recipient=made.person)
    deliver()
    assert [message.to for message in mail.outbox] == [[made.email]]


def test_beat_knows_the_task() -> None:
    assert current_app.conf.beat_schedule["notifications.deliver"]["task"] == deliver.name


def test_worker_is_woken_up_after_the_commit_only(
    db: None, django_capture_on_commit_callbacks: Callable
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        wake_up()
    assert len(callbacks) == 1


def test_dead_broker_breaks_nothing(
    db: None,
    django_capture_on_commit_callbacks: Callable,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    dead = Celery("dead", broker="redis://127.0.0.1:1/0", set_as_current=False)
    dead.conf.broker_transport_options = current_app.conf.broker_transport_options
    monkeypatch.setattr(type(deliver._get_current_object()), "_app", dead)
    with django_capture_on_commit_callbacks(execute=True):
        wake_up()
    assert "mails wait for the next tick" in caplog.text


def test_administrator_sees_failed_mails_and_tries_them_again(
    world: World, client_of: Callable[[User], Client]
) -> None:
    failed = DeliveryFactory(status=Delivery.Status.FAILED, attempts=6, fault="SMTPException")
    sent = DeliveryFactory()
    client, url = client_of(world.administrator), reverse("admin:notifications_delivery_changelist")
    assert f"{url}?status__exact=failed" in client.get(reverse("dashboards:site")).text
    page = client.get(f"{url}?status__exact=failed")
    assert (failed.recipient.display_name in page.text, sent.recipient.display_name in page.text) == (
        True,
        False,
    )
    client.post(url, {"action": "try_again", "_selected_action": [failed.pk, sent.pk]})
    failed.refresh_from_db()
    assert (failed.status, failed.attempts) == (Delivery.Status.QUEUED, 0)
    assert client.get(reverse("admin:notifications_delivery_add")).status_code == 403
    assert client.post(reverse("admin:notifications_delivery_delete", args=[sent.pk])).status_code == 403
