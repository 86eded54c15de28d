"""What a learner wants to be able to do at work: agreed, followed by check-ins, closed with what came of it."""

import datetime as dt

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tags import Tag, Tone
from core.transitions import Moves
from people.permissions import AccessPaths, Permission, PermittedQuerySet, Shown
from programmes.models.enrolments import Enrolment
from standards.models import Criterion, GoalTemplate, Level


class GoalQuerySet(PermittedQuerySet):
    def awaiting_agreement(self) -> "GoalQuerySet":
        """Proposed goals that nobody has agreed to yet."""
        return self.filter(status=Goal.Status.PROPOSED)

    def pursued(self) -> "GoalQuerySet":
        """Goals that were agreed and are not closed."""
        return self.filter(status__in=PURSUED)

    def overdue(self, *, on: dt.date, days: int = 0) -> "GoalQuerySet":
        """Pursued goals whose target date is more than that many days past."""
        return self.pursued().filter(target_on__lt=on - dt.timedelta(days=days))


class Goal(models.Model):
    """A developmental goal. Levels are those of the criteria's scale; a draft is its learner's alone."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PROPOSED = "proposed", _("Proposed")
        AGREED = "agreed", _("Agreed")
        IN_PROGRESS = "in_progress", _("In progress")
        ACHIEVED = "achieved", _("Achieved")
        PARTLY_ACHIEVED = "partly_achieved", _("Partly achieved")
        DROPPED = "dropped", _("Dropped")

    class Origin(models.TextChoices):
        SELF = "self", _("My own idea")
        GAP = "gap", _("A gap to the standard")
        REVIEW = "review", _("A progress review")
        PROJECT = "project", _("A project")
        MANAGER = "manager", _("My manager's suggestion")

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="goals")
    template = models.ForeignKey(
        GoalTemplate, on_delete=models.SET_NULL, null=True, blank=True, related_name="goals"
    )
    title = models.CharField(_("title"), max_length=200)
    why = models.TextField(_("why it matters at work"), blank=True, max_length=3000)
    measure = models.TextField(_("how I will know"), blank=True, max_length=2000)
    criteria = models.ManyToManyField(Criterion, related_name="goals", blank=True)
    baseline_level = models.ForeignKey(
        Level, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("level now")
    )
    target_level = models.ForeignKey(
        Level,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("target level"),
    )
    target_on = models.DateField(_("target date"))
    origin = models.CharField(_("where it comes from"), max_length=8, choices=Origin, default=Origin.SELF)
    status = models.CharField(_("state"), max_length=15, choices=Status, default=Status.DRAFT)
    outcome = models.TextField(_("what came of it"), blank=True, max_length=3000)
    revision = models.PositiveIntegerField(default=1)
    form_token = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    proposed_at = models.DateTimeField(null=True, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = GoalQuerySet.as_manager()
    _SHOWN = frozenset(set(Status.values) - {Status.DRAFT.value})
    access = AccessPaths(
        enrolment="enrolment",
        conditions={"proposed": {"status": _SHOWN}},
        condition_words={"proposed": _("Once you have proposed the goal.")},
        shown=(Shown(Permission.GOAL_READ, _("Your goals, your check-ins and what came of them")),),
    )

    class Meta:
        ordering = ["target_on", "pk"]
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed_at=None, agreed_by=None)
                | Q(agreed_at__isnull=False, agreed_by__isnull=False),
                name="programmes_goal_agreed_together",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "proposed", "dropped"]) | Q(agreed_at__isnull=False),
                name="programmes_goal_pursued_is_agreed",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["achieved", "partly_achieved", "dropped"], closed_at__isnull=False)
                | (~Q(status__in=["achieved", "partly_achieved", "dropped"]) & Q(closed_at=None)),
                name="programmes_goal_closed_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(proposed_at__isnull=False),
                name="programmes_goal_proposed_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def status_tag(self) -> Tag:
        """The goal's state as the pages show it."""
        tone, icon = GOAL_LOOKS[self.status]
        return Tag(tone, icon, self.get_status_display())

    @property
    def is_pursued(self) -> bool:
        """Whether it was agreed and is not closed."""
        return self.status in PURSUED

    def is_overdue(self, *, on: dt.date) -> bool:
        """Whether it is pursued and its target date is past."""
        return self.is_pursued and self.target_on < on


_G = Goal.Status
PURSUED = frozenset({_G.AGREED.value, _G.IN_PROGRESS.value})
CLOSED_GOALS = frozenset({_G.ACHIEVED.value, _G.PARTLY_ACHIEVED.value, _G.DROPPED.value})
GOAL_MOVES: Moves = {
    _G.DRAFT: frozenset({_G.PROPOSED}),
    _G.PROPOSED: frozenset({_G.AGREED, _G.DRAFT}),  # back to a draft: taken back, or a change was asked for
    _G.AGREED: frozenset({_G.IN_PROGRESS, _G.DROPPED}),
    _G.IN_PROGRESS: frozenset({_G.ACHIEVED, _G.PARTLY_ACHIEVED, _G.DROPPED}),
    _G.ACHIEVED: frozenset(),
    _G.PARTLY_ACHIEVED: frozenset(),
    _G.DROPPED: frozenset(),
}
GOAL_LOOKS: dict[str, tuple[Tone, str]] = {
    _G.DRAFT: ("neutral", "pencil"),
    _G.PROPOSED: ("neutral", "hourglass"),
    _G.AGREED: ("info", "hand-thumbs-up"),
    _G.IN_PROGRESS: ("info", "play-circle"),
    _G.ACHIEVED: ("success", "check-circle"),
    _G.PARTLY_ACHIEVED: ("warning", "circle-half"),
    _G.DROPPED: ("neutral", "x-circle"),
}


class GoalCheckIn(models.Model):
    """How far a goal was on a day, in per cent; a new row each time, nothing is written over."""

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="check_ins")
    checked_on = models.DateField(_("date"))
    progress = models.PositiveSmallIntegerField(_("progress"), validators=[MaxValueValidator(100)])
    note = models.TextField(_("note"), blank=True, max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["checked_on", "pk"]
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        constraints = [
            models.CheckConstraint(condition=Q(progress__lte=100), name="programmes_check_in_at_most_100")
        ]

    def __str__(self) -> str:
        return f"{self.checked_on}: {self.progress} %"


class GoalEvent(models.Model):
    """One line of a goal's history; append-only, but for the mark that a decision was taken back at once."""

    class Kind(models.TextChoices):
        CREATED = "created", _("Started")
        PROPOSED = "proposed", _("Proposed")
        WITHDRAWN = "withdrawn", _("Taken back")
        CHANGE_ASKED = "change_asked", _("Change asked for")
        AGREED = "agreed", _("Agreed")
        STARTED = "started", _("Under way")
        CLOSED = "closed", _("Closed")

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField(_("what should change"), blank=True, max_length=2000)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("event of a goal")
        verbose_name_plural = _("events of goals")
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="change_asked") | ~Q(reason=""), name="programmes_goal_change_has_reason"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"

    @property
    def full_reason(self) -> str:
        """What was written with it, as every history shows it."""
        return self.reason
