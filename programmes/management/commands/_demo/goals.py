"""Writes goal templates, and goals in every state: check-ins over weeks, activities towards them, what came of them."""

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import OuterRef, Subquery

from programmes.management.commands._demo.content import dice, read, translated
from programmes.management.commands._demo.entries import COURSES_A_BATCH
from programmes.management.commands._demo.people import BATCH
from programmes.management.commands._demo.programmes import Course
from programmes.models import ActivityEntry, Enrolment, Goal, GoalCheckIn, GoalEvent, SupportRole
from standards.models import Criterion, Framework, GoalTemplate, Level

Status, Event, Role = Goal.Status, GoalEvent.Kind, SupportRole.Role
WEEK = dt.timedelta(weeks=1)
LINKED_AT_MOST = 6
OFTEN, SELDOM = 14, 35  # days between check-ins
SHARE_WITH_NOTE = 0.8


@dataclass(frozen=True)
class Plan:
    """The course of one goal, in weeks from today: when it was agreed, and its target date."""

    status: str
    agreed: int
    due: int
    progress: int = 0  # of the last check-in
    is_asked: bool = False


MAIN_PLANS = (
    Plan(Status.IN_PROGRESS.value, -9, 4, 60),
    Plan(Status.IN_PROGRESS.value, -12, -3, 55),  # more than 14 days overdue
    Plan(Status.AGREED.value, -1, 8),
    Plan(Status.PROPOSED.value, -1, 9),
    Plan(Status.DRAFT.value, -1, 6, is_asked=True),
    Plan(Status.ACHIEVED.value, -21, -11, 100),
    Plan(Status.PARTLY_ACHIEVED.value, -18, -8, 65),
    Plan(Status.DROPPED.value, -16, -9, 20),
    Plan(Status.DRAFT.value, -1, 7),
)
OTHER_PLANS = (
    Plan(Status.IN_PROGRESS.value, -7, 5, 55),
    Plan(Status.ACHIEVED.value, -20, -10, 100),
    Plan(Status.PROPOSED.value, -1, 7),
    Plan(Status.IN_PROGRESS.value, -10, -3, 40),
    Plan(Status.AGREED.value, -2, 6),
    Plan(Status.PARTLY_ACHIEVED.value, -17, -7, 60),
    Plan(Status.DRAFT.value, -1, 5),
)
ENDED_PLANS = (Plan(Status.ACHIEVED.value, -24, -14, 100), Plan(Status.DROPPED.value, -20, -13, 15))
NEW_PLANS = (Plan(Status.PROPOSED.value, 0, 8),)


@dataclass
class _Record:
    """A goal with what hangs on it."""

    goal: Goal
    criteria: Sequence[int]
    events: list[GoalEvent] = field(default_factory=list)
    check_ins: list[GoalCheckIn] = field(default_factory=list)


def write_templates(framework: Framework, criteria: dict[str, Criterion]) -> list[GoalTemplate]:
    """The goal templates of the sample framework, in their order."""
    rows = read("goal_templates.json")
    templates = [
        GoalTemplate(
            framework=framework,
            code=row["code"],
            weeks=row["weeks"],
            order=order,
            **translated(title=row["title"], why=row["why"], measure=row["measure"]),
        )
        for order, row in enumerate(rows, start=1)
    ]
    GoalTemplate.objects.bulk_create(templates)
    through = GoalTemplate.criteria.through
    through.objects.bulk_create(
        through(goaltemplate=template, criterion=criteria[code])
        for template, row in zip(templates, rows, strict=True)
        for code in row["criteria"]
    )
    return templates


@dataclass(frozen=True)
class GoalWriter:
    """Turns plans into rows. Nothing that it writes happened on or after `today`."""

    templates: Sequence[GoalTemplate]
    levels: Sequence[Level]
    criteria: dict[str, Criterion]
    today: dt.date
    seed: int

    def write(self, courses: Sequence[Course]) -> int:
        """Write the goals of the enrolments, the first one's in every state; how many that were."""
        written = 0
        for first in range(0, len(courses), COURSES_A_BATCH):
            records = [
                record
                for place, course in enumerate(courses[first : first + COURSES_A_BATCH], start=first)
                for record in self._records(course, is_main=place == 0)
            ]
            self._flush(records)
            _link(records, self.today)
            written += len(records)
        return written

    def _records(self, course: Course, *, is_main: bool) -> Iterator[_Record]:
        if course.enrolment.status == Enrolment.Status.INVITED:
            return
        rng = dice(self.seed, "goals", course.part.key, course.programme.code)
        plans = MAIN_PLANS if is_main else _plans_of(course, rng)
        texts = rng.sample(range(len(self.templates)), len(plans))
        for plan, place in zip(plans, texts, strict=True):
            yield self._record(course, plan, place, rng)

    def _record(self, course: Course, plan: Plan, place: int, rng: random.Random) -> _Record:
        language, enrolment = course.part.language, course.enrolment
        template, row = self.templates[place], read("goal_templates.json")[place]
        low = rng.randrange(len(self.levels) - 1)
        goal = Goal(
            enrolment_id=enrolment.pk,
            template=template,
            title=row["title"][language],
            why=row["why"][language],
            measure=row["measure"][language],
            baseline_level=self.levels[low],
            target_level=self.levels[low + 1],
            target_on=enrolment.ends_on,
            origin=rng.choice(Goal.Origin.values[:3]),
        )
        record = _Record(goal, [self.criteria[code].pk for code in row["criteria"]])
        _Life(course, record, plan, self.today, rng).run()
        return record

    def _flush(self, records: Sequence[_Record]) -> None:
        Goal.objects.bulk_create([record.goal for record in records], batch_size=BATCH)
        through = Goal.criteria.through
        through.objects.bulk_create(
            (
                through(goal_id=record.goal.pk, criterion_id=criterion)
                for record in records
                for criterion in record.criteria
            ),
            batch_size=BATCH,
        )
        for record in records:
            for event in record.events:
                event.goal_id = record.goal.pk
            for check_in in record.check_ins:
                check_in.goal_id = record.goal.pk
        GoalEvent.objects.bulk_create((row for r in records for row in r.events), batch_size=BATCH)
        GoalCheckIn.objects.bulk_create((row for r in records for row in r.check_ins), batch_size=BATCH)
        # created_at is set on insert, so it is put right from the history afterwards.
        started = GoalEvent.objects.filter(goal=OuterRef("pk"), kind=Event.CREATED).values("at")[:1]
        Goal.objects.filter(pk__in=[r.goal.pk for r in records]).update(created_at=Subquery(started))


def _plans_of(course: Course, rng: random.Random) -> Sequence[Plan]:
    status = course.enrolment.status
    if status in (Enrolment.Status.COMPLETED, Enrolment.Status.WITHDRAWN):
        return ENDED_PLANS
    if status == Enrolment.Status.ONBOARDING:
        return NEW_PLANS
    return rng.sample(OTHER_PLANS, rng.randint(2, 4))


class _Life:
    """Lives a goal's life: each step adds an event and sets what the action of the same name would set."""

    def __init__(
        self, course: Course, record: _Record, plan: Plan, today: dt.date, rng: random.Random
    ) -> None:
        self.course, self.record, self.plan, self.rng = course, record, plan, rng
        self.goal, self.last = record.goal, today - dt.timedelta(days=1)
        first = course.enrolment.starts_on + dt.timedelta(days=6)
        self.agreed = min(max(today + plan.agreed * WEEK, first), self.last)
        due = max(today + plan.due * WEEK, self.agreed + 2 * WEEK)
        self.goal.target_on = min(due, course.enrolment.ends_on)
        self.texts = read("goals.json")

    def run(self) -> None:
        plan, learner = self.plan, self.course.enrolment.learner
        self._event(Event.CREATED, learner.pk, self.agreed, hour=8)
        if plan.status == Status.DRAFT and not plan.is_asked:
            return
        self.goal.proposed_at = self._event(Event.PROPOSED, learner.pk, self.agreed, hour=9)
        self.goal.revision += 1
        if plan.is_asked:
            self._ask()
        elif plan.status == Status.PROPOSED:
            self.goal.status = Status.PROPOSED
        else:
            self._agree()
            if plan.status != Status.AGREED:
                self._pursue(learner.pk)
            if plan.status not in (Status.AGREED, Status.IN_PROGRESS):
                self._close(learner.pk)

    def _ask(self) -> None:
        reason = self.rng.choice(self.texts["change_reasons"])[self.course.part.language]
        self._event(Event.CHANGE_ASKED, self._decider(), self.agreed, hour=14, reason=reason)

    def _agree(self) -> None:
        self.goal.status, self.goal.agreed_by_id = Status.AGREED, self._decider()
        self.goal.agreed_at = self._event(Event.AGREED, self.goal.agreed_by_id, self.agreed, hour=14)

    def _decider(self) -> int:
        """The coach or the manager of the day."""
        person = self.course.supporter(self.rng.choice([Role.COACH, Role.MANAGER]), self.agreed)
        return int(person.pk)

    def _pursue(self, learner: int) -> None:
        self.goal.status = Status.IN_PROGRESS
        until = self.last if self.plan.status == Status.IN_PROGRESS else self.goal.target_on
        days = list(range(7, max((until - self.agreed).days, 8), OFTEN))
        if self.plan.due < 0 and self.plan.status == Status.IN_PROGRESS:
            days = days[: -(SELDOM // OFTEN)] or days  # nothing was said about it for some weeks
        for number, after in enumerate(days, start=1):
            day = min(self.agreed + dt.timedelta(days=after), self.last)
            note = ""
            if self.rng.random() < SHARE_WITH_NOTE:
                note = self.rng.choice(self.texts["notes"])[self.course.part.language]
            progress = round(self.plan.progress * number / len(days) / 5) * 5
            row = GoalCheckIn(checked_on=day, progress=progress, note=note, by_id=learner)
            self.record.check_ins.append(row)
        self._event(Event.STARTED, learner, self.record.check_ins[0].checked_on, hour=15)

    def _close(self, learner: int) -> None:
        status = self.plan.status
        day = min(max(self.goal.target_on, self.record.check_ins[-1].checked_on), self.last)
        outcomes = self.texts["outcomes"][status]
        self.goal.status, self.goal.outcome = status, self.rng.choice(outcomes)[self.course.part.language]
        self.goal.closed_at = self._event(Event.CLOSED, learner, day, hour=16)

    def _event(self, kind: str, by: int, day: dt.date, *, hour: int, reason: str = "") -> dt.datetime:
        at = dt.datetime.combine(day, dt.time(hour, self.rng.randrange(60)), tzinfo=dt.UTC)
        self.record.events.append(GoalEvent(kind=kind, by_id=by, at=at, reason=reason))
        return at


def _link(records: Sequence[_Record], today: dt.date) -> None:
    """Some of the entries that name a goal's criteria while it is pursued are logged towards it."""
    pursued = [r for r in records if r.goal.agreed_at is not None and r.goal.status != Status.AGREED]
    enrolments = {record.goal.enrolment_id for record in pursued}
    rows = ActivityEntry.criteria.through.objects.filter(activityentry__enrolment__in=enrolments)
    rows = rows.exclude(activityentry__status=ActivityEntry.Status.DRAFT)
    found: dict[tuple[int, int], list[tuple[dt.date, int]]] = defaultdict(list)
    for enrolment, criterion, day, entry in rows.order_by(
        "activityentry__done_on", "activityentry"
    ).values_list("activityentry__enrolment", "criterion", "activityentry__done_on", "activityentry"):
        found[enrolment, criterion].append((day, entry))
    goals: dict[int, int] = {}
    for record in pursued:
        goal = record.goal
        assert goal.agreed_at is not None
        until = goal.closed_at.date() if goal.closed_at else today
        fitting = (entry for c in record.criteria for entry in found[goal.enrolment_id, c])
        free = [pk for day, pk in fitting if goal.agreed_at.date() <= day <= until and pk not in goals]
        goals |= dict.fromkeys(free[:LINKED_AT_MOST], goal.pk)
    ActivityEntry.objects.bulk_update(
        [ActivityEntry(pk=entry, goal_id=goal) for entry, goal in goals.items()], ["goal"], batch_size=BATCH
    )
