"""What those who support learners see: their people, what waits, sums."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from people.models import User
from people.permissions import Permission, Relation, roles_of
from programmes.models import ActivityEntry, Enrolment, Goal, Programme
from programmes.queries import progress
from programmes.queries.applications import Rate, rates_of
from programmes.queries.checks import checks_of
from programmes.queries.goals import pursued_of
from programmes.queries.progress_status import Level


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
    """Sums over the people of a team, in minutes, and how many of them stand how."""

    people: int
    off_counted: int
    off_expected: int
    on_counted: int
    on_expected: int
    waiting: int
    levels: Mapping[str, int]

    @property
    def on_track(self) -> int:
        """How many are on track."""
        return self.levels.get(Level.ON_TRACK.value, 0)

    @property
    def watch(self) -> int:
        """How many to watch."""
        return self.levels.get(Level.WATCH.value, 0)

    @property
    def at_risk(self) -> int:
        """How many are at risk."""
        return self.levels.get(Level.AT_RISK.value, 0)

    @property
    def others(self) -> int:
        """How many are neither: on a break, not started, or it is too early to say."""
        return self.people - self.on_track - self.watch - self.at_risk

    @property
    def counted(self) -> int:
        """Counted minutes of both kinds."""
        return self.off_counted + self.on_counted

    @property
    def off_share(self) -> int | None:
        """What of the counted time was off the job, in whole per cent; None where nothing counts yet."""
        return (200 * self.off_counted + self.counted) // (2 * self.counted) if self.counted else None

    @property
    def expected_share(self) -> int | None:
        """The same for the time that is expected by today."""
        whole = self.off_expected + self.on_expected
        return (200 * self.off_expected + whole) // (2 * whole) if whole else None


def team_sums(rows: Sequence[progress.Progress]) -> TeamSums:
    """The figures at the top of a team page."""
    return TeamSums(
        people=len(rows),
        off_counted=sum(row.off_job.counted for row in rows),
        off_expected=sum(row.off_job.expected for row in rows),
        on_counted=sum(row.on_job.counted for row in rows),
        on_expected=sum(row.on_job.expected for row in rows),
        waiting=sum(row.waiting_count for row in rows),
        levels=Counter(row.status.level.value for row in rows if row.status),
    )


@dataclass(frozen=True)
class Member:
    """One person of a team: hours and standing, what of it is used at work, and the goals they pursue."""

    progress: progress.Progress
    rate: Rate
    goals: Sequence[Goal]
    overdue: int


def members_of(rows: Sequence[progress.Progress], *, on: dt.date) -> list[Member]:
    """The people of a team, in the order of the rows, for readers of their goals and answers; three queries."""
    ids = [row.enrolment.pk for row in rows]
    rates, goals = rates_of(ids), pursued_of(ids)
    return [
        Member(
            row,
            rates[row.enrolment.pk],
            goals.get(row.enrolment.pk, []),
            sum(goal.is_overdue(on=on) for goal in goals.get(row.enrolment.pk, [])),
        )
        for row in rows
    ]


def rate_of_members(members: Sequence[Member]) -> Rate:
    """The application rate over a whole team."""
    return Rate(sum(row.rate.applied for row in members), sum(row.rate.approved for row in members))


def team_goals(members: Iterable[Member], *, on: dt.date) -> list[Goal]:
    """The goals that these people pursue: those past their target date first, then by target date."""
    goals = [goal for member in members for goal in member.goals]
    return sorted(goals, key=lambda goal: (not goal.is_overdue(on=on), goal.target_on, goal.pk))
