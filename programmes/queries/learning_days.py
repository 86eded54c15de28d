"""The clock of an enrolment: which of its days are learning days."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from programmes.models import BreakInLearning, Enrolment


@dataclass(frozen=True)
class LearningDays:
    """The clock of an enrolment, in days: `elapsed` of `planned` learning days; days of a break are neither."""

    elapsed: int
    planned: int

    def expected(self, planned_minutes: int) -> int:
        """Minutes expected by now: learning days elapsed / learning days planned x planned minutes (domain.md)."""
        return round(planned_minutes * self.elapsed / self.planned) if self.planned else 0

    def a_week(self, planned_minutes: int) -> int:
        """Minutes that an even week holds."""
        return round(planned_minutes * 7 / self.planned) if self.planned else 0


def learning_days(enrolment: Enrolment, breaks: Iterable[BreakInLearning], *, on: dt.date) -> LearningDays:
    """The enrolment's learning days up to and including `on`: 0 before the start, all of them after the end.

    `breaks` are agreed ones. A break moves the planned end by its length once it is known (domain.md). An open one has
    not yet: its days are none of those elapsed, but they are not taken out of the plan before the end moves.
    """
    start, end = enrolment.starts_on, enrolment.ends_on
    away: set[int] = set()
    known: set[int] = set()
    for pause in breaks:
        first = max(pause.starts_on, start)
        last = min(pause.ends_on or on, end)
        away.update(range(first.toordinal(), last.toordinal() + 1))
        if pause.ends_on is not None:
            known.update(range(first.toordinal(), last.toordinal() + 1))
    planned = (end - start).days + 1 - len(known)
    until = min(on, end)
    elapsed = max((until - start).days + 1, 0) - sum(1 for day in away if day <= until.toordinal())
    return LearningDays(elapsed=max(elapsed, 0), planned=max(planned, 0))
