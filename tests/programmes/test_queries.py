"""Activities as pages show them: by week, waiting, searched, with their history."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from people.permissions import standing_of
from programmes.models import ActivityEntry, Enrolment, Reflection
from programmes.queries import activities as reads
from programmes.queries.activities import Totals
from standards.models import Criterion
from tests.factories import programmes as f
from tests.worlds import World

DAY = dt.timedelta(days=1)
START = dt.date(2026, 1, 5)  # a Monday
TODAY = dt.date(2026, 2, 18)  # the Wednesday of week 7


def week(number: int) -> dt.date:
    """The Monday of a week of the programme, counted from 1."""
    return START + (number - 1) * reads.WEEK


@pytest.fixture
def enrolment(world: World) -> Enrolment:
    Enrolment.objects.filter(pk=world.ours.enrolment.pk).update(
        starts_on=START, ends_on=START + 52 * reads.WEEK - DAY
    )
    world.ours.enrolment.refresh_from_db()
    return world.ours.enrolment


def log(world: World, **fields: Any) -> ActivityEntry:
    values = {"enrolment": world.ours.enrolment, "strategy": world.ours.strategy, "done_on": TODAY, **fields}
    entry: ActivityEntry = f.ActivityFactory(**values)
    return entry


# Weeks ----------------------------------------------------------------------------------


def test_every_past_week_is_missing_when_nothing_is_logged(enrolment: Enrolment) -> None:
    assert reads.missing_weeks(enrolment, on=TODAY) == [week(n) for n in (6, 5, 4, 3, 2, 1)]


def test_week_with_any_entry_is_not_missing(world: World, enrolment: Enrolment) -> None:
    log(world, done_on=week(2))
    log(world, done_on=week(4) + 6 * DAY, approved=True)
    log(world, done_on=week(5) + 2 * DAY, returned=True)
    f.ActivityFactory(enrolment=world.theirs.enrolment, strategy=world.ours.strategy, done_on=week(1))
    assert reads.missing_weeks(enrolment, on=TODAY) == [week(6), week(3), week(1)]


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (START - DAY, []),
        (START, []),
        (week(2) - DAY, []),
        (week(2), [1]),
        (week(3) - DAY, [1]),
    ],
)
def test_this_week_is_not_missing_yet(enrolment: Enrolment, on: dt.date, expected: list[int]) -> None:
    assert reads.missing_weeks(enrolment, on=on) == [week(number) for number in expected]


def test_weeks_after_the_end_are_not_missing(enrolment: Enrolment) -> None:
    enrolment.ends_on = week(3) + 2 * DAY
    assert reads.missing_weeks(enrolment, on=TODAY) == [week(3), week(2), week(1)]


def test_week_that_the_programme_starts_in_counts_from_its_monday(enrolment: Enrolment) -> None:
    enrolment.starts_on = week(4) + 3 * DAY
    assert reads.missing_weeks(enrolment, on=TODAY) == [week(6), week(5), week(4)]


@pytest.mark.parametrize(
    ("first", "last", "away"),
    [
        (week(2), week(2) + 6 * DAY, [2]),
        (week(2), week(2) + 4 * DAY, [2]),  # from Monday to Friday is a whole week of work
        (week(2), week(2) + 3 * DAY, []),
        (week(2) + DAY, week(3) + 6 * DAY, [3]),
        (week(2), week(4) + 4 * DAY, [2, 3, 4]),
        (week(3), None, [3, 4, 5, 6]),
    ],
)
def test_week_wholly_in_a_break_is_not_missing(
    enrolment: Enrolment, first: dt.date, last: dt.date | None, away: list[int]
) -> None:
    enrolment.breaks.create(starts_on=first, ends_on=last)
    expected = [week(number) for number in (6, 5, 4, 3, 2, 1) if number not in away]
    assert reads.missing_weeks(enrolment, on=TODAY) == expected


def test_weeks_of_puts_entries_into_their_weeks_in_the_order_asked_for(
    world: World, enrolment: Enrolment
) -> None:
    log(world, done_on=week(3), title="Monday", minutes=60)
    log(world, done_on=week(3) + 6 * DAY, title="Sunday", minutes=45, kind="on_job")
    log(world, done_on=week(4), title="Next", minutes=30)
    log(world, done_on=week(6), title="Not asked for")
    rows = ActivityEntry.objects.filter(enrolment=enrolment)
    weeks = reads.weeks_of(enrolment, rows, [week(4), week(3), week(2)], on=TODAY, missing={week(2)})
    assert [(w.number, w.starts_on, w.ends_on, w.is_missing) for w in weeks] == [
        (4, week(4), week(4) + 6 * DAY, False),
        (3, week(3), week(3) + 6 * DAY, False),
        (2, week(2), week(2) + 6 * DAY, True),
    ]
    assert [[entry.title for entry in w.entries] for w in weeks] == [["Next"], ["Sunday", "Monday"], []]
    assert [(w.off_job, w.on_job) for w in weeks] == [(30, 0), (60, 45), (0, 0)]
    assert reads.weeks_of(enrolment, rows, [], on=TODAY, missing=set()) == []


def test_weeks_with_entries_are_mondays(world: World, enrolment: Enrolment) -> None:
    for day in (week(3), week(3) + 6 * DAY, week(5) + DAY):
        log(world, done_on=day)
    assert reads.weeks_with_entries(ActivityEntry.objects.filter(enrolment=enrolment)) == {week(3), week(5)}


def test_row_of_a_table_has_all_that_it_shows(world: World, enrolment: Enrolment) -> None:
    entry = log(world, approved=True, is_paid=False)
    entry.criteria.set(reversed(world.ours.criteria))
    for _file in range(2):
        f.EvidenceFactory(entry=entry, file="ab/sample.txt")
    f.ActivityEventFactory(entry=entry)
    f.ActivityEventFactory(entry=entry, kind="returned", reason="More")
    (row,) = reads.for_table(ActivityEntry.objects.filter(enrolment=enrolment), on=TODAY)
    assert (row.uncounted, row.uncounted_label) == ("unpaid", "It was not in paid working time.")
    assert [criterion.code for criterion in row.criteria.all()] == ["A1", "A2", "A3"]
    assert (row.evidence_count, [event.reason for event in row.returns]) == (2, ["More"])


def test_totals_are_of_the_entries_given(world: World, enrolment: Enrolment) -> None:
    log(world, minutes=60, approved=True)
    log(world, minutes=30, approved=True, kind="on_job")
    log(world, minutes=20, sent=True)
    log(world, minutes=10, kind="on_job")
    for entry in ActivityEntry.objects.all():
        entry.criteria.set(world.ours.criteria)
    rows = ActivityEntry.objects.filter(enrolment=enrolment)
    totals = reads.totals_of(rows, on=TODAY)
    assert totals == Totals(number=4, off_job=80, on_job=40, counted=90, waiting=20)
    assert totals.minutes == 120
    of_criteria = rows.filter(criteria__in=world.ours.criteria)  # each row three times
    assert reads.totals_of(of_criteria, on=TODAY) == totals
    assert reads.totals_of(rows.none(), on=TODAY) == Totals(0, 0, 0, 0, 0)


# Waiting --------------------------------------------------------------------------------


@pytest.fixture
def waiting(world: World) -> dict[str, ActivityEntry]:
    """Entries that wait, made in another order than they were sent in."""
    now = timezone.now()
    return {
        title: log(world, title=title, kind=kind, sent=True, submitted_at=now - dt.timedelta(hours=hours))
        for title, kind, hours in [
            ("second", "on_job", 4),
            ("first", "off_job", 5),
            ("third", "on_job", 3),
            ("third too", "on_job", 3),
        ]
    }


def test_queue_is_what_waits_for_the_person_oldest_first(
    world: World, waiting: dict[str, ActivityEntry]
) -> None:
    side = world.ours
    log(world, title="draft")
    log(world, title="returned", returned=True)
    log(world, title="approved", approved=True)
    log(world, title="theirs", sent=True, enrolment=world.theirs.enrolment)
    queues = {
        name: [entry.title for entry in reads.waiting_for(person)]
        for name, person in world.everybody().items()
        if person is not None
    }
    on_job = ["second", "third", "third too"]
    expected = {"coach": ["first", *on_job], "mentor": on_job, "manager": on_job, "other_coach": ["theirs"]}
    assert {name: titles for name, titles in queues.items() if titles} == expected
    assert side.learner not in [side.coach, side.mentor, side.manager]


def test_next_one_is_behind_and_then_from_the_start(world: World, waiting: dict[str, ActivityEntry]) -> None:
    def following(title: str) -> str | None:
        entry = reads.next_waiting(world.ours.coach, after=waiting[title])
        return entry.title if entry else None

    assert [following(title) for title in ("first", "second", "third", "third too")] == [
        "second",
        "third",
        "third too",
        "first",
    ]


def test_next_one_is_none_when_nothing_else_waits(world: World) -> None:
    entry = log(world, sent=True)
    assert reads.next_waiting(world.ours.coach, after=entry) is None
    assert reads.next_waiting(world.theirs.coach, after=entry) is None


# Search ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("persona", "words", "found"),
    [
        ("learner", "bakery", ["title", "description", "reflection"]),
        ("coach", "BAKERY", ["title", "description", "reflection"]),
        ("mentor", "bakery", ["title"]),
        ("manager", "bakery", ["title"]),
        ("lead", "bakery", ["title"]),
        ("learner", "%", []),
        ("learner", "_", []),
        ("learner", "butcher", []),
    ],
)
def test_search_looks_only_where_the_reader_may_read(
    world: World, persona: str, words: str, found: list[str]
) -> None:
    titles = {"title": "At the bakery", "description": "Second", "reflection": "Third"}
    for place, title in titles.items():
        entry = log(
            world, title=title, sent=True, description="In the bakery" if place == "description" else ""
        )
        if place == "reflection":
            Reflection.objects.create(entry=entry, text="My bakery")
    standing = standing_of(getattr(world.ours, persona), world.ours.enrolment)
    rows = reads.searchable(ActivityEntry.objects.order_by("pk"), words, standing=standing)
    assert [row.title for row in rows] == [titles[place] for place in found]


# Of one learner -------------------------------------------------------------------------


def test_current_enrolments_are_those_under_way_then_the_latest(world: World) -> None:
    learner, made = world.ours.learner, {"main": world.ours.enrolment}
    today = timezone.localdate()
    for status, weeks in (
        ("completed", 1),
        ("withdrawn", 3),
        ("onboarding", 60),
        ("on_break", 70),
        ("invited", 0),
    ):
        made[status] = f.EnrolmentFactory(
            learner=learner, status=status, starts_on=today - weeks * reads.WEEK
        )
    f.EnrolmentFactory()
    order = ["main", "on_break", "onboarding", "completed", "withdrawn"]
    assert reads.current_enrolments(learner) == [made[name] for name in order]


def test_minutes_of_a_day_are_those_of_every_state_but_the_entry_at_hand(world: World) -> None:
    first = log(world, minutes=60)
    log(world, minutes=30, approved=True)
    log(world, minutes=600, done_on=TODAY - DAY)
    enrolment = world.ours.enrolment
    assert reads.minutes_on(enrolment, TODAY) == 90
    assert reads.minutes_on(enrolment, TODAY, but=first) == 30
    assert reads.minutes_on(enrolment, TODAY, but=ActivityEntry()) == 90
    assert reads.minutes_on(enrolment, TODAY + DAY) == 0


def test_criteria_offered_are_those_of_the_units_then_the_other_leaves(world: World) -> None:
    side = world.ours
    area = Criterion.objects.create(framework=side.framework, code="X", title="Area", order=9)
    leaf = Criterion.objects.create(framework=side.framework, parent=area, code="X1", title="Leaf")
    choices = reads.criteria_choices(side.enrolment)
    assert choices.mapped == side.criteria[:2]
    assert set(choices.others) == {side.criteria[2], leaf}
    assert choices.all == [*choices.mapped, *choices.others]


def test_last_strategy_is_that_of_the_entry_written_last(world: World) -> None:
    enrolment = world.ours.enrolment
    assert reads.last_strategy(enrolment) is None
    log(world, done_on=TODAY)
    latest = f.StrategyFactory()
    log(world, done_on=TODAY - 9 * DAY, strategy=latest)
    assert reads.last_strategy(enrolment) == latest


def test_history_is_newest_first_and_says_what_is_ones_own(world: World) -> None:
    entry, now = log(world, sent=True), timezone.now()
    for hours, kind, by, reason in (
        (3, "created", world.ours.learner, ""),
        (2, "submitted", world.ours.learner, ""),
        (1, "returned", world.ours.coach, "Which part did you do?"),
    ):
        at = now - dt.timedelta(hours=hours)
        f.ActivityEventFactory(entry=entry, kind=kind, by=by, at=at, reason=reason)
    lines = reads.history_of(entry, reader=world.ours.learner, has_reasons=True)
    assert [(line.event.kind, line.is_own, line.icon) for line in lines] == [
        ("returned", False, "arrow-return-left"),
        ("submitted", True, "send"),
        ("created", True, "plus-lg"),
    ]
    assert [line.event.reason for line in lines] == ["Which part did you do?", "", ""]
    without = reads.history_of(entry, reader=world.ours.manager, has_reasons=False)
    assert [line.event.reason for line in without] == ["", "", ""]
    assert entry.events.get(kind="returned").reason == "Which part did you do?"


def test_decisions_are_those_of_others_newest_first(world: World) -> None:
    entry, now = log(world, sent=True), timezone.now()
    for hours, kind in enumerate(["created", "submitted", *["returned", "approved"] * 3]):
        f.ActivityEventFactory(entry=entry, kind=kind, at=now + dt.timedelta(hours=hours), reason="x")
    decisions = reads.recent_decisions(world.ours.enrolment)
    assert [event.kind for event in decisions] == ["approved", "returned", "approved", "returned", "approved"]
    assert len(reads.recent_decisions(world.ours.enrolment, limit=2)) == 2
    assert reads.recent_decisions(world.theirs.enrolment) == []
