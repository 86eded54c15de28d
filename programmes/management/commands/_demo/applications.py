"""Writes what learners say about using what they learned off the job: prompts, answers and decisions, in bulk."""

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from programmes.management.commands._demo.content import dice, read
from programmes.management.commands._demo.people import BATCH
from programmes.management.commands._demo.programmes import Course
from programmes.models import (
    ActivityEntry,
    ApplicationBenefit,
    ApplicationEvent,
    ApplicationRecord,
    Enrolment,
    SupportRole,
)

Status, Event = ApplicationRecord.Status, ApplicationEvent.Kind
Role = SupportRole.Role
COURSES_A_BATCH = 100
DAYS_UNTIL_ASKED = 14
DAYS_OF_WAITING = 10
# What has become of the prompts that came, in per cent. A prompt that nobody answered is due.
FATES = {"confirmed": 50, "not_applied": 20, "put_off": 9, "submitted": 8, "returned": 3, "due": 10}
SHARE_MEASURED = 0.2


class _Entry(NamedTuple):
    """What of a verified activity off the job matters here."""

    pk: int
    enrolment: int
    strategy: str
    done_on: dt.date


@dataclass
class _Rows:
    """Rows to write; benefits and events hang on the record at the same time, which has no key yet."""

    records: list[ApplicationRecord] = field(default_factory=list)
    benefits: list[tuple[ApplicationRecord, dict[str, Any]]] = field(default_factory=list)
    events: list[tuple[ApplicationRecord, dict[str, Any]]] = field(default_factory=list)


def write_applications(courses: Sequence[Course], *, today: dt.date, seed: int) -> int:
    """A record for each verified activity off the job, with what became of it; how many that were."""
    written = 0
    for first in range(0, len(courses), COURSES_A_BATCH):
        batch = {
            course.enrolment.pk: course
            for course in courses[first : first + COURSES_A_BATCH]
            if course.enrolment.status != Enrolment.Status.INVITED
        }
        rows = _Rows()
        for entry in _entries(batch):
            course = batch[entry.enrolment]
            rng = dice(
                seed, "application", course.part.key, course.programme.code, entry.done_on, entry.strategy
            )
            _Life(course, entry, today, rng, rows).run()
        _flush(rows)
        written += len(rows.records)
    return written


def _entries(courses: dict[int, Course]) -> Iterator[_Entry]:
    found = ActivityEntry.objects.filter(
        enrolment__in=courses, kind=ActivityEntry.Kind.OFF_JOB, status=ActivityEntry.Status.APPROVED
    ).order_by("pk")
    for row in found.values_list("pk", "enrolment", "strategy__code", "done_on").iterator():
        yield _Entry(*row)


def _flush(rows: _Rows) -> None:
    ApplicationRecord.objects.bulk_create(rows.records, batch_size=BATCH)
    ApplicationBenefit.objects.bulk_create(
        (ApplicationBenefit(record_id=record.pk, **values) for record, values in rows.benefits),
        batch_size=BATCH,
    )
    ApplicationEvent.objects.bulk_create(
        (ApplicationEvent(record_id=record.pk, **values) for record, values in rows.events), batch_size=BATCH
    )


@cache
def _answers_for(strategy: str) -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = read("applications.json")["answers"]
    return [row for row in answers if strategy in row["strategies"]] or answers


class _Life:
    """Lives one record's life up to today: each step sets what the action of the same name would set."""

    def __init__(
        self, course: Course, entry: _Entry, today: dt.date, rng: random.Random, rows: _Rows
    ) -> None:
        self.course, self.entry, self.today, self.rng, self.rows = course, entry, today, rng, rows
        self.language = course.part.language
        self.record = ApplicationRecord(entry_id=entry.pk)

    def run(self) -> None:
        self.rows.records.append(self.record)
        age = (self.today - self.entry.done_on).days
        if age < DAYS_UNTIL_ASKED + 1:
            return
        fate = self.rng.choices(list(FATES), list(FATES.values()))[0]
        if fate in ("submitted", "returned", "put_off") and age > DAYS_UNTIL_ASKED * 6:
            fate = "confirmed"  # what waits or was put off is not older than the next prompts
        if fate == "put_off":
            self._put_off()
        elif fate == "not_applied":
            self._decline(age)
        elif fate != "due":
            self._answer(age, fate)

    def _at(self, days_ago: int) -> dt.datetime:
        time = dt.time(self.rng.randint(8, 16), self.rng.randint(0, 59))
        return dt.datetime.combine(self.today - dt.timedelta(days=max(days_ago, 1)), time, tzinfo=dt.UTC)

    def _event(self, kind: str, by: int, at: dt.datetime, reason: str = "") -> None:
        self.rows.events.append((self.record, {"kind": kind, "by_id": by, "at": at, "reason": reason}))

    def _put_off(self) -> None:
        at = self._at(self.rng.randint(1, 5))
        self.record.put_off_on, self.record.revision = at.date(), 2
        self._event(Event.PUT_OFF, self.course.enrolment.learner_id, at)

    def _decline(self, age: int) -> None:
        reasons = read("applications.json")["reasons"]
        at = self._at(self.rng.randint(1, age - DAYS_UNTIL_ASKED))
        self.record.status, self.record.revision = Status.NOT_APPLIED, 2
        self.record.not_applied_reason = self.rng.choice(reasons)[self.language]
        self.record.submitted_at = at
        self._event(Event.NOT_APPLIED, self.course.enrolment.learner_id, at)

    def _answer(self, age: int, fate: str) -> None:
        days_ago = self.rng.randint(2, age - DAYS_UNTIL_ASKED + 1)
        if fate != "confirmed":
            days_ago = min(days_ago, DAYS_OF_WAITING)
        at = self._at(days_ago)
        self._say(self.rng.choice(_answers_for(self.entry.strategy)))
        self.record.status, self.record.submitted_at = Status.SUBMITTED, at
        self.record.applied_on = self.entry.done_on + dt.timedelta(
            days=self.rng.randint(1, DAYS_UNTIL_ASKED - 1)
        )
        self.record.revision = 3
        self._event(Event.SUBMITTED, self.course.enrolment.learner_id, at)
        if fate != "submitted":
            self._decide(fate, days_ago)

    def _say(self, answer: dict[str, Any]) -> None:
        self.record.what_changed = answer["what_changed"][self.language]
        self.record.evidence_note = answer["evidence_note"][self.language]
        for benefit in answer["benefits"]:
            values = {"level": benefit["level"], "text": benefit["text"][self.language]}
            if "unit" in benefit and self.rng.random() < SHARE_MEASURED:
                values |= {
                    "measure": benefit["measure"][self.language],
                    "unit": benefit["unit"],
                    "before": Decimal(benefit["before"]),
                    "after": Decimal(benefit["after"]),
                    "is_less_better": benefit["is_less_better"],
                }
            self.rows.benefits.append((self.record, values))

    def _decide(self, fate: str, answered: int) -> None:
        at = self._at(self.rng.randint(1, answered - 1))
        by = self.course.supporter(self.rng.choice([Role.MENTOR, Role.MANAGER]), at.date()).pk
        if fate == "confirmed":
            self.record.status, self.record.confirmed_at, self.record.confirmed_by_id = (
                Status.CONFIRMED,
                at,
                by,
            )
            self._event(Event.CONFIRMED, by, at)
            return
        questions = read("applications.json")["questions"]
        self.record.status = Status.RETURNED
        self._event(Event.RETURNED, by, at, self.rng.choice(questions)[self.language])
