"""Whether what was learned off the job is used at work: rates, prompts, what waits, what it was worth."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Sum, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.templatetags.components import hours
from people.models import User
from people.permissions import Permission
from programmes.models import (
    ActivityEntry,
    ApplicationBenefit,
    ApplicationEvent,
    ApplicationRecord,
    BenefitUnit,
    Enrolment,
    LearningStrategy,
)
from programmes.models.applications import ADDABLE_UNITS, PROMPT_DAYS, ApplicationQuerySet

Status = ApplicationRecord.Status
OFF_JOB_VERIFIED = Q(kind=ActivityEntry.Kind.OFF_JOB, status=ActivityEntry.Status.APPROVED)


@dataclass(frozen=True)
class Rate:
    """The application rate, in minutes: `applied` with a confirmed application of all `approved` (domain.md,
    application rate). Verified time off the job only; a replaced version of an activity is in neither.
    """

    applied: int = 0
    approved: int = 0

    @property
    def percent(self) -> int | None:
        """The rate in whole per cent, from 0 to 100; None where nothing is verified yet."""
        return (200 * self.applied + self.approved) // (2 * self.approved) if self.approved else None

    @property
    def sentence(self) -> str:
        """Its arithmetic in the reader's language."""
        if self.percent is None:
            return _("Nothing off the job is verified yet, so there is no rate.")
        return _(
            "%(applied)s used at work and confirmed, of %(approved)s verified off the job: %(percent)s%%."
        ) % {"applied": hours(self.applied), "approved": hours(self.approved), "percent": self.percent}


@dataclass(frozen=True)
class StrategyRate:
    """How much of what was learned in one way is used."""

    strategy: LearningStrategy
    rate: Rate


_SUMS = {
    "approved": Sum("minutes", default=0),
    "applied": Sum("minutes", filter=Q(application__status=Status.CONFIRMED), default=0),
}


def rates_of(ids: Collection[int]) -> dict[int, Rate]:
    """The rate of each of these enrolments, by its id; one query."""
    entries = ActivityEntry.objects.filter(OFF_JOB_VERIFIED, enrolment__in=ids).order_by()
    rows: Any = entries.values("enrolment").annotate(**_SUMS)
    found = {row["enrolment"]: Rate(row["applied"], row["approved"]) for row in rows}
    return {pk: found.get(pk, Rate()) for pk in ids}


def _entries_of(enrolments: QuerySet[Enrolment]) -> QuerySet[ActivityEntry]:
    ids = enrolments.order_by().values("pk")
    return ActivityEntry.objects.filter(OFF_JOB_VERIFIED, enrolment__in=ids).order_by()


def rate_over(enrolments: QuerySet[Enrolment]) -> Rate:
    """The rate over all of these enrolments together; one query."""
    return Rate(**_entries_of(enrolments).aggregate(**_SUMS))


def rates_by_strategy(enrolments: QuerySet[Enrolment]) -> list[StrategyRate]:
    """The rate of each way of learning over these enrolments, the highest first; two queries.

    A way in which nothing is verified yet is left out.
    """
    rows: list[Any] = list(_entries_of(enrolments).values("strategy").annotate(**_SUMS))
    strategies = LearningStrategy.objects.in_bulk([row["strategy"] for row in rows])
    found = [StrategyRate(strategies[row["strategy"]], Rate(row["applied"], row["approved"])) for row in rows]
    return sorted(
        found,
        key=lambda row: (-row.rate.applied / row.rate.approved, row.strategy.order, row.strategy.code),
    )


# What is asked and what waits -------------------------------------------------------------


def prompt_day(done_on: dt.date, *, on: dt.date) -> dt.date | None:
    """The last day up to `on` on which the learner was to be asked about an activity of `done_on`."""
    days = [done_on + dt.timedelta(days=number) for number in PROMPT_DAYS]
    return max((day for day in days if day <= on), default=None)


def next_prompt(done_on: dt.date, *, on: dt.date) -> dt.date | None:
    """The first day after `on` on which the learner is asked; None when no prompt is left."""
    days = [done_on + dt.timedelta(days=number) for number in PROMPT_DAYS]
    return min((day for day in days if day > on), default=None)


def due_prompts(enrolment: Enrolment, *, on: dt.date) -> list[ApplicationRecord]:
    """What the learner is asked now: first the answers that came back, each with its `question`, then the verified
    activities off the job of which a prompt has come and was not put off; the oldest first. Two queries.
    """
    asked = Q(status=Status.PROMPTED, entry__status=ActivityEntry.Status.APPROVED)
    asked &= Q(entry__kind=ActivityEntry.Kind.OFF_JOB)
    asked &= Q(entry__done_on__lte=on - dt.timedelta(days=PROMPT_DAYS[0]))
    rows = (
        ApplicationRecord.objects.filter(asked | Q(status=Status.RETURNED), entry__enrolment=enrolment)
        .select_related("entry")
        .order_by("entry__done_on", "pk")
    )
    returned, prompted = [], []
    for record in rows:
        if record.status == Status.RETURNED:
            returned.append(record)
            continue
        day = prompt_day(record.entry.done_on, on=on)
        if day and (record.put_off_on is None or day > record.put_off_on):
            prompted.append(record)
    _add_questions(returned)
    return [*returned, *prompted]


def _add_questions(records: Sequence[ApplicationRecord]) -> None:
    events = standing_events().filter(record__in=records, kind=ApplicationEvent.Kind.RETURNED)
    questions = {event.record_id: event.reason for event in events.order_by("at", "pk")} if records else {}
    for record in records:
        record.question = questions.get(record.pk, "")  # type: ignore[attr-defined]


def standing_events() -> QuerySet[ApplicationEvent]:
    """Events that were not taken back."""
    return ApplicationEvent.objects.filter(undone_at=None)


def for_table(records: ApplicationQuerySet) -> ApplicationQuerySet:
    """The records with all that a row shows, so that a row costs no query."""
    rows: ApplicationQuerySet = records.select_related(
        "entry__enrolment__learner", "entry__strategy", "confirmed_by"
    ).prefetch_related("benefits")
    return rows


def applications_for(user: User) -> ApplicationQuerySet:
    """Answers that this person may confirm or ask about now, the longest waiting first."""
    permitted = ApplicationRecord.objects.permitted_to(user, Permission.APPLICATION_CONFIRM)
    rows: ApplicationQuerySet = for_table(permitted.awaiting_confirmation()).order_by("submitted_at", "pk")
    return rows


def application_shown(user: User, entry: ActivityEntry) -> ApplicationRecord | None:
    """The activity's answer or prompt, for who may read it."""
    rows = ApplicationRecord.objects.filter(entry=entry).permitted_to(user, Permission.APPLICATION_READ)
    found: ApplicationRecord | None = rows.first()
    return found


# What it was worth --------------------------------------------------------------------------


@dataclass(frozen=True)
class UnitSum:
    """What was measured in one unit: by how much `records` applications got better together."""

    unit: str
    records: int
    total: Decimal

    @property
    def label(self) -> str:
        """The unit in words."""
        return str(BenefitUnit(self.unit).label)


@dataclass(frozen=True)
class LevelCount:
    """How many confirmed applications name a benefit of this kind."""

    level: str
    records: int

    @property
    def label(self) -> str:
        """Who benefits, in words."""
        return str(VALUE_LEVELS[self.level])


VALUE_LEVELS = {
    ApplicationBenefit.Level.INDIVIDUAL.value: gettext_lazy("For the person"),
    ApplicationBenefit.Level.TEAM.value: gettext_lazy("For the team"),
    ApplicationBenefit.Level.ORGANISATION.value: gettext_lazy("For the organisation"),
}
OTHERS_SHOWN = 20


@dataclass(frozen=True)
class Value:
    """What confirmed applications brought. `sums` are of units that add up; `others` are the newest measures that do
    not, each on its own, out of `others_count`; `levels` says how many applications benefit whom.
    """

    confirmed: int
    sums: Sequence[UnitSum]
    others: Sequence[ApplicationBenefit]
    others_count: int
    levels: Sequence[LevelCount]


def confirmed_over(enrolments: QuerySet[Enrolment]) -> ApplicationQuerySet:
    """The confirmed applications of verified activities of these enrolments."""
    rows: ApplicationQuerySet = ApplicationRecord.objects.filter(
        status=Status.CONFIRMED, entry__in=_entries_of(enrolments).values("pk")
    )
    return rows


def value_of(enrolments: QuerySet[Enrolment]) -> Value:
    """What the confirmed applications of verified activities of these enrolments brought; five queries."""
    return value_over(confirmed_over(enrolments))


def value_over(confirmed: ApplicationQuerySet) -> Value:
    """What these confirmed applications brought; five queries."""
    records = confirmed.order_by()
    benefits = ApplicationBenefit.objects.filter(record__in=records.values("pk"))
    better = Case(When(is_less_better=True, then=F("before") - F("after")), default=F("after") - F("before"))
    sums = (
        benefits.filter(unit__in=ADDABLE_UNITS)
        .order_by("unit")
        .values("unit")
        .annotate(records=Count("record", distinct=True), total=Sum(better))
    )
    levels = dict(benefits.order_by().values_list("level").annotate(number=Count("pk")))
    apart = benefits.exclude(unit="").exclude(unit__in=ADDABLE_UNITS)
    others = apart.select_related("record__entry__enrolment__learner").order_by(
        "-record__confirmed_at", "-pk"
    )
    return Value(
        confirmed=records.count(),
        sums=[UnitSum(row["unit"], row["records"], row["total"]) for row in sums],
        others=list(others[:OTHERS_SHOWN]),
        others_count=apart.count(),
        levels=[LevelCount(level, levels.get(level, 0)) for level in VALUE_LEVELS],
    )
