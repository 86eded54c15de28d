"""What a team's learning brought: the value board."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from people.models import User
from people.permissions import Permission
from programmes.models import ApplicationRecord, Enrolment
from programmes.models.applications import ApplicationQuerySet
from programmes.queries.applications import UnitSum, Value, confirmed_over, for_table

CARDS_SHOWN = 3


def confirmed_for(
    enrolments: QuerySet[Enrolment],
    reader: User,
    *,
    learner: Enrolment | None = None,
    month: dt.date | None = None,
) -> ApplicationQuerySet:
    """Confirmed applications that the reader may read, of one learner or one month where wanted; newest first."""
    rows = confirmed_over(enrolments).permitted_to(reader, Permission.APPLICATION_READ)
    if learner is not None:
        rows = rows.filter(entry__enrolment=learner)
    if month is not None:
        rows = rows.filter(in_month("confirmed_at", month))
    ordered: ApplicationQuerySet = for_table(rows).order_by("-confirmed_at", "-pk")
    return ordered


def in_month(field: str, month: dt.date) -> Q:
    """Rows whose moment in `field` lies in the month that begins on that day, as the portal's clock says."""

    def midnight(day: dt.date) -> dt.datetime:
        return timezone.make_aware(dt.datetime.combine(day, dt.time()))

    return Q(**{f"{field}__gte": midnight(month), f"{field}__lt": midnight(next_month(month))})


def next_month(month: dt.date) -> dt.date:
    """The first day of the month after."""
    return (month.replace(day=1) + dt.timedelta(days=31)).replace(day=1)


def months_of(records: ApplicationQuerySet) -> list[dt.date]:
    """The months in which something was confirmed, the newest first."""
    return list(records.order_by().datetimes("confirmed_at", "month", order="DESC"))


@dataclass(frozen=True)
class Headline:
    """The value in one figure, where all that was measured is in one unit that adds up; else `single` is None."""

    confirmed: int
    single: UnitSum | None


def headline(value: Value) -> Headline:
    """The one figure of a value, if it has one."""
    single = value.sums[0] if len(value.sums) == 1 and not value.others_count else None
    return Headline(value.confirmed, single)


def newest(records: ApplicationQuerySet) -> Sequence[ApplicationRecord]:
    """The cards of the board."""
    return list(records[:CARDS_SHOWN])
