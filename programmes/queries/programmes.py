"""Programmes as their leads see them: lists, units with their criteria, coverage, how the translations stand."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from core.texts import LANGUAGES, TextState, state_of
from core.translated import language_column
from people.models import User
from people.permissions import Permission
from programmes.models import Cohort, Enrolment, Programme, ProgrammeUnit
from standards.models import Criterion, Framework
from standards.queries import CriterionNode, criterion_tree

TEXTS = ("title", "summary")
TREE_ORDER = ("framework", "parent__order", "order", "pk")
RUNNING = Q(status__in=[Enrolment.Status.ONBOARDING, Enrolment.Status.ACTIVE, Enrolment.Status.ON_BREAK])
"""Enrolments that a change of the programme touches: begun and not ended."""


def _number(rows: QuerySet[Enrolment], path: str) -> Coalesce:
    """A column with the number of the rows that hang on each outer row by `path`."""
    found = rows.filter(**{path: OuterRef("pk")}).order_by().values(path).annotate(number=Count("pk"))
    return Coalesce(Subquery(found.values("number")), 0, output_field=IntegerField())


def programmes_for(user: User) -> QuerySet[Programme]:
    """The programmes that the person may read, by title, with `running`: learners in them now."""
    rows: QuerySet[Programme] = Programme.objects.permitted_to(user, Permission.PROGRAMME_READ)
    return (
        rows.select_related("organisation")
        .prefetch_related("units")
        .annotate(running=_number(Enrolment.objects.filter(RUNNING), "cohort__programme"))
        .order_by("status", language_column("title"), "code")
    )


def cohorts_of(programme: Programme) -> QuerySet[Cohort]:
    """The cohorts, newest first, with `running` and `total` numbers of learners."""
    return programme.cohorts.annotate(
        running=_number(Enrolment.objects.filter(RUNNING), "cohort"),
        total=_number(Enrolment.objects.all(), "cohort"),
    ).order_by("-starts_on", "-pk")


def units_of(programme: Programme) -> list[ProgrammeUnit]:
    """The units in their order, with their criteria."""
    criteria = Prefetch("criteria", Criterion.objects.order_by(*TREE_ORDER))
    return list(programme.units.order_by("order").prefetch_related(criteria))


@dataclass(frozen=True)
class Coverage:
    """How much of a framework a programme's units work towards; `uncovered` in the order of the tree."""

    framework: Framework
    total: int
    uncovered: Sequence[Criterion]

    @property
    def covered(self) -> int:
        """The number of criteria that are in a unit."""
        return self.total - len(self.uncovered)


def coverage_of(programme: Programme, units: Iterable[ProgrammeUnit]) -> list[Coverage]:
    """By framework, which of its criteria no unit works towards. An area counts as covered with what is below it."""
    mapped = {criterion.pk for unit in units for criterion in unit.criteria.all()}
    leaves: dict[int, list[Criterion]] = defaultdict(list)
    rows = Criterion.objects.filter(framework__programmes=programme, children=None)
    for criterion in rows.order_by(*TREE_ORDER):
        leaves[criterion.framework_id].append(criterion)
    return [
        Coverage(
            framework,
            len(leaves[framework.pk]),
            [row for row in leaves[framework.pk] if row.pk not in mapped and row.parent_id not in mapped],
        )
        for framework in programme.frameworks.order_by("code", "version")
    ]


@dataclass(frozen=True)
class LanguageState:
    """How many texts of a programme and its units are there in a language, missing, or behind the original."""

    language: str
    current: int
    missing: int
    changed_since: int

    @property
    def total(self) -> int:
        """All texts that there is an original of."""
        return self.current + self.missing + self.changed_since


def language_states(programme: Programme, units: Iterable[ProgrammeUnit]) -> list[LanguageState]:
    """The state of each language over all texts of the programme; its original counts as current."""
    rows = [programme, *units]
    found = []
    for language in LANGUAGES:
        states = Counter(state_of(row, field, language) for row in rows for field in TEXTS)
        found.append(
            LanguageState(
                language,
                states[TextState.CURRENT] + states[TextState.SOURCE],
                states[TextState.MISSING],
                states[TextState.CHANGED_SINCE],
            )
        )
    return found


@dataclass(frozen=True)
class FrameworkChoice:
    """A framework's criteria as a tree to choose from; `found` of them match the search."""

    framework: Framework
    roots: Sequence[CriterionNode]
    found: int


def criteria_to_map(programme: Programme, *, query: str) -> list[FrameworkChoice]:
    """The criteria of the programme's frameworks, by framework and area, narrowed by a search."""
    found = []
    for framework in programme.frameworks.order_by("code", "version"):
        tree = criterion_tree(framework, query=query)
        found.append(FrameworkChoice(framework, tree.roots, tree.found))
    return found


def units_by_criterion(programme: Programme, *, but: ProgrammeUnit) -> dict[int, list[ProgrammeUnit]]:
    """For each criterion the other units that work towards it, in their order."""
    found: dict[int, list[ProgrammeUnit]] = defaultdict(list)
    for unit in programme.units.exclude(pk=but.pk).order_by("order").prefetch_related("criteria"):
        for criterion in unit.criteria.all():
            found[criterion.pk].append(unit)
    return found
