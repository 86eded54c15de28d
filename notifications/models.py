"""The outbox: one row for each mail that has to go out, and what became of it."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, *, at: dt.datetime) -> Self:
        """Rows that wait and whose time has come, the oldest first."""
        return self.filter(status=Delivery.Status.QUEUED, due_at__lte=at).order_by("due_at", "pk")


class Delivery(models.Model):
    """One mail to one person, for one reason. It holds no text: that is looked up when the mail goes.

    Unique by rule, object, recipient, step and day: whoever queues the same thing twice queues it once. Who is
    being worked on is not a state: taking a row counts one attempt and moves `due_at` on, so that a worker that dies
    leaves a row which is due again.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        SENT = "sent", _("Sent")
        SUPPRESSED = "suppressed", _("No longer needed")
        FAILED = "failed", _("Failed")

    rule = models.CharField(_("rule"), max_length=40)
    object_id = models.CharField(_("object"), max_length=40)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="deliveries",
        verbose_name=_("recipient"),
    )
    step = models.PositiveSmallIntegerField(_("step"), default=1)
    due_on = models.DateField(_("due on"))
    status = models.CharField(_("state"), max_length=12, choices=Status, default=Status.QUEUED)
    due_at = models.DateTimeField(_("next attempt"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    queued_at = models.DateTimeField(_("queued"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    fault = models.CharField(_("last fault"), max_length=120, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-queued_at", "-pk"]
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "object_id", "recipient", "step", "due_on"],
                name="notifications_delivery_once",
            ),
            models.CheckConstraint(
                condition=Q(status="sent", sent_at__isnull=False) | (~Q(status="sent") & Q(sent_at=None)),
                name="notifications_delivery_sent_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["status", "due_at"])]

    def __str__(self) -> str:
        return f"{self.rule}:{self.object_id}:{self.recipient_id}:{self.step}:{self.due_on}"


_S = Delivery.Status
DELIVERY_MOVES: dict[str, frozenset[str]] = {
    _S.QUEUED: frozenset({_S.SENT, _S.SUPPRESSED, _S.FAILED}),
    _S.SENT: frozenset(),
    _S.SUPPRESSED: frozenset(),
    _S.FAILED: frozenset({_S.QUEUED}),
}
