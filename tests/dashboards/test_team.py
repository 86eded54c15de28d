"""The line manager's page: head, KPIs, table, value; and the page of all that was confirmed."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dashboards import queries
from dashboards.queries.value import confirmed_for, headline, next_month
from people.models import User
from programmes.models import ApplicationBenefit, ApplicationRecord, Enrolment, Goal
from programmes.queries.applications import Rate, UnitSum, Value, value_of
from programmes.queries.progress import progress_of
from tests.factories import programmes as f
from tests.worlds import World

ClientOf = Callable[[User | None], Client]
DAY = dt.timedelta(days=1)


def confirmed(world: World, *, minutes: int = 60, **fields: Any) -> ApplicationRecord:
    """A confirmed application; fields of its benefit, if it has one, and `enrolment`, `confirmed_at`."""
    enrolment = fields.pop("enrolment", world.ours.enrolment)
    entry = f.ActivityFactory(
        enrolment=enrolment, strategy=world.ours.strategy, approved=True, minutes=minutes
    )
    at = {"confirmed_at": fields.pop("confirmed_at")} if "confirmed_at" in fields else {}
    record: ApplicationRecord = f.ApplicationFactory(entry=entry, confirmed=True, **at)
    if fields:
        values = {"level": "team", "text": "Less waste", "measure": "Waste", "before": 100, "after": 40}
        ApplicationBenefit.objects.create(record=record, **values | fields)
    return record


def all_of(world: World) -> Any:
    return Enrolment.objects.filter(pk=world.ours.enrolment.pk)


# Figures ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("units", "single"),
    [
        ([], None),
        (["eur_month"], ("eur_month", 60)),
        (["eur_month", "eur_month"], ("eur_month", 120)),
        (["eur_month", "hours_month"], None),
        (["eur_month", "percent"], None),
        (["percent"], None),
    ],
)
def test_value_is_one_figure_only_where_one_unit_adds_up(
    world: World, units: list[str], single: tuple[str, int] | None
) -> None:
    for unit in units:
        confirmed(world, unit=unit)
    found = headline(value_of(all_of(world)))
    assert found.confirmed == len(units)
    assert (found.single and (found.single.unit, found.single.total)) == single


def test_headline_of_nothing_is_nothing() -> None:
    assert headline(Value(0, [], [], 0, [])).single is None
    one = UnitSum("eur_month", 2, Decimal("12.50"))
    assert headline(Value(2, [one], [], 0, [])).single == one


@pytest.mark.parametrize(
    ("day", "following"),
    [
        (dt.date(2026, 1, 1), dt.date(2026, 2, 1)),
        (dt.date(2026, 1, 31), dt.date(2026, 2, 1)),
        (dt.date(2025, 12, 15), dt.date(2026, 1, 1)),
    ],
)
def test_month_after(day: dt.date, following: dt.date) -> None:
    assert next_month(day) == following


def test_members_have_their_rate_and_their_goals(world: World) -> None:
    today = timezone.localdate()
    confirmed(world, minutes=60)
    f.ActivityFactory(
        enrolment=world.ours.enrolment, strategy=world.ours.strategy, approved=True, minutes=120
    )
    f.GoalFactory(enrolment=world.ours.enrolment, in_progress=True, title="Late", target_on=today - DAY)
    f.GoalFactory(enrolment=world.ours.enrolment, agreed=True, title="In time", target_on=today)
    f.GoalFactory(enrolment=world.ours.enrolment, proposed=True)
    (member,) = queries.members_of(progress_of(all_of(world), on=today), on=today)
    assert (member.rate, len(member.goals), member.overdue) == (Rate(60, 180), 2, 1)
    assert queries.rate_of_members([member, member]) == Rate(120, 360)
    assert [goal.title for goal in queries.team_goals([member], on=today)] == ["Late", "In time"]


@pytest.mark.parametrize(
    ("off", "on", "share"), [(0, 0, None), (60, 0, 100), (60, 120, 33), (2, 1, 67), (1, 1, 50)]
)
def test_share_off_the_job(off: int, on: int, share: int | None) -> None:
    sums = queries.TeamSums(1, off, 0, on, 0, 0, {})
    assert (sums.off_share, sums.counted) == (share, off + on)


# The page ---------------------------------------------------------------------------------


def test_page_says_how_the_team_stands_with_its_arithmetic(world: World, client_of: ClientOf) -> None:
    confirmed(world, minutes=90, unit="eur_month")
    f.ActivityFactory(
        enrolment=world.ours.enrolment, strategy=world.ours.strategy, approved=True, minutes=90, kind="on_job"
    )
    response = client_of(world.ours.manager).get("/team/")
    text = response.text
    assert text.count('class="wbl-kpi"') == 4
    assert "1.5\u00a0h used at work and confirmed, of 1.5\u00a0h verified off the job: 100%." in text
    assert "60\u00a0EUR a month" in text
    assert (
        "Balance: 1.5\u00a0h off the job and 1.5\u00a0h on the job, so 50% of 3\u00a0h was off the job"
        in text
    )
    (member,) = response.context["members"]
    for reason in member.progress.status.reasons:
        assert str(reason) in text
    assert str(member.progress.status.next_action.sentence) in text


def test_page_without_a_team_still_has_what_waits(world: World, client_of: ClientOf) -> None:
    Enrolment.objects.filter(pk=world.ours.enrolment.pk).update(status="completed")
    text = client_of(world.ours.manager).get("/team/").text
    assert "Nobody in your team is learning yet" in text
    assert 'action="/team/decide/"' not in text
    f.ActivityFactory(enrolment=world.ours.enrolment, strategy=world.ours.strategy, kind="on_job", sent=True)
    assert 'action="/team/decide/"' in client_of(world.ours.manager).get("/team/").text


def test_goals_of_the_team_are_those_pursued(world: World, client_of: ClientOf) -> None:
    f.GoalFactory(enrolment=world.ours.enrolment, in_progress=True, title="Pursued here")
    f.GoalFactory(enrolment=world.ours.enrolment, title="A draft of theirs")
    f.GoalFactory(enrolment=world.theirs.enrolment, in_progress=True, title="Pursued there")
    text = client_of(world.ours.manager).get("/team/").text
    assert ("Pursued here" in text, "A draft of theirs" in text, "Pursued there" in text) == (
        True,
        False,
        False,
    )


# All that was confirmed -------------------------------------------------------------------


def test_value_page_lists_what_was_confirmed_and_adds_only_what_adds_up(
    world: World, client_of: ClientOf
) -> None:
    confirmed(world, unit="eur_month")
    confirmed(world, unit="hours_month", before=9, after=4)
    confirmed(world, unit="percent")
    f.ApplicationFactory(
        entry=f.ActivityFactory(enrolment=world.ours.enrolment, strategy=world.ours.strategy, approved=True),
        sent=True,
    )
    confirmed(world, enrolment=world.theirs.enrolment, unit="eur_month")
    response = client_of(world.ours.manager).get("/team/value/")
    assert len(response.context["page"].object_list) == 3
    assert "60\u00a0EUR a month" in response.text
    assert "5\u00a0hours a month" in response.text
    assert "These measures do not add up, so each stands for itself:" in response.text
    assert "Waste: 100 before, 40 now (per cent)." in response.text


def test_value_page_by_learner_and_month(world: World, client_of: ClientOf) -> None:
    other = f.EnrolmentFactory(cohort=world.ours.cohort, organisation=world.ours.employer)
    f.SupportRoleFactory(enrolment=other, person=world.ours.manager, role="manager")
    now = timezone.now()
    long_ago = (now - 70 * DAY).replace(day=3)
    confirmed(world, unit="eur_month", confirmed_at=now)
    confirmed(world, unit="eur_month", confirmed_at=long_ago)
    confirmed(world, enrolment=other, unit="eur_month", after=90, confirmed_at=long_ago)
    client = client_of(world.ours.manager)

    def sums(query: str) -> list[int]:
        return [int(one.total) for one in client.get(f"/team/value/{query}").context["value"].sums]

    assert sums("") == [130]
    assert sums(f"?learner={other.pk}") == [10]
    assert sums(f"?month={long_ago:%Y-%m}") == [70]
    assert sums(f"?month={long_ago:%Y-%m}&learner={world.ours.enrolment.pk}") == [60]
    assert sums(f"?learner={world.theirs.enrolment.pk}&month=2026-99&page=x") == [130]
    none = client.get(f"/team/value/?month={now:%Y-%m}&learner={other.pk}")
    assert "Nothing that was confirmed matches." in none.text
    text = client.get(f"/team/value/?month={long_ago:%Y-%m}").text
    assert f'<option value="{long_ago:%Y-%m}" selected>' in text


def test_value_is_a_file_with_a_row_for_each_benefit(world: World, client_of: ClientOf) -> None:
    record = confirmed(world, unit="eur_month")
    ApplicationBenefit.objects.create(record=record, level="individual", text="=1+1")
    confirmed(world)
    response = client_of(world.ours.manager).get("/team/value/?download=csv")
    lines = response.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert sum("'=1+1" in line for line in lines) == 1


def test_confirmed_are_only_what_the_reader_may_read(world: World) -> None:
    confirmed(world, unit="eur_month")
    assert confirmed_for(all_of(world), world.ours.manager).count() == 1
    assert confirmed_for(all_of(world), world.theirs.manager).count() == 0
    assert Goal.objects.count() == 0
