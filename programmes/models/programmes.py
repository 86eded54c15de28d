"""What is taught: programmes, their units, and who leads them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import WithTexts
from core.tags import Tag, Tone
from core.transitions import Moves
from people.models import Dated, Organisation
from people.permissions import AccessPaths, PermittedQuerySet
from standards.models import Criterion, Framework


class Programme(WithTexts):
    """A plan of learning that a provider runs. Planned times are whole minutes over the whole duration.

    An archived one takes no new cohorts and learners; who is in it goes on to the end.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        ARCHIVED = "archived", _("Archived")

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="programmes", verbose_name=_("training provider")
    )
    code = models.SlugField(_("code"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), blank=True)
    duration_weeks = models.PositiveSmallIntegerField(_("duration in weeks"))
    off_job_minutes = models.PositiveIntegerField(_("planned minutes off the job"))
    on_job_minutes = models.PositiveIntegerField(_("planned minutes on the job"))
    review_interval_weeks = models.PositiveSmallIntegerField(_("weeks between progress reviews"), default=10)
    balance_rule = models.ForeignKey(
        "BalanceRule",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="programmes",
        verbose_name=_("rule for planned hours"),
    )
    frameworks = models.ManyToManyField(
        Framework, related_name="programmes", blank=True, verbose_name=_("frameworks")
    )

    status = models.CharField(_("state"), max_length=8, choices=Status, default=Status.OPEN)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = PermittedQuerySet.as_manager()
    access = AccessPaths(programme="", organisation="organisation", programme_roles="roles")

    class Meta:
        ordering = ["code"]
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        constraints = [
            models.CheckConstraint(
                condition=Q(duration_weeks__gte=1), name="programmes_programme_lasts_a_week"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def status_tag(self) -> Tag:
        """The programme's state as the pages show it."""
        tone, icon = PROGRAMME_LOOKS[self.status]
        return Tag(tone, icon, self.get_status_display())

    @property
    def is_open(self) -> bool:
        """Whether new cohorts and learners may join."""
        return self.status == Programme.Status.OPEN


PROGRAMME_MOVES: Moves = {
    Programme.Status.OPEN: frozenset({Programme.Status.ARCHIVED}),
    Programme.Status.ARCHIVED: frozenset({Programme.Status.OPEN}),
}
PROGRAMME_LOOKS: dict[str, tuple[Tone, str]] = {
    Programme.Status.OPEN: ("success", "check-circle"),
    Programme.Status.ARCHIVED: ("neutral", "lock"),
}


class ProgrammeUnit(WithTexts):
    """A part of a programme, in its order, mapped to the criteria that it works towards."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="units")
    order = models.PositiveSmallIntegerField(_("order"))
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), blank=True)
    planned_minutes = models.PositiveIntegerField(_("planned minutes"), default=0)
    criteria = models.ManyToManyField(Criterion, related_name="units", blank=True, verbose_name=_("criteria"))
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = PermittedQuerySet.as_manager()
    access = AccessPaths(programme="programme", organisation="programme__organisation")

    class Meta:
        ordering = ["programme", "order"]
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        constraints = [
            models.UniqueConstraint(fields=["programme", "order"], name="programmes_unit_unique_order")
        ]

    def __str__(self) -> str:
        return self.title


class ProgrammeRole(Dated):
    """Who leads a programme, with dates."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="roles")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="programme_roles"
    )

    class Meta(Dated.Meta):
        ordering = ["programme", "starts_on"]
        verbose_name = _("programme lead")
        verbose_name_plural = _("programme leads")

    def __str__(self) -> str:
        return f"{self.person} – {self.programme}"


class Partnership(models.Model):
    """A training provider and an employer that work together: its leads may enrol that employer's people."""

    provider = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="employers", verbose_name=_("training provider")
    )
    employer = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="providers", verbose_name=_("employer")
    )

    class Meta:
        ordering = ["provider", "employer"]
        verbose_name = _("partnership")
        verbose_name_plural = _("partnerships")
        constraints = [
            models.UniqueConstraint(fields=["provider", "employer"], name="programmes_partnership_once")
        ]

    def __str__(self) -> str:
        return f"{self.provider} – {self.employer}"
