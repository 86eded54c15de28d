"""Where planned hours come from: rules of a country or of a provider, as rows with dates and a source."""

import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import WithTexts
from people.models import Organisation
from programmes.models.activities import ActivityEntry


class BalanceRuleQuerySet(models.QuerySet["BalanceRule"]):
    def offered_to(self, provider: Organisation) -> "BalanceRuleQuerySet":
        """The rules that a programme of the provider may follow: those for everybody, and its own."""
        return self.filter(Q(organisation=None) | Q(organisation=provider))


class BalanceRule(WithTexts):
    """How the hours on or off the job are planned for an enrolment. Never changed: a new one follows it.

    Rules of one `family` follow each other by the day on which an enrolment starts: `starts_from` to `starts_until`,
    both included. Without `organisation` it is for everybody, else it is that provider's own.
    """

    class Basis(models.TextChoices):
        CONTRACTED = "contracted", _("A share of the contracted hours")
        WEEKLY = "weekly", _("Hours a week, with statutory leave taken out")
        TOTAL = "total", _("Hours over the whole programme, with a minimum")
        DURATION = "duration", _("A share of all hours of the programme, with two bounds")
        CUSTOM = "custom", _("Hours a week")

    code = models.SlugField(_("code"), max_length=60, unique=True)
    family = models.SlugField(_("rules that follow each other"), max_length=60)
    name = models.CharField(_("name"), max_length=150)
    note = models.TextField(_("note"), blank=True, max_length=1000)
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="balance_rules",
        verbose_name=_("training provider"),
    )
    kind = models.CharField(_("type"), max_length=7, choices=ActivityEntry.Kind)
    basis = models.CharField(_("how it is worked out"), max_length=10, choices=Basis)
    share_low = models.DecimalField(
        _("share in per cent, at least"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    share_high = models.DecimalField(
        _("share in per cent, at most"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    minutes_a_week = models.PositiveIntegerField(_("minutes a week"), null=True, blank=True)
    # Empty: the programme's own planned hours are the total, and the rule only says that they are never fewer than.
    total_minutes = models.PositiveIntegerField(_("minutes over the whole programme"), null=True, blank=True)
    minimum_minutes = models.PositiveIntegerField(_("minutes, at least"), null=True, blank=True)
    leave_weeks_a_year = models.DecimalField(
        _("weeks of leave a year"),
        max_digits=4,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(52)],
    )
    starts_from = models.DateField(_("for enrolments that start from"), null=True, blank=True)
    starts_until = models.DateField(_("for enrolments that start until"), null=True, blank=True)
    source_url = models.URLField(_("source"), blank=True, max_length=300)

    objects = BalanceRuleQuerySet.as_manager()

    class Meta:
        ordering = ["organisation", "family", "starts_from", "pk"]
        verbose_name = _("rule for planned hours")
        verbose_name_plural = _("rules for planned hours")
        constraints = [
            models.CheckConstraint(
                condition=~Q(basis="contracted") | Q(share_low__isnull=False),
                name="programmes_balance_contracted_has_share",
            ),
            models.CheckConstraint(
                condition=~Q(basis="weekly")
                | Q(minutes_a_week__isnull=False, leave_weeks_a_year__isnull=False),
                name="programmes_balance_weekly_has_hours",
            ),
            models.CheckConstraint(
                condition=~Q(basis="total")
                | Q(minimum_minutes__isnull=False)
                | Q(total_minutes__isnull=False),
                name="programmes_balance_total_has_hours",
            ),
            models.CheckConstraint(
                condition=~Q(basis="duration")
                | Q(share_low__isnull=False, share_high__isnull=False, share_high__gte=F("share_low")),
                name="programmes_balance_duration_has_bounds",
            ),
            models.CheckConstraint(
                condition=~Q(basis="custom") | Q(minutes_a_week__isnull=False),
                name="programmes_balance_custom_has_hours",
            ),
            models.CheckConstraint(
                condition=(Q(share_low=None) | Q(share_low__gte=0, share_low__lte=100))
                & (Q(share_high=None) | Q(share_high__gte=0, share_high__lte=100))
                & (Q(leave_weeks_a_year=None) | Q(leave_weeks_a_year__gte=0, leave_weeks_a_year__lte=52)),
                name="programmes_balance_numbers_make_sense",
            ),
            models.CheckConstraint(
                condition=Q(starts_from=None) | Q(starts_until=None) | Q(starts_until__gte=F("starts_from")),
                name="programmes_balance_until_after_from",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def holds_for(self, start: dt.date) -> bool:
        """Whether it is the rule for an enrolment that starts on that day."""
        return (self.starts_from is None or self.starts_from <= start) and (
            self.starts_until is None or start <= self.starts_until
        )
