"""The tables of a programme lead, with the rows that the numbers are about."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from dashboards.queries.lead import Summary, Totals, Way, totals_of, ways_of
from programmes.models import Cohort, LearningStrategy, Programme
from standards.models import Criterion


@dataclass(frozen=True)
class CohortRow:
    """A cohort and its figures."""

    cohort: Cohort
    totals: Totals


def _share(value: int | None) -> int:
    """A share to sort by: what has none comes last."""
    return 101 if value is None else value


COHORT_SORTS: Mapping[str, tuple[Callable[[], str], Callable[[CohortRow], Any]]] = {
    "at_risk": (
        lambda: _("Most at risk first"),
        lambda row: (-row.totals.at_risk, -row.totals.watch, row.cohort.name),
    ),
    "name": (lambda: _("By name"), lambda row: (row.cohort.name, row.cohort.pk)),
    "learners": (lambda: _("Most learners first"), lambda row: (-row.totals.learners, row.cohort.name)),
    "hours": (
        lambda: _("Furthest behind with hours first"),
        lambda row: (_share(row.totals.share), row.cohort.name),
    ),
    "rate": (
        lambda: _("Lowest application rate first"),
        lambda row: (_share(row.totals.rate.percent), row.cohort.name),
    ),
    "overdue": (
        lambda: _("Most overdue goals first"),
        lambda row: (-row.totals.overdue, row.cohort.name),
    ),
    "criteria": (
        lambda: _("Fewest criteria reached first"),
        lambda row: (_share(row.totals.criteria_share), row.cohort.name),
    ),
}
"""By name in the address: what the order is called, and what it goes by."""


def cohort_rows(summaries: Sequence[Summary], *, sort: str = "at_risk") -> list[CohortRow]:
    """The cohorts with somebody under way, side by side; one query."""
    of_cohort = {line.cohort: one for one in summaries for line in one.learners}
    cohorts = Cohort.objects.filter(pk__in=of_cohort).select_related("programme")
    rows = [CohortRow(cohort, totals_of([of_cohort[cohort.pk]], cohort.pk)) for cohort in cohorts]
    return sorted(rows, key=COHORT_SORTS[sort][1])


@dataclass(frozen=True)
class WayRow:
    """A way of learning and its figures; `share` is of all verified minutes, in whole per cent."""

    strategy: LearningStrategy
    way: Way
    share: int


def way_rows(summaries: Iterable[Summary]) -> list[WayRow]:
    """Hours and application rate by way of learning, the most hours first; one query."""
    ways = ways_of(summaries)
    strategies = LearningStrategy.objects.in_bulk([way.strategy for way in ways])
    whole = sum(way.minutes for way in ways)
    return [
        WayRow(strategies[way.strategy], way, (200 * way.minutes + whole) // (2 * whole))
        for way in ways
        if way.strategy in strategies and whole
    ]


@dataclass(frozen=True)
class ReachedCriterion:
    """A criterion, with verified activities towards it and of how many learners."""

    criterion: Criterion
    activities: int
    learners: int


@dataclass(frozen=True)
class ProgrammeCriteria:
    """The criteria of one programme's units: how many no activity reaches, of how many; `lines` the least reached."""

    programme: Programme
    untouched: int
    total: int
    learners: int
    lines: Sequence[ReachedCriterion]


def criterion_rows(
    summaries: Mapping[int, Summary], programmes: Iterable[Programme], *, most: int | None = None
) -> list[ProgrammeCriteria]:
    """By programme, the criteria that the fewest verified activities reach first, `most` of them; one query."""
    shown = {pk: one.criteria[:most] for pk, one in summaries.items()}
    criteria = Criterion.objects.in_bulk({line.criterion for lines in shown.values() for line in lines})
    return [
        ProgrammeCriteria(
            programme,
            sum(not line.activities for line in summaries[programme.pk].criteria),
            len(summaries[programme.pk].criteria),
            len(summaries[programme.pk].learners),
            [
                ReachedCriterion(criteria[line.criterion], line.activities, line.learners)
                for line in shown[programme.pk]
                if line.criterion in criteria
            ],
        )
        for programme in programmes
        if programme.pk in summaries and summaries[programme.pk].criteria
    ]
