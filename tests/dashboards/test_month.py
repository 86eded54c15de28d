"""A team's month on paper: its days, what falls into it, as of which day, and for whom."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dashboards.queries.month import Month, MonthHours, month_of, month_span
from people.models import User
from programmes.models import ApplicationBenefit, BreakInLearning, Enrolment
from tests.factories import programmes as f
from tests.worlds import World

ClientOf = Callable[[User | None], Client]
DAY = dt.timedelta(days=1)
START = dt.date(2025, 12, 15)
TODAY = dt.date(2026, 3, 10)


@pytest.mark.parametrize(
    ("year", "month", "first", "last", "is_over", "is_to_come"),
    [
        (2026, 2, "2026-02-01", "2026-02-28", True, False),
        (2024, 2, "2024-02-01", "2024-02-29", True, False),  # a leap year
        (2025, 12, "2025-12-01", "2025-12-31", True, False),
        (2026, 3, "2026-03-01", "2026-03-10", False, False),  # under way: up to today
        (2026, 4, "2026-04-01", "2026-04-01", False, True),
    ],
)
def test_span_ends_with_the_month_or_today(
    year: int, month: int, first: str, last: str, is_over: bool, is_to_come: bool
) -> None:
    span = month_span(year, month, today=TODAY)
    assert (span.first.isoformat(), span.last.isoformat()) == (first, last)
    assert (span.is_over, span.is_to_come) == (is_over, is_to_come)


def test_months_before_and_after() -> None:
    january = month_span(2026, 1, today=TODAY)
    assert (january.previous, january.following) == (dt.date(2025, 12, 1), dt.date(2026, 2, 1))
    with pytest.raises(ValueError, match="month"):
        month_span(2026, 13, today=TODAY)


@pytest.fixture
def learner(world: World) -> Enrolment:
    """Starts on 15 December 2025, for 364 days of 260 h off and 520 h on the job."""
    Enrolment.objects.filter(pk=world.ours.enrolment.pk).update(starts_on=START, ends_on=START + 363 * DAY)
    return Enrolment.objects.select_related("learner", "cohort__programme").get(pk=world.ours.enrolment.pk)


def of_month(world: World, learner: Enrolment, year: int, month: int) -> Month:
    rows = list(Enrolment.objects.filter(pk=learner.pk).select_related("learner", "cohort__programme"))
    return month_of(rows, world.ours.manager, month_span(year, month, today=TODAY))


def log(world: World, day: dt.date, minutes: int = 60, **fields: Any) -> Any:
    made = {"enrolment": world.ours.enrolment, "strategy": world.ours.strategy, "approved": True}
    return f.ActivityFactory(**made | {"done_on": day, "minutes": minutes} | fields)


@pytest.mark.parametrize(
    ("year", "month", "off_job", "on_job"),
    [
        # 260 h x 60 / 364 days = 42.857 minutes a day off the job, twice that on the job
        (2025, 12, 729, 1457),  # 17 days, 15 to 31 December
        (2026, 1, 1328, 2657),  # 48 days by the 31st, 17 before
        (2026, 2, 1200, 2400),  # 76 days, 48 before
        (2026, 3, 429, 857),  # ten days so far
    ],
)
def test_expected_is_what_the_even_pace_adds_in_the_month(
    world: World, learner: Enrolment, year: int, month: int, off_job: int, on_job: int
) -> None:
    found = of_month(world, learner, year, month)
    assert (found.off_job, found.on_job) == (MonthHours(0, off_job), MonthHours(0, on_job))


def test_break_takes_its_days_out_of_the_month(world: World, learner: Enrolment) -> None:
    BreakInLearning.objects.create(
        enrolment=learner, starts_on="2026-01-26", ends_on="2026-02-08", status="agreed"
    )
    # 350 learning days: 42 by 31 January, 17 before; 62 by 28 February
    assert of_month(world, learner, 2026, 1).off_job.expected == round(15600 * 42 / 350) - round(
        15600 * 17 / 350
    )
    assert of_month(world, learner, 2026, 2).off_job.expected == round(15600 * 62 / 350) - round(
        15600 * 42 / 350
    )


def test_hours_are_those_of_days_in_the_month(world: World, learner: Enrolment) -> None:
    for day in (dt.date(2026, 1, 31), dt.date(2026, 2, 1), dt.date(2026, 2, 28), dt.date(2026, 3, 1)):
        log(world, day, 60)
    log(world, dt.date(2026, 2, 10), 45, kind="on_job")
    log(world, dt.date(2026, 2, 11), 600, approved=False, sent=True)
    found = of_month(world, learner, 2026, 2)
    assert (found.off_job.counted, found.on_job.counted) == (120, 45)
    (row,) = found.rows
    assert (row.off_job.counted, row.on_job.counted) == (120, 45)
    assert row.progress.off_job.counted == 180  # as of 28 February: what lies after it is in the future then
    assert row.progress.status is not None


def test_month_says_what_was_verified_agreed_closed_and_confirmed(world: World, learner: Enrolment) -> None:
    inside, before = (
        timezone.make_aware(dt.datetime(2026, 2, 1)),  # noqa: DTZ001
        timezone.make_aware(dt.datetime(2026, 1, 31, 23)),  # noqa: DTZ001
    )
    last = timezone.make_aware(dt.datetime(2026, 2, 28, 23, 59))  # noqa: DTZ001
    entry = log(world, dt.date(2026, 1, 20), approved_at=inside)
    log(world, dt.date(2026, 2, 1), approved_at=before)
    made = {"enrolment": learner}
    f.GoalFactory(**made, agreed=True, agreed_at=last, title="Agreed in the month")
    f.GoalFactory(**made, closed=True, agreed_at=before, closed_at=inside, title="Closed in the month")
    f.GoalFactory(**made, agreed=True, agreed_at=before)
    f.GoalFactory(**made)
    record = f.ApplicationFactory(entry=entry, confirmed=True, confirmed_at=inside)
    f.ApplicationFactory(entry=log(world, dt.date(2026, 1, 3)), confirmed=True, confirmed_at=before)
    found = of_month(world, learner, 2026, 2)
    (row,) = found.rows
    assert [goal.title for goal in row.agreed] == ["Agreed in the month"]
    assert [goal.title for goal in row.closed] == ["Closed in the month"]
    assert row.applications == [record]
    assert (found.verified, found.agreed, found.closed, found.applications) == (1, 1, 1, 1)


def test_who_had_not_started_is_not_in_it(world: World, learner: Enrolment) -> None:
    assert (of_month(world, learner, 2025, 11).rows, of_month(world, learner, 2025, 11).has_previous) == (
        [],
        False,
    )
    assert len(of_month(world, learner, 2025, 12).rows) == 1
    assert of_month(world, learner, 2025, 12).has_previous is False
    assert of_month(world, learner, 2026, 1).has_previous is True
    assert of_month(world, learner, 2026, 4).rows == []  # has not begun


# On the page ------------------------------------------------------------------------------


def this_month() -> str:
    return f"{timezone.localdate():%Y-%m}"


def test_page_is_for_the_managers_own_people(world: World, client_of: ClientOf) -> None:
    today = timezone.localdate()
    entry = log(world, today, minutes=90)
    record = f.ApplicationFactory(entry=entry, confirmed=True, what_changed="Shorter meetings")
    ApplicationBenefit.objects.create(
        record=record, level="team", text="Less waiting", measure="Waiting", unit="hours_month",
        before=Decimal(9), after=Decimal(4),
    )  # fmt: skip
    response = client_of(world.ours.manager).get(f"/team/month/{this_month()}/")
    for words in (
        "Sample learner Alder",
        "Shorter meetings",
        "Less waiting",
        "wbl-printonly",
        "1.5\u00a0h off the job",
    ):
        assert words in response.text
    assert world.theirs.learner.display_name not in response.text
    assert "Shorter meetings" not in client_of(world.theirs.manager).get(f"/team/month/{this_month()}/").text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("2026-02", 200),
        ("2026-2", 200),
        ("2026-13", 404),
        ("2026-0", 404),
        ("0-1", 404),
        ("9999-12", 404),
        ("99999-1", 404),
        ("1-1", 404),
        ("2026", 404),
        ("2100-01", 200),
    ],
)
def test_odd_months_are_not_found(world: World, client_of: ClientOf, path: str, status: int) -> None:
    assert client_of(world.ours.manager).get(f"/team/month/{path}/").status_code == status


def test_links_lead_to_the_months_that_there_are(world: World, client_of: ClientOf) -> None:
    client, today = client_of(world.ours.manager), timezone.localdate()
    text = client.get(f"/team/month/{this_month()}/").text
    assert ('rel="prev"' in text, 'rel="next"' in text) == (True, False)
    first = world.ours.enrolment.starts_on
    text = client.get(f"/team/month/{first:%Y-%m}/").text
    assert ('rel="prev"' in text, 'rel="next"' in text) == (False, True)
    later = today + 62 * DAY
    text = client.get(f"/team/month/{later:%Y-%m}/").text
    assert "This month has not begun." in text
    assert f'href="/team/month/{today.year}-{today.month}/"' in text


def test_month_is_a_file_too(world: World, client_of: ClientOf) -> None:
    log(world, timezone.localdate(), minutes=90)
    response = client_of(world.ours.manager).get(f"/team/month/{this_month()}/?download=csv")
    lines = response.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith(
        "Learner,State,Why,Off the job, counted hours".replace(", counted", "").split(",")[0]
    )
    assert lines[1].startswith("Sample learner Alder,")
