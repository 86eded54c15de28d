"""What happened to an activity, and what is being typed about it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programmes.models.activities import ActivityEntry
from programmes.models.enrolments import Enrolment


class ReturnPreset(models.TextChoices):
    """Reasons that come up again and again. Kept as a code, so that everybody reads it in their own language."""

    DETAIL = "detail", _("Please say more about what you did.")
    LEARNING = "learning", _("Please say what you learned from it.")
    HOURS = "hours", _("Please check the time it took.")
    DATE = "date", _("Please check the date.")
    KIND = "kind", _("Please check whether it was on the job or off the job.")
    CRITERIA = "criteria", _("Please choose the criteria that fit better.")
    EVIDENCE = "evidence", _("Please add evidence.")
    DUPLICATE = "duplicate", _("This looks the same as another entry.")


class ActivityEventQuerySet(models.QuerySet["ActivityEvent"]):
    def standing(self) -> "ActivityEventQuerySet":
        """Events that were not taken back within seconds."""
        return self.filter(undone_at=None)

    def returns(self) -> "ActivityEventQuerySet":
        """The times an entry was returned, not counting those taken back."""
        return self.standing().filter(kind=ActivityEvent.Kind.RETURNED)


class ActivityEvent(models.Model):
    """One line of an entry's history; append-only, but for the mark that a decision was taken back at once."""

    class Kind(models.TextChoices):
        CREATED = "created", _("Started")
        SUBMITTED = "submitted", _("Sent")
        WITHDRAWN = "withdrawn", _("Taken back")
        RETURNED = "returned", _("Returned")
        APPROVED = "approved", _("Verified")
        SUPERSEDED = "superseded", _("Replaced")

    entry = models.ForeignKey(ActivityEntry, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    preset = models.CharField(_("reason"), max_length=10, choices=ReturnPreset, blank=True)
    reason = models.TextField(_("reason"), blank=True, max_length=2000)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = ActivityEventQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="returned") | ~Q(reason="") | ~Q(preset=""),
                name="programmes_event_return_has_reason",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"

    @property
    def full_reason(self) -> str:
        """The preset in the reader's language, and what was written beside it."""
        return "\n".join(filter(None, [self.get_preset_display() if self.preset else "", self.reason]))


class AutosavedForm(models.Model):
    """What somebody typed into the form of an activity and has not saved yet; one for each entry, one for a new one.

    Kept by the browser's script while they type, so that a closed window or an expired session loses nothing.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="autosaved_forms")
    entry = models.OneToOneField(
        ActivityEntry, on_delete=models.CASCADE, null=True, blank=True, related_name="autosaved_form"
    )
    token = models.UUIDField()
    content = models.JSONField()
    saved_at = models.DateTimeField()

    class Meta:
        verbose_name = _("unsaved form")
        verbose_name_plural = _("unsaved forms")
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(entry=None), name="programmes_autosaved_one_new"
            )
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
