"""What became of learning at work: used or not, since when, and to whose benefit."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.tags import Tag, Tone
from core.transitions import Moves
from people.permissions import AccessPaths, Permission, PermittedQuerySet, Shown
from programmes.models.activities import ActivityEntry

PROMPT_DAYS = (14, 60, 180)
"""How many days after an activity its learner is asked whether they used it (domain.md)."""


class ApplicationQuerySet(PermittedQuerySet):
    def awaiting_confirmation(self) -> "ApplicationQuerySet":
        """Answers that nobody has confirmed or returned yet."""
        return self.filter(status=ApplicationRecord.Status.SUBMITTED)


class ApplicationRecord(models.Model):
    """Whether what was learned off the job is used at work; one for an activity off the job.

    While it is prompted, what is in it is its learner's draft. `put_off_on` is the day of the last "not yet": the
    prompts up to it are answered, the later ones still come.
    """

    class Status(models.TextChoices):
        PROMPTED = "prompted", _("Not yet")
        SUBMITTED = "submitted", _("Yes")
        RETURNED = "returned", _("Question asked")
        CONFIRMED = "confirmed", _("Confirmed")
        NOT_APPLIED = "not_applied", _("Not applied")

    entry = models.OneToOneField(ActivityEntry, on_delete=models.CASCADE, related_name="application")
    status = models.CharField(_("state"), max_length=11, choices=Status, default=Status.PROMPTED)
    what_changed = models.TextField(_("what is done differently at work"), blank=True, max_length=5000)
    applied_on = models.DateField(_("since when"), null=True, blank=True)
    evidence_note = models.TextField(_("how it can be seen"), blank=True, max_length=2000)
    not_applied_reason = models.TextField(_("why it was not applied"), blank=True, max_length=2000)
    put_off_on = models.DateField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ApplicationQuerySet.as_manager()
    _ANSWERED = frozenset(
        {Status.SUBMITTED.value, Status.RETURNED.value, Status.CONFIRMED.value, Status.NOT_APPLIED.value}
    )
    access = AccessPaths(
        enrolment="entry__enrolment",
        conditions={"answered": {"status": _ANSWERED}},
        condition_words={"answered": _("Once you have answered whether you used it.")},
        shown=(
            Shown(Permission.APPLICATION_READ, _("How you use at work what you learned, and who benefits")),
        ),
    )

    class Meta:
        ordering = ["-submitted_at", "-pk"]
        verbose_name = _("application at work")
        verbose_name_plural = _("applications at work")
        indexes = [
            models.Index(
                fields=["submitted_at"],
                name="programmes_application_waiting",
                condition=Q(status="submitted"),
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="confirmed", confirmed_at__isnull=False, confirmed_by__isnull=False)
                | (~Q(status="confirmed") & Q(confirmed_at=None, confirmed_by=None)),
                name="programmes_application_confirmed_together",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["submitted", "returned", "confirmed"])
                | (~Q(what_changed="") & Q(applied_on__isnull=False, submitted_at__isnull=False)),
                name="programmes_application_sent_is_told",
            ),
            models.CheckConstraint(
                condition=~Q(status="not_applied") | ~Q(not_applied_reason=""),
                name="programmes_application_not_applied_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def status_tag(self) -> Tag:
        """The answer as the pages show it."""
        tone, icon = APPLICATION_LOOKS[self.status]
        return Tag(tone, icon, self.get_status_display())

    @property
    def is_open(self) -> bool:
        """Whether its learner may still change it."""
        return self.status in OPEN_ANSWERS

    @property
    def is_told(self) -> bool:
        """Whether what it says was sent: until then it is its learner's draft."""
        return self.status in TOLD_ANSWERS


_S = ApplicationRecord.Status
OPEN_ANSWERS = frozenset({_S.PROMPTED.value, _S.RETURNED.value, _S.NOT_APPLIED.value})
TOLD_ANSWERS = frozenset({_S.SUBMITTED.value, _S.RETURNED.value, _S.CONFIRMED.value})
APPLICATION_MOVES: Moves = {
    _S.PROMPTED: frozenset({_S.SUBMITTED, _S.NOT_APPLIED}),
    _S.SUBMITTED: frozenset({_S.CONFIRMED, _S.RETURNED}),
    _S.RETURNED: frozenset({_S.SUBMITTED, _S.NOT_APPLIED}),
    _S.CONFIRMED: frozenset(),
    _S.NOT_APPLIED: frozenset({_S.SUBMITTED}),  # used after all, later
}
APPLICATION_LOOKS: dict[str, tuple[Tone, str]] = {
    _S.PROMPTED: ("neutral", "hourglass"),
    _S.SUBMITTED: ("info", "briefcase"),
    _S.RETURNED: ("warning", "arrow-return-left"),
    _S.CONFIRMED: ("success", "check-circle"),
    _S.NOT_APPLIED: ("neutral", "x-circle"),
}


class BenefitUnit(models.TextChoices):
    """What a benefit is counted in."""

    HOURS_A_MONTH = "hours_month", _("hours a month")
    EUR_A_MONTH = "eur_month", _("EUR a month")
    GBP_A_MONTH = "gbp_month", _("GBP a month")
    PLN_A_MONTH = "pln_month", _("PLN a month")
    PIECES_A_MONTH = "pieces_month", _("cases a month")
    MINUTES_EACH = "minutes_each", _("minutes each time")
    PERCENT = "percent", _("per cent")
    POINTS = "points", _("points of a scale")


ADDABLE_UNITS = frozenset(
    {
        BenefitUnit.HOURS_A_MONTH.value,
        BenefitUnit.EUR_A_MONTH.value,
        BenefitUnit.GBP_A_MONTH.value,
        BenefitUnit.PLN_A_MONTH.value,
    }
)
"""Units whose improvements add up over people. Cases of what? per cent of what? Those stay apart."""


def amount(value: Decimal) -> str:
    """A measured number in the reader's format, without zeros that say nothing."""
    text = f"{value.normalize():f}"
    return number_format(Decimal(text), use_l10n=True, force_grouping=True)


class ApplicationBenefit(models.Model):
    """Who benefits and how, in words, and as a measure before and after where there is one."""

    class Level(models.TextChoices):
        INDIVIDUAL = "individual", _("For me")
        TEAM = "team", _("For my team")
        ORGANISATION = "organisation", _("For the organisation")

    record = models.ForeignKey(ApplicationRecord, on_delete=models.CASCADE, related_name="benefits")
    level = models.CharField(_("who benefits"), max_length=12, choices=Level)
    text = models.TextField(_("what the benefit is"), max_length=2000)
    measure = models.CharField(_("what was measured"), max_length=200, blank=True)
    unit = models.CharField(_("unit"), max_length=12, choices=BenefitUnit, blank=True)
    before = models.DecimalField(
        _("before"), max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    after = models.DecimalField(
        _("now"), max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    is_less_better = models.BooleanField(_("less is better"), default=True)

    class Meta:
        ordering = ["record", "pk"]
        verbose_name = _("benefit")
        verbose_name_plural = _("benefits")
        constraints = [
            models.UniqueConstraint(fields=["record", "level"], name="programmes_benefit_once_a_level"),
            models.CheckConstraint(
                condition=Q(unit="", measure="", before=None, after=None)
                | (~Q(unit="") & ~Q(measure="") & Q(before__isnull=False, after__isnull=False)),
                name="programmes_benefit_measure_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()}: {self.measure or self.text}"

    @property
    def improvement(self) -> Decimal | None:
        """By how much it got better, in its unit; negative when it got worse, None without a measure."""
        if self.before is None or self.after is None:
            return None
        return self.before - self.after if self.is_less_better else self.after - self.before

    @property
    def measured(self) -> str:
        """The measure in one sentence, in the reader's language and numbers; "" without one."""
        if self.before is None or self.after is None:
            return ""
        return gettext("%(measure)s: %(before)s before, %(after)s now (%(unit)s).") % {
            "measure": self.measure,
            "before": amount(self.before),
            "after": amount(self.after),
            "unit": self.get_unit_display(),
        }


class ApplicationEvent(models.Model):
    """One line of an answer's history; append-only, but for the mark that a decision was taken back at once."""

    class Kind(models.TextChoices):
        PUT_OFF = "put_off", _("Not yet")
        SUBMITTED = "submitted", _("Answered")
        NOT_APPLIED = "not_applied", _("Not applied")
        RETURNED = "returned", _("Question asked")
        CONFIRMED = "confirmed", _("Confirmed")

    record = models.ForeignKey(ApplicationRecord, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=11, choices=Kind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField(_("question"), blank=True, max_length=2000)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("event of an application")
        verbose_name_plural = _("events of applications")
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="returned") | ~Q(reason=""), name="programmes_application_question_is_asked"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"

    @property
    def full_reason(self) -> str:
        """What was written with it, as every history shows it."""
        return self.reason
