"""The head of one learner's record: how they stand, and who supports them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from programmes.models import Enrolment, SupportRole
from programmes.queries.progress import Progress, progress_of_rows


@dataclass(frozen=True)
class Head:
    """What stands above every part of a record. `support` are today's roles; a person who only covers is among them."""

    enrolment: Enrolment
    progress: Progress
    support: Sequence[SupportRole]


def head_of(enrolment: Enrolment, *, on: dt.date) -> Head:
    """The head as of that day; a fixed number of queries."""
    (progress,) = progress_of_rows([enrolment], on=on)
    order = list(SupportRole.Role.values)
    today = enrolment.support_roles.current(on=on).select_related("person").order_by("starts_on", "pk")
    return Head(enrolment, progress, sorted(today, key=lambda row: order.index(row.role)))
