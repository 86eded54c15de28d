"""The golden thread: what there is on a criterion, bead by bead, as far as the reader may see it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.tags import Tag, Tone
from core.templatetags.components import hours
from people.models import User
from people.permissions import Permission
from programmes.models import (
    ActivityEntry,
    ApplicationRecord,
    Enrolment,
    EvidenceFile,
    Goal,
    ProgrammeUnit,
)
from programmes.models.applications import ApplicationQuerySet
from programmes.models.goals import CLOSED_GOALS, PURSUED, GoalQuerySet
from programmes.queries.goals import goals_of
from standards.models import Criterion, Framework

TREE = ("framework", "parent__parent__order", "parent__order", "parent", "order", "pk")
Answer = ApplicationRecord.Status


def entries_read(enrolment: Enrolment, user: User) -> QuerySet[ActivityEntry]:
    """The enrolment's activities that the person may read, without versions that were replaced."""
    rows = ActivityEntry.objects.filter(enrolment=enrolment).permitted_to(user, Permission.ACTIVITY_READ)
    return rows.exclude(status=ActivityEntry.Status.SUPERSEDED)


def goals_read(enrolment: Enrolment, user: User) -> GoalQuerySet:
    """The enrolment's goals that the person may read."""
    return Goal.objects.filter(enrolment=enrolment).permitted_to(user, Permission.GOAL_READ)


def answers_read(enrolment: Enrolment, user: User) -> ApplicationQuerySet:
    """The answers on the enrolment's activities that the person may read; for the learner also what is not answered.

    What was said with a draft is part of the draft.
    """
    rows = ApplicationRecord.objects.filter(entry__enrolment=enrolment)
    rows = rows.exclude(entry__status=ActivityEntry.Status.DRAFT)
    return rows.permitted_to(user, Permission.APPLICATION_READ)


# How much there is ------------------------------------------------------------------------


class Area(NamedTuple):
    """What criteria are grouped by: their standard and the one above them."""

    framework: Framework
    parent: Criterion | None


@dataclass(frozen=True)
class CriterionLine:
    """How much there is on one criterion. Goals and answers by state; `minutes` are those of verified activities."""

    criterion: Criterion
    is_planned: bool
    goals: dict[str, int] = field(default_factory=dict)
    answers: dict[str, int] = field(default_factory=dict)
    entries: int = 0
    verified: int = 0
    minutes: int = 0
    last_on: dt.date | None = None

    @property
    def area(self) -> Area:
        """Where it stands in its standard."""
        return Area(self.criterion.framework, self.criterion.parent)

    @property
    def goal_count(self) -> int:
        """How many goals name it, dropped ones too."""
        return sum(self.goals.values())

    @property
    def agreed_goals(self) -> int:
        """How many goals somebody agreed to and nobody dropped."""
        kept = (PURSUED | CLOSED_GOALS) - {Goal.Status.DROPPED.value}
        return sum(number for status, number in self.goals.items() if status in kept)

    @property
    def answered(self) -> int:
        """How many activities are said to be used at work, confirmed or not."""
        used = (Answer.SUBMITTED, Answer.RETURNED, Answer.CONFIRMED)
        return sum(self.answers.get(status.value, 0) for status in used)

    @property
    def confirmed(self) -> int:
        """How many applications are confirmed."""
        return self.answers.get(Answer.CONFIRMED.value, 0)

    @property
    def open_answers(self) -> int:
        """How many activities the learner has not said yet whether they used them; for others there are none."""
        return self.answers.get(Answer.PROMPTED.value, 0)

    @property
    def state(self) -> str:
        """One of STATES."""
        if self.confirmed:
            return "applied"
        return "touched" if self.entries or self.goals or self.answered else "untouched"

    @property
    def tag(self) -> Tag:
        """The state as the pages show it."""
        tone, icon, word = STATES[self.state]
        return Tag(tone, icon, str(word), is_plain=self.state == "touched")


STATES: dict[str, tuple[Tone, str, Any]] = {
    "untouched": ("warning", "dash-circle", gettext_lazy("Nothing yet")),
    "touched": ("neutral", "journal-text", gettext_lazy("Begun")),
    "applied": ("success", "briefcase", gettext_lazy("Applied at work")),
}


def lines_of(enrolment: Enrolment, user: User, *, only: Collection[int] | None = None) -> list[CriterionLine]:
    """A line for every criterion of the learner's programme, and for every other one that something names.

    In the order of the standards; five queries. With `only` those criteria alone.
    """
    units = ProgrammeUnit.criteria.through.objects.filter(
        programmeunit__programme=enrolment.cohort.programme_id
    )
    planned = set(units.values_list("criterion", flat=True))
    entries = _entries_by_criterion(enrolment, user, only)
    goals = _by_state(goals_read(enrolment, user), "criteria", only)
    answers = _by_state(answers_read(enrolment, user), "entry__criteria", only)
    wanted = planned | entries.keys() | goals.keys() | answers.keys() if only is None else set(only)
    criteria = Criterion.objects.filter(pk__in=wanted).select_related("framework", "parent").order_by(*TREE)
    return [
        CriterionLine(
            row, row.pk in planned, goals.get(row.pk, {}), answers.get(row.pk, {}), **entries.get(row.pk, {})
        )
        for row in criteria
    ]


def line_of(enrolment: Enrolment, user: User, criterion: Criterion) -> CriterionLine:
    """The line of one criterion."""
    (line,) = lines_of(enrolment, user, only=[criterion.pk])
    return line


def _narrowed(path: str, only: Collection[int] | None) -> dict[str, Any]:
    return {f"{path}__isnull": False} if only is None else {f"{path}__in": only}


def _entries_by_criterion(
    enrolment: Enrolment, user: User, only: Collection[int] | None
) -> dict[int, dict[str, Any]]:
    verified = Q(status=ActivityEntry.Status.APPROVED)
    rows: Any = (
        entries_read(enrolment, user)
        .filter(**_narrowed("criteria", only))
        .order_by()
        .values("criteria")
        .annotate(
            entries=Count("pk"),
            verified=Count("pk", filter=verified),
            verified_minutes=Sum("minutes", filter=verified, default=0),
            last_on=Max("done_on"),
        )
    )
    return {
        row["criteria"]: {
            "entries": row["entries"],
            "verified": row["verified"],
            "minutes": row["verified_minutes"],
            "last_on": row["last_on"],
        }
        for row in rows
    }


def _by_state(
    rows: "GoalQuerySet | ApplicationQuerySet", path: str, only: Collection[int] | None
) -> dict[int, dict[str, int]]:
    """How many rows of each state name a criterion, by criterion."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    groups = rows.filter(**_narrowed(path, only)).order_by().values_list(path, "status")
    for criterion, status, number in groups.annotate(number=Count("pk")):
        found[criterion][status] = number
    return dict(found)


# Beads ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bead:
    """One bead: what it stands for, what there is, and where one reads more. `now` says what comes next."""

    icon: str
    title: str
    text: str
    is_done: bool = False
    is_now: bool = False
    now: str = ""
    anchor: str = ""


def beads_of(line: CriterionLine, *, with_evidence: int | None = None) -> list[Bead]:
    """The beads in the order of the thread. Ratings, projects and the sign-off have no data yet, and say so.

    The bead that is `now` is the first one open behind the furthest that is done: nobody is sent back to set a goal
    for what is used at work already.
    """
    steps = [_goal_bead(line), _activity_bead(line, with_evidence), _applied_bead(line)]
    done = [place for place, bead in enumerate(steps) if bead.is_done]
    now = done[-1] + 1 if done else 0
    goal, activities, applied = (
        Bead(**{**vars(bead), "is_now": place == now, "now": bead.now if place == now else ""})
        for place, bead in enumerate(steps)
    )
    to_come = _("Still to come")
    return [
        Bead("award", _("Criterion"), line.criterion.code, is_done=True),
        Bead("compass", _("Rating"), _("Not rated yet")),
        goal,
        activities,
        Bead("kanban", _("Project"), to_come),
        applied,
        Bead("pen", _("Sign-off"), to_come),
    ]


def _goal_bead(line: CriterionLine) -> Bead:
    number = line.goal_count
    text = (
        ngettext("%(number)s goal", "%(number)s goals", number) % {"number": number}
        if number
        else _("No goal yet")
    )
    if line.goals.get(Goal.Status.PROPOSED.value):
        now = _("Now: waiting to be agreed")
    elif line.goals.get(Goal.Status.DRAFT.value):
        now = _("Now: propose the goal")
    else:
        now = _("Now: set a goal")
    return Bead("flag", _("Goal"), text, bool(line.agreed_goals), now=now, anchor="goals")


def _activity_bead(line: CriterionLine, with_evidence: int | None) -> Bead:
    parts = [
        ngettext("%(number)s activity", "%(number)s activities", line.entries) % {"number": line.entries}
        if line.entries
        else _("No activity yet")
    ]
    if line.verified:
        parts.append(_("%(hours)s verified") % {"hours": hours(line.minutes)})
    if with_evidence:
        parts.append(
            ngettext("%(number)s with evidence", "%(number)s with evidence", with_evidence)
            % {"number": with_evidence}
        )
    now = _("Now: waiting to be verified") if line.entries else _("Now: log an activity")
    return Bead(
        "journal-check", _("Activities"), ", ".join(parts), bool(line.verified), now=now, anchor="activities"
    )


def _applied_bead(line: CriterionLine) -> Bead:
    number = line.answered
    text = (
        ngettext("Used at work %(number)s time", "Used at work %(number)s times", number) % {"number": number}
        if number
        else _("Not used at work yet")
    )
    if line.answers.get(Answer.SUBMITTED.value):
        now = _("Now: waiting to be confirmed")
    elif line.answers.get(Answer.RETURNED.value):
        now = _("Now: answer the question")
    elif line.open_answers:
        now = _("Now: say whether it is used")
    else:
        now = _("Now: use it at work")
    return Bead("briefcase", _("Applied at work"), text, bool(line.confirmed), now=now, anchor="applied")


def planned_criteria(enrolment: Enrolment) -> QuerySet[Criterion]:
    """The criteria that the units of the learner's programme are mapped to."""
    units = ProgrammeUnit.criteria.through.objects.filter(
        programmeunit__programme=enrolment.cohort.programme_id
    )
    return Criterion.objects.filter(pk__in=units.values("criterion")).order_by(*TREE)


# One criterion ----------------------------------------------------------------------------


def criteria_reached(enrolment: Enrolment, user: User) -> QuerySet[Criterion]:
    """The criteria whose thread the person may open: those of the programme, and what its standards hold besides."""
    programme = enrolment.cohort.programme_id
    units = ProgrammeUnit.criteria.through.objects.filter(programmeunit__programme=programme)
    named = (
        Q(framework__programmes=programme)
        | Q(pk__in=units.values("criterion"))
        | Q(pk__in=entries_read(enrolment, user).order_by().values("criteria"))
        | Q(pk__in=goals_read(enrolment, user).order_by().values("criteria"))
    )
    return Criterion.objects.filter(named).select_related("framework", "parent__parent__parent").distinct()


def parents_of(criterion: Criterion) -> list[Criterion]:
    """The criteria above it, from the top down."""
    found: list[Criterion] = []
    node = criterion.parent
    while node is not None:
        found.insert(0, node)
        node = node.parent
    return found


def goals_on(criterion: Criterion, enrolment: Enrolment, user: User) -> list[Goal]:
    """The goals that name it, pursued ones first, each with its latest `progress` (None before the first check-in)."""
    return list(goals_of(enrolment, user).filter(criteria=criterion))


def answers_on(criterion: Criterion, enrolment: Enrolment, user: User) -> ApplicationQuerySet:
    """What was answered on its activities, the latest activity first."""
    rows: ApplicationQuerySet = (
        answers_read(enrolment, user)
        .filter(entry__criteria=criterion)
        .exclude(status=Answer.PROMPTED)
        .select_related("entry", "confirmed_by")
        .prefetch_related("benefits")
        .order_by("-entry__done_on", "-pk")
    )
    return rows


def entries_with_evidence(criterion: Criterion, enrolment: Enrolment, user: User) -> int:
    """On how many of its activities there is a file that the person may open."""
    files = EvidenceFile.objects.filter(entry__in=entries_read(enrolment, user).filter(criteria=criterion))
    files = files.permitted_to(user, Permission.EVIDENCE_READ)
    return files.order_by().values("entry").distinct().count()


def most_active_line(lines: Sequence[CriterionLine]) -> CriterionLine | None:
    """The line with the most activities; None before the first activity names a criterion."""
    return max((line for line in lines if line.entries), key=lambda line: line.entries, default=None)
