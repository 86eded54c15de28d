"""Files that are made in the background: one row for each that somebody asked for."""

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tags import Tag, Tone
from core.transitions import Moves
from uploads.storage import private_storage

KEPT = timedelta(days=7)


class ExportQuerySet(models.QuerySet["Export"]):
    def to_make(self, *, at: datetime) -> Self:
        """Files that a worker may make: new ones, and those whose worker did not come back in time."""
        lapsed = Q(status=Export.Status.RUNNING, claimed_until__lt=at)
        return self.filter(Q(status=Export.Status.QUEUED) | lapsed)

    def unfinished(self) -> Self:
        """Files that wait or are being made."""
        return self.filter(status__in=[Export.Status.QUEUED, Export.Status.RUNNING])


class Export(models.Model):
    """A table that its owner gets as a file. The row is the queue: a worker claims it for some minutes.

    `table` and `params` name what a producer (downloads.producers) makes it of, as the owner and with the owner's
    rights of that moment; `scope` remembers what these were, and the file opens as long as they are the same.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("Waiting to be made")
        RUNNING = "running", _("Being made")
        DONE = "done", _("Ready")
        FAILED = "failed", _("Not made")

    class Fault(models.TextChoices):
        NOT_PERMITTED = "not_permitted", _("You may no longer see these rows.")
        GAVE_UP = "gave_up", _("It broke off several times. Ask an administrator to look at the log.")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="exports")
    table = models.CharField(max_length=40)
    params = models.JSONField(default=dict, blank=True)
    format = models.CharField(_("type"), max_length=4)
    language = models.CharField(_("language"), max_length=2)
    request_key = models.CharField(max_length=64)
    title = models.CharField(_("title"), max_length=200)
    status = models.CharField(_("state"), max_length=8, choices=Status, default=Status.QUEUED)
    fault = models.CharField(max_length=15, choices=Fault, blank=True)
    done = models.PositiveIntegerField(_("rows done"), default=0)
    total = models.PositiveIntegerField(_("rows"), default=0)
    scope = models.TextField(blank=True)
    file = models.FileField(storage=private_storage, max_length=100, blank=True)
    size = models.PositiveBigIntegerField(_("size"), default=0)
    claim = models.UUIDField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    requested_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(_("kept until"))

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at", "-id"]
        verbose_name = _("file")
        verbose_name_plural = _("files")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "request_key"],
                condition=Q(status__in=["queued", "running"]),
                name="downloads_export_one_open",
            ),
            models.CheckConstraint(
                condition=Q(status="running", claim__isnull=False, claimed_until__isnull=False)
                | (~Q(status="running") & Q(claim=None, claimed_until=None)),
                name="downloads_export_running_is_claimed",
            ),
            models.CheckConstraint(
                condition=(Q(status="done") & ~Q(file="")) | (~Q(status="done") & Q(file="")),
                name="downloads_export_done_has_file",
            ),
            models.CheckConstraint(
                condition=(Q(status="failed") & ~Q(fault="")) | (~Q(status="failed") & Q(fault="")),
                name="downloads_export_failed_has_fault",
            ),
        ]
        indexes = [
            models.Index(
                fields=["requested_at"],
                name="downloads_export_wait",
                condition=Q(status__in=["queued", "running"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.format.upper()})"

    @property
    def is_open(self) -> bool:
        """Whether it is still to be made."""
        return self.status in (Export.Status.QUEUED, Export.Status.RUNNING)

    @property
    def status_tag(self) -> Tag:
        """The file's state as its owner sees it."""
        tone, icon = EXPORT_LOOKS[self.status]
        return Tag(tone, icon, self.get_status_display())


_S = Export.Status
EXPORT_MOVES: Moves = {
    _S.QUEUED: frozenset({_S.RUNNING}),
    _S.RUNNING: frozenset({_S.DONE, _S.FAILED}),
    _S.DONE: frozenset(),
    _S.FAILED: frozenset(),
}
EXPORT_LOOKS: dict[str, tuple[Tone, str]] = {
    _S.QUEUED: ("neutral", "hourglass"),
    _S.RUNNING: ("info", "play-circle"),
    _S.DONE: ("success", "check-circle"),
    _S.FAILED: ("warning", "x-circle"),
}
