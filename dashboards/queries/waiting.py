"""Everything that waits for a line manager, of whatever kind, in one list."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from dashboards.queries.team import with_checks
from people.models import User
from programmes.models import ApplicationRecord, Goal
from programmes.queries.activities import for_queue, waiting_for
from programmes.queries.applications import applications_for
from programmes.queries.breaks import breaks_to_agree
from programmes.queries.goals import goals_for

SHOWN = 25
SECONDS_EACH = 30
"""What one decision takes, for the sentence that says how long all of them will."""


class WaitingKind(StrEnum):
    """What can wait for a line manager."""

    ACTIVITY = "activity"
    APPLICATION = "application"
    GOAL = "goal"
    BREAK = "break"


@dataclass(frozen=True)
class WaitingItem:
    """One thing to decide. `checks` say what to look at first; with one it is never selected beforehand."""

    kind: WaitingKind
    record: Any
    learner: str
    title: str
    since: dt.datetime
    checks: Sequence[str]

    @property
    def key(self) -> str:
        """What the form sends for it."""
        return f"{self.kind.value}-{self.record.pk}"


@dataclass(frozen=True)
class WaitingList:
    """The longest waiting things, out of `number`."""

    items: Sequence[WaitingItem]
    number: int

    @property
    def minutes(self) -> int:
        """About how long deciding all of them takes, in whole minutes; 1 at least while something waits."""
        return max(-(-self.number * SECONDS_EACH // 60), 1) if self.number else 0

    @property
    def selected(self) -> int:
        """How many are selected beforehand."""
        return sum(not item.checks for item in self.items)


WAITING = {
    WaitingKind.ACTIVITY: lambda user: for_queue(waiting_for(user)),
    WaitingKind.APPLICATION: applications_for,
    WaitingKind.GOAL: goals_for,
    WaitingKind.BREAK: breaks_to_agree,
}
"""By kind, what waits for a person: only what they may decide about now."""


def waiting_number(user: User) -> int:
    """How many things wait for the person; a query for each kind."""
    return sum(rows(user).count() for rows in WAITING.values())


def everything_waiting(user: User, *, on: dt.date) -> WaitingList:
    """What waits for the person, the longest waiting first; a fixed number of queries."""
    found = [item for kind in WaitingKind for item in _items(kind, user, on=on)]
    found.sort(key=lambda item: (item.since, item.key))
    return WaitingList(found[:SHOWN], waiting_number(user))


def _items(kind: WaitingKind, user: User, *, on: dt.date) -> Iterator[WaitingItem]:
    rows: Sequence[Any] = list(WAITING[kind](user)[:SHOWN])
    if kind is WaitingKind.ACTIVITY:
        rows = with_checks(rows, reader=user)
    for row in rows:
        yield _item(kind, row, on=on)


def _item(kind: WaitingKind, row: Any, *, on: dt.date) -> WaitingItem:
    if kind is WaitingKind.ACTIVITY:
        learner, checks = row.enrolment.learner, [str(check.label) for check in row.checks]
        return WaitingItem(kind, row, learner.display_name, row.title, row.submitted_at, checks)
    if kind is WaitingKind.APPLICATION:
        learner, title = row.entry.enrolment.learner, row.entry.title
        return WaitingItem(kind, row, learner.display_name, title, row.submitted_at, _answer_checks(row))
    learner = row.enrolment.learner.display_name
    if kind is WaitingKind.GOAL:
        return WaitingItem(kind, row, learner, row.title, row.proposed_at, _goal_checks(row, on=on))
    checks = [_("It moves the planned end.")] if row.ends_on else [_("It has no last day.")]
    return WaitingItem(kind, row, learner, _("A break in learning"), row.asked_at, checks)


def _answer_checks(record: ApplicationRecord) -> list[str]:
    """A figure becomes part of the team's value by being confirmed, so it is looked at."""
    return [_("A figure to confirm")] if any(row.unit for row in record.benefits.all()) else []


def _goal_checks(goal: Goal, *, on: dt.date) -> list[str]:
    return [_("The target date is past.")] if goal.target_on < on else []
