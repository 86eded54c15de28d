"""Who is in a programme: cohorts, enrolments, and the people who support them."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.tags import Tag, Tone
from core.transitions import Moves
from people.models import Dated, Organisation, Team
from people.permissions import AccessPaths, Permission, PermittedQuerySet, Shown
from programmes.models.programmes import Programme


class Cohort(models.Model):
    """One run of a programme."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="cohorts")
    name = models.CharField(_("name"), max_length=120)
    starts_on = models.DateField(_("starts on"))

    objects = PermittedQuerySet.as_manager()
    access = AccessPaths(programme="programme", organisation="programme__organisation")

    class Meta:
        ordering = ["programme", "starts_on"]
        verbose_name = _("cohort")
        verbose_name_plural = _("cohorts")
        constraints = [
            models.UniqueConstraint(fields=["programme", "name"], name="programmes_cohort_unique_name")
        ]

    def __str__(self) -> str:
        return self.name


class EnrolmentQuerySet(PermittedQuerySet):
    def under_way(self) -> "EnrolmentQuerySet":
        """Enrolments whose learner is learning now or will again: active or on a break."""
        return self.filter(status__in=[Enrolment.Status.ACTIVE, Enrolment.Status.ON_BREAK])


class Enrolment(models.Model):
    """A learner in a cohort. Every row that a learner owns hangs on one of these."""

    class Status(models.TextChoices):
        INVITED = "invited", _("Invited")
        ONBOARDING = "onboarding", _("Getting started")
        ACTIVE = "active", _("Active")
        ON_BREAK = "on_break", _("On break")
        COMPLETED = "completed", _("Completed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="enrolments")
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="enrolments",
        verbose_name=_("learner"),
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="enrolments", verbose_name=_("employer")
    )
    team = models.ForeignKey(
        Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="enrolments"
    )
    status = models.CharField(_("state"), max_length=12, choices=Status, default=Status.INVITED)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("planned end"))
    contracted_minutes_a_week = models.PositiveIntegerField(_("contracted minutes a week"), default=40 * 60)

    objects = EnrolmentQuerySet.as_manager()
    access = AccessPaths(
        enrolment="",
        learner="learner",
        support_roles="support_roles",
        organisation="organisation",
        programme="cohort__programme",
        provider="cohort__programme__organisation",
        shown=(
            Shown(Permission.ENROLMENT_READ, _("That you are in this programme, and how it stands")),
            Shown(Permission.PROGRESS_READ, _("Your hours, and how far you are compared with the plan")),
        ),
    )

    class Meta:
        ordering = ["learner__display_name", "pk"]
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints = [
            models.UniqueConstraint(fields=["cohort", "learner"], name="programmes_enrolment_once_a_cohort"),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="programmes_enrolment_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner} – {self.cohort}"

    @property
    def status_tag(self) -> Tag:
        """The enrolment's state as the pages show it."""
        tone, icon = ENROLMENT_LOOKS[self.status]
        return Tag(tone, icon, self.get_status_display())

    def week_of(self, day: dt.date) -> int:
        """The week of the programme that a day falls in: weeks start on Monday, the first is 1."""
        first = self.starts_on - dt.timedelta(days=self.starts_on.weekday())
        return (day - first).days // 7 + 1


_S = Enrolment.Status
OPEN_ENROLMENTS = frozenset({_S.ONBOARDING, _S.ACTIVE, _S.ON_BREAK})
ENROLMENT_MOVES: dict[str, frozenset[str]] = {
    _S.INVITED: frozenset({_S.ONBOARDING, _S.WITHDRAWN}),
    _S.ONBOARDING: frozenset({_S.ACTIVE, _S.WITHDRAWN}),
    _S.ACTIVE: frozenset({_S.ON_BREAK, _S.COMPLETED, _S.WITHDRAWN}),
    _S.ON_BREAK: frozenset({_S.ACTIVE, _S.COMPLETED, _S.WITHDRAWN}),
    _S.COMPLETED: frozenset(),
    _S.WITHDRAWN: frozenset(),
}
ENROLMENT_LOOKS: dict[str, tuple[Tone, str]] = {
    _S.INVITED: ("neutral", "hourglass"),
    _S.ONBOARDING: ("info", "play-circle"),
    _S.ACTIVE: ("success", "check-circle"),
    _S.ON_BREAK: ("neutral", "pause-circle"),
    _S.COMPLETED: ("success", "award"),
    _S.WITHDRAWN: ("neutral", "x-circle"),
}


class SupportRole(Dated):
    """Who supports an enrolment, as what, and when. A change or a cover is a new row."""

    class Role(models.TextChoices):
        COACH = "coach", _("Coach")
        MENTOR = "mentor", _("Workplace mentor")
        MANAGER = "manager", _("Line manager")

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="support_roles")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="support_roles"
    )
    role = models.CharField(_("role"), max_length=10, choices=Role)
    covers = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="covered_by"
    )

    class Meta(Dated.Meta):
        ordering = ["enrolment", "role", "starts_on"]
        verbose_name = _("support role")
        verbose_name_plural = _("support roles")

    def __str__(self) -> str:
        return f"{self.person}: {self.get_role_display()}"


class BreakQuerySet(PermittedQuerySet):
    def agreed(self) -> "BreakQuerySet":
        """Breaks that hold: days of no others are taken out of anything. Weeks of leave are among them."""
        return self.filter(status=BreakInLearning.Status.AGREED)

    def asked(self) -> "BreakQuerySet":
        """Breaks that wait for somebody to agree."""
        return self.filter(status=BreakInLearning.Status.ASKED)

    def covering(self, day: dt.date) -> "BreakQuerySet":
        """Breaks in whose days that day lies."""
        return self.touching(day, day)

    def touching(self, first: dt.date, last: dt.date | None) -> "BreakQuerySet":
        """Breaks that have a day in common with those from `first` to `last`, without an end if that is None."""
        rows = self.filter(Q(ends_on=None) | Q(ends_on__gte=first))
        return rows if last is None else rows.filter(starts_on__lte=last)


class BreakInLearning(models.Model):
    """Days that are no learning days, both included; open until the learner is back when `ends_on` is empty.

    Only an agreed one holds. `agreed_until` is the last day as it was agreed, `ends_on` as it really was.
    """

    class Status(models.TextChoices):
        ASKED = "asked", _("Asked for")
        AGREED = "agreed", _("Agreed")
        REFUSED = "refused", _("Not agreed")
        WITHDRAWN = "withdrawn", _("Taken back")

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="breaks")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    is_leave = models.BooleanField(_("a week of leave, marked by the learner or the coach"), default=False)
    status = models.CharField(_("state"), max_length=9, choices=Status, default=Status.AGREED)
    agreed_until = models.DateField(null=True, blank=True, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=500, blank=True)

    objects = BreakQuerySet.as_manager()
    access = AccessPaths(
        enrolment="enrolment",
        shown=(Shown(Permission.BREAK_READ, _("Your breaks in learning, with the reason that you gave")),),
    )

    class Meta:
        ordering = ["enrolment", "starts_on"]
        verbose_name = _("break in learning")
        verbose_name_plural = _("breaks in learning")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="programmes_break_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(status="asked") | Q(asked_at__isnull=False, asked_by__isnull=False),
                name="programmes_break_asked_is_dated",
            ),
            models.CheckConstraint(
                condition=~Q(status="refused")
                | Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(answer=""),
                name="programmes_break_refused_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on or ''}"

    @property
    def status_tag(self) -> Tag:
        """The break's state as the pages show it."""
        tone, icon = BREAK_LOOKS[self.status]
        return Tag(tone, icon, self.get_status_display())

    @property
    def length(self) -> dt.timedelta:
        """How far it moves the planned end: all its days, none while its end is not known."""
        return self.ends_on - self.starts_on + dt.timedelta(days=1) if self.ends_on else dt.timedelta()

    @property
    def ended_early(self) -> bool:
        """Whether the learner was back before the last day that was agreed."""
        return bool(self.agreed_until and self.ends_on and self.ends_on < self.agreed_until)

    def is_under_way(self, *, on: dt.date) -> bool:
        """Whether that day is one of its days."""
        return self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)


_B = BreakInLearning.Status
BREAK_MOVES: Moves = {
    _B.ASKED: frozenset({_B.AGREED, _B.REFUSED, _B.WITHDRAWN}),
    _B.AGREED: frozenset({_B.WITHDRAWN}),  # before its first day
    _B.REFUSED: frozenset(),
    _B.WITHDRAWN: frozenset(),
}
BREAK_LOOKS: dict[str, tuple[Tone, str]] = {
    _B.ASKED: ("info", "hourglass"),
    _B.AGREED: ("success", "hand-thumbs-up"),
    _B.REFUSED: ("neutral", "x-circle"),
    _B.WITHDRAWN: ("neutral", "dash-circle"),
}
