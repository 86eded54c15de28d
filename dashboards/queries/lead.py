"""Programmes at large, for who leads them: how their learners stand, by cohort, criterion and way of learning.

Going through every entry of a thousand learners takes longer than a page may, so what is worked out for a programme
is kept for a minute. It is kept by programme and in no language, never by person: who may read a programme is asked
anew for every page, before anything is looked up here.
"""

import datetime as dt
import logging
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from dashboards.queries.team import worst_first
from people.models import User
from people.permissions import Permission
from programmes.models import ActivityEntry, ApplicationRecord, Enrolment, Goal, Programme, ProgrammeUnit
from programmes.queries.applications import Rate
from programmes.queries.progress import Kind, Progress, progress_of_rows
from programmes.queries.progress_status import Level

logger = logging.getLogger(__name__)

KEPT_SECONDS = 60
VERSION = 1
"""Part of the key: another shape of what is kept gets another number."""


class LearnerLine(NamedTuple):
    """How one learner stands, in a few numbers; the worst come first."""

    enrolment: int
    cohort: int
    level: str
    counted: int
    expected: int
    touched: int
    criteria: int


class WayLine(NamedTuple):
    """Verified minutes of one way of learning in one cohort, and what of those off the job is applied."""

    cohort: int
    strategy: int
    off_job: int
    on_job: int
    applied: int


class CriterionLine(NamedTuple):
    """A criterion of a programme's units: verified activities towards it, and of how many learners."""

    criterion: int
    activities: int
    learners: int


@dataclass(frozen=True)
class Summary:
    """What is known about one programme's learners under way, as of a moment."""

    programme: int
    at: dt.datetime
    learners: Sequence[LearnerLine] = ()
    ways: Sequence[WayLine] = ()
    criteria: Sequence[CriterionLine] = ()
    goals: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    """By cohort, goals pursued and how many of them are overdue."""


def programmes_watched(user: User) -> QuerySet[Programme]:
    """The programmes that the person leads today."""
    rows: QuerySet[Programme] = Programme.objects.permitted_to(user, Permission.PROGRAMME_WATCH)
    return rows


def summaries_of(programmes: Collection[int], *, on: dt.date) -> dict[int, Summary]:
    """The summary of each of these programmes, which the caller asked for the right to read; none older than a
    minute. The same number of queries for any number of programmes and learners, or none.
    """
    keys = {pk: f"lead:{VERSION}:{pk}:{on.isoformat()}" for pk in programmes}
    kept = _kept(keys.values())
    found = {pk: kept[key] for pk, key in keys.items() if key in kept}
    missing = [pk for pk in keys if pk not in found]
    if missing:
        made = _summarise(missing, on=on)
        _keep({keys[pk]: summary for pk, summary in made.items()})
        found |= made
    return found


def _kept(keys: Iterable[str]) -> dict[str, Summary]:
    try:
        return dict(cache.get_many(list(keys)))
    except Exception:  # without Redis the page is slow, and still there
        logger.exception("The cache does not answer")
        return {}


def _keep(rows: Mapping[str, Summary]) -> None:
    try:
        cache.set_many(dict(rows), KEPT_SECONDS)
    except Exception:
        logger.exception("The cache does not answer")


def _summarise(programmes: Collection[int], *, on: dt.date) -> dict[int, Summary]:
    under_way = Enrolment.objects.filter(cohort__programme__in=programmes).under_way()
    rows = list(
        under_way.select_related("learner", "cohort__programme__balance_rule").order_by(
            "learner__display_name", "pk"
        )
    )
    progress = worst_first(progress_of_rows(rows, on=on, weeks=1))
    learners: dict[int, list[LearnerLine]] = defaultdict(list)
    for row in progress:
        learners[row.enrolment.cohort.programme_id].append(_line(row))
    cohorts = {row.cohort_id: row.cohort.programme_id for row in rows}
    entries = ActivityEntry.objects.filter(
        enrolment__in=under_way.order_by().values("pk"), status=ActivityEntry.Status.APPROVED
    ).order_by()
    ways, criteria = _ways(entries, cohorts), _criteria(entries, programmes)
    goals = _goals(under_way, cohorts, on=on)
    now = timezone.now()
    return {pk: Summary(pk, now, learners[pk], ways[pk], criteria[pk], goals[pk]) for pk in programmes}


def _line(row: Progress) -> LearnerLine:
    return LearnerLine(
        row.enrolment.pk,
        row.enrolment.cohort_id,
        row.status.level.value if row.status else "",
        row.off_job.counted,
        row.off_job.expected,
        row.criteria_touched,
        row.criteria_total,
    )


def _ways(entries: QuerySet[ActivityEntry], cohorts: Mapping[int, int]) -> dict[int, list[WayLine]]:
    off, on = Q(kind=Kind.OFF_JOB), Q(kind=Kind.ON_JOB)
    confirmed = Q(application__status=ApplicationRecord.Status.CONFIRMED)
    sums = entries.values_list("enrolment__cohort", "strategy").annotate(
        off=Sum("minutes", filter=off, default=0),
        on=Sum("minutes", filter=on, default=0),
        applied=Sum("minutes", filter=off & confirmed, default=0),
    )
    found: dict[int, list[WayLine]] = defaultdict(list)
    for row in sums:
        found[cohorts.get(row[0], 0)].append(WayLine(*row))
    return found


def _criteria(
    entries: QuerySet[ActivityEntry], programmes: Collection[int]
) -> dict[int, list[CriterionLine]]:
    """Every criterion of the programmes' units, those that the fewest activities reach first."""
    numbers = {
        (programme, criterion): (activities, learners)
        for programme, criterion, activities, learners in entries.filter(criteria__isnull=False)
        .values_list("enrolment__cohort__programme", "criteria")
        .annotate(activities=Count("pk"), learners=Count("enrolment", distinct=True))
    }
    mapped = ProgrammeUnit.criteria.through.objects.filter(programmeunit__programme__in=programmes)
    found: dict[int, list[CriterionLine]] = defaultdict(list)
    for programme, criterion in mapped.values_list("programmeunit__programme", "criterion").distinct():
        found[programme].append(CriterionLine(criterion, *numbers.get((programme, criterion), (0, 0))))
    for lines in found.values():
        lines.sort(key=lambda line: (line.activities, line.criterion))
    return found


def _goals(
    under_way: QuerySet[Enrolment], cohorts: Mapping[int, int], *, on: dt.date
) -> dict[int, dict[int, tuple[int, int]]]:
    rows = (
        Goal.objects.filter(enrolment__in=under_way.order_by().values("pk"))
        .pursued()
        .order_by()
        .values_list("enrolment__cohort")
        .annotate(pursued=Count("pk"), overdue=Count("pk", filter=Q(target_on__lt=on)))
    )
    found: dict[int, dict[int, tuple[int, int]]] = defaultdict(dict)
    for cohort, pursued, overdue in rows:
        found[cohorts.get(cohort, 0)][cohort] = (pursued, overdue)
    return found


# Put together for a page ------------------------------------------------------------------


@dataclass(frozen=True)
class Totals:
    """Figures over a group of learners; minutes are off the job, `touched` of `criteria` summed over the learners."""

    learners: int
    levels: Mapping[str, int]
    counted: int
    expected: int
    touched: int
    criteria: int
    rate: Rate
    pursued: int
    overdue: int

    def of_level(self, level: Level) -> int:
        """How many learners stand so."""
        return self.levels.get(level.value, 0)

    @property
    def on_track(self) -> int:
        """How many are on track."""
        return self.of_level(Level.ON_TRACK)

    @property
    def watch(self) -> int:
        """How many to watch."""
        return self.of_level(Level.WATCH)

    @property
    def at_risk(self) -> int:
        """How many are at risk."""
        return self.of_level(Level.AT_RISK)

    @property
    def on_break(self) -> int:
        """How many are on a break."""
        return self.of_level(Level.ON_BREAK)

    @property
    def others(self) -> int:
        """The rest: not started, or too early to say."""
        return self.learners - self.on_track - self.watch - self.at_risk - self.on_break

    @property
    def share(self) -> int | None:
        """Counted of expected, in whole per cent; None where nothing is expected yet."""
        return (200 * self.counted + self.expected) // (2 * self.expected) if self.expected else None

    @property
    def criteria_share(self) -> int | None:
        """Criteria with a verified activity of all, over the learners, in whole per cent."""
        return (200 * self.touched + self.criteria) // (2 * self.criteria) if self.criteria else None


def totals_of(summaries: Iterable[Summary], cohort: int | None = None) -> Totals:
    """Figures over the summaries, or over one cohort in them."""
    found = list(summaries)
    lines = [row for one in found for row in one.learners if cohort in (None, row.cohort)]
    ways = [row for one in found for row in one.ways if cohort in (None, row.cohort)]
    goals = [pair for one in found for key, pair in one.goals.items() if cohort in (None, key)]
    return Totals(
        learners=len(lines),
        levels=Counter(row.level for row in lines),
        counted=sum(row.counted for row in lines),
        expected=sum(row.expected for row in lines),
        touched=sum(row.touched for row in lines),
        criteria=sum(row.criteria for row in lines),
        rate=Rate(sum(row.applied for row in ways), sum(row.off_job for row in ways)),
        pursued=sum(pursued for pursued, _overdue in goals),
        overdue=sum(overdue for _pursued, overdue in goals),
    )


@dataclass(frozen=True)
class Way:
    """Verified minutes of one way of learning over all learners, and its application rate."""

    strategy: int
    off_job: int
    on_job: int
    rate: Rate

    @property
    def minutes(self) -> int:
        """Minutes of both kinds."""
        return self.off_job + self.on_job


def ways_of(summaries: Iterable[Summary]) -> list[Way]:
    """Hours and application rate of each way of learning, the most hours first."""
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in summaries:
        for row in one.ways:
            for place, minutes in enumerate((row.off_job, row.on_job, row.applied)):
                sums[row.strategy][place] += minutes
    ways = [Way(strategy, off, on, Rate(applied, off)) for strategy, (off, on, applied) in sums.items()]
    return sorted(ways, key=lambda way: (-way.minutes, way.strategy))


RANKS = {level.value: place for place, level in enumerate(Level)}


def lines_of(
    summaries: Iterable[Summary], *, cohort: int | None = None, level: str = ""
) -> list[LearnerLine]:
    """The learners of the summaries, the worst first; of one cohort or one standing where wanted."""
    lines = [
        row
        for one in summaries
        for row in one.learners
        if cohort in (None, row.cohort) and level in ("", row.level)
    ]
    return sorted(lines, key=lambda row: (RANKS[row.level], min(row.counted - row.expected, 0)))


def progress_of_lines(lines: Sequence[LearnerLine], reader: User, *, on: dt.date) -> list[Progress]:
    """How these learners stand now, with reasons, in the order of the lines: those whom the reader may see."""
    enrolments = Enrolment.objects.filter(pk__in=[row.enrolment for row in lines])
    rows = enrolments.permitted_to(reader, Permission.PROGRESS_READ).select_related(
        "learner", "organisation", "cohort__programme__balance_rule"
    )
    place = {row.enrolment: number for number, row in enumerate(lines)}
    return progress_of_rows(sorted(rows, key=lambda row: place[row.pk]), on=on)
