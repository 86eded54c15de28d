"""Person × criterion: cells, levels, thin spots, areas, orders; only what the reader may see."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from dashboards.queries.heat import MOST_COLUMNS, HeatCell, HeatMap, heat_maps
from people.models import User
from people.permissions import roles_remembered
from programmes.models import ActivityEntry, Enrolment
from standards.models import Criterion
from tests.factories import programmes as f
from tests.factories import standards as s
from tests.worlds import World

ClientOf = Callable[[User | None], Client]


def people_of(world: World) -> list[Enrolment]:
    rows = Enrolment.objects.filter(support_roles__person=world.ours.manager)
    return list(rows.select_related("learner", "cohort__programme").order_by("pk"))


def log(world: World, *criteria: Criterion, **fields: Any) -> ActivityEntry:
    values = {"enrolment": world.ours.enrolment, "strategy": world.ours.strategy, **fields}
    values |= {} if {"draft", "sent", "superseded"} & fields.keys() else {"approved": True}
    values.pop("draft", None)
    entry: ActivityEntry = f.ActivityFactory(**values)
    entry.criteria.set(criteria)
    return entry


def colleague(world: World, name: str = "Sample Zoe") -> Enrolment:
    side = world.ours
    made: Enrolment = f.EnrolmentFactory(
        cohort=side.cohort, organisation=side.employer, learner__display_name=name
    )
    f.SupportRoleFactory(enrolment=made, person=side.manager, role="manager")
    return made


def map_of(world: World, **how: Any) -> HeatMap:
    (found,) = heat_maps(people_of(world), world.ours.manager, **how)
    return found


@pytest.mark.parametrize(
    ("activities", "level"), [(0, 0), (1, 1), (2, 2), (3, 2), (4, 3), (6, 3), (7, 4), (50, 4)]
)
def test_level_of_a_cell_goes_by_its_activities(activities: int, level: int) -> None:
    assert HeatCell(activities, 60).level == level


def test_cells_are_verified_activities_and_their_minutes(world: World) -> None:
    first, second, elsewhere = world.ours.criteria
    log(world, first, second, minutes=90)
    log(world, first, minutes=180, kind="on_job")
    log(world, first, elsewhere, sent=True)
    log(world, first, draft=True)
    log(world, first, superseded=True)
    heat = map_of(world)
    assert [column.criterion for column in heat.columns] == [first, second]  # the third is in no unit
    (row,) = heat.rows
    assert row.cells == [HeatCell(2, 270), HeatCell(1, 90)]
    assert [(column.covered, column.people) for column in heat.columns] == [(1, 1), (1, 1)]
    assert heat.thin == []


def test_thin_spots_are_criteria_of_fewer_than_half_of_the_people(world: World) -> None:
    first, second, _third = world.ours.criteria
    colleague(world)
    colleague(world, "Sample Yan")
    log(world, first)
    log(world, second)
    log(world, second, enrolment=Enrolment.objects.latest("pk"))
    heat = map_of(world)
    assert [(column.criterion, column.covered, column.people) for column in heat.thin] == [(first, 1, 3)]


def test_people_come_in_the_order_that_is_asked_for(world: World) -> None:
    first, second, _third = world.ours.criteria
    zoe = colleague(world)
    log(world, first, second, enrolment=zoe)
    log(world, first)

    def names(sort: str) -> list[str]:
        return [row.enrolment.learner.display_name for row in map_of(world, sort=sort).rows]

    assert names("name") == ["Sample Zoe", "Sample learner Alder"]
    assert names("least") == ["Sample learner Alder", "Sample Zoe"]
    assert names("most") == ["Sample Zoe", "Sample learner Alder"]


def test_one_person_alone_is_shown_and_everybody_counted(world: World) -> None:
    zoe = colleague(world)
    log(world, world.ours.criteria[0])
    heat = map_of(world, only=str(zoe.pk))
    assert [row.enrolment for row in heat.rows] == [zoe]
    assert (heat.columns[0].covered, heat.columns[0].people, len(heat.everybody)) == (1, 2, 2)
    assert len(map_of(world, only="nobody").rows) == 2


def test_many_criteria_come_by_area(world: World) -> None:
    side = world.ours
    areas = [s.CriterionFactory(framework=side.framework, code=f"AREA{n}", order=n) for n in range(2)]
    leaves = [
        s.CriterionFactory(framework=side.framework, parent=areas[n % 2], code=f"L{n:03}", order=n)
        for n in range(MOST_COLUMNS + 10)
    ]
    side.programme.units.get().criteria.set(leaves)
    first = map_of(world)
    assert (list(first.areas), first.area, len(first.columns), first.left_out) == (areas, areas[0], 35, 0)
    assert map_of(world, area=str(areas[1].pk)).columns[0].criterion == leaves[1]
    assert map_of(world, area="x").area == areas[0]
    side.programme.units.get().criteria.set(leaves[:MOST_COLUMNS])
    assert (len(map_of(world).columns), map_of(world).area) == (MOST_COLUMNS, None)


def test_an_area_that_is_too_wide_says_how_many_are_left_out(world: World) -> None:
    side = world.ours
    area = s.CriterionFactory(framework=side.framework, code="AREA")
    leaves = [
        s.CriterionFactory(framework=side.framework, parent=area, code=f"L{n:03}", order=n)
        for n in range(MOST_COLUMNS + 3)
    ]
    side.programme.units.get().criteria.set(leaves)
    heat = map_of(world)
    assert (len(heat.columns), heat.left_out) == (MOST_COLUMNS, 3)


def test_programme_without_criteria_has_no_map_and_two_have_two(world: World) -> None:
    other = f.EnrolmentFactory(cohort=world.theirs.cohort, organisation=world.ours.employer)
    f.SupportRoleFactory(enrolment=other, person=world.ours.manager, role="manager")
    found = heat_maps(people_of(world), world.ours.manager)
    assert [heat.programme for heat in found] == [world.ours.programme, world.theirs.programme]
    world.ours.programme.units.get().criteria.clear()
    found = heat_maps(people_of(world), world.ours.manager)
    assert [heat.programme for heat in found] == [world.theirs.programme]
    assert heat_maps([], world.ours.manager) == []


def test_cells_are_empty_for_who_may_not_read_the_activities(world: World) -> None:
    log(world, world.ours.criteria[0])
    (heat,) = heat_maps(people_of(world), world.theirs.manager)
    assert [cell.activities for cell in heat.rows[0].cells] == [0, 0]


def test_number_of_queries_is_the_same_for_any_team(
    world: World, django_assert_num_queries: Callable[[int], Any]
) -> None:
    log(world, *world.ours.criteria)
    for number in range(3):
        people = people_of(world)
        with roles_remembered(), django_assert_num_queries(5):  # three of them for the reader's roles
            heat_maps(people, world.ours.manager)
        log(world, *world.ours.criteria, enrolment=colleague(world, f"Sample {number}"))


# On the page ------------------------------------------------------------------------------


def test_page_has_the_map_with_values_in_words_and_keeps_its_order(world: World, client_of: ClientOf) -> None:
    log(world, world.ours.criteria[0], minutes=270)
    client = client_of(world.ours.manager)
    text = client.get("/team/?sort=least").text
    assert "1 · 4.5\u00a0h" in text
    assert 'role="region" aria-label="Criteria of the team, scrolls sideways"' in text
    assert '<option value="least" selected>' in text
    assert "2 to 3 activities" in text
    assert "7 activities or more" in text
    thin = "<strong>A2 Criterion Alder 2</strong> (0 of 1)"
    assert thin in text


def test_map_is_a_file_too(world: World, client_of: ClientOf) -> None:
    log(world, world.ours.criteria[0], minutes=90)
    heat = f"heat-{world.ours.programme.pk}"
    response = client_of(world.ours.manager).get(f"/team/?download=csv&table={heat}")
    lines = response.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Learner,A1 Criterion Alder 1: activities,A1 Criterion Alder 1: hours,")
    assert lines[1] == "Sample learner Alder,1,1.50,0,0.00"
