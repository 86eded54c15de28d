"""The pages of goals: writing, agreeing, checking in, closing; what hostile posts come to."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from people.models import User
from programmes import actions
from programmes.models import ActivityEntry, Enrolment, Goal, GoalCheckIn
from tests.factories import programmes as f
from tests.factories import standards as s
from tests.standing.forms import post_new, typed
from tests.worlds import World

ClientOf = Callable[[User | None], Client]
DAY = dt.timedelta(days=1)
HUGE = "1" + "0" * 30
NEW = reverse("programmes:goal_create")
LIST = reverse("programmes:goal_list")


def page(name: str, goal: Goal) -> str:
    return reverse(f"programmes:goal_{name}", args=[goal.pk])


def typed_goal(world: World, **fields: Any) -> dict[str, Any]:
    """A form that would be proposed, with some fields otherwise."""
    return {
        "title": "Plan the week",
        "why": "We wait for each other.",
        "measure": "Nobody waits on Monday.",
        "criteria": [world.ours.criteria[0].pk],
        "target_on": (timezone.localdate() + 30 * DAY).isoformat(),
        "origin": "self",
        "form_token": str(uuid4()),
        **fields,
    }


def goal_of(world: World, state: str = "", **fields: Any) -> Goal:
    goal: Goal = f.GoalFactory(enrolment=world.ours.enrolment, **({state: True} if state else {}), **fields)
    goal.criteria.set(world.ours.criteria[:1])
    return goal


@pytest.fixture
def learner(world: World, client_of: ClientOf) -> Client:
    return client_of(world.ours.learner)


@pytest.fixture
def coach(world: World, client_of: ClientOf) -> Client:
    return client_of(world.ours.coach)


# Writing --------------------------------------------------------------------------------


def test_draft_needs_a_title_and_a_day_only(world: World, learner: Client) -> None:
    fields = typed_goal(world, why="", measure="", criteria=[])
    response = learner.post(NEW, fields | {"save": "1"}, follow=True)
    assert "Saved as a draft: “Plan the week”." in response.text
    assert Goal.objects.get().status == "draft"
    refused = learner.post(NEW, {"save": "1"})
    assert set(refused.context["form"].errors) == {"title", "target_on", "origin"}


def test_goal_is_written_and_proposed_in_one_go(world: World, learner: Client) -> None:
    response = learner.post(NEW, typed_goal(world, propose="1"), follow=True)
    assert "Proposed: “Plan the week”." in response.text
    goal = Goal.objects.get()
    assert (goal.status, goal.enrolment, goal.origin) == ("proposed", world.ours.enrolment, "self")


def test_proposing_says_what_is_missing_and_keeps_what_was_typed(world: World, learner: Client) -> None:
    fields = typed_goal(world, why="", measure="", criteria=[], target_on="2020-01-01", propose="1")
    response = learner.post(NEW, fields)
    assert set(response.context["form"].errors) == {"why", "measure", "criteria", "target_on"}
    assert 'value="Plan the week"' in response.text
    assert Goal.objects.count() == 0


def test_the_same_post_twice_makes_one_goal_and_gets_the_same_answer(world: World, learner: Client) -> None:
    fields = typed_goal(world, save="1")
    answers = [learner.post(NEW, fields)["Location"] for _time in range(2)]
    assert (len(set(answers)), Goal.objects.count()) == (1, 1)
    other = learner.post(NEW, fields | {"title": "Another"})
    assert "This page was saved already." in other.text
    assert Goal.objects.get().title == "Plan the week"


def test_token_of_somebody_elses_goal_makes_no_difference_known(
    world: World, learner: Client, client_of: ClientOf
) -> None:
    fields = typed_goal(world, save="1")
    learner.post(NEW, fields)
    theirs = client_of(world.theirs.learner)
    response = theirs.post(NEW, fields | {"criteria": [world.theirs.criteria[0].pk]})
    assert (response.status_code, "Plan the week" in response.text) == (200, True)
    assert Goal.objects.count() == 1


def test_template_is_copied_in_the_readers_language(world: World, learner: Client) -> None:
    texts = {"title_en": "Plan the week", "title_pl": "Plan tygodnia", "why_pl": "", "measure_pl": "Miara"}
    template = s.GoalTemplateFactory(framework=world.ours.framework, **texts)
    template.criteria.set(world.ours.criteria[:2])
    User.objects.filter(pk=world.ours.learner.pk).update(language="pl")
    form = learner.get(f"{NEW}?template={template.pk}").context["form"]
    assert form.initial["title"] == "Plan tygodnia"
    assert form.initial["measure"] == "Miara"
    assert form.initial["why"] == template.why_en
    assert form.initial["criteria"] == [row.pk for row in world.ours.criteria[:2]]
    assert form.initial["target_on"] == timezone.localdate() + dt.timedelta(weeks=template.weeks)
    learner.post(NEW, typed_goal(world, template=template.pk, save="1"))
    assert Goal.objects.get().template == template


def test_template_of_another_programme_is_not_offered(world: World, learner: Client) -> None:
    theirs = s.GoalTemplateFactory(framework=world.theirs.framework, title="Secret template")
    response = learner.get(f"{NEW}?template={theirs.pk}")
    assert "Secret template" not in response.text
    learner.post(NEW, typed_goal(world, template=theirs.pk, save="1"))
    assert Goal.objects.count() == 0


def test_change_of_a_draft_that_another_window_changed_is_refused(world: World, learner: Client) -> None:
    goal = goal_of(world, revision=4)
    response = learner.post(page("change", goal), typed_goal(world, revision="3", save="1"))
    assert "It was changed in another window" in response.text
    done = learner.post(page("change", goal), typed_goal(world, revision="4", propose="1"))
    assert done["Location"] == page("detail", goal)
    goal.refresh_from_db()
    assert (goal.title, goal.status) == ("Plan the week", "proposed")


def test_goal_of_a_programme_that_is_over_is_not_written(world: World, learner: Client) -> None:
    Enrolment.objects.filter(pk=world.ours.enrolment.pk).update(status="completed")
    response = learner.post(NEW, typed_goal(world, save="1"), follow=True)
    assert "This programme is over, so its goals can only be read and closed." in response.text
    assert Goal.objects.count() == 0
    assert "Write a goal" not in response.text


def test_draft_is_deleted_after_a_question(world: World, learner: Client) -> None:
    goal = goal_of(world)
    assert "This cannot be undone." in learner.get(page("delete", goal)).text
    assert "was deleted." in learner.post(page("delete", goal), follow=True).text
    assert Goal.objects.count() == 0


# Hostile --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "a" * 201), ("title", "\x00"), ("why", "a" * 3001), ("measure", "\x00"),
        ("target_on", "2026-02-30"), ("target_on", "9999-99-99"), ("origin", "boss"),
        ("criteria", [HUGE]), ("criteria", ["abc"]), ("criteria", ["-1"]),
        ("revision", "9" * 5000), ("form_token", "nonsense"), ("template", HUGE), ("template", "abc"),
    ],
)  # fmt: skip
def test_value_out_of_bounds_gives_the_form_again(
    world: World, learner: Client, field: str, value: Any
) -> None:
    response = learner.post(NEW, typed_goal(world, **{field: value}, propose="1"))
    assert (response.status_code, set(response.context["form"].errors)) == (200, {field})
    assert Goal.objects.count() == 0


def test_criteria_of_another_programme_give_the_form_again(world: World, learner: Client) -> None:
    fields = typed_goal(world, criteria=[world.theirs.criteria[0].pk], save="1")
    response = learner.post(NEW, fields)
    assert response.context["form"].errors == {"criteria": ["Choose from the criteria of your programme."]}


def test_fields_that_the_form_does_not_have_are_ignored(world: World, learner: Client) -> None:
    extra = {
        "status": "achieved", "agreed_by": world.ours.learner.pk, "agreed_at": "2026-01-01", "outcome": "x",
        "enrolment": world.theirs.enrolment.pk, "closed_at": "2026-01-01", "id": "1", "progress": "100",
    }  # fmt: skip
    learner.post(NEW, typed_goal(world, save="1", **extra))
    goal = Goal.objects.get()
    assert (goal.status, goal.agreed_by, goal.outcome, goal.enrolment) == (
        "draft",
        None,
        "",
        world.ours.enrolment,
    )


@pytest.mark.parametrize("page_number", ["0", "-1", HUGE, "abc", "\x00"])
def test_list_takes_any_address(world: World, learner: Client, page_number: str) -> None:
    goal_of(world)
    for query in (f"page={page_number}", f"status={page_number}", f"q={page_number}"):
        assert learner.get(f"{LIST}?{query}").status_code in (200, 400)


def test_ids_of_others_and_nonsense_are_left_alone(world: World, coach: Client) -> None:
    theirs = f.GoalFactory(enrolment=world.theirs.enrolment, proposed=True)
    draft = goal_of(world)
    ids = [theirs.pk, draft.pk, HUGE, "abc", "", "-1"]
    response = coach.post(reverse("programmes:goals_decide"), {"ids": ids, "do": "agree"}, follow=True)
    assert "No goal was selected" in response.text
    many = coach.post(reverse("programmes:goals_decide"), {"ids": list(range(1, 102))}, follow=True)
    assert "Choose 100 goals at most." in many.text
    assert set(Goal.objects.values_list("status", flat=True)) == {"proposed", "draft"}


# The list -------------------------------------------------------------------------------


def test_filters_stand_in_the_address_and_hold_for_the_download(world: World, learner: Client) -> None:
    goal_of(world, "agreed", title="=cmd()")
    goal_of(world, title="A draft")
    response = learner.get(f"{LIST}?status=agreed&q=cmd")
    assert [goal.title for goal in response.context["page"]] == ["=cmd()"]
    content = learner.get(f"{LIST}?status=agreed&download=csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert [(row["Goal"], row["State"], row["Criteria"]) for row in rows] == [("'=cmd()", "Agreed", "A1")]
    assert "No goals match." in learner.get(f"{LIST}?q=zzzz").text
    assert learner.get(f"{LIST}?download=xlsx").status_code == 200


def test_empty_list_offers_templates_to_the_learner_alone(
    world: World, learner: Client, coach: Client
) -> None:
    s.GoalTemplateFactory(framework=world.ours.framework, title="Begin here")
    assert "Begin here" in learner.get(LIST).text
    theirs = coach.get(reverse("programmes:enrolment_goals", args=[world.ours.enrolment.pk])).text
    assert ("Begin here" in theirs, "Goals appear here once they are proposed." in theirs) == (False, True)


# Agreeing -------------------------------------------------------------------------------


def test_agreeing_goes_on_to_the_next_and_can_be_undone(world: World, coach: Client) -> None:
    first, second = goal_of(world, "proposed"), goal_of(world, "proposed")
    response = coach.post(page("agree", first), follow=True)
    assert response.redirect_chain[-1][0] == page("detail", second)
    assert f"Agreed: “{first.title}”." in response.text
    event = first.events.get()
    undone = coach.post(reverse("programmes:goal_decision_undo"), {"events": [event.pk]}, follow=True)
    assert "Undone: 1 goal waits again." in undone.text
    assert Goal.objects.get(pk=first.pk).status == "proposed"
    late = coach.post(reverse("programmes:goal_decision_undo"), {"events": [event.pk, HUGE]}, follow=True)
    assert "It is too late to undo this." in late.text


def test_change_asked_for_reaches_the_learner(world: World, coach: Client, learner: Client) -> None:
    goal = goal_of(world, "proposed")
    again = coach.post(page("ask", goal), {"reason": " "})
    assert "Say what should change" in again.text
    done = coach.post(page("ask", goal), {"reason": "Name one figure."}, follow=True)
    assert "Change asked for: “" in done.text
    for address in (page("detail", goal), page("change", goal), LIST, reverse("dashboards:learner")):
        assert "Name one figure." in learner.get(address).text, address
    assert coach.get(page("detail", goal)).status_code == 403


def test_several_are_agreed_to_at_once(world: World, coach: Client) -> None:
    goals = [goal_of(world, "proposed") for _number in range(3)]
    assert "Agree to 3 goals" in coach.get(reverse("dashboards:queue")).text
    ids = [goal.pk for goal in goals[:2]]
    response = coach.post(reverse("programmes:goals_decide"), {"ids": ids, "do": "agree"}, follow=True)
    assert "Agreed: 2 goals." in response.text
    assert sorted(Goal.objects.values_list("status", flat=True)) == ["agreed", "agreed", "proposed"]


def test_the_same_change_is_asked_of_several(world: World, client_of: ClientOf) -> None:
    manager, coach = client_of(world.ours.manager), client_of(world.ours.coach)
    goals = [goal_of(world, "proposed") for _number in range(2)]
    assert "Agree to 2 goals" in coach.get(reverse("dashboards:queue")).text
    fields: dict[str, Any] = {"ids": [goal.pk for goal in goals], "do": "ask"}
    question = manager.post(reverse("programmes:goals_decide"), fields)
    assert "Ask for a change of 2 goals" in question.text
    done = manager.post(reverse("programmes:goals_decide"), fields | {"reason": "Shorter."}, follow=True)
    assert "Change asked for: 2 goals." in done.text
    assert {event.reason for goal in goals for event in goal.events.all()} == {"Shorter."}


def test_who_was_slower_is_told(world: World, coach: Client) -> None:
    goal = goal_of(world, "proposed")
    actions.agree_goal(goal=goal, by=world.ours.manager)
    response = coach.post(page("agree", goal), follow=True)
    text = f"{world.ours.manager.display_name} was faster: this goal is no longer waiting. Its state now: Agreed."
    assert text in response.text


# Pursuing -------------------------------------------------------------------------------


def test_check_in_from_the_page(world: World, learner: Client) -> None:
    goal, today = goal_of(world, "agreed"), timezone.localdate().isoformat()
    fields = {"progress": "35", "checked_on": today, "note": "Begun"}
    response = learner.post(page("check_in", goal), fields, follow=True)
    assert "Checked in: 35 %." in response.text
    assert "<b>35&nbsp;%</b> at the last check-in" in response.text
    learner.post(page("check_in", goal), fields)
    assert GoalCheckIn.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("progress", "101"), ("progress", "-1"), ("progress", "½"), ("progress", ""), ("progress", HUGE),
        ("checked_on", "2026-02-30"), ("checked_on", "2999-01-01"), ("checked_on", "2000-01-01"),
        ("note", "a" * 2001), ("note", "\x00"),
    ],
)  # fmt: skip
def test_check_in_that_cannot_be_gives_the_page_again(
    world: World, learner: Client, field: str, value: str
) -> None:
    goal = goal_of(world, "agreed")
    fields = {"progress": "35", "checked_on": timezone.localdate().isoformat(), "note": ""} | {field: value}
    response = learner.post(page("check_in", goal), fields)
    assert (response.status_code, set(response.context["check_in"].errors)) == (200, {field})
    assert (GoalCheckIn.objects.count(), Goal.objects.get().status) == (0, "agreed")


def test_close_asks_what_came_of_it(world: World, learner: Client) -> None:
    goal = goal_of(world, "in_progress")
    assert set(learner.post(page("close", goal), {}).context["form"].errors) == {"to", "outcome"}
    done = learner.post(page("close", goal), {"to": "achieved", "outcome": "It works."}, follow=True)
    assert "Its state: Achieved." in done.text
    assert "It works." in done.text
    late = learner.post(page("close", goal), {"to": "dropped", "outcome": "No."}, follow=True)
    assert "This is no longer possible. The goal&#x27;s state now: Achieved." in late.text


def test_agreed_goal_is_offered_to_be_dropped_only(world: World, learner: Client) -> None:
    goal = goal_of(world, "agreed")
    form = learner.get(page("close", goal)).context["form"]
    assert [value for value, _label in form.fields["to"].choices] == ["dropped"]
    refused = learner.post(page("close", goal), {"to": "achieved", "outcome": "It works."})
    assert set(refused.context["form"].errors) == {"to"}


@pytest.mark.parametrize(
    ("name", "state", "says"),
    [
        ("propose", "", "Proposed: “"),
        ("propose", "proposed", "This is no longer possible."),
        ("withdraw", "proposed", "is a draft again."),
        ("withdraw", "agreed", "This is no longer possible."),
        ("start", "agreed", "Put under way: “"),
        ("start", "achieved", "This is no longer possible."),
        ("change", "agreed", "Only a draft can be changed."),
        ("delete", "proposed", "This is no longer possible."),
    ],
)
def test_buttons_of_the_page_say_what_happened(
    world: World, learner: Client, name: str, state: str, says: str
) -> None:
    assert says in learner.post(page(name, goal_of(world, state)), follow=True).text


def test_proposing_an_incomplete_draft_leads_to_its_form(world: World, learner: Client) -> None:
    goal = goal_of(world, measure="")
    response = learner.post(page("propose", goal), follow=True)
    assert response.redirect_chain[-1][0] == page("change", goal)
    assert "Say how you will know before you propose it." in response.text


# Activities towards it ------------------------------------------------------------------


def test_activity_is_logged_towards_a_goal_and_says_so(world: World, learner: Client, coach: Client) -> None:
    goal = goal_of(world, "agreed", title="Plan the week")
    form = learner.get(f"{reverse('programmes:activity_create')}?goal={goal.pk}").context["form"]
    assert (form.initial["goal"], form.initial["criteria"]) == (goal.pk, [world.ours.criteria[0].pk])
    assert post_new(learner, typed(world, goal=goal.pk, send="1")).status_code == 302
    entry = ActivityEntry.objects.get()
    assert (entry.goal, Goal.objects.get().status) == (goal, "in_progress")
    activities = reverse("programmes:enrolment_activities", args=[world.ours.enrolment.pk])
    for address in (reverse("programmes:activity_detail", args=[entry.pk]), activities):
        assert "Plan the week" in coach.get(address).text
    content = coach.get(f"{activities}?download=csv").content.decode("utf-8-sig")
    assert [row["Goal"] for row in csv.DictReader(io.StringIO(content))] == ["Plan the week"]
    assert entry.title in coach.get(page("detail", goal)).text


def test_form_offers_only_own_pursued_goals(world: World, learner: Client) -> None:
    pursued = goal_of(world, "agreed")
    others = [goal_of(world), goal_of(world, "proposed"), goal_of(world, "achieved")]
    others.append(f.GoalFactory(enrolment=world.theirs.enrolment, agreed=True))
    form = learner.get(reverse("programmes:activity_create")).context["form"]
    assert list(form.fields["goal"].queryset) == [pursued]
    for value in [*(goal.pk for goal in others), HUGE, "abc", "-1"]:
        response = post_new(learner, typed(world, goal=value))
        assert set(response.context["form"].errors) == {"goal"}
    assert ActivityEntry.objects.count() == 0


def test_copy_keeps_the_goal_while_it_is_pursued(world: World, learner: Client) -> None:
    made = {"enrolment": world.ours.enrolment, "strategy": world.ours.strategy}
    pursued, closed = goal_of(world, "in_progress"), goal_of(world, "dropped")
    for goal, kept in ((pursued, pursued.pk), (closed, None)):
        entry = f.ActivityFactory(**made, goal=goal)
        form = learner.get(f"{reverse('programmes:activity_create')}?copy={entry.pk}").context["form"]
        assert form.initial.get("goal") == kept


def test_goal_that_is_a_draft_again_is_not_named_beside_its_activity(
    world: World, learner: Client, coach: Client
) -> None:
    """An agreement was undone after an activity had been logged, and then a change was asked for."""
    goal = goal_of(world, title="Secret draft")
    entry = f.ActivityFactory(
        enrolment=world.ours.enrolment, strategy=world.ours.strategy, goal=goal, sent=True
    )
    activities = reverse("programmes:enrolment_activities", args=[world.ours.enrolment.pk])
    for address in (reverse("programmes:activity_detail", args=[entry.pk]), activities):
        assert "Secret draft" not in coach.get(address).text
    assert "Secret draft" not in coach.get(f"{activities}?download=csv").content.decode()
