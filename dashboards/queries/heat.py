"""Who has verified activities towards which criterion: the heat map of a team."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Sum

from people.models import User
from people.permissions import Permission
from programmes.models import ActivityEntry, Enrolment, Programme, ProgrammeUnit
from standards.models import Criterion

MOST_COLUMNS = 60
LEVEL_STEPS = (1, 2, 4, 7)
"""From how many verified activities on a cell has level 1, 2, 3 and 4."""
THIN_SHOWN = 3
SORTS = ("name", "most", "least")


@dataclass(frozen=True)
class HeatCell:
    """Verified activities of one person towards one criterion, and their minutes."""

    activities: int = 0
    minutes: int = 0

    @property
    def level(self) -> int:
        """From 0 (nothing) to 4, by the number of activities."""
        return sum(self.activities >= step for step in LEVEL_STEPS)


@dataclass(frozen=True)
class HeatColumn:
    """A criterion, and how many of the people have a verified activity towards it."""

    criterion: Criterion
    covered: int
    people: int

    @property
    def is_thin(self) -> bool:
        """Whether fewer than half of the people have one."""
        return self.covered * 2 < self.people


@dataclass(frozen=True)
class HeatRow:
    """One person with a cell for each column."""

    enrolment: Enrolment
    cells: Sequence[HeatCell]

    @property
    def covered(self) -> int:
        """Towards how many of the criteria the person has a verified activity."""
        return sum(cell.activities > 0 for cell in self.cells)


@dataclass(frozen=True)
class HeatMap:
    """The people of one programme × its criteria; of a programme with too many criteria those of one area. `left_out`
    is how many of that area are too many.
    """

    programme: Programme
    columns: Sequence[HeatColumn]
    rows: Sequence[HeatRow]
    everybody: Sequence[Enrolment]
    areas: Sequence[Criterion] = ()
    area: Criterion | None = None
    left_out: int = 0

    @property
    def thin(self) -> Sequence[HeatColumn]:
        """The criteria that the fewest people have an activity towards, where these are fewer than half."""
        found = [column for column in self.columns if column.is_thin]
        return sorted(found, key=lambda column: column.covered)[:THIN_SHOWN]

    @property
    def table(self) -> str:
        """Its name among the downloads of the page."""
        return f"heat-{self.programme.pk}"


def heat_maps(
    enrolments: Sequence[Enrolment], reader: User, *, sort: str = "name", area: str = "", only: str = ""
) -> list[HeatMap]:
    """One map for each programme of the enrolments, which are loaded with their programmes; two queries
    beside the reader's roles.

    `sort` is one of SORTS; `area` the key of an area, used where a programme has more than MOST_COLUMNS criteria;
    `only` the key of the one enrolment whose row is shown. Who has activities is counted over everybody all the same.
    """
    by_programme: dict[int, list[Enrolment]] = defaultdict(list)
    for enrolment in enrolments:
        by_programme[enrolment.cohort.programme_id].append(enrolment)
    criteria = _criteria_of(by_programme)
    cells = _cells(enrolments, reader)
    return [
        _map(people, criteria[programme], cells, sort=sort, area=area, only=only)
        for programme, people in by_programme.items()
        if criteria[programme]
    ]


def _criteria_of(programmes: Collection[int]) -> Mapping[int, list[Criterion]]:
    """The criteria of the programmes' units in the order of their tree, each once."""
    rows = (
        ProgrammeUnit.criteria.through.objects.filter(programmeunit__programme__in=programmes)
        .select_related("programmeunit", "criterion__parent")
        .order_by("criterion__framework", "criterion__parent__order", "criterion__order", "criterion")
    )
    found: dict[int, dict[int, Criterion]] = defaultdict(dict)
    for row in rows:
        found[row.programmeunit.programme_id].setdefault(row.criterion_id, row.criterion)
    return defaultdict(list, {programme: list(rows.values()) for programme, rows in found.items()})


def _cells(enrolments: Sequence[Enrolment], reader: User) -> Mapping[tuple[int, int], HeatCell]:
    """Every cell that is not empty, by enrolment and criterion."""
    rows = (
        ActivityEntry.objects.filter(
            enrolment__in=[row.pk for row in enrolments],
            status=ActivityEntry.Status.APPROVED,
            criteria__isnull=False,
        )
        .permitted_to(reader, Permission.ACTIVITY_READ)
        .order_by()
        .values_list("enrolment", "criteria")
        .annotate(activities=Count("pk"), total=Sum("minutes"))
    )
    return {(enrolment, criterion): HeatCell(number, total) for enrolment, criterion, number, total in rows}


def _map(
    people: Sequence[Enrolment],
    criteria: Sequence[Criterion],
    cells: Mapping[tuple[int, int], HeatCell],
    *,
    sort: str,
    area: str,
    only: str,
) -> HeatMap:
    areas: list[Criterion] = []
    chosen = None
    if len(criteria) > MOST_COLUMNS:
        areas = list({row.pk: row for row in (each.parent or each for each in criteria)}.values())
        chosen = next((row for row in areas if str(row.pk) == area), areas[0])
        criteria = [row for row in criteria if chosen.pk in (row.pk, row.parent_id)]
    left_out = max(len(criteria) - MOST_COLUMNS, 0)
    criteria = criteria[:MOST_COLUMNS]
    rows = [
        HeatRow(person, [cells.get((person.pk, row.pk), HeatCell()) for row in criteria]) for person in people
    ]
    columns = [
        HeatColumn(row, sum(person.cells[place].activities > 0 for person in rows), len(rows))
        for place, row in enumerate(criteria)
    ]
    shown = [row for row in rows if str(row.enrolment.pk) == only] or rows
    everybody = [row.enrolment for row in _sorted(rows, SORTS[0])]
    return HeatMap(
        people[0].cohort.programme, columns, _sorted(shown, sort), everybody, areas, chosen, left_out
    )


def _sorted(rows: Sequence[HeatRow], sort: str) -> list[HeatRow]:
    by_name = sorted(rows, key=lambda row: (row.enrolment.learner.display_name, row.enrolment.pk))
    if sort == "most":
        return sorted(by_name, key=lambda row: -row.covered)
    return sorted(by_name, key=lambda row: row.covered) if sort == "least" else by_name
