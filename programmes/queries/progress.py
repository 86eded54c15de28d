"""How enrolments stand: hours against plan, weekly bars, criteria touched."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

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

Kind = ActivityEntry.Kind


@dataclass(frozen=True)
class LearningDays:
    """The clock of an enrolment, in days: `elapsed` of `planned` learning days; days of a break are neither."""

    elapsed: int
    planned: int

    def expected(self, planned_minutes: int) -> int:
        """Minutes expected by now: learning days elapsed / learning days planned x planned minutes (domain.md)."""
        return round(planned_minutes * self.elapsed / self.planned) if self.planned else 0

    def a_week(self, planned_minutes: int) -> int:
        """Minutes that an even week holds."""
        return round(planned_minutes * 7 / self.planned) if self.planned else 0


def learning_days(enrolment: Enrolment, breaks: Iterable[BreakInLearning], *, on: dt.date) -> LearningDays:
    """The enrolment's learning days up to and including `on`: 0 before the start, all of them after the end.

    A break moves the planned end by its length once it is known (domain.md). An open one has not yet: its days are
    none of those elapsed, but they are not taken out of the plan before the end moves.
    """
    start, end = enrolment.starts_on, enrolment.ends_on
    away: set[int] = set()
    known: set[int] = set()
    for pause in breaks:
        first = max(pause.starts_on, start)
        last = min(pause.ends_on or on, end)
        away.update(range(first.toordinal(), last.toordinal() + 1))
        if pause.ends_on is not None:
            known.update(range(first.toordinal(), last.toordinal() + 1))
    planned = (end - start).days + 1 - len(known)
    until = min(on, end)
    elapsed = max((until - start).days + 1, 0) - sum(1 for day in away if day <= until.toordinal())
    return LearningDays(elapsed=max(elapsed, 0), planned=max(planned, 0))


@dataclass(frozen=True)
class Hours:
    """One kind's time in minutes, with the days that the expected figure was worked out from."""

    kind: str
    counted: int
    waiting: int
    expected: int
    planned: int
    days: LearningDays

    @property
    def tag(self) -> Tag:
        """The state in a word: how many hours behind, else on track; nothing is late before the start."""
        if self.behind:
            return Tag(
                "warning", "exclamation-triangle", _("%(hours)s behind") % {"hours": hours(self.behind)}
            )
        return Tag("success", "check-circle", _("On track"))

    @property
    def behind(self) -> int:
        """Minutes behind what is expected by now; 0 when there are none."""
        return max(self.expected - self.counted, 0)

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
    rows = list(enrolments.select_related("learner", "organisation", "cohort__programme"))
    return progress_of_rows(rows, on=on, weeks=weeks)


def progress_of_rows(rows: Sequence[Enrolment], *, on: dt.date, weeks: int = 12) -> list[Progress]:
    """The same for enrolments that are loaded already, with their programmes."""
    ids = [row.pk for row in rows]
    minutes = _minutes_by_kind(ids, on=on)
    weekly = _weekly_minutes(ids, on=on, weeks=weeks)
    touched, criteria = _criteria_touched(ids), _criteria_of({row.cohort.programme_id for row in rows})
    breaks: dict[int, list[BreakInLearning]] = defaultdict(list)
    for pause in BreakInLearning.objects.filter(enrolment__in=ids).order_by():
        breaks[pause.enrolment_id].append(pause)
    return [
        _progress(row, minutes[row.pk], weekly[row.pk], breaks[row.pk], touched, criteria, on=on)
        for row in rows
    ]


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
    touched: dict[int, set[int]],
    criteria: dict[int, set[int]],
    *,
    on: dt.date,
) -> Progress:
    programme = row.cohort.programme
    days = learning_days(row, breaks, on=on)

    def hours_of(kind: str, planned: int) -> Hours:
        counted, waiting = minutes.counted[kind], minutes.waiting[kind]
        return Hours(kind, counted, waiting, days.expected(planned), planned, days)

    return Progress(
        enrolment=row,
        off_job=hours_of(Kind.OFF_JOB.value, programme.off_job_minutes),
        on_job=hours_of(Kind.ON_JOB.value, programme.on_job_minutes),
        weekly=weekly,
        weekly_expected=days.a_week(programme.off_job_minutes),
        criteria_touched=len(touched[row.pk] & criteria[programme.pk]),
        criteria_total=len(criteria[programme.pk]),
        last_done_on=minutes.last_done_on,
        waiting_count=minutes.waiting_count,
    )


def _minutes_by_kind(ids: Sequence[int], *, on: dt.date) -> dict[int, _Minutes]:
    found: dict[int, _Minutes] = defaultdict(_Minutes)
    groups = (
        ActivityEntry.objects.filter(enrolment__in=ids)
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
