"""Programmes, cohorts, enrolments and the people around them: what the database holds to."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from core.tags import Tag
from programmes.models import Enrolment, ProgrammeUnit, SupportRole
from tests.factories import programmes as f
from tests.worlds import World

DAY = dt.timedelta(days=1)
MONDAY = dt.date(2026, 1, 5)


@pytest.mark.parametrize(
    ("starts", "day", "week"),
    [
        (MONDAY, MONDAY, 1),
        (MONDAY, MONDAY + 6 * DAY, 1),
        (MONDAY, MONDAY + 7 * DAY, 2),
        (MONDAY, MONDAY - DAY, 0),
        (MONDAY, MONDAY + 363 * DAY, 52),
        (MONDAY + 3 * DAY, MONDAY + 3 * DAY, 1),  # a start on a Thursday: the next Monday is week 2
        (MONDAY + 3 * DAY, MONDAY + 7 * DAY, 2),
    ],
)
def test_weeks_of_a_programme_start_on_monday(starts: dt.date, day: dt.date, week: int) -> None:
    assert Enrolment(starts_on=starts).week_of(day) == week


def test_under_way_is_active_or_on_a_break(db: None) -> None:
    made = {status: f.EnrolmentFactory(status=status) for status in Enrolment.Status.values}
    found = Enrolment.objects.filter(pk__in=[row.pk for row in made.values()]).under_way()
    assert {row.status for row in found} == {"active", "on_break"}


def test_states_have_words_of_their_own() -> None:
    assert Enrolment(status="on_break").status_tag == Tag("neutral", "pause-circle", "On break")
    assert len({Enrolment(status=status).status_tag for status in Enrolment.Status.values}) == 6


def test_learner_is_in_a_cohort_once(world: World) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        f.EnrolmentFactory(cohort=world.ours.cohort, learner=world.ours.learner)


@pytest.mark.parametrize("days", [0, -1])
def test_enrolment_ends_after_it_starts(db: None, days: int) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        f.EnrolmentFactory(starts_on=MONDAY, ends_on=MONDAY + days * DAY)


def test_dated_rows_do_not_end_before_they_start(world: World) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        f.SupportRoleFactory(enrolment=world.ours.enrolment, starts_on=MONDAY, ends_on=MONDAY - DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        f.ProgrammeRoleFactory(programme=world.ours.programme, starts_on=MONDAY, ends_on=MONDAY - DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        world.ours.enrolment.breaks.create(starts_on=MONDAY, ends_on=MONDAY - DAY)
    world.ours.enrolment.breaks.create(starts_on=MONDAY, ends_on=MONDAY)


def test_order_of_units_is_without_a_tie(world: World) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ProgrammeUnit.objects.create(programme=world.ours.programme, order=1, title="Also the first")


def test_cohort_has_a_name_of_its_own_in_the_programme(world: World) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        f.CohortFactory(programme=world.ours.programme, name=world.ours.cohort.name)
    f.CohortFactory(programme=world.theirs.programme, name=world.ours.cohort.name)


def test_names_of_rows_say_what_they_are(world: World) -> None:
    side = world.ours
    assert str(side.enrolment) == "Sample learner Alder – Cohort Alder"
    assert (
        str(SupportRole.objects.get(enrolment=side.enrolment, role="manager"))
        == "Sample manager Alder: Line manager"
    )
    assert (str(side.programme), str(side.cohort)) == ("Programme Alder", "Cohort Alder")
    assert str(side.programme.units.get()) == "Unit Alder"
    assert str(side.programme.roles.get()) == "Sample lead Alder – Programme Alder"
    assert str(side.strategy) == "Strategy Alder"
    pause = side.enrolment.breaks.create(starts_on=MONDAY, ends_on=MONDAY + DAY)
    assert str(pause) == "2026-01-05 – 2026-01-06"


# Activities -----------------------------------------------------------------------------


@pytest.mark.parametrize("minutes", [0, 1441])
def test_activity_fits_into_a_day(world: World, minutes: int) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        f.ActivityFactory(enrolment=world.ours.enrolment, strategy=world.ours.strategy, minutes=minutes)


@pytest.mark.parametrize(
    "fields",
    [
        {"approved": True, "approved_at": None},
        {"approved": True, "approved_by": None},
        {"sent": True, "submitted_at": None},
        {"sent": True, "organisation": None},
        {"approved": True, "submitted_at": None},
    ],
)
def test_state_and_what_belongs_to_it_are_held_together(world: World, fields: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        f.ActivityFactory(enrolment=world.ours.enrolment, strategy=world.ours.strategy, **fields)


def test_return_without_a_reason_is_refused_by_the_database(world: World) -> None:
    entry = f.ActivityFactory(enrolment=world.ours.enrolment, strategy=world.ours.strategy, sent=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        f.ActivityEventFactory(entry=entry, kind="returned", reason="")


def test_rows_of_an_activity_name_no_private_text(world: World) -> None:
    entry = f.ActivityFactory(enrolment=world.ours.enrolment, strategy=world.ours.strategy, title="Course")
    reflection = entry.__class__.reflection.related.related_model.objects.create(
        entry=entry, text="Mine alone"
    )
    assert str(entry) == "Course"
    assert "Mine alone" not in str(reflection)
    evidence = f.EvidenceFactory(entry=entry, file="ab/sample.txt", content_type="image/png")
    assert (str(evidence), evidence.is_image) == ("sample.txt", True)
    assert str(f.ActivityEventFactory(entry=entry)).startswith("Started 2")
