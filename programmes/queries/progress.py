"""How enrolments stand: hours against plan, weekly bars, criteria touched."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import Count, Max, QuerySet, Sum
from django.db.models.functions import TruncWeek
from django.utils.translation import gettext as _

from core.tags import Tag
from core.templatetags.components import hours, hours_number
from programmes.models import (
    ActivityEntry,
    BreakInLearning,
    Enrolment,
    ProgrammeUnit,
    UncountedReason,
)
from programmes.queries.balance import Planned, planned_minutes, rule_for, rules_beside
from programmes.queries.learning_days import LearningDays, learning_days
from programmes.queries.progress_status import ProgressStatus, statuses_of

__all__ = [
    "Hours",
    "Kind",
    "LearningDays",
    "Progress",
    "learning_days",
    "monday",
    "progress_of",
    "progress_of_rows",
]

Kind = ActivityEntry.Kind


@dataclass(frozen=True)
class Hours:
    """One kind's time in minutes, with the days and the plan that the expected figure was worked out from."""

    kind: str
    counted: int
    waiting: int
    expected: int
    planned: int
    days: LearningDays
    plan: Planned | None = None

    @property
    def tag(self) -> Tag:
        """The state in a word: how many hours behind or too many, else on track; nothing is late before the start."""
        if self.behind:
            return Tag(
                "warning", "exclamation-triangle", _("%(hours)s behind") % {"hours": hours(self.behind)}
            )
        if self.over:
            return Tag(
                "warning",
                "exclamation-triangle",
                _("%(hours)s above the upper bound") % {"hours": hours(self.over)},
            )
        return Tag("success", "check-circle", _("On track"))

    @property
    def behind(self) -> int:
        """Minutes behind what is expected by now; 0 when there are none."""
        return max(self.expected - self.counted, 0)

    @property
    def most(self) -> int | None:
        """The upper bound over the whole programme, where its rule has one."""
        return self.plan.high if self.plan else None

    @property
    def over(self) -> int:
        """Minutes above the upper bound of the whole programme; 0 when there are none."""
        return max(self.counted - self.most, 0) if self.most is not None else 0

    @property
    def ahead(self) -> int:
        """Minutes ahead of what is expected by now; 0 when there are none."""
        return max(self.counted - self.expected, 0)


@dataclass(frozen=True)
class Progress:
    """How one enrolment stands on a day. `weekly` is counted minutes off the job, oldest week first."""

    enrolment: Enrolment
    off_job: Hours
    on_job: Hours
    weekly: Sequence[int]
    weekly_expected: int
    criteria_touched: int
    criteria_total: int
    last_done_on: dt.date | None
    waiting_count: int
    days: LearningDays
    breaks: Sequence[BreakInLearning] = ()
    status: ProgressStatus | None = None

    @property
    def weekly_label(self) -> str:
        """The bars in words, for who does not see them."""
        amounts = "; ".join(hours_number(minutes) for minutes in self.weekly)
        return _("Hours a week, oldest first: %(amounts)s. An even week: %(expected)s.") % {
            "amounts": amounts,
            "expected": hours_number(self.weekly_expected),
        }

    @property
    def mean_week(self) -> int:
        """Mean counted minutes a week over the weeks shown."""
        return round(sum(self.weekly) / len(self.weekly)) if self.weekly else 0


def monday(day: dt.date) -> dt.date:
    """The first day of that day's week."""
    return day - dt.timedelta(days=day.weekday())


def progress_of(enrolments: QuerySet[Enrolment], *, on: dt.date, weeks: int = 12) -> list[Progress]:
    """How each enrolment stands on that day, in the order of the queryset; a fixed number of queries."""
    rows = list(enrolments.select_related("learner", "organisation", "cohort__programme__balance_rule"))
    return progress_of_rows(rows, on=on, weeks=weeks)


def progress_of_rows(rows: Sequence[Enrolment], *, on: dt.date, weeks: int = 12) -> list[Progress]:
    """The same for enrolments that are loaded already, with their programmes."""
    ids = [row.pk for row in rows]
    minutes = _minutes_by_kind(ids, on=on)
    weekly = _weekly_minutes(ids, on=on, weeks=weeks)
    touched, criteria = _criteria_touched(ids), _criteria_of({row.cohort.programme_id for row in rows})
    breaks: dict[int, list[BreakInLearning]] = defaultdict(list)
    for pause in BreakInLearning.objects.agreed().filter(enrolment__in=ids).order_by():
        breaks[pause.enrolment_id].append(pause)
    plans = _plans(rows, breaks)
    found = [
        _progress(
            row, minutes[row.pk], weekly[row.pk], breaks[row.pk], plans[row.pk], touched, criteria, on=on
        )
        for row in rows
    ]
    statuses = statuses_of(found, on=on)
    return [replace(one, status=statuses[one.enrolment.pk]) for one in found]


def _plans(
    rows: Sequence[Enrolment], breaks: Mapping[int, list[BreakInLearning]]
) -> dict[int, dict[str, Planned]]:
    """What is planned of each kind, by enrolment."""
    beside = rules_beside([row.cohort.programme for row in rows])
    found: dict[int, dict[str, Planned]] = {}
    for row in rows:
        programme = row.cohort.programme
        rule = rule_for(programme, row.starts_on, beside)
        found[row.pk] = {
            kind: planned_minutes(rule, row, programme, breaks[row.pk], kind=kind) for kind in Kind.values
        }
    return found


@dataclass
class _Minutes:
    counted: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    waiting: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    waiting_count: int = 0
    last_done_on: dt.date | None = None


def _progress(
    row: Enrolment,
    minutes: _Minutes,
    weekly: list[int],
    breaks: list[BreakInLearning],
    plans: Mapping[str, Planned],
    touched: dict[int, set[int]],
    criteria: dict[int, set[int]],
    *,
    on: dt.date,
) -> Progress:
    programme = row.cohort.programme
    days = learning_days(row, breaks, on=on)

    def hours_of(kind: str) -> Hours:
        counted, waiting, plan = minutes.counted[kind], minutes.waiting[kind], plans[kind]
        return Hours(kind, counted, waiting, days.expected(plan.low), plan.low, days, plan)

    return Progress(
        enrolment=row,
        off_job=hours_of(Kind.OFF_JOB.value),
        on_job=hours_of(Kind.ON_JOB.value),
        weekly=weekly,
        weekly_expected=days.a_week(plans[Kind.OFF_JOB.value].low),
        criteria_touched=len(touched[row.pk] & criteria[programme.pk]),
        criteria_total=len(criteria[programme.pk]),
        last_done_on=minutes.last_done_on,
        waiting_count=minutes.waiting_count,
        days=days,
        breaks=breaks,
    )


def _minutes_by_kind(ids: Sequence[int], *, on: dt.date) -> dict[int, _Minutes]:
    found: dict[int, _Minutes] = defaultdict(_Minutes)
    groups = (
        ActivityEntry.objects.filter(enrolment__in=ids)
        .not_replaced()
        .exclude(status=ActivityEntry.Status.DRAFT)
        .with_uncounted_reason(on=on)
        .order_by()
        .values("enrolment", "kind", "uncounted")
        .annotate(total=Sum("minutes"), number=Count("*"), last=Max("done_on"))
    )
    for group in groups:
        minutes = found[group["enrolment"]]
        minutes.last_done_on = max(filter(None, [minutes.last_done_on, group["last"]]))
        if group["uncounted"] == "":
            minutes.counted[group["kind"]] += group["total"]
        elif group["uncounted"] == UncountedReason.WAITING.value:
            minutes.waiting[group["kind"]] += group["total"]
            minutes.waiting_count += group["number"]
        elif group["uncounted"] == UncountedReason.AMENDMENT.value:  # its time is counted already
            minutes.waiting_count += group["number"]
    return found


def _weekly_minutes(ids: Sequence[int], *, on: dt.date, weeks: int) -> dict[int, list[int]]:
    first = monday(on) - dt.timedelta(weeks=weeks - 1)
    found: dict[int, list[int]] = {pk: [0] * weeks for pk in ids}
    groups = (
        ActivityEntry.objects.filter(enrolment__in=ids, kind=Kind.OFF_JOB, done_on__gte=first)
        .with_uncounted_reason(on=on)
        .filter(uncounted="")
        .annotate(week=TruncWeek("done_on"))
        .order_by()
        .values("enrolment", "week")
        .annotate(total=Sum("minutes"))
    )
    for group in groups:
        found[group["enrolment"]][(group["week"] - first).days // 7] = group["total"]
    return found


def _criteria_of(programmes: Iterable[int]) -> dict[int, set[int]]:
    """The criteria of the programmes' units, by programme."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = ProgrammeUnit.criteria.through.objects.filter(programmeunit__programme__in=programmes)
    for programme, criterion in rows.values_list("programmeunit__programme", "criterion"):
        found[programme].add(criterion)
    return found


def _criteria_touched(ids: Sequence[int]) -> dict[int, set[int]]:
    """The criteria of verified entries, by enrolment, whether or not they are the programme's.

    Held against the programme's in Python: the join over units and cohorts took three times as long in PostgreSQL.
    """
    found: dict[int, set[int]] = defaultdict(set)
    rows = ActivityEntry.criteria.through.objects.filter(
        activityentry__enrolment__in=ids, activityentry__status=ActivityEntry.Status.APPROVED
    )
    for enrolment, criterion in rows.values_list("activityentry__enrolment", "criterion").distinct():
        found[enrolment].add(criterion)
    return found
