"""The programme lead's pages: what is worked out, kept for a minute, and shown only for programmes led today."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboards.queries import lead
from dashboards.queries.lead import LearnerLine, Summary, WayLine
from dashboards.queries.lead_tables import COHORT_SORTS, cohort_rows, criterion_rows, way_rows
from people.models import User
from programmes.models import Enrolment, ProgrammeRole
from programmes.queries.applications import Rate
from tests.factories import programmes as f
from tests.worlds import World

ClientOf = Callable[[User | None], Client]
DAY = dt.timedelta(days=1)
NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
PAGES = ("/lead/", "/lead/learners/", "/lead/cohorts/", "/lead/strategies/", "/lead/criteria/")


def summary_of(world: World) -> Summary:
    return lead.summaries_of([world.ours.programme.pk], on=timezone.localdate())[world.ours.programme.pk]


def log(world: World, minutes: int = 60, **fields: Any) -> Any:
    made = {"enrolment": world.ours.enrolment, "strategy": world.ours.strategy, "approved": True}
    if "sent" in fields:
        made.pop("approved")
    return f.ActivityFactory(**made | {"minutes": minutes} | fields)


# What is worked out -----------------------------------------------------------------------


def test_summary_holds_a_line_for_each_learner_under_way(world: World) -> None:
    side = world.ours
    behind = f.EnrolmentFactory(
        cohort=side.cohort, organisation=side.employer, starts_on=timezone.localdate() - 250 * DAY
    )
    for status in ("invited", "completed", "withdrawn"):
        f.EnrolmentFactory(cohort=side.cohort, organisation=side.employer, status=status)
    log(world, 120)
    entry = log(world, 30, kind="on_job")
    entry.criteria.set(side.criteria)
    found = summary_of(world)
    assert [(line.enrolment, line.cohort) for line in found.learners] == [
        (behind.pk, side.cohort.pk),
        (side.enrolment.pk, side.cohort.pk),
    ]
    own = found.learners[1]
    assert (own.counted, own.touched, own.criteria) == (120, 2, 2)


def test_ways_are_minutes_by_kind_and_what_is_applied(world: World) -> None:
    side = world.ours
    f.ApplicationFactory(entry=log(world, 60), confirmed=True)
    f.ApplicationFactory(entry=log(world, 30), sent=True)
    log(world, 45, kind="on_job")
    log(world, 500, sent=True)
    log(world, 500, enrolment=world.theirs.enrolment)
    found = summary_of(world)
    assert list(found.ways) == [WayLine(side.cohort.pk, side.strategy.pk, 90, 45, 60)]
    (row,) = way_rows([found])
    assert (row.strategy, row.way.minutes, row.way.rate, row.share) == (side.strategy, 135, Rate(60, 90), 100)


def test_criteria_of_the_units_come_with_the_activities_that_reach_them(world: World) -> None:
    side = world.ours
    first, second, outside = side.criteria
    other = f.EnrolmentFactory(cohort=side.cohort, organisation=side.employer)
    for entry in (log(world), log(world), log(world, enrolment=other)):
        entry.criteria.set([first, outside])
    log(world, sent=True).criteria.set([second])
    (found,) = criterion_rows({side.programme.pk: summary_of(world)}, [side.programme])
    assert (found.untouched, found.total, found.learners) == (1, 2, 2)
    assert [(line.criterion, line.activities, line.learners) for line in found.lines] == [
        (second, 0, 0),
        (first, 3, 2),
    ]


def test_goals_are_counted_by_cohort(world: World) -> None:
    side, today = world.ours, timezone.localdate()
    f.GoalFactory(enrolment=side.enrolment, in_progress=True, target_on=today - DAY)
    f.GoalFactory(enrolment=side.enrolment, agreed=True, target_on=today)
    f.GoalFactory(enrolment=side.enrolment, proposed=True)
    f.GoalFactory(enrolment=side.enrolment, achieved=True)
    assert summary_of(world).goals == {side.cohort.pk: (2, 1)}


def line(enrolment: int, cohort: int, level: str, counted: int = 0, expected: int = 0) -> LearnerLine:
    return LearnerLine(enrolment, cohort, level, counted, expected, 1, 4)


SUMMARY = Summary(
    1,
    NOW,
    [line(1, 10, "at_risk", 10, 100), line(2, 10, "on_track", 100, 100), line(3, 20, "watch", 50, 100),
     line(4, 20, "on_break"), line(5, 20, "too_early", 1, 2)],
    [WayLine(10, 7, 60, 30, 15), WayLine(20, 7, 40, 0, 10), WayLine(20, 8, 0, 200, 0)],
    [],
    {10: (3, 1), 20: (2, 0)},
)  # fmt: skip


def test_totals_add_up_over_all_or_one_cohort() -> None:
    whole, first = lead.totals_of([SUMMARY]), lead.totals_of([SUMMARY], 10)
    assert (whole.learners, whole.on_track, whole.watch, whole.at_risk, whole.on_break, whole.others) == (
        5, 1, 1, 1, 1, 1,
    )  # fmt: skip
    assert (whole.counted, whole.expected, whole.share, whole.rate) == (161, 302, 53, Rate(25, 100))
    assert (whole.pursued, whole.overdue, whole.criteria_share) == (5, 1, 25)
    assert (first.learners, first.share, first.rate, first.pursued) == (2, 55, Rate(15, 60), 3)
    nothing = lead.totals_of([])
    assert (nothing.learners, nothing.share, nothing.criteria_share, nothing.rate.percent) == (
        0,
        None,
        None,
        None,
    )


def test_ways_add_up_over_cohorts() -> None:
    assert [(way.strategy, way.minutes, way.rate) for way in lead.ways_of([SUMMARY])] == [
        (8, 200, Rate(0, 0)),
        (7, 130, Rate(25, 100)),
    ]


@pytest.mark.parametrize(
    ("how", "enrolments"),
    [
        ({}, [1, 3, 5, 2, 4]),
        ({"cohort": 20}, [3, 5, 4]),
        ({"level": "at_risk"}, [1]),
        ({"cohort": 20, "level": "at_risk"}, []),
    ],
)
def test_lines_are_the_worst_first(how: dict[str, Any], enrolments: list[int]) -> None:
    assert [row.enrolment for row in lead.lines_of([SUMMARY], **how)] == enrolments


@pytest.mark.parametrize("sort", COHORT_SORTS)
def test_cohorts_come_in_every_order(world: World, sort: str) -> None:
    second = f.CohortFactory(programme=world.ours.programme, name="Aaa")
    f.EnrolmentFactory(cohort=second, organisation=world.ours.employer, starts_on=timezone.localdate() + DAY)
    f.CohortFactory(programme=world.ours.programme, name="Nobody under way")
    rows = cohort_rows([summary_of(world)], sort=sort)
    assert {row.cohort for row in rows} == {world.ours.cohort, second}
    if sort == "name":
        assert [row.cohort for row in rows] == [second, world.ours.cohort]
    if sort == "hours":  # nothing is expected of who starts tomorrow
        assert rows[0].cohort == world.ours.cohort


# Kept for a minute ------------------------------------------------------------------------


def test_summary_is_kept_and_worked_out_anew_for_another_day(world: World) -> None:
    today = timezone.localdate()
    pk = world.ours.programme.pk
    first = lead.summaries_of([pk], on=today)
    log(world)
    with CaptureQueriesContext(connection) as queries:
        assert lead.summaries_of([pk], on=today) == first
    assert len(queries) == 0
    assert lead.summaries_of([pk], on=today + DAY)[pk].ways != first[pk].ways
    cache.clear()
    assert lead.summaries_of([pk], on=today)[pk].ways != first[pk].ways


def test_page_works_without_the_cache(world: World, client_of: ClientOf, settings: Any) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1",
            "OPTIONS": {"socket_connect_timeout": 1},
        }
    }
    assert summary_of(world).learners[0].enrolment == world.ours.enrolment.pk


def test_what_is_kept_is_shown_to_nobody_whose_role_has_ended(world: World, client_of: ClientOf) -> None:
    client = client_of(world.ours.lead)
    pages = ("/lead/", "/lead/learners/", "/lead/cohorts/")
    for page in pages:
        assert client.get(page).status_code == 200
    yesterday = timezone.localdate() - DAY
    ProgrammeRole.objects.filter(person=world.ours.lead).update(ends_on=yesterday)
    for page in pages:
        text = client.get(page).text
        assert world.ours.learner.display_name not in text
        assert world.ours.cohort.name not in text
    other = client_of(world.theirs.lead)
    text = other.get(f"/lead/cohorts/?programme={world.ours.programme.pk}").text
    assert (world.ours.cohort.name in text, world.theirs.cohort.name in text) == (False, True)


def test_learners_of_lines_are_those_whom_the_reader_may_see(world: World) -> None:
    lines, today = lead.lines_of([summary_of(world)]), timezone.localdate()
    assert len(lead.progress_of_lines(lines, world.ours.lead, on=today)) == 1
    assert lead.progress_of_lines(lines, world.theirs.lead, on=today) == []


def test_number_of_queries_is_the_same_for_one_learner_and_for_thirty(
    world: World, client_of: ClientOf
) -> None:
    client = client_of(world.ours.lead)
    client.get("/lead/")
    numbers = []
    for more in (0, 29):
        for _one in range(more):
            f.EnrolmentFactory(cohort=world.ours.cohort, organisation=world.ours.employer)
        for clear in (True, False):
            if clear:
                cache.clear()
            with CaptureQueriesContext(connection) as queries:
                client.get("/lead/")
            numbers.append(len(queries))
    assert numbers[:2] == numbers[2:]
    assert numbers[1] < numbers[0]


# The pages --------------------------------------------------------------------------------


def test_home_shows_who_needs_help_with_why(world: World, client_of: ClientOf) -> None:
    response = client_of(world.ours.lead).get("/lead/")
    (row,) = response.context["rows"]
    assert row.status.level.value in ("at_risk", "watch")
    for words in [*map(str, row.status.reasons), str(row.status.next_action.sentence), "Worked out at"]:
        assert words in response.text
    assert "2 of 2 criteria of the units have no verified activity of anybody under way." in response.text


@pytest.mark.parametrize("path", PAGES)
def test_page_with_odd_filters_is_the_page(world: World, client_of: ClientOf, path: str) -> None:
    odd = "?programme=x&cohort=99999999999999999999&status=x&sort=zzz&only=1&page=-4"
    assert client_of(world.ours.lead).get(path + odd).status_code == 200


def test_learners_by_cohort_and_standing(world: World, client_of: ClientOf) -> None:
    second = f.CohortFactory(programme=world.ours.programme, name="Second")
    other = f.EnrolmentFactory(cohort=second, organisation=world.ours.employer, status="on_break")
    client = client_of(world.ours.lead)

    def shown(query: str) -> set[Enrolment]:
        return {row.enrolment for row in client.get(f"/lead/learners/{query}").context["rows"]}

    assert shown("") == {world.ours.enrolment, other}
    assert shown(f"?cohort={second.pk}") == {other}
    assert shown("?status=on_break") == {other}
    assert shown(f"?status=on_break&cohort={world.ours.cohort.pk}") == set()
    assert shown(f"?programme={world.theirs.programme.pk}") == {world.ours.enrolment, other}
    assert "No learner matches." in client.get("/lead/learners/?status=ended").text
    lines = (
        client.get(f"/lead/learners/?cohort={second.pk}&download=csv")
        .content.decode("utf-8-sig")
        .splitlines()
    )
    assert (len(lines), other.learner.display_name in lines[1]) == (2, True)
    lines = (
        client.get("/lead/learners/?status=on_break&download=csv").content.decode("utf-8-sig").splitlines()
    )
    assert (len(lines), other.learner.display_name in lines[1]) == (2, True)


def test_criteria_without_any_activity_alone(world: World, client_of: ClientOf) -> None:
    log(world).criteria.set(world.ours.criteria[:1])
    client = client_of(world.ours.lead)
    assert len(client.get("/lead/criteria/").context["page"].object_list) == 2
    ((_programme, reached),) = client.get("/lead/criteria/?only=none").context["page"].object_list
    assert reached.criterion == world.ours.criteria[1]


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/lead/cohorts/", "Cohort,Programme,Learners,On track,Watch,At risk"),
        ("/lead/strategies/", 'Way of learning,"Off the job, verified hours"'),
        ("/lead/criteria/", "Programme,Code,Criterion,Verified activities"),
        ("/lead/learners/", "Learner,Organisation,Programme,State"),
    ],
)
def test_tables_are_files_too(world: World, client_of: ClientOf, path: str, heading: str) -> None:
    log(world)
    response = client_of(world.ours.lead).get(f"{path}?download=csv")
    lines = response.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith(heading)
    assert len(lines) >= 2
