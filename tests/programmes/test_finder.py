"""Which way of learning fits: the ranking as a table, what is known of others, and the page."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from people.models import User
from programmes.models import LearningStrategy
from programmes.queries.finder import POINTS, Suggestion, Wishes, learned_by_others, own_goals, ranked
from tests.factories import programmes as f
from tests.programmes.test_views import page
from tests.worlds import World

ClientOf = Callable[[User | None], Client]


def way(pk: int, **fields: Any) -> LearningStrategy:
    return LearningStrategy(pk=pk, code=f"way-{pk}", order=pk, **fields)


WAYS = [
    way(1, usual_kind="off_job", group="alone", disruption="low", suits=["knowledge"]),
    way(2, usual_kind="on_job", group="pair", disruption="medium", suits=["practice"]),
    way(3, usual_kind="", group="group", disruption="high", suits=["knowledge", "people"]),
    way(4, usual_kind="off_job", group="group", disruption="", suits=[]),
]

TABLE: list[tuple[Wishes, list[tuple[int, list[str]]]]] = [
    (Wishes(), []),
    (Wishes(need="knowledge"), [(1, ["need"]), (3, ["need"])]),
    (Wishes(need="attitude"), []),
    (Wishes(kind="on_job"), [(2, ["kind"]), (3, ["kind"])]),
    (Wishes(kind="off_job"), [(1, ["kind"]), (3, ["kind"]), (4, ["kind"])]),
    (Wishes(group="group"), [(3, ["group"]), (4, ["group"])]),
    (Wishes(disruption="low"), [(1, ["disruption"])]),
    (Wishes(disruption="high"), [(1, ["disruption"]), (2, ["disruption"]), (3, ["disruption"])]),
    (Wishes(learned_by={2: 5, 4: 4}), [(2, ["others"])]),
    # need 4 + kind 2, then need 4 + disruption 1 and kind 2 + group 2 + disruption 1: the same, so as in the list
    (
        Wishes(need="knowledge", kind="on_job", group="pair", disruption="medium"),
        [(3, ["need", "kind"]), (1, ["need", "disruption"]), (2, ["kind", "group", "disruption"])],
    ),
    # need 4 + group 2 before others 3 + group 2
    (
        Wishes(need="people", group="group", learned_by={4: 9}),
        [(3, ["need", "group"]), (4, ["others", "group"])],
    ),
]


@pytest.mark.parametrize(("wishes", "expected"), TABLE)
def test_ways_are_ranked_by_what_their_reasons_weigh(
    wishes: Wishes, expected: list[tuple[int, list[str]]]
) -> None:
    assert [(found.strategy.pk, list(found.met)) for found in ranked(WAYS, wishes)] == expected


def test_five_are_suggested_at_most() -> None:
    assert len(ranked([way(n, group="alone") for n in range(9)], Wishes(group="alone"))) == 5


@pytest.mark.parametrize(
    ("met", "fields", "expected"),
    [
        ("need", {}, "It suits the kind of need that you chose."),
        ("kind", {"usual_kind": ""}, "It can be done on the job and off the job."),
        ("kind", {"usual_kind": "on_job"}, "It can be done on the job."),
        ("kind", {"usual_kind": "off_job"}, "It can be done off the job."),
        ("group", {"group": "alone"}, "You can do it alone."),
        ("group", {"group": "pair"}, "It takes one other person."),
        ("group", {"group": "group"}, "It is done in a group."),
        ("disruption", {}, "It disturbs the day's work no more than you wish."),
        ("others", {}, "6 other learners learned a criterion of your goal this way and use it at work."),
    ],
)
def test_every_reason_is_said_in_words(met: str, fields: dict[str, Any], expected: str) -> None:
    assert Suggestion(way(1, **fields), [met], others=6).reasons == [expected]


# Others ---------------------------------------------------------------------------------


def users_of(world: World, number: int, **fields: Any) -> None:
    """Further learners of our programme who learned our first criterion in our way and use it."""
    side = world.ours
    for _n in range(number):
        enrolment = f.EnrolmentFactory(cohort=fields.get("cohort", side.cohort), organisation=side.employer)
        entry = f.ActivityFactory(enrolment=enrolment, strategy=side.strategy, approved=True)
        entry.criteria.set([side.criteria[fields.get("criterion", 0)]])
        f.ApplicationFactory(entry=entry, **{fields.get("answer", "confirmed"): True})


def goal_of(world: World) -> Any:
    goal = f.GoalFactory(enrolment=world.ours.enrolment, in_progress=True, title="Plan the week")
    goal.criteria.set(world.ours.criteria[:1])
    return goal


def test_others_are_counted_from_five_people_on(world: World) -> None:
    goal = goal_of(world)
    users_of(world, 4)
    assert learned_by_others(goal, world.ours.learner) == {}
    users_of(world, 1)
    assert learned_by_others(goal, world.ours.learner) == {world.ours.strategy.pk: 5}


@pytest.mark.parametrize("wrong", [{"answer": "sent"}, {"criterion": 2}, {"answer": "not_applied"}])
def test_only_confirmed_use_of_the_same_criterion_counts(world: World, wrong: dict[str, Any]) -> None:
    goal = goal_of(world)
    users_of(world, 4)
    users_of(world, 3, **wrong)
    assert learned_by_others(goal, world.ours.learner) == {}


def test_own_use_and_that_of_another_provider_count_for_nothing(world: World) -> None:
    goal, side = goal_of(world), world.ours
    users_of(world, 4)
    users_of(world, 3, cohort=world.theirs.cohort)
    own = f.ActivityFactory(enrolment=side.enrolment, strategy=side.strategy, approved=True)
    own.criteria.set(side.criteria[:1])
    f.ApplicationFactory(entry=own, confirmed=True)
    assert learned_by_others(goal, side.learner) == {}


def test_only_own_pursued_goals_are_offered(world: World) -> None:
    goal = goal_of(world)
    f.GoalFactory(enrolment=world.ours.enrolment)
    f.GoalFactory(enrolment=world.ours.enrolment, achieved=True)
    f.GoalFactory(enrolment=world.theirs.enrolment, agreed=True)
    assert own_goals(world.ours.learner) == [goal]
    assert own_goals(world.ours.coach) == []


# The page -------------------------------------------------------------------------------


def test_wishes_stay_in_the_address_and_the_form(world: World, client_of: ClientOf) -> None:
    LearningStrategy.objects.filter(pk=world.ours.strategy.pk).update(group="pair", suits=["people"])
    goal = goal_of(world)
    users_of(world, 5)
    url = f"{page('strategy_finder')}?goal={goal.pk}&need=people&group=pair"
    response = client_of(world.ours.learner).get(url)
    ((suggestion, _way),) = [row for row in response.context["rows"] if row[0].met != ["kind"]]
    assert suggestion.met == ["need", "others", "group"]
    assert "5 other learners learned a criterion of your goal this way" in response.text
    assert f'<option value="{goal.pk}" selected>Plan the week</option>' in response.text
    assert '<option value="people" selected>' in response.text


def test_page_explains_how_its_list_is_made(world: World, client_of: ClientOf) -> None:
    response = client_of(world.ours.coach).get(page("strategy_finder"))
    assert "How this list is made" in response.text
    assert [weight for _words, weight in response.context["points"]] == list(POINTS.values())
    assert "Choose at least one thing" in response.text
    assert 'name="goal"' not in response.text


def test_what_makes_no_sense_is_no_wish(world: World, client_of: ClientOf) -> None:
    query = f"?goal={goal_of(world).pk + 1}&need=y&group=x&kind=99999999999999999999&disruption=low"
    response = client_of(world.ours.learner).get(page("strategy_finder") + query)
    assert response.status_code == 200
    assert response.context["form"].wishes == {"disruption": "low"}
    assert "No way of learning meets any of this." in response.text


def test_goal_of_somebody_else_is_not_looked_up(world: World, client_of: ClientOf) -> None:
    goal = goal_of(world)
    response = client_of(world.theirs.learner).get(f"{page('strategy_finder')}?goal={goal.pk}")
    assert response.context["goal"] is None
    assert "Plan the week" not in response.text
