"""Writes the diaries as rows: entries with criteria, reflection and history, many enrolments at a time."""

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import OuterRef, Subquery

from people.models import User
from programmes.management.commands._demo.content import dice, read
from programmes.management.commands._demo.diary import Kind, Page, Status, diary_of
from programmes.management.commands._demo.people import BATCH
from programmes.management.commands._demo.programmes import Course
from programmes.models import (
    ActivityEntry,
    ActivityEvent,
    Enrolment,
    LearningStrategy,
    Reflection,
    SupportRole,
)
from standards.models import Criterion

Event = ActivityEvent.Kind
Role = SupportRole.Role

COURSES_A_BATCH = 100
SHARE_OF_REPEATED_REFLECTIONS = 0.5
SHARE_LOGGED_LATER = 0.2
SATURDAY = 5


class _Event(NamedTuple):
    """One line of a history, before its entry has a key."""

    kind: str
    by: int
    at: dt.datetime
    reason: str


class _Record(NamedTuple):
    """An entry with what hangs on it. Rows are made of keys: with instances Django takes half as long again."""

    entry: ActivityEntry
    criteria: Sequence[int]
    reflection: str
    events: Sequence[_Event]


@dataclass(frozen=True)
class Writer:
    """Turns diaries into rows. Nothing that it writes happened on or after `today`."""

    strategies: dict[str, LearningStrategy]
    criteria: dict[str, Criterion]
    today: dt.date
    seed: int

    def write(self, courses: Sequence[Course]) -> int:
        """Write the diaries of the enrolments; how many entries that were."""
        written = 0
        for first in range(0, len(courses), COURSES_A_BATCH):
            batch = courses[first : first + COURSES_A_BATCH]
            records = [record for course in batch for record in self._records(course)]
            self._flush(records, [course.enrolment for course in batch])
            written += len(records)
        return written

    def _records(self, course: Course) -> Iterator[_Record]:
        if course.enrolment.status == Enrolment.Status.INVITED:
            return
        rng = dice(self.seed, "entries", course.part.key, course.programme.code)
        for page in diary_of(course, today=self.today, seed=self.seed):
            entry = self._entry(course, page)
            history = _History(course, entry, self.today, rng)
            history.run(page)
            criteria = [self.criteria[code].pk for code in page.template.criteria]
            text = page.template.reflection[course.part.language]
            if page.again is not None and rng.random() > SHARE_OF_REPEATED_REFLECTIONS:
                text = ""
            yield _Record(entry, criteria, text, history.events)

    def _flush(self, records: Sequence[_Record], enrolments: Sequence[Enrolment]) -> None:
        ActivityEntry.objects.bulk_create([record.entry for record in records], batch_size=BATCH)
        through = ActivityEntry.criteria.through
        through.objects.bulk_create(
            (
                through(activityentry_id=record.entry.pk, criterion_id=criterion)
                for record in records
                for criterion in record.criteria
            ),
            batch_size=BATCH,
        )
        Reflection.objects.bulk_create(
            (Reflection(entry_id=r.entry.pk, text=r.reflection) for r in records if r.reflection),
            batch_size=BATCH,
        )
        ActivityEvent.objects.bulk_create(
            (
                ActivityEvent(
                    entry_id=record.entry.pk,
                    kind=event.kind,
                    by_id=event.by,
                    at=event.at,
                    reason=event.reason,
                )
                for record in records
                for event in record.events
            ),
            batch_size=BATCH,
        )
        # created_at is set on insert, so it is put right from the history afterwards.
        started = ActivityEvent.objects.filter(entry=OuterRef("pk"), kind=Event.CREATED).values("at")[:1]
        ActivityEntry.objects.filter(enrolment__in=enrolments).update(created_at=Subquery(started))

    def _entry(self, course: Course, page: Page) -> ActivityEntry:
        language, template = course.part.language, page.template
        title, description = template.title[language], template.description[language]
        if page.again is not None:
            title = page.again.title[language].format(title=title)
            description = f"{page.again.description[language]} {description}"
        return ActivityEntry(
            enrolment_id=course.enrolment.pk,
            kind=template.kind,
            strategy_id=self.strategies[template.strategy].pk,
            title=title,
            done_on=page.done_on,
            starts_at=page.starts_at,
            minutes=page.minutes,
            description=description,
            carried_out_by=template.carried_out_by[language],
            place=template.place[language],
            cost=page.cost,
            is_paid=page.is_paid,
        )


class _History:
    """Lives an entry's life: each step adds an event and sets what the action of the same name would set."""

    def __init__(self, course: Course, entry: ActivityEntry, today: dt.date, rng: random.Random) -> None:
        self.course, self.entry, self.rng = course, entry, rng
        self.end = dt.datetime.combine(today, dt.time(), tzinfo=dt.UTC)
        self.at = dt.datetime.combine(entry.done_on, dt.time(15), tzinfo=dt.UTC)
        self.events: list[_Event] = []

    def run(self, page: Page) -> None:
        learner = self.course.enrolment.learner
        if self.rng.random() < SHARE_LOGGED_LATER:
            late = self.at + dt.timedelta(days=self.rng.randint(1, 4))
            self.at = min(late, self.end - dt.timedelta(hours=8))
        self._step(Event.CREATED, learner, minutes=(5, 180))
        if page.status == Status.DRAFT:
            if self.entry.minutes % 2 == 0:
                self._send_and_take_back(learner)
            return
        self._submit(learner, minutes=(2, 20))
        if page.status == Status.RETURNED or page.was_returned:
            self._return()
        if page.status != Status.RETURNED and page.was_returned:
            self.entry.revision += 1
            self._submit(learner, minutes=(60, 24 * 60))
        if page.status == Status.APPROVED:
            self._approve()

    def _submit(self, learner: User, *, minutes: tuple[int, int]) -> None:
        self._step(Event.SUBMITTED, learner, minutes=minutes)
        entry, day = self.entry, self.at.date()
        entry.status, entry.submitted_at = Status.SUBMITTED, self.at
        entry.revision += 1
        entry.organisation_id = self.course.enrolment.organisation_id
        entry.coach_id = self.course.supporter(Role.COACH, day).pk
        entry.manager_id = self.course.supporter(Role.MANAGER, day).pk

    def _send_and_take_back(self, learner: User) -> None:
        self._step(Event.SUBMITTED, learner, minutes=(2, 20))
        self._step(Event.WITHDRAWN, learner, minutes=(2, 20))
        self.entry.revision += 2

    def _return(self) -> None:
        reasons = [row for row in read("return_reasons.json") if row["kind"] in ("", self.entry.kind)]
        reason = self.rng.choice(reasons)["text"][self.course.part.language]
        self._decide(Event.RETURNED, self._approver(), reason)
        self.entry.status = Status.RETURNED

    def _approve(self) -> None:
        approver = self._approver()
        self._decide(Event.APPROVED, approver)
        self.entry.status, self.entry.approved_at = Status.APPROVED, self.at
        self.entry.approved_by_id = approver.pk

    def _approver(self) -> User:
        """Who decides: the coach of the day, and for entries on the job often the mentor or the manager."""
        roles = [Role.COACH]
        if self.entry.kind == Kind.ON_JOB:
            roles = [Role.COACH, Role.MENTOR, Role.MENTOR, Role.MANAGER]
        return self.course.supporter(self.rng.choice(roles), self.at.date())

    def _decide(self, kind: str, by: User, reason: str = "") -> None:
        """A decision of the next days, in working time."""
        day = self.at.date() + dt.timedelta(days=self.rng.randint(1, 4))
        day += dt.timedelta(days=max(7 - day.weekday(), 0) if day.weekday() >= SATURDAY else 0)
        time = dt.time(self.rng.randint(8, 16), self.rng.randint(0, 59))
        self._add(kind, by, dt.datetime.combine(day, time, tzinfo=dt.UTC), reason)

    def _step(self, kind: str, by: User, *, minutes: tuple[int, int]) -> None:
        """The learner's next step, some minutes after the one before."""
        self._add(kind, by, self.at + dt.timedelta(minutes=self.rng.randint(*minutes)))

    def _add(self, kind: str, by: User, at: dt.datetime, reason: str = "") -> None:
        """One event; what would fall on `today` or later happens halfway to it."""
        self.at = min(at, self.at + (self.end - self.at) / 2)
        self.events.append(_Event(kind, by.pk, self.at, reason))
