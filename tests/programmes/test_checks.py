"""What is out of the ordinary about an activity: asked of the learner, shown to who verifies."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from programmes.models import ActivityEntry, Reflection
from programmes.queries.checks import Check, Span, checks_of, exceptions_of, exceptions_of_entry
from tests.factories import programmes as f
from tests.worlds import World


def entry_of(world: World, **fields: Any) -> ActivityEntry:
    entry: ActivityEntry = f.ActivityFactory(
        enrolment=world.ours.enrolment, strategy=world.ours.strategy, **fields
    )
    return entry


def days_ago(number: int) -> dt.date:
    return timezone.localdate() - dt.timedelta(days=number)


def asked(world: World, *spans: Span) -> list[Check]:
    return exceptions_of(world.ours.enrolment, spans, on=timezone.localdate())


@pytest.mark.parametrize(("minutes", "expected"), [(480, []), (481, [Check.LONG_DAY]), (1321, [])])
def test_a_day_of_more_than_ten_hours_needs_a_reason_and_of_more_than_24_is_refused_elsewhere(
    world: World, minutes: int, expected: list[Check]
) -> None:
    entry_of(world, minutes=120, done_on=days_ago(1))
    assert asked(world, Span(None, days_ago(1), None, minutes)) == expected


def test_the_days_typed_together_count_together(world: World) -> None:
    twice = [Span(None, days_ago(1), None, 301), Span(None, days_ago(1), None, 300)]
    assert asked(world, *twice) == [Check.LONG_DAY]


@pytest.mark.parametrize(
    ("starts_at", "expected"),
    [(dt.time(8, 0), []), (dt.time(8, 1), [Check.OVERLAP]), (dt.time(10, 30), []), (None, [])],
)
def test_times_that_lie_on_each_other_need_a_reason(
    world: World, starts_at: dt.time | None, expected: list[Check]
) -> None:
    entry_of(world, minutes=90, done_on=days_ago(1), starts_at=dt.time(9, 0))
    assert asked(world, Span(None, days_ago(1), starts_at, 60)) == expected


@pytest.mark.parametrize(("days", "expected"), [(14, []), (15, [Check.LATE])])
def test_what_is_older_than_two_weeks_needs_a_reason(world: World, days: int, expected: list[Check]) -> None:
    assert asked(world, Span(None, days_ago(days), None, 60)) == expected


def test_an_entry_does_not_stand_in_its_own_way(world: World) -> None:
    entry = entry_of(world, minutes=590, done_on=days_ago(1), starts_at=dt.time(9, 0))
    assert exceptions_of_entry(entry, on=timezone.localdate()) == []


def checks(world: World, entry: ActivityEntry, reader: str = "mentor") -> list[Check]:
    return checks_of([entry], reader=getattr(world.ours, reader))[entry.pk]


def test_each_check_is_found_for_who_verifies(world: World) -> None:
    sent: dict[str, Any] = {"sent": True, "kind": "on_job"}
    clear = entry_of(world, **sent, title="Clear", done_on=days_ago(1))
    long = entry_of(world, **sent, minutes=601, done_on=days_ago(2))
    entry_of(world, **sent, done_on=days_ago(3), starts_at=dt.time(9, 0))
    overlap = entry_of(world, **sent, done_on=days_ago(3), starts_at=dt.time(10, 0))
    late = entry_of(world, **sent, done_on=days_ago(15))
    unpaid = entry_of(world, **sent, is_paid=False, done_on=days_ago(4))
    again = entry_of(world, **sent, title="CLEAR", done_on=days_ago(0))
    found = checks_of([clear, long, overlap, late, unpaid, again], reader=world.ours.mentor)
    assert found == {
        clear.pk: [],
        long.pk: [Check.LONG_DAY],
        overlap.pk: [Check.OVERLAP],
        late.pk: [Check.LATE],
        unpaid.pk: [Check.UNPAID],
        again.pk: [Check.SAME_TITLE],
    }


@pytest.mark.parametrize(("days", "expected"), [(91, [Check.SAME_TITLE]), (92, [])])
def test_the_same_title_counts_for_three_months(world: World, days: int, expected: list[Check]) -> None:
    entry = entry_of(world, sent=True, title="First aid", done_on=days_ago(1))
    entry_of(world, sent=True, title="first AID", done_on=days_ago(days))
    assert checks(world, entry) == expected


def test_drafts_and_other_learners_are_no_reason_to_look(world: World) -> None:
    entry = entry_of(world, sent=True, title="First aid", minutes=400)
    entry_of(world, title="First aid", minutes=400)
    f.ActivityFactory(enrolment=world.theirs.enrolment, title="First aid", minutes=400, sent=True)
    assert checks(world, entry) == []


def test_a_missing_reflection_is_told_to_who_may_read_one_only(world: World) -> None:
    without, written = (
        entry_of(world, sent=True, title="A"),
        entry_of(world, sent=True, title="B", done_on=days_ago(2)),
    )
    Reflection.objects.create(entry=written, text="Mine")
    assert checks(world, without, "coach") == [Check.NO_REFLECTION]
    assert checks(world, written, "coach") == []
    assert checks(world, without, "mentor") == checks(world, without, "manager") == []
