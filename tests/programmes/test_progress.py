"""How enrolments stand: every figure worked out by hand."""

import datetime as dt
from typing import Any

import pytest

from core.tags import Tag
from programmes.models import BreakInLearning, Enrolment, ProgrammeUnit
from programmes.queries.progress import Hours, LearningDays, Progress, learning_days, monday, progress_of
from tests.factories import programmes as f
from tests.factories.standards import CriterionFactory
from tests.worlds import World

START = dt.date(2026, 1, 5)  # a Monday
END = dt.date(2027, 1, 3)  # 52 weeks, 364 days
PLANNED = 260 * 60
DAY = dt.timedelta(days=1)
YEAR = Enrolment(starts_on=START, ends_on=END)


def away(first: int, last: int | None) -> BreakInLearning:
    """A break from one day of the programme to another, counted from 1; open without the last."""
    ends_on = None if last is None else START + (last - 1) * DAY
    return BreakInLearning(starts_on=START + (first - 1) * DAY, ends_on=ends_on)


@pytest.mark.parametrize(
    ("day", "breaks", "elapsed", "planned", "expected"),
    [
        (-100, [], 0, 364, 0),
        (0, [], 0, 364, 0),  # the day before the start
        (1, [], 1, 364, 43),  # 15 600 / 364 = 42.86
        (140, [], 140, 364, 6000),
        (364, [], 364, 364, 15600),
        (365, [], 364, 364, 15600),
        (1000, [], 364, 364, 15600),
        (140, [away(1, 14)], 126, 350, 5616),
        (140, [away(127, 140)], 126, 350, 5616),
        (133, [away(127, 140)], 126, 350, 5616),  # in the middle of the break the clock stands
        (126, [away(127, 140)], 126, 350, 5616),  # and so it does on its last day before
        (141, [away(127, 140)], 127, 350, 5661),  # 5 660.57
        (140, [away(200, 213)], 140, 350, 6240),  # a break to come: its days are no learning days either
        (140, [away(1, 14), away(8, 21)], 119, 343, 5412),  # the days that two share are taken out once
        (140, [away(-20, 7), away(360, 400)], 133, 352, 5894),  # only what lies in the programme; 5 894.3
        (140, [away(-20, -1), away(365, 400)], 140, 364, 6000),
        (140, [away(127, None)], 126, 364, 5400),  # an open break: the clock stands, the plan stays
        (1000, [away(127, None)], 126, 364, 5400),
        (100, [away(127, None)], 100, 364, 4286),  # an open break that has not begun; 4 285.7
        (140, [away(1, 364)], 0, 0, 0),  # nothing but break
    ],
)
def test_expected_time_is_the_share_of_learning_days_elapsed(
    day: int, breaks: list[BreakInLearning], elapsed: int, planned: int, expected: int
) -> None:
    days = learning_days(YEAR, breaks, on=START + (day - 1) * DAY)
    assert days == LearningDays(elapsed, planned)
    assert days.expected(PLANNED) == expected


def test_even_week_is_a_week_of_learning_days() -> None:
    assert LearningDays(0, 364).a_week(PLANNED) == 300
    assert LearningDays(0, 350).a_week(PLANNED) == 312
    assert LearningDays(0, 0).a_week(PLANNED) == 0


def hours(counted: int, expected: int) -> Hours:
    return Hours("off_job", counted, 0, expected, PLANNED, LearningDays(140, 364))


@pytest.mark.parametrize(
    ("counted", "expected", "behind", "ahead", "tag"),
    [
        (0, 0, 0, 0, Tag("success", "check-circle", "On track")),
        (6000, 6000, 0, 0, Tag("success", "check-circle", "On track")),
        (6090, 6000, 0, 90, Tag("success", "check-circle", "On track")),
        (5910, 6000, 90, 0, Tag("warning", "exclamation-triangle", "1.5\u00a0h behind")),
        (0, 6000, 6000, 0, Tag("warning", "exclamation-triangle", "100\u00a0h behind")),
    ],
)
def test_hours_say_how_far_behind_or_ahead(
    counted: int, expected: int, behind: int, ahead: int, tag: Tag
) -> None:
    found = hours(counted, expected)
    assert (found.behind, found.ahead, found.tag) == (behind, ahead, tag)


@pytest.mark.parametrize(("day", "first"), [(5, 5), (6, 5), (11, 5), (12, 12)])
def test_week_starts_on_monday(day: int, first: int) -> None:
    assert monday(dt.date(2026, 1, day)) == dt.date(2026, 1, first)


# Over the rows --------------------------------------------------------------------------

TODAY = START + 139 * DAY  # day 140: Sunday of the twentieth week


@pytest.fixture
def enrolment(world: World) -> Enrolment:
    Enrolment.objects.filter(pk=world.ours.enrolment.pk).update(starts_on=START, ends_on=END)
    world.ours.enrolment.refresh_from_db()
    return world.ours.enrolment


def log(world: World, minutes: int, **fields: Any) -> Any:
    criteria = fields.pop("criteria", [])
    values = {"done_on": TODAY, "kind": "off_job", "approved": True, **fields}
    entry = f.ActivityFactory(
        enrolment=world.ours.enrolment, strategy=world.ours.strategy, minutes=minutes, **values
    )
    entry.criteria.set(criteria)
    return entry


def progress(enrolment: Enrolment, **options: Any) -> Progress:
    (row,) = progress_of(Enrolment.objects.filter(pk=enrolment.pk), on=TODAY, **options)
    return row


def test_progress_of_nothing_logged(enrolment: Enrolment) -> None:
    row = progress(enrolment)
    assert (row.off_job.counted, row.off_job.waiting, row.off_job.expected, row.off_job.planned) == (
        0,
        0,
        6000,
        15600,
    )
    assert (row.on_job.counted, row.on_job.waiting, row.on_job.expected, row.on_job.planned) == (
        0,
        0,
        12000,
        31200,
    )
    assert (row.weekly, row.weekly_expected, row.mean_week) == ([0] * 12, 300, 0)
    assert (row.criteria_touched, row.criteria_total, row.last_done_on, row.waiting_count) == (0, 2, None, 0)


def test_progress_counts_what_is_verified_and_names_what_waits(world: World, enrolment: Enrolment) -> None:
    log(world, 90)
    log(world, 60)
    log(world, 45, kind="on_job")
    log(world, 30, approved=False, sent=True)
    log(world, 20, approved=False, sent=True, kind="on_job")
    log(world, 10, approved=False, sent=True, kind="on_job")
    log(world, 7, approved=False, returned=True)
    log(world, 5, approved=False)
    log(world, 600, is_paid=False)
    log(world, 600, done_on=TODAY + DAY)
    log(world, 600, done_on=START - DAY)
    row = progress(enrolment)
    assert (row.off_job.counted, row.off_job.waiting) == (150, 30)
    assert (row.on_job.counted, row.on_job.waiting) == (45, 30)
    assert row.waiting_count == 3


def test_progress_leaves_out_a_break(world: World, enrolment: Enrolment) -> None:
    enrolment.breaks.create(starts_on=TODAY - 13 * DAY, ends_on=TODAY)
    log(world, 90, done_on=TODAY - 14 * DAY)
    log(world, 600, done_on=TODAY - 13 * DAY)
    row = progress(enrolment)
    assert (row.off_job.counted, row.off_job.expected) == (90, 5616)
    assert row.off_job.days == LearningDays(126, 350)


def test_progress_on_an_open_break_does_not_run_away(enrolment: Enrolment) -> None:
    enrolment.breaks.create(starts_on=TODAY - 13 * DAY)
    assert progress(enrolment).off_job.expected == 5400


def test_weekly_bars_are_counted_time_off_the_job_oldest_first(world: World, enrolment: Enrolment) -> None:
    log(world, 60, done_on=TODAY)  # Sunday of this week
    log(world, 30, done_on=TODAY - 6 * DAY)  # Monday of this week
    log(world, 45, done_on=TODAY - 7 * DAY)  # Sunday of the week before
    log(world, 15, done_on=monday(TODAY) - 77 * DAY)  # the first day of the twelve weeks
    log(world, 600, done_on=monday(TODAY) - 78 * DAY)  # the day before it
    log(world, 600, kind="on_job")
    log(world, 600, approved=False, sent=True, done_on=TODAY - 7 * DAY)
    row = progress(enrolment)
    assert row.weekly == [15, *[0] * 9, 45, 90]
    assert row.mean_week == 12  # 150 / 12 = 12.5, to the even number
    zeros = "0; " * 9
    assert row.weekly_label == f"Hours a week, oldest first: 0.3; {zeros}0.8; 1.5. An even week: 5."
    assert progress(enrolment, weeks=2).weekly == [45, 90]


def test_criteria_touched_are_those_of_the_programme_in_verified_entries(
    world: World, enrolment: Enrolment
) -> None:
    first, second, unmapped = world.ours.criteria
    log(world, 30, criteria=[first, unmapped])
    log(world, 30, criteria=[first])
    log(world, 30, criteria=[second], approved=False, sent=True)
    row = progress(enrolment)
    assert (row.criteria_touched, row.criteria_total) == (1, 2)
    log(world, 30, criteria=[second])
    assert progress(enrolment).criteria_touched == 2


def test_criterion_in_two_units_is_one(world: World, enrolment: Enrolment) -> None:
    unit = ProgrammeUnit.objects.create(programme=world.ours.programme, order=2, title="Second")
    unit.criteria.set([world.ours.criteria[0], CriterionFactory(framework=world.ours.framework)])
    log(world, 30, criteria=[world.ours.criteria[0]])
    row = progress(enrolment)
    assert (row.criteria_touched, row.criteria_total) == (1, 3)


def test_last_entry_is_the_latest_day_of_what_was_sent(world: World, enrolment: Enrolment) -> None:
    log(world, 30, done_on=TODAY - 9 * DAY)
    log(world, 30, done_on=TODAY - 5 * DAY, approved=False, sent=True, kind="on_job")
    log(world, 30, done_on=TODAY - 2 * DAY, approved=False)
    assert progress(enrolment).last_done_on == TODAY - 5 * DAY


def test_progress_keeps_people_apart_and_in_order(world: World, enrolment: Enrolment) -> None:
    log(world, 90)
    f.ActivityFactory(
        enrolment=world.theirs.enrolment, strategy=world.ours.strategy, minutes=30, approved=True
    )
    both = Enrolment.objects.filter(pk__in=[enrolment.pk, world.theirs.enrolment.pk])
    rows = progress_of(both.order_by("-pk"), on=TODAY)
    assert [row.enrolment.pk for row in rows] == [world.theirs.enrolment.pk, enrolment.pk]
    assert rows[1].off_job.counted == 90
    assert progress_of(Enrolment.objects.none(), on=TODAY) == []
