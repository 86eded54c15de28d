"""Time by way of learning: how somebody learned, and how much of it is used."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from people.models import User
from people.permissions import Permission
from programmes.models import ActivityEntry, ApplicationRecord, Enrolment, LearningStrategy

Kind = ActivityEntry.Kind


@dataclass(frozen=True)
class Way:
    """Verified minutes of one way of learning; `applied` are those off the job whose use at work is confirmed, `of`
    are the minutes of all ways.
    """

    strategy: LearningStrategy
    number: int
    on_job: int
    off_job: int
    applied: int
    of: int

    @property
    def minutes(self) -> int:
        """Minutes of both kinds."""
        return self.on_job + self.off_job

    @property
    def share(self) -> int:
        """Its share of the minutes of all ways, in whole per cent."""
        return percent(self.minutes, self.of)


@dataclass(frozen=True)
class Ways:
    """All ways that were used, the one with the most time first, and their sums."""

    rows: Sequence[Way]

    @property
    def minutes(self) -> int:
        """Verified minutes in all."""
        return sum(row.minutes for row in self.rows)

    @property
    def off_job(self) -> int:
        """Of these off the job."""
        return sum(row.off_job for row in self.rows)

    @property
    def on_job(self) -> int:
        """Of these on the job."""
        return sum(row.on_job for row in self.rows)

    @property
    def applied(self) -> int:
        """Of those off the job with a confirmed use at work."""
        return sum(row.applied for row in self.rows)

    @property
    def longest(self) -> int:
        """The most time that one kind of one way has: what fills a bar."""
        return max((max(row.on_job, row.off_job) for row in self.rows), default=0)


def percent(part: int, whole: int) -> int:
    """Whole per cent, half up; 0 of nothing."""
    return (200 * part + whole) // (2 * whole) if whole else 0


def ways_of(enrolment: Enrolment, user: User) -> Ways:
    """How the learner learned, from the verified activities that the person may read; two queries."""
    confirmed = Q(kind=Kind.OFF_JOB, application__status=ApplicationRecord.Status.CONFIRMED)
    groups = (
        ActivityEntry.objects.filter(enrolment=enrolment, status=ActivityEntry.Status.APPROVED)
        .permitted_to(user, Permission.ACTIVITY_READ)
        .order_by()
        .values_list("strategy", "kind")
        .annotate(
            number=Count("pk"), total=Sum("minutes"), applied=Sum("minutes", filter=confirmed, default=0)
        )
    )
    sums: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for strategy, kind, number, total, applied in groups:
        found = sums[strategy]
        found["number"] += number
        found[kind] += total
        found["applied"] += applied
    strategies = LearningStrategy.objects.in_bulk(sums)
    of = sum(one[kind] for one in sums.values() for kind in Kind.values)
    rows = [
        Way(
            strategies[pk], one["number"], one[Kind.ON_JOB.value], one[Kind.OFF_JOB.value], one["applied"], of
        )
        for pk, one in sums.items()
    ]
    return Ways(sorted(rows, key=lambda row: (-row.minutes, row.strategy.order, row.strategy.code)))
