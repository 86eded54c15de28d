"""Writes the sample's learning strategies, programmes, cohorts and enrolments with their supporters and breaks."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils import timezone

from people.models import User
from programmes.actions import load_strategies
from programmes.management.commands._demo.cast import Cast, LearnerPart
from programmes.management.commands._demo.content import read, translated
from programmes.management.commands._demo.people import BATCH, People
from programmes.models import (
    BalanceRule,
    BreakInLearning,
    Cohort,
    Enrolment,
    LearningStrategy,
    Programme,
    ProgrammeRole,
    ProgrammeUnit,
    SupportRole,
)
from standards.models import Criterion, Framework

WEEKS_OF_ENTRIES = 26
WEEKS_SINCE_COMPLETION = 4
WEEKS_OF_RECENT = 7
WEEKS_AWAY, WEEKS_STILL_AWAY = 3, 2
PAST_BREAK_WEEK, PAST_BREAK_DAYS, DAYS_BACK_EARLY = 10, 14, 7
WEEKS_AHEAD, WEEKS_ASKED_FOR = 2, 3
ASKED_BY, REFUSED_TO = "b", "d"
"""Which of the learners that are written out asked for a break."""
WEEKS_UNTIL_WITHDRAWAL = 12
WEEKS_WITH_FORMER_COACH = 10


@dataclass
class Course:
    """One enrolment with what the entries are made up from. Supporters are (role, person, from, to or None)."""

    part: LearnerPart
    programme: Programme
    enrolment: Enrolment
    supporters: list[tuple[str, User, dt.date, dt.date | None]] = field(default_factory=list)
    pause: BreakInLearning | None = None

    def supporter(self, role: str, on: dt.date) -> User:
        """Who held the role on that day; before the first and after the last day the nearest of them."""
        held = [(person, since, to) for name, person, since, to in self.supporters if name == role]
        for person, _since, to in held:
            if to is None or on <= to:
                return person
        return held[-1][0]


def monday(day: dt.date) -> dt.date:
    """The first day of that day's week."""
    return day - dt.timedelta(days=day.weekday())


def write_strategies() -> dict[str, LearningStrategy]:
    """The learning strategies by code; what is written about those that are there already stays."""
    load_strategies(rows=read("strategies.json"))
    return {row.code: row for row in LearningStrategy.objects.all()}


def write_programmes(
    people: People, framework: Framework, criteria: dict[str, Criterion], *, since: dt.date
) -> dict[str, Programme]:
    """The programmes by code, with their units, criteria and lead."""
    rows = read("programmes.json")
    rules = {rule.code: rule for rule in BalanceRule.objects.filter(organisation=None)}
    programmes = {
        row["code"]: Programme(
            organisation=people.organisations[row["organisation"]],
            code=row["code"],
            duration_weeks=row["duration_weeks"],
            off_job_minutes=row["off_job_minutes"],
            on_job_minutes=row["on_job_minutes"],
            review_interval_weeks=row["review_interval_weeks"],
            balance_rule=rules.get(row["balance_rule"]),
            **translated(title=row["title"], summary=row["summary"]),
        )
        for row in rows
    }
    Programme.objects.bulk_create(programmes.values())
    mapped = Programme.frameworks.through
    mapped.objects.bulk_create(mapped(programme=p, framework=framework) for p in programmes.values())
    units = [
        (
            ProgrammeUnit(
                programme=programmes[row["code"]],
                order=unit["order"],
                planned_minutes=unit["planned_minutes"],
                **translated(title=unit["title"], summary=unit["summary"]),
            ),
            unit["criteria"],
        )
        for row in rows
        for unit in row["units"]
    ]
    ProgrammeUnit.objects.bulk_create([unit for unit, _codes in units])
    named = ProgrammeUnit.criteria.through
    named.objects.bulk_create(
        named(programmeunit=unit, criterion=criteria[code]) for unit, codes in units for code in codes
    )
    ProgrammeRole.objects.bulk_create(
        ProgrammeRole(
            programme=programmes[row["programme"]], person=people.users[row["person"]], starts_on=since
        )
        for row in read("people.json")["programme_roles"]
    )
    return programmes


class _Cohorts:
    """Cohorts by programme and first Monday, one of each."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, dt.date], Cohort] = {}

    def of(self, programme: Programme, starts_on: dt.date) -> Cohort:
        key = (programme.code, starts_on)
        if key not in self.rows:
            name = f"{programme.code} {starts_on:%Y-%m}"
            self.rows[key] = Cohort(programme=programme, name=name, starts_on=starts_on)
        return self.rows[key]


def write_courses(
    cast: Cast, people: People, programmes: dict[str, Programme], *, today: dt.date
) -> list[Course]:
    """Every enrolment with its dated supporters and breaks, in the order of the cast."""
    cohorts = _Cohorts()
    courses = []
    for part in cast.parts:
        programme = programmes[part.programme]
        courses.append(_course(part, programme, cohorts, people, today))
        if part.next_programme:
            later = programmes[part.next_programme]
            courses.append(_invitation(part, later, cohorts, people, today))
    Cohort.objects.bulk_create(cohorts.rows.values())
    Enrolment.objects.bulk_create([course.enrolment for course in courses], batch_size=BATCH)
    roles = [
        SupportRole(enrolment=course.enrolment, role=role, person=person, starts_on=since, ends_on=to)
        for course in courses
        for role, person, since, to in course.supporters
    ]
    SupportRole.objects.bulk_create(roles, batch_size=BATCH)
    pauses = [course.pause for course in courses if course.pause]
    pauses += [_wish(course, today) for course in courses if course.part.key in (ASKED_BY, REFUSED_TO)]
    BreakInLearning.objects.bulk_create(pauses, batch_size=BATCH)
    return courses


def _first_day(part: LearnerPart, programme: Programme, today: dt.date) -> dt.date:
    weeks = WEEKS_OF_ENTRIES
    if part.story == "completed":
        weeks = programme.duration_weeks + WEEKS_SINCE_COMPLETION
    elif part.story == "new":
        weeks = 1
    elif part.story == "recent":
        weeks = WEEKS_OF_RECENT
    return monday(today) - dt.timedelta(weeks=weeks)


def _enrolment(
    part: LearnerPart,
    programme: Programme,
    cohorts: _Cohorts,
    people: People,
    starts_on: dt.date,
    status: str,
) -> Enrolment:
    return Enrolment(
        cohort=cohorts.of(programme, starts_on),
        learner=people.users[part.email],
        organisation=people.organisations[part.organisation],
        team=people.teams[part.organisation, part.team],
        status=status,
        starts_on=starts_on,
        ends_on=starts_on + dt.timedelta(weeks=programme.duration_weeks, days=-1),
        contracted_minutes_a_week=round(part.contracted_hours_a_week * 60),
    )


def _course(
    part: LearnerPart, programme: Programme, cohorts: _Cohorts, people: People, today: dt.date
) -> Course:
    starts_on = _first_day(part, programme, today)
    enrolment = _enrolment(part, programme, cohorts, people, starts_on, part.status)
    course = Course(part, programme, enrolment)
    if part.story == "past_break":
        away = starts_on + dt.timedelta(weeks=PAST_BREAK_WEEK)
        back = away + dt.timedelta(days=PAST_BREAK_DAYS)
        enrolment.ends_on += back - away  # an agreed break moves the planned end by its length
        course.pause = _pause(course, people, 0, away, back - dt.timedelta(days=1))
        course.pause.agreed_until = back + dt.timedelta(days=DAYS_BACK_EARLY - 1)
    elif part.story == "break":
        away = monday(today) - dt.timedelta(weeks=WEEKS_AWAY)
        back = monday(today) + dt.timedelta(weeks=WEEKS_STILL_AWAY)
        enrolment.ends_on += back - away
        course.pause = _pause(course, people, 1, away, back - dt.timedelta(days=1))
        course.pause.agreed_until = course.pause.ends_on
    course.supporters = list(_supporters(part, people, starts_on))
    return course


def _pause(
    course: Course, people: People, reason: int, starts_on: dt.date, ends_on: dt.date
) -> BreakInLearning:
    """An agreed break, asked for two weeks before."""
    texts, language = read("people.json"), course.part.language
    asked_on = starts_on - dt.timedelta(weeks=2)
    return BreakInLearning(
        enrolment=course.enrolment,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=texts["break_reasons"][reason][language],
        asked_by=course.enrolment.learner,
        asked_at=_noon(asked_on),
        decided_by=people.users[course.part.coach],
        decided_at=_noon(asked_on + dt.timedelta(days=1)),
        answer=texts["break_answers"][0][language],
    )


def _wish(course: Course, today: dt.date) -> BreakInLearning:
    """A break that was asked for: one waits, one was not agreed."""
    texts, language = read("people.json"), course.part.language
    starts_on = monday(today) + dt.timedelta(weeks=WEEKS_AHEAD)
    pause = BreakInLearning(
        enrolment=course.enrolment,
        starts_on=starts_on,
        ends_on=starts_on + dt.timedelta(weeks=WEEKS_ASKED_FOR, days=-1),
        reason=texts["break_reasons"][2][language],
        status=BreakInLearning.Status.ASKED,
        asked_by=course.enrolment.learner,
        asked_at=_noon(today - dt.timedelta(days=3)),
    )
    if course.part.key == REFUSED_TO:
        pause.reason = texts["break_reasons"][3][language]
        pause.status = BreakInLearning.Status.REFUSED
        pause.decided_by = next(
            person for role, person, _since, _to in course.supporters if role == "manager"
        )
        pause.decided_at = _noon(today - dt.timedelta(days=2))
        pause.answer = texts["break_answers"][1][language]
    return pause


def _noon(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(12)))


def _supporters(
    part: LearnerPart, people: People, since: dt.date
) -> Iterator[tuple[str, User, dt.date, dt.date | None]]:
    until = since + dt.timedelta(weeks=WEEKS_UNTIL_WITHDRAWAL) if part.story == "withdrawn" else None
    coached_since = since
    if part.former_coach:
        coached_since = since + dt.timedelta(weeks=WEEKS_WITH_FORMER_COACH)
        last = coached_since - dt.timedelta(days=1)
        yield SupportRole.Role.COACH.value, people.users[part.former_coach], since, last
    yield SupportRole.Role.COACH.value, people.users[part.coach], coached_since, until
    yield SupportRole.Role.MENTOR.value, people.users[part.mentor], since, until
    yield SupportRole.Role.MANAGER.value, people.users[part.manager], since, until


def _invitation(
    part: LearnerPart, programme: Programme, cohorts: _Cohorts, people: People, today: dt.date
) -> Course:
    starts_on = monday(today) + dt.timedelta(weeks=3)
    status = Enrolment.Status.INVITED.value
    return Course(part, programme, _enrolment(part, programme, cohorts, people, starts_on, status))
