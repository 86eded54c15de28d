"""What every row of a sent file has in common: where its bytes lie, and what the check made of them."""

import uuid
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tags import Tag, Tone
from uploads.kinds import reason_text
from uploads.storage import private_storage


class FileState(models.TextChoices):
    """received → checking → clean | rejected; back to received when the check could not be made."""

    RECEIVED = "received", _("Being checked")
    CHECKING = "checking", _("Being checked")
    CLEAN = "clean", _("Checked")
    REJECTED = "rejected", _("Refused")


FILE_LOOKS: dict[str, tuple[Tone, str]] = {
    FileState.RECEIVED: ("info", "hourglass"),
    FileState.CHECKING: ("info", "hourglass"),
    FileState.CLEAN: ("success", "check-circle"),
    FileState.REJECTED: ("warning", "x-circle"),
}
UNSETTLED = frozenset({FileState.RECEIVED.value, FileState.CHECKING.value})


class SentFileQuerySet(models.QuerySet[Any]):
    def clean_ones(self) -> "SentFileQuerySet":
        """Files that passed the check: the only ones that others are shown."""
        return self.filter(status=FileState.CLEAN)

    def unsettled(self) -> "SentFileQuerySet":
        """Files that wait to be checked or are being checked."""
        return self.filter(status__in=UNSETTLED)

    def to_check(self, *, at: datetime) -> "SentFileQuerySet":
        """Files that a worker may take: new ones, and those whose worker did not come back in time."""
        lapsed = Q(status=FileState.CHECKING, claimed_until__lt=at)
        return self.filter(Q(status=FileState.RECEIVED) | lapsed)


class SentFile(models.Model):
    """A file that somebody sent. Its bytes lie in the private storage under a random name.

    The parts of a state belong together, and the database holds them together: a claim while it is checked, bytes
    unless it was refused, a reason if it was.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.FileField(storage=private_storage, max_length=100, blank=True)
    thumbnail = models.FileField(storage=private_storage, max_length=100, blank=True)
    original_name = models.CharField(_("file name"), max_length=150)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    status = models.CharField(_("state"), max_length=10, choices=FileState, default=FileState.RECEIVED)
    claim = models.UUIDField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    checked_at = models.DateTimeField(null=True, blank=True)
    rejection = models.CharField(_("reason"), max_length=40, blank=True)
    rejection_params = models.JSONField(default=dict, blank=True)
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True
        ordering = ["uploaded_at", "id"]
        indexes = [
            models.Index(
                fields=["uploaded_at"],
                name="%(app_label)s_%(class)s_wait",
                condition=Q(status__in=["received", "checking"]),
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="checking", claim__isnull=False, claimed_until__isnull=False)
                | (~Q(status="checking") & Q(claim=None, claimed_until=None)),
                name="%(app_label)s_%(class)s_checking_is_claimed",
            ),
            models.CheckConstraint(
                condition=(Q(status="rejected", file="") & ~Q(rejection=""))
                | (~Q(status="rejected") & Q(rejection="") & ~Q(file="")),
                name="%(app_label)s_%(class)s_rejected_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.original_name

    @property
    def is_image(self) -> bool:
        """Whether a browser can show it as a picture."""
        return self.content_type.startswith("image/")

    @property
    def is_clean(self) -> bool:
        """Whether it passed the check and may be opened."""
        return self.status == FileState.CLEAN

    @property
    def is_unsettled(self) -> bool:
        """Whether the check is still to come or under way."""
        return self.status in UNSETTLED

    @property
    def status_tag(self) -> Tag:
        """The file's state as its sender sees it."""
        tone, icon = FILE_LOOKS[self.status]
        return Tag(tone, icon, str(FileState(self.status).label), is_plain=self.is_clean)

    @property
    def rejection_text(self) -> str:
        """Why it was refused and what to do, in the reader's language; "" when it was not."""
        return reason_text(self.rejection, self.rejection_params) if self.rejection else ""
