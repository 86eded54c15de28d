"""What a learner does: activities on and off the job, with reflection, evidence and history."""

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _

from core.tags import Tag, Tone
from people.models import Organisation
from people.permissions import AccessPaths, Condition, Permission, PermittedQuerySet, Shown
from programmes.models.enrolments import BreakInLearning, Enrolment
from programmes.models.strategies import LearningStrategy
from standards.models import Criterion
from uploads.models import FileState, SentFile, SentFileQuerySet

if TYPE_CHECKING:
    from programmes.models.goals import Goal

MINUTES_A_DAY = 24 * 60


class UncountedReason(models.TextChoices):
    """Why an entry's time does not count; the first that applies, in this order."""

    DRAFT = "draft", _("It is a draft. It counts once it is sent and verified.")
    AMENDMENT = "amendment", _("It waits to be verified. Until then the version that it replaces counts.")
    WAITING = "waiting", _("It waits to be verified.")
    RETURNED = "returned", _("It was returned and has not been sent again.")
    SUPERSEDED = "superseded", _("It was replaced by an amended version.")
    FUTURE = "future", _("The date is in the future.")
    OUTSIDE = "outside", _("The date is outside the programme.")
    BREAK = "break", _("The date is in a break from learning.")
    UNPAID = "unpaid", _("It was not in paid working time.")


class ActivityQuerySet(PermittedQuerySet):
    def awaiting_approval(self) -> "ActivityQuerySet":
        """Sent entries that nobody has verified or returned yet."""
        return self.filter(status=ActivityEntry.Status.SUBMITTED)

    def not_replaced(self) -> "ActivityQuerySet":
        """Without versions that an amendment has replaced: what lists, weeks and files are made from."""
        return self.exclude(status=ActivityEntry.Status.SUPERSEDED)

    def counted_once(self) -> "ActivityQuerySet":
        """One version of each activity: the verified one while it stands, whatever amendment is under way."""
        return self.not_replaced().filter(Q(amends=None) | Q(status=ActivityEntry.Status.APPROVED))

    def with_uncounted_reason(self, *, on: dt.date) -> "ActivityQuerySet":
        """Adds `uncounted`: an UncountedReason, or "" where the entry's minutes count on that day.

        The one place that decides what counts: pages, totals and exports all read this column.
        """
        status = ActivityEntry.Status
        breaks = BreakInLearning.objects.agreed().filter(
            Q(ends_on=None) | Q(ends_on__gte=OuterRef("done_on")),
            enrolment=OuterRef("enrolment"),
            starts_on__lte=OuterRef("done_on"),
        )
        outside = Q(done_on__lt=F("enrolment__starts_on")) | Q(done_on__gt=F("enrolment__ends_on"))
        counted: ActivityQuerySet = self.annotate(
            uncounted=Case(
                When(status=status.DRAFT, then=Value(UncountedReason.DRAFT.value)),
                When(
                    status=status.SUBMITTED,
                    amends__isnull=False,
                    then=Value(UncountedReason.AMENDMENT.value),
                ),
                When(status=status.SUBMITTED, then=Value(UncountedReason.WAITING.value)),
                When(status=status.RETURNED, then=Value(UncountedReason.RETURNED.value)),
                When(status=status.SUPERSEDED, then=Value(UncountedReason.SUPERSEDED.value)),
                When(done_on__gt=on, then=Value(UncountedReason.FUTURE.value)),
                When(outside, then=Value(UncountedReason.OUTSIDE.value)),
                When(Exists(breaks), then=Value(UncountedReason.BREAK.value)),
                When(is_paid=False, then=Value(UncountedReason.UNPAID.value)),
                default=Value(""),
                output_field=models.CharField(),
            )
        )
        return counted


class ActivityEntry(models.Model):
    """One piece of learning on one day. `minutes` is whole minutes without breaks.

    A verified entry changes only by an amendment: a new entry that `amends` it and goes through approval itself. The
    old one counts until the new one is verified, and is replaced then: never both (docs/adr/0011).
    """

    class Kind(models.TextChoices):
        ON_JOB = "on_job", _("On the job")
        OFF_JOB = "off_job", _("Off the job")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Sent")
        RETURNED = "returned", _("Returned")
        APPROVED = "approved", _("Verified")
        SUPERSEDED = "superseded", _("Replaced")

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="activities")
    kind = models.CharField(_("type"), max_length=7, choices=Kind)
    strategy = models.ForeignKey(LearningStrategy, on_delete=models.PROTECT, related_name="activities")
    title = models.CharField(_("title"), max_length=200)
    done_on = models.DateField(_("date"))
    starts_at = models.TimeField(_("start time"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(
        _("duration in minutes"), validators=[MinValueValidator(1), MaxValueValidator(MINUTES_A_DAY)]
    )
    description = models.TextField(_("what was done"), blank=True, max_length=5000)
    carried_out_by = models.CharField(_("carried out by"), max_length=200, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    cost = models.DecimalField(_("cost"), max_digits=9, decimal_places=2, null=True, blank=True)
    is_paid = models.BooleanField(_("in paid working time"), default=True)
    criteria = models.ManyToManyField(Criterion, related_name="activities", blank=True)
    goal = models.ForeignKey(
        "Goal", on_delete=models.SET_NULL, null=True, blank=True, related_name="activities"
    )
    amends = models.OneToOneField(
        # No version goes alone; with the enrolment all of them do.
        "self",
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="amended_by",
        editable=False,
    )
    amendment_reason = models.TextField(_("why it is amended"), blank=True, max_length=500)
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.DRAFT)
    exception_reason = models.TextField(_("why it is out of the ordinary"), blank=True, max_length=500)
    revision = models.PositiveIntegerField(default=1)
    # The page it was typed on, and its place among the days typed there: the same post twice makes one entry.
    form_token = models.UUIDField(null=True, blank=True, editable=False)
    form_part = models.PositiveSmallIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Who it was about and for at the moment it was sent: later changes of role do not rewrite history.
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    coach = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ActivityQuerySet.as_manager()
    _SENT = frozenset(
        {Status.SUBMITTED.value, Status.RETURNED.value, Status.APPROVED.value, Status.SUPERSEDED.value}
    )
    access = AccessPaths(
        enrolment="enrolment",
        conditions={
            "sent": {"status": _SENT},
            "sent_on_job": {"status": _SENT, "kind": frozenset({Kind.ON_JOB.value})},
        },
        condition_words={
            "sent": _("Once you have sent the activity."),
            "sent_on_job": _("Once you have sent the activity, and only if it was on the job."),
        },
        shown=(
            Shown(Permission.ACTIVITY_READ, _("Your activities: title, day, duration, kind and criteria")),
            Shown(
                Permission.ACTIVITY_READ_DETAIL,
                _("What you did in an activity, in your words"),
                Permission.ACTIVITY_READ_LOGGED,
            ),
        ),
    )

    class Meta:
        ordering = ["-done_on", "-pk"]
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        indexes = [
            # All that progress is worked out from, so that it reads the index and not the rows: with half a million
            # entries the hundred of one learner lie on a hundred different pages (docs/performance.md).
            models.Index(
                fields=["enrolment", "-done_on", "kind", "status", "minutes", "is_paid", "amends", "id"],
                name="programmes_activity_progress",
            ),
            models.Index(
                fields=["submitted_at"], name="programmes_activity_waiting", condition=Q(status="submitted")
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["form_token", "form_part"], name="programmes_activity_once_a_form"
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=MINUTES_A_DAY),
                name="programmes_activity_within_a_day",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["approved", "superseded"],
                    approved_at__isnull=False,
                    approved_by__isnull=False,
                )
                | (~Q(status__in=["approved", "superseded"]) & Q(approved_at=None, approved_by=None)),
                name="programmes_activity_approved_together",
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(submitted_at__isnull=False, organisation__isnull=False),
                name="programmes_activity_sent_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def status_tag(self) -> Tag:
        """The entry's state as the pages show it."""
        tone, icon = ACTIVITY_LOOKS[self.status]
        return Tag(tone, icon, self.get_status_display())

    @property
    def uncounted_label(self) -> str:
        """Why it does not count, in words; "" when it does. Only on rows of with_uncounted_reason()."""
        reason: str = self.uncounted  # type: ignore[attr-defined]
        return str(UncountedReason(reason).label) if reason else ""

    @property
    def agreed_goal(self) -> "Goal | None":
        """The goal that it was logged towards, which may be named wherever the entry is: not while it is a draft."""
        return self.goal if self.goal is not None and self.goal.agreed_at else None

    @property
    def is_on_job(self) -> bool:
        """Whether it was done while doing normal work."""
        return self.kind == self.Kind.ON_JOB

    @property
    def is_open(self) -> bool:
        """Whether its learner may still change it."""
        return self.status in OPEN_STATUSES

    @property
    def is_open_amendment(self) -> bool:
        """Whether a verified version counts in its place, so that sums leave it out."""
        return self.amends_id is not None and self.status not in VERIFIED

    @property
    def chain_key(self) -> int | None:
        """The same for the two versions of an activity of which one may be verified; None for what is not stored."""
        return self.amends_id if self.is_open_amendment else self.pk

    @property
    def amendment_tag(self) -> Tag:
        """What a version that amends another is marked with."""
        return Tag("info", "swap", str(_("Amendment")))


_A = ActivityEntry.Status
OPEN_STATUSES = frozenset({_A.DRAFT.value, _A.RETURNED.value})
VERIFIED = frozenset({_A.APPROVED.value, _A.SUPERSEDED.value})
ACTIVITY_MOVES: dict[str, frozenset[str]] = {
    _A.DRAFT: frozenset({_A.SUBMITTED}),
    _A.SUBMITTED: frozenset(
        {_A.APPROVED, _A.RETURNED, _A.DRAFT}
    ),  # back to a draft: its learner took it back
    _A.RETURNED: frozenset({_A.SUBMITTED}),
    _A.APPROVED: frozenset({_A.SUPERSEDED}),  # by the approval of its amendment
    _A.SUPERSEDED: frozenset(),
}
ACTIVITY_LOOKS: dict[str, tuple[Tone, str]] = {
    _A.DRAFT: ("neutral", "pencil"),
    _A.SUBMITTED: ("info", "send"),
    _A.RETURNED: ("warning", "arrow-return-left"),
    _A.APPROVED: ("success", "check-circle"),
    _A.SUPERSEDED: ("neutral", "arrow-return-left"),
}


class Reflection(models.Model):
    """What the learner thinks of it: private to learner and coach, hence a row of its own that nobody else loads."""

    entry = models.OneToOneField(ActivityEntry, on_delete=models.CASCADE, related_name="reflection")
    text = models.TextField(_("what was learned"), max_length=5000)

    objects = PermittedQuerySet.as_manager()
    access = AccessPaths(
        enrolment="entry__enrolment",
        conditions={"sent": {"entry__status": ActivityEntry._SENT}},
        condition_words={"sent": _("Once you have sent the activity.")},
        shown=(Shown(Permission.REFLECTION_READ, _("Your reflections")),),
    )

    class Meta:
        verbose_name = _("reflection")
        verbose_name_plural = _("reflections")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class EvidenceQuerySet(SentFileQuerySet, PermittedQuerySet):  # type: ignore[override]
    """Files by the state of their check and by who may see them."""


class EvidenceFile(SentFile):
    """A file that shows what was done. Others than its learner see it once it passed the check."""

    entry = models.ForeignKey(ActivityEntry, on_delete=models.CASCADE, related_name="evidence")
    # A file for the answer whether it was applied: shown to others once that answer is sent.
    application = models.ForeignKey(
        "ApplicationRecord", on_delete=models.CASCADE, null=True, blank=True, related_name="evidence"
    )
    is_held_back = models.BooleanField(default=False)
    is_shared = models.BooleanField(_("also for the workplace mentor"), default=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = EvidenceQuerySet.as_manager()
    _ANSWERED = frozenset(
        {"submitted", "returned", "confirmed"}
    )  # of ApplicationRecord, whose module comes later
    _SENT_CLEAN: Condition = {
        "entry__status": ActivityEntry._SENT,
        "status": frozenset({FileState.CLEAN.value}),
        "is_held_back": frozenset({False}),
    }
    access = AccessPaths(
        enrolment="entry__enrolment",
        conditions={
            "sent": _SENT_CLEAN,
            "sent_shared": {**_SENT_CLEAN, "is_shared": frozenset({True})},
            # Work at the workplace: done on the job, or the use there of what was learned off the job.
            "sent_on_job": (
                {**_SENT_CLEAN, "entry__kind": frozenset({ActivityEntry.Kind.ON_JOB.value})},
                {**_SENT_CLEAN, "application__status": _ANSWERED},
            ),
        },
        condition_words={
            "sent": _("Once you have sent the activity."),
            "sent_shared": _(
                "Once you have sent the activity, and only files that you share with the mentor."
            ),
            "sent_on_job": _(
                "Once you have sent the activity, and only if it was on the job or shows how you use it at work."
            ),
        },
        shown=(
            Shown(
                Permission.EVIDENCE_READ, _("Files that you add as evidence"), Permission.EVIDENCE_READ_LOGGED
            ),
        ),
    )

    class Meta(SentFile.Meta):
        verbose_name = _("evidence file")
        verbose_name_plural = _("evidence files")
