"""Application rate, prompts that are due, what waits to be confirmed, and what it was all worth."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programmes.models import ApplicationBenefit, ApplicationRecord, Enrolment
from programmes.queries.applications import (
    Rate,
    applications_for,
    due_prompts,
    rate_over,
    rates_by_strategy,
    rates_of,
    value_of,
)
from tests.factories import programmes as f
from tests.worlds import Side, World

TODAY = dt.date(2026, 7, 1)


def entry_with(side: Side, application: str = "", **fields: Any) -> Any:
    """A verified activity off the job with an application in that state; "" for none."""
    made = {"enrolment": side.enrolment, "strategy": side.strategy, **fields}
    if not {"draft", "sent", "returned", "superseded"} & set(fields):
        made["approved"] = True
    made.pop("draft", None)
    entry = f.ActivityFactory(**made)
    if application:
        f.ApplicationFactory(entry=entry, **({} if application == "prompted" else {application: True}))
    return entry


def benefit(record: ApplicationRecord, level: str = "team", **fields: Any) -> ApplicationBenefit:
    return ApplicationBenefit.objects.create(record=record, level=level, text="It goes faster.", **fields)


# Rates ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("applied", "approved", "percent"),
    [(0, 0, None), (0, 60, 0), (60, 60, 100), (1, 3, 33), (2, 3, 67), (1, 200, 1), (2640, 3870, 68)],
)
def test_rate_in_per_cent(applied: int, approved: int, percent: int | None) -> None:
    assert Rate(applied, approved).percent == percent


def test_rate_says_how_it_was_worked_out() -> None:
    assert Rate(2640, 3870).sentence == (
        "44\u00a0h used at work and confirmed, of 64.5\u00a0h verified off the job: 68%."
    )
    assert Rate().sentence == "Nothing off the job is verified yet, so there is no rate."


# What is there beside 60 verified minutes with a confirmed application, and what the rate is then.
RATES: list[tuple[str, dict[str, Any], str, tuple[int, int]]] = [
    ("verified, nothing asked", {}, "", (60, 90)),
    ("prompted", {}, "prompted", (60, 90)),
    ("waiting", {}, "sent", (60, 90)),
    ("question asked", {}, "returned", (60, 90)),
    ("not applied", {}, "not_applied", (60, 90)),
    ("confirmed", {}, "confirmed", (90, 90)),
    ("on the job", {"kind": "on_job"}, "", (60, 60)),
    ("not verified", {"sent": True}, "confirmed", (60, 60)),
    ("returned", {"returned": True}, "confirmed", (60, 60)),
    ("replaced", {"superseded": True}, "", (60, 60)),
]


@pytest.mark.parametrize(
    ("fields", "application", "expected"), [row[1:] for row in RATES], ids=[r[0] for r in RATES]
)
def test_rate_counts_verified_time_off_the_job(
    world: World, fields: dict[str, Any], application: str, expected: tuple[int, int]
) -> None:
    side = world.ours
    entry_with(side, "confirmed", minutes=60)
    entry_with(side, application, minutes=30, **fields)
    entry_with(world.theirs, "confirmed", minutes=500)
    own = Enrolment.objects.filter(pk=side.enrolment.pk)
    assert rates_of([side.enrolment.pk]) == {side.enrolment.pk: Rate(*expected)}
    assert rate_over(own) == Rate(*expected)
    assert [(row.strategy, row.rate) for row in rates_by_strategy(own)] == [(side.strategy, Rate(*expected))]


def test_rate_of_nobody_and_of_who_has_nothing(world: World) -> None:
    assert rates_of([]) == {}
    assert rates_of([world.ours.enrolment.pk]) == {world.ours.enrolment.pk: Rate(0, 0)}
    assert rate_over(Enrolment.objects.none()) == Rate(0, 0)
    assert rates_by_strategy(Enrolment.objects.all()) == []


def test_strategies_come_with_the_highest_rate_first(world: World) -> None:
    side = world.ours
    strategies = {name: f.StrategyFactory(code=name, order=n) for n, name in enumerate("abc")}
    entry_with(side, "confirmed", strategy=strategies["b"], minutes=30)
    entry_with(side, "", strategy=strategies["b"], minutes=90)
    entry_with(side, "confirmed", strategy=strategies["c"], minutes=10)
    entry_with(side, "prompted", strategy=strategies["a"])
    rows = rates_by_strategy(Enrolment.objects.all())
    assert [(row.strategy.code, row.rate.percent) for row in rows] == [("c", 100), ("b", 25), ("a", 0)]


ENTRY = st.tuples(
    st.sampled_from(["on_job", "off_job"]),
    st.sampled_from(["draft", "sent", "returned", "approved", "superseded"]),
    st.sampled_from(["", "prompted", "sent", "returned", "confirmed", "not_applied"]),
    st.integers(1, 600),
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ENTRY, max_size=6), st.integers(0, 3))
def test_hours_never_count_twice_and_the_rate_never_exceeds_all(
    world: World, rows: list[tuple[str, str, str, int]], measures: int
) -> None:
    """However many benefits, files and events hang on an application, its hours count once."""
    enrolment = f.EnrolmentFactory(cohort=world.ours.cohort, organisation=world.ours.employer)
    applied = approved = 0
    for kind, state, application, minutes in rows:
        fields = {"enrolment": enrolment, "kind": kind, "minutes": minutes, state: True}
        entry = entry_with(world.ours, application, **fields)
        for level in ApplicationBenefit.Level.values[:measures] if application else ():
            benefit(entry.application, level)
        if (kind, state) == ("off_job", "approved"):
            approved += minutes
            applied += minutes if application == "confirmed" else 0
    rate = rates_of([enrolment.pk])[enrolment.pk]
    assert rate == Rate(applied, approved) == rate_over(Enrolment.objects.filter(pk=enrolment.pk))
    by_strategy = rates_by_strategy(Enrolment.objects.filter(pk=enrolment.pk))
    assert sum(row.rate.approved for row in by_strategy) == approved
    assert rate.percent is None or 0 <= rate.percent <= 100


# Prompts ----------------------------------------------------------------------------------

DAY = dt.timedelta(days=1)
# Days since the activity, days since the last "not yet" (None for never), whether the learner is asked.
PROMPTS = [
    (13, None, False),
    (14, None, True),
    (30, None, True),
    (14, 0, False),
    (20, 6, False),  # put off on the very day of the prompt
    (20, 7, True),  # put off before there was a prompt
    (59, 40, False),
    (60, 40, True),
    (60, 0, False),
    (179, 100, False),
    (180, 100, True),
    (400, 220, False),
    (400, 221, True),
    (400, 10, False),
]


@pytest.mark.parametrize(("since", "put_off", "is_due"), PROMPTS)
def test_prompt_is_due(world: World, since: int, put_off: int | None, is_due: bool) -> None:
    entry = entry_with(world.ours, done_on=TODAY - since * DAY)
    put_off_on = None if put_off is None else TODAY - put_off * DAY
    record = f.ApplicationFactory(entry=entry, put_off_on=put_off_on)
    assert due_prompts(world.ours.enrolment, on=TODAY) == ([record] if is_due else [])


@pytest.mark.parametrize(
    ("application", "fields"),
    [
        ("sent", {}),
        ("confirmed", {}),
        ("not_applied", {}),
        ("prompted", {"sent": True}),
        ("prompted", {"draft": True}),
        ("prompted", {"superseded": True}),
        ("prompted", {"kind": "on_job"}),
    ],
)
def test_nothing_is_asked_about(world: World, application: str, fields: dict[str, Any]) -> None:
    entry_with(world.ours, application, done_on=TODAY - 20 * DAY, **fields)
    entry_with(world.theirs, "prompted", done_on=TODAY - 20 * DAY)
    assert due_prompts(world.ours.enrolment, on=TODAY) == []


def test_questions_come_first_then_the_oldest(world: World) -> None:
    side = world.ours
    records = [
        f.ApplicationFactory(entry=entry_with(side, done_on=TODAY - days * DAY)) for days in (20, 90, 40)
    ]
    asked = f.ApplicationFactory(entry=entry_with(side, done_on=TODAY - 5 * DAY), returned=True)
    for kind, reason, undone in (
        ("returned", "The first one", None),
        ("returned", "How do you see it?", None),
        ("returned", "A slip", timezone.now()),
    ):
        f.ApplicationEventFactory(record=asked, kind=kind, by=side.mentor, reason=reason, undone_at=undone)
    found = due_prompts(side.enrolment, on=TODAY)
    assert found == [asked, records[1], records[2], records[0]]
    assert found[0].question == "How do you see it?"


# Waiting and worth ------------------------------------------------------------------------


def test_what_waits_is_for_mentor_and_manager_the_oldest_first(world: World) -> None:
    side, now = world.ours, timezone.now()
    late, early = (
        f.ApplicationFactory(entry=entry_with(side), sent=True, submitted_at=now - days * DAY)
        for days in (1, 9)
    )
    for state in ("prompted", "returned", "confirmed", "not_applied"):
        entry_with(side, state)
    entry_with(world.theirs, "sent")
    for persona in ("mentor", "manager"):
        assert list(applications_for(getattr(side, persona))) == [early, late]
    for persona in ("learner", "coach", "lead", "org_admin"):
        assert list(applications_for(getattr(side, persona))) == []


def test_nobody_confirms_their_own(world: World) -> None:
    side = world.ours
    entry_with(side, "sent")
    f.SupportRoleFactory(enrolment=side.enrolment, person=side.learner, role="manager")
    assert list(applications_for(side.learner)) == []


def test_value_adds_up_only_what_adds_up(world: World) -> None:
    side = world.ours
    first, second = (entry_with(side, "confirmed").application for _n in range(2))
    measured = {"measure": "Time", "before": Decimal(10), "after": Decimal("4.5")}
    benefit(first, "team", unit="hours_month", **measured)
    benefit(first, "organisation", unit="hours_month", **{**measured, "after": Decimal(9)})
    benefit(second, "team", unit="hours_month", **measured | {"is_less_better": False})  # it got worse
    percent = benefit(second, "organisation", unit="percent", **measured)
    pieces = benefit(second, "individual", unit="pieces_month", **measured)
    for state, fields in (("sent", {}), ("confirmed", {"sent": True})):
        benefit(entry_with(side, state, **fields).application, unit="hours_month", **measured)
    value = value_of(Enrolment.objects.filter(pk=side.enrolment.pk))
    assert value.confirmed == 2
    assert [(row.label, row.records, row.total) for row in value.sums] == [
        ("hours a month", 2, Decimal("1.00"))
    ]
    assert (list(value.others), value.others_count) == ([pieces, percent], 2)
    assert [(row.label, row.records) for row in value.levels] == [
        ("For the person", 1),
        ("For the team", 2),
        ("For the organisation", 2),
    ]


def test_value_of_nothing(world: World) -> None:
    value = value_of(Enrolment.objects.filter(pk=world.ours.enrolment.pk))
    assert (value.confirmed, value.sums, value.others, value.others_count) == (0, [], [], 0)
    assert [row.records for row in value.levels] == [0, 0, 0]


@pytest.mark.parametrize("language", ["es", "pl"])
def test_rate_is_said_in_every_language(language: str) -> None:
    with translation.override(language):
        assert Rate(90, 180).sentence
