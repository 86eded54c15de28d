"""Makes up what a learner logged: which activities on which days, and what became of each entry."""

import datetime as dt
import random
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from programmes.management.commands._demo.content import Again, Template, dice, repeats, templates
from programmes.management.commands._demo.programmes import (
    WEEKS_OF_ENTRIES,
    WEEKS_UNTIL_WITHDRAWAL,
    Course,
    monday,
)
from programmes.models import ActivityEntry

Kind, Status = ActivityEntry.Kind, ActivityEntry.Status

SETTINGS = {"DIGI-MAKE": "workshop", "INNO-SERV": "bakery"}
SHORTEST, LONGEST, STEP = 30, 285, 15  # minutes
ENTRIES_A_WEEK_AND_KIND = 3
MEAN_MINUTES = {Kind.OFF_JOB.value: 170, Kind.ON_JOB.value: 105}  # for a guess at the number of entries
DRAWS_BEFORE_REPEATING = 9
FORENOON = (dt.time(8), dt.time(8, 30), dt.time(9))
AFTERNOON = (dt.time(14), dt.time(14, 30))
COSTS = (None, None, None, Decimal("25.00"), Decimal("40.00"), Decimal("85.00"))
MISSING_WEEKS = {
    "main": {15},
    "missing_weeks": {4, 9, 10, 17, WEEKS_OF_ENTRIES - 2},
    "steady": {7},
    "behind": {6, 13},
}
SHARE_WITHOUT_START_TIME = 0.5
DAYS_UNTIL_RETURN = 3
ENTRIES_WAITING_OF_MAIN = 5


@dataclass(frozen=True)
class Page:
    """One entry before it is a row. `was_returned`: it came back once before it got where it is."""

    template: Template
    again: Again | None
    done_on: dt.date
    starts_at: dt.time | None
    minutes: int
    status: str
    cost: Decimal | None = None
    is_paid: bool = True
    was_returned: bool = False


class _Deck:
    """Templates of one kind, drawn about `expected` times: new ones all the way, the oldest again in between."""

    def __init__(self, kind: str, setting: str, expected: float, rng: random.Random) -> None:
        cards = [t for t in templates() if t.kind == kind and t.setting in (setting, "any")]
        self._new, self._seen = rng.sample(cards, len(cards)), deque[Template]()
        self._new.sort(
            key=lambda card: bool(card.evidence)
        )  # taken from the end: those with files come first
        self._variants = [again for again in repeats() if again.kind == kind]
        self._expected, self._rng = expected, rng

    def draw(self) -> tuple[Template, Again | None]:
        self._expected -= 1
        is_early = len(self._seen) < DRAWS_BEFORE_REPEATING
        if self._new and (is_early or self._rng.random() * self._expected < len(self._new)):
            card, again = self._new.pop(), None
        else:
            card, again = self._seen.popleft(), self._rng.choice(self._variants)
        self._seen.append(card)
        return card, again


def diary_of(course: Course, *, today: dt.date, seed: int) -> list[Page]:
    """What the learner of that enrolment logged before today, oldest first; the same for the same seed."""
    rng = dice(seed, "diary", course.part.key, course.programme.code)
    pages = [_with_fate(page, course, today, rng) for page in _pages(course, today, rng)]
    return sorted(
        _with_exceptions(pages, course, today), key=lambda page: (page.done_on, page.starts_at or dt.time(12))
    )


def _pages(course: Course, today: dt.date, rng: random.Random) -> Iterator[Page]:
    programme, enrolment = course.programme, course.enrolment
    weekly = {
        Kind.OFF_JOB.value: programme.off_job_minutes / programme.duration_weeks,
        Kind.ON_JOB.value: programme.on_job_minutes / programme.duration_weeks,
    }
    weeks = list(_weeks(course, today))
    decks = {
        kind: _Deck(
            kind, SETTINGS[programme.code], len(weeks) * course.part.pace * minutes / MEAN_MINUTES[kind], rng
        )
        for kind, minutes in weekly.items()
    }
    due = dict.fromkeys(weekly, 0.0)
    for number, first in enumerate(weeks):
        days = [day for n in range(5) if enrolment.starts_on <= (day := first + dt.timedelta(days=n)) < today]
        if not days or number in MISSING_WEEKS.get(course.part.story, set()) or _is_away(course, first):
            continue
        drawn = []
        for kind, minutes in weekly.items():
            due[kind] += course.part.pace * minutes * len(days) / 5
            for _number in range(ENTRIES_A_WEEK_AND_KIND):
                if due[kind] < SHORTEST + STEP:
                    break
                template, again = decks[kind].draw()
                taken = _stretched(template.minutes, rng)
                due[kind] -= taken
                drawn.append((template, again, taken))
        yield from _placed(drawn, days, rng)


def _weeks(course: Course, today: dt.date) -> Iterator[dt.date]:
    last = min(today, course.enrolment.ends_on)
    if course.part.story == "withdrawn":
        last = course.enrolment.starts_on + dt.timedelta(weeks=WEEKS_UNTIL_WITHDRAWAL, days=-1)
    first = monday(course.enrolment.starts_on)
    while first <= last:
        yield first
        first += dt.timedelta(weeks=1)


def _is_away(course: Course, day: dt.date) -> bool:
    pause = course.pause
    return pause is not None and pause.starts_on <= day and (pause.ends_on is None or day <= pause.ends_on)


def _stretched(minutes: int, rng: random.Random) -> int:
    """A duration near the typical one, rather longer than shorter, in whole quarters of an hour."""
    wanted = minutes * rng.choice((1, 1.25, 1.25, 1.5, 1.75, 2))
    return max(SHORTEST, min(LONGEST, round(wanted / STEP) * STEP))


def _placed(
    drawn: Iterable[tuple[Template, Again | None, int]], days: list[dt.date], rng: random.Random
) -> Iterator[Page]:
    """On which day and when: two entries a day at most, one before noon and one after, never overlapping."""
    slots = [(day, times) for times in (FORENOON, AFTERNOON) for day in rng.sample(days, len(days))]
    for (template, again, minutes), (day, times) in zip(drawn, slots, strict=False):
        starts_at = None if rng.random() < SHARE_WITHOUT_START_TIME else rng.choice(times)
        cost = rng.choice(COSTS) if template.strategy in ("seminar", "workshop") else None
        yield Page(template, again, day, starts_at, minutes, Status.APPROVED.value, cost)


def _with_fate(page: Page, course: Course, today: dt.date, rng: random.Random) -> Page:
    """What has become of the entry by today: old ones are verified, recent ones wait."""
    age, luck = (today - page.done_on).days, rng.random()
    was_returned = luck < 0.06
    if course.part.story in ("completed", "withdrawn") or age > 15:
        return replace(page, was_returned=was_returned)
    if age <= 3:
        status = Status.DRAFT if luck > 0.85 else Status.SUBMITTED
    elif age <= 8:
        status = Status.SUBMITTED if luck > 0.5 else Status.APPROVED
    else:
        status = Status.SUBMITTED if luck > 0.93 else Status.APPROVED
    return replace(page, status=status.value, was_returned=was_returned and status != Status.DRAFT)


def _with_exceptions(pages: list[Page], course: Course, today: dt.date) -> list[Page]:
    """The entries that show the less usual states, in fixed places of a diary."""
    story, start = course.part.story, course.enrolment.starts_on
    newest_first = sorted(range(len(pages)), key=lambda n: pages[n].done_on, reverse=True)
    rested = [n for n in newest_first[1:] if (today - pages[n].done_on).days >= DAYS_UNTIL_RETURN]
    forced: dict[int, str] = {}
    if story == "main":
        forced = dict.fromkeys(newest_first[:ENTRIES_WAITING_OF_MAIN], Status.SUBMITTED.value)
    if story in ("main", "behind", "new", "break"):
        forced |= dict.fromkeys(rested[:1], Status.RETURNED.value)
    if story in ("main", "withdrawn"):
        forced |= dict.fromkeys(newest_first[:1], Status.DRAFT.value)
    for number, status in forced.items():
        pages[number] = replace(pages[number], status=status, was_returned=False)
    if story in ("main", "ahead") and len(pages) > 8:
        old = next(n for n in reversed(newest_first) if pages[n].status == Status.APPROVED)
        pages[old] = replace(pages[old], is_paid=False)
    if story in ("break", "past_break") and course.pause:
        return [*pages, _extra(course, course.pause.starts_on + dt.timedelta(days=2))]
    if story == "missing_weeks":
        return [*pages, _extra(course, start - dt.timedelta(days=3))]
    return pages


@cache
def _reading() -> Template:
    return next(t for t in templates() if t.strategy == "reading" and t.setting == "any")


def _extra(course: Course, day: dt.date) -> Page:
    """A verified entry on a day that does not count: in a break, or before the programme."""
    return Page(_reading(), None, day, None, _reading().minutes, Status.APPROVED.value)
