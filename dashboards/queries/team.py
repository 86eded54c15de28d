"""What those who support learners see: their people, what waits, sums."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from people.models import User
from people.permissions import Permission, Relation, roles_of
from programmes.models import ActivityEntry, Enrolment, Goal, Programme
from programmes.queries import progress
from programmes.queries.checks import checks_of
from programmes.queries.goals import pursued_of


def supported_by(user: User, *relations: Relation) -> QuerySet[Enrolment]:
    """Enrolments under way in which the person has one of the roles today."""
    roles = roles_of(user)
    ids = frozenset().union(*(roles.supports[relation] for relation in relations))
    return Enrolment.objects.filter(pk__in=ids).under_way()


def led_by(user: User) -> QuerySet[Enrolment]:
    """Enrolments under way in the programmes that the person leads, by name of the learner."""
    programmes = Programme.objects.permitted_to(user, Permission.PROGRAMME_WATCH)
    enrolments = Enrolment.objects.filter(cohort__programme__in=programmes.values("pk")).under_way()
    rows: QuerySet[Enrolment] = enrolments.permitted_to(user, Permission.PROGRESS_READ)
    return rows.order_by("learner__display_name", "pk")


def learners_of(entries: QuerySet[ActivityEntry]) -> list[Enrolment]:
    """The enrolments that the entries belong to, by name of the learner."""
    rows = Enrolment.objects.filter(pk__in=entries.order_by().values("enrolment")).select_related("learner")
    return list(rows.order_by("learner__display_name", "pk"))


def with_checks(entries: Iterable[ActivityEntry], *, reader: User) -> list[ActivityEntry]:
    """The entries, each with its `checks`: what the reader looks at before verifying it."""
    rows = list(entries)
    found = checks_of(rows, reader=reader)
    for row in rows:
        row.checks = found[row.pk]  # type: ignore[attr-defined]
    return rows


def worst_first(rows: Sequence[progress.Progress]) -> list[progress.Progress]:
    """The worst status first, then who is furthest behind off the job in minutes; then by name."""
    return sorted(rows, key=_badness)


def _badness(row: progress.Progress) -> tuple[int, int, str]:
    assert row.status is not None
    return row.status.rank, -row.off_job.behind, row.enrolment.learner.display_name


@dataclass(frozen=True)
class TeamSums:
    """Sums over the people of a team, in minutes."""

    people: int
    off_counted: int
    off_expected: int
    on_counted: int
    on_expected: int
    waiting: int


def team_sums(rows: Sequence[progress.Progress]) -> TeamSums:
    """The figures at the top of a team page."""
    return TeamSums(
        people=len(rows),
        off_counted=sum(row.off_job.counted for row in rows),
        off_expected=sum(row.off_job.expected for row in rows),
        on_counted=sum(row.on_job.counted for row in rows),
        on_expected=sum(row.on_job.expected for row in rows),
        waiting=sum(row.waiting_count for row in rows),
    )


def team_goals(enrolments: Iterable[Enrolment], *, on: dt.date) -> list[Goal]:
    """The goals that these people pursue: those past their target date first, then by target date."""
    goals = [goal for group in pursued_of([row.pk for row in enrolments]).values() for goal in group]
    return sorted(goals, key=lambda goal: (not goal.is_overdue(on=on), goal.target_on, goal.pk))
