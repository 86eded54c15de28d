"""A team's month, as of its last day: for the page that a line manager prints."""

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Sum
from django.utils import timezone

from dashboards.queries.team import worst_first
from dashboards.queries.value import confirmed_for, in_month, next_month
from people.models import User
from people.permissions import Permission
from programmes.models import ActivityEntry, ApplicationRecord, Enrolment, Goal
from programmes.queries.learning_days import learning_days
from programmes.queries.progress import Hours, Kind, Progress, progress_of_rows

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class MonthHours:
    """Minutes of one kind in a month: counted, and what the even pace of the plan comes to."""

    counted: int
    expected: int


@dataclass(frozen=True)
class MonthSpan:
    """A calendar month, up to `last`: its end, or today while it is under way."""

    first: dt.date
    last: dt.date
    today: dt.date

    @property
    def is_over(self) -> bool:
        """Whether its last day has passed."""
        return self.following <= self.today

    @property
    def is_to_come(self) -> bool:
        """Whether it has not begun."""
        return self.first > self.today

    @property
    def previous(self) -> dt.date:
        """The first day of the month before."""
        return (self.first - DAY).replace(day=1)

    @property
    def following(self) -> dt.date:
        """The first day of the month after."""
        return next_month(self.first)


def month_span(year: int, month: int, *, today: dt.date) -> MonthSpan:
    """The month as far as it has come. Raises ValueError for one that no calendar has."""
    first = dt.date(year, month, 1)
    end = first.replace(day=calendar.monthrange(year, month)[1])
    return MonthSpan(first, min(end, max(today, first)), today)


def month_hours(rows: Sequence[Progress], span: MonthSpan) -> dict[int, dict[str, MonthHours]]:
    """Each person's hours within the month by enrolment and kind; `rows` as of its last day. One query."""
    counted = (
        ActivityEntry.objects.filter(
            enrolment__in=[row.enrolment.pk for row in rows], done_on__gte=span.first, done_on__lte=span.last
        )
        .with_uncounted_reason(on=span.last)
        .filter(uncounted="")
        .order_by()
        .values_list("enrolment", "kind")
        .annotate(total=Sum("minutes"))
    )
    minutes = {(enrolment, kind): total for enrolment, kind, total in counted}
    return {
        row.enrolment.pk: {
            one.kind: MonthHours(minutes.get((row.enrolment.pk, one.kind), 0), _expected_in(row, one, span))
            for one in (row.off_job, row.on_job)
        }
        for row in rows
    }


def _expected_in(row: Progress, one: Hours, span: MonthSpan) -> int:
    """What is expected by the month's last day without what was expected before its first."""
    before = learning_days(row.enrolment, row.breaks, on=span.first - DAY)
    return max(one.expected - before.expected(one.planned), 0)


def sum_of(found: Mapping[int, Mapping[str, MonthHours]], kind: str) -> MonthHours:
    """The month's hours of one kind over all people."""
    rows = [by_kind[kind] for by_kind in found.values()]
    return MonthHours(sum(row.counted for row in rows), sum(row.expected for row in rows))


@dataclass
class MonthRow:
    """One person's month."""

    progress: Progress
    off_job: MonthHours
    on_job: MonthHours
    verified: int = 0
    agreed: list[Goal] = field(default_factory=list)
    closed: list[Goal] = field(default_factory=list)
    applications: list[ApplicationRecord] = field(default_factory=list)


@dataclass(frozen=True)
class Month:
    """A team's month."""

    span: MonthSpan
    rows: Sequence[MonthRow]
    off_job: MonthHours
    on_job: MonthHours
    first_start: dt.date | None

    @property
    def verified(self) -> int:
        """Entries that were verified in it."""
        return sum(row.verified for row in self.rows)

    @property
    def applications(self) -> int:
        """Applications that were confirmed in it."""
        return sum(len(row.applications) for row in self.rows)

    @property
    def agreed(self) -> int:
        """Goals that were agreed in it."""
        return sum(len(row.agreed) for row in self.rows)

    @property
    def closed(self) -> int:
        """Goals that were closed in it."""
        return sum(len(row.closed) for row in self.rows)

    @property
    def has_previous(self) -> bool:
        """Whether somebody of the team was learning before it."""
        return self.first_start is not None and self.first_start < self.span.first


def month_of(team: Sequence[Enrolment], reader: User, span: MonthSpan) -> Month:
    """The month of these enrolments, loaded with their programmes; who starts after it is not in it.

    What counts is worked out for the month's last day, from what is verified now.
    """
    first_start = min((row.starts_on for row in team), default=None)
    people = [row for row in team if row.starts_on <= span.last and not span.is_to_come]
    rows = worst_first(progress_of_rows(people, on=span.last))
    hours = month_hours(rows, span)
    found = {
        row.enrolment.pk: MonthRow(
            row, hours[row.enrolment.pk][Kind.OFF_JOB.value], hours[row.enrolment.pk][Kind.ON_JOB.value]
        )
        for row in rows
    }
    _add_goals(found, reader, span)
    ids = Enrolment.objects.filter(pk__in=found)
    for record in confirmed_for(ids, reader, month=span.first).order_by("confirmed_at", "pk"):
        found[record.entry.enrolment_id].applications.append(record)
    for enrolment, number in _verified(found, reader, span).items():
        found[enrolment].verified = number
    return Month(
        span, list(found.values()), sum_of(hours, Kind.OFF_JOB), sum_of(hours, Kind.ON_JOB), first_start
    )


def _add_goals(found: Mapping[int, MonthRow], reader: User, span: MonthSpan) -> None:
    agreed, closed = in_month("agreed_at", span.first), in_month("closed_at", span.first)
    goals = Goal.objects.filter(agreed | closed, enrolment__in=found)
    begin, end = span.first, span.following
    for goal in goals.permitted_to(reader, Permission.GOAL_READ).order_by("target_on", "pk"):
        row = found[goal.enrolment_id]
        if goal.agreed_at and begin <= _day(goal.agreed_at) < end:
            row.agreed.append(goal)
        if goal.closed_at and begin <= _day(goal.closed_at) < end:
            row.closed.append(goal)


def _day(moment: dt.datetime) -> dt.date:
    return timezone.localdate(moment)


def _verified(found: Mapping[int, MonthRow], reader: User, span: MonthSpan) -> dict[int, int]:
    entries = ActivityEntry.objects.filter(
        in_month("approved_at", span.first), enrolment__in=found, status=ActivityEntry.Status.APPROVED
    )
    numbers: dict[int, int] = defaultdict(int)
    rows = entries.permitted_to(reader, Permission.ACTIVITY_READ).order_by().values_list("enrolment")
    numbers.update(rows.annotate(number=Count("pk")))
    return numbers
