"""Lists of people that a lead sent in: what was read, what became of it. Nothing of it stays for long."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tags import Tag, Tone
from core.transitions import Moves
from people.models import Organisation
from people.permissions import AccessPaths, PermittedQuerySet
from programmes.models.enrolments import Cohort

KEPT = dt.timedelta(days=30)


class PeopleImport(models.Model):
    """One list for one cohort and employer. Only who sent it sees it.

    `rows` are the people as read, `faults` what was wrong with lines by themselves; both are emptied once nothing
    more is done with them. While it runs `position` is the place of the next row, moved on in the transaction that
    writes what the row asks for: whoever goes on after a crash begins there.
    """

    class Status(models.TextChoices):
        UPLOADED = "uploaded", _("Waiting for your yes")
        RUNNING = "running", _("Being worked through")
        DONE = "done", _("Done")
        DISCARDED = "discarded", _("Discarded")

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="people_imports")
    employer = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="+", verbose_name=_("employer")
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="people_imports"
    )
    file_name = models.CharField(_("file name"), max_length=150)
    source = models.CharField(_("kind of list"), max_length=10)
    language = models.CharField(_("language of the invitations"), max_length=2)
    rows = models.JSONField(default=list, blank=True)
    faults = models.JSONField(default=list, blank=True)
    notes = models.JSONField(default=list, blank=True)
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.UPLOADED)
    total = models.PositiveIntegerField(_("lines"), default=0)
    position = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict, blank=True)
    failures = models.JSONField(default=list, blank=True)
    uploaded_at = models.DateTimeField(_("sent on"), auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = PermittedQuerySet.as_manager()
    access = AccessPaths(programme="cohort__programme", organisation="cohort__programme__organisation")

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        verbose_name = _("list of people")
        verbose_name_plural = _("lists of people")
        constraints = [
            models.CheckConstraint(
                condition=(Q(status__in=["done", "discarded"]) & Q(finished_at__isnull=False))
                | (Q(status__in=["uploaded", "running"]) & Q(finished_at=None)),
                name="programmes_import_finished_at_a_time",
            )
        ]
        indexes = [
            models.Index(fields=["uploaded_at"], name="programmes_import_runs", condition=Q(status="running"))
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_running(self) -> bool:
        """Whether it was confirmed and is not done."""
        return self.status == PeopleImport.Status.RUNNING

    @property
    def status_tag(self) -> Tag:
        """The list's state as the pages show it."""
        tone, icon = IMPORT_LOOKS[self.status]
        return Tag(tone, icon, self.get_status_display())


_S = PeopleImport.Status
IMPORT_MOVES: Moves = {
    _S.UPLOADED: frozenset({_S.RUNNING, _S.DISCARDED}),
    _S.RUNNING: frozenset({_S.DONE}),
    _S.DONE: frozenset(),
    _S.DISCARDED: frozenset(),
}
IMPORT_LOOKS: dict[str, tuple[Tone, str]] = {
    _S.UPLOADED: ("warning", "hourglass"),
    _S.RUNNING: ("info", "play-circle"),
    _S.DONE: ("success", "check-circle"),
    _S.DISCARDED: ("neutral", "x-circle"),
}
