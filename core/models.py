"""The audit trail, the one table that every app above writes to; and what a row with translated texts also keeps."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEvent(models.Model):
    """One change or one logged access; append-only, written in the transaction of the change.

    People appear as pseudonyms only; the mapping to a person is a row elsewhere, which erasure deletes.
    `changes` holds names of fields, with values for statuses and numbers only, never free text.
    """

    at = models.DateTimeField(auto_now_add=True)
    actor = models.UUIDField(null=True)
    role = models.CharField(max_length=30, blank=True)
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=40)
    subject = models.UUIDField(null=True)
    changes = models.JSONField(default=dict)
    reason = models.CharField(max_length=200, blank=True)
    request_id = models.CharField(max_length=36, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["object_type", "object_id", "at"]),
            models.Index(fields=["subject", "at"]),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.object_type} {self.object_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert only: a written event is never changed."""
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)


class WithTexts(models.Model):
    """A row whose texts are written in one language and translated into the others: see core.texts.

    `text_states` maps a translation's column to the digest of the source text that it was last brought into line with.
    """

    source_language = models.CharField(
        _("written in"), max_length=2, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    text_states = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        abstract = True
