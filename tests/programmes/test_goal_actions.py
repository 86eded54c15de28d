"""The life of a goal, through its actions."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.models import AuditEvent
from core.transitions import TransitionRefused
from programmes import actions
from programmes.actions import GoalContent
from programmes.models import ActivityEntry, Enrolment, Goal, GoalCheckIn, GoalEvent
from standards.models import Framework
from tests.factories import programmes as f
from tests.factories import standards as s
from tests.worlds import World

DAY = dt.timedelta(days=1)


def content_of(world: World, *, criteria: Any = None, **fields: object) -> GoalContent:
    values = {
        "title": "Plan the week with the team",
        "why": "We wait for each other.",
        "measure": "Nobody waits for a plan on Monday.",
        "target_on": timezone.localdate() + 30 * DAY,
        "origin": "self",
        "baseline_level": None,
        "target_level": None,
        **fields,
    }
    return GoalContent(values, world.ours.criteria[:1] if criteria is None else criteria)


def goal_of(world: World, **fields: Any) -> Goal:
    goal: Goal = f.GoalFactory(enrolment=world.ours.enrolment, **fields)
    goal.criteria.set(world.ours.criteria[:1])
    return goal


def kinds_of(goal: Goal) -> list[str]:
    return list(goal.events.order_by("pk").values_list("kind", flat=True))


def levels_of(world: World) -> list[Any]:
    scale = s.ScaleFactory()
    Framework.objects.filter(pk=world.ours.framework.pk).update(scale=scale)
    for criterion in world.ours.criteria:
        criterion.refresh_from_db()
    return [s.LevelFactory(scale=scale, order=order) for order in (1, 2, 3)]


# Written --------------------------------------------------------------------------------


def test_create_goal_writes_goal_criteria_history_and_audit(world: World) -> None:
    goal = actions.create_goal(
        enrolment=world.ours.enrolment, content=content_of(world), by=world.ours.learner
    )
    assert (goal.status, [row.code for row in goal.criteria.all()]) == (
        "draft",
        [world.ours.criteria[0].code],
    )
    assert kinds_of(goal) == ["created"]
    event = AuditEvent.objects.get()
    assert (event.action, event.role, event.changes) == (
        "goal.create",
        "learner",
        {"status": [None, "draft"]},
    )


@pytest.mark.parametrize("persona", ["coach", "mentor", "manager", "lead", "other_learner"])
def test_nobody_else_creates_a_goal(world: World, persona: str) -> None:
    by = world.everybody()[persona]
    with pytest.raises(PermissionDenied):
        actions.create_goal(enrolment=world.ours.enrolment, content=content_of(world), by=by)
    assert Goal.objects.count() == 0


def test_the_same_form_twice_makes_one_goal(world: World) -> None:
    form: dict[str, Any] = {"enrolment": world.ours.enrolment, "by": world.ours.learner, "token": uuid4()}
    actions.create_goal(content=content_of(world), **form)
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.create_goal(content=content_of(world), **form)
    assert Goal.objects.count() == 1


@pytest.mark.parametrize("status", ["invited", "completed", "withdrawn"])
def test_goal_outside_a_running_enrolment_is_refused(world: World, status: str) -> None:
    goal, proposed = goal_of(world), goal_of(world, proposed=True)
    Enrolment.objects.filter(pk=world.ours.enrolment.pk).update(status=status)
    enrolment = Enrolment.objects.get(pk=world.ours.enrolment.pk)
    goal.enrolment = proposed.enrolment = enrolment
    learner = world.ours.learner
    with pytest.raises(ValidationError):
        actions.create_goal(enrolment=enrolment, content=content_of(world), by=learner)
    with pytest.raises(ValidationError):
        actions.propose_goal(goal=goal, by=learner)
    with pytest.raises(ValidationError):
        actions.agree_goal(goal=proposed, by=world.ours.coach)
    assert set(Goal.objects.values_list("status", flat=True)) == {"draft", "proposed"}


def test_criteria_and_template_of_another_programme_are_refused(world: World) -> None:
    template = s.GoalTemplateFactory(framework=world.theirs.framework)
    own = {"enrolment": world.ours.enrolment, "by": world.ours.learner}
    for content in (
        content_of(world, criteria=world.theirs.criteria[:1]),
        content_of(world, template=template),
    ):
        with pytest.raises(ValidationError):
            actions.create_goal(content=content, **own)
    goal = goal_of(world)
    with pytest.raises(ValidationError):
        actions.change_goal(
            goal=goal,
            content=content_of(world, criteria=world.theirs.criteria),
            revision=1,
            by=world.ours.learner,
        )
    assert Goal.objects.count() == 1


def test_change_rewrites_a_draft_and_counts_its_revision(world: World) -> None:
    goal = goal_of(world)
    content = content_of(world, criteria=world.ours.criteria[1:2], title="Another")
    actions.change_goal(goal=goal, content=content, revision=1, by=world.ours.learner)
    assert (goal.title, goal.revision, [row.code for row in goal.criteria.all()]) == (
        "Another",
        2,
        [world.ours.criteria[1].code],
    )
    with pytest.raises(actions.EntryChanged):
        actions.change_goal(goal=goal, content=content, revision=1, by=world.ours.learner)


# Proposed -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        ({}, set()),
        ({"why": " "}, {"why"}),
        ({"measure": ""}, {"measure"}),
        ({"title": " "}, {"title"}),
        ({"target_on": 0 * DAY}, {"target_on"}),
        ({"target_on": -DAY}, {"target_on"}),
        ({"target_on": DAY}, set()),
        ({"target_on": 5000 * DAY}, {"target_on"}),
    ],
)
def test_goal_is_proposed_only_once_it_is_complete(
    world: World, fields: dict[str, Any], faults: set[str]
) -> None:
    values = {
        name: timezone.localdate() + value if name == "target_on" else value for name, value in fields.items()
    }
    goal = goal_of(world, **values)
    if not faults:
        actions.propose_goal(goal=goal, by=world.ours.learner)
        assert (goal.status, goal.proposed_at is not None, kinds_of(goal)) == ("proposed", True, ["proposed"])
        return
    with pytest.raises(ValidationError) as caught:
        actions.propose_goal(goal=goal, by=world.ours.learner)
    assert set(caught.value.error_dict) == faults
    assert Goal.objects.get().status == "draft"


def test_last_day_of_the_programme_is_a_target_date_and_the_next_is_not(world: World) -> None:
    for day, is_taken in ((world.ours.enrolment.ends_on, True), (world.ours.enrolment.ends_on + DAY, False)):
        goal = goal_of(world, target_on=day)
        if is_taken:
            actions.propose_goal(goal=goal, by=world.ours.learner)
        else:
            with pytest.raises(ValidationError):
                actions.propose_goal(goal=goal, by=world.ours.learner)


def test_goal_without_a_criterion_is_not_proposed(world: World) -> None:
    goal = goal_of(world)
    goal.criteria.clear()
    with pytest.raises(ValidationError) as caught:
        actions.propose_goal(goal=goal, by=world.ours.learner)
    assert set(caught.value.error_dict) == {"criteria"}


@pytest.mark.parametrize(
    ("now", "wanted", "faults"),
    [(0, 1, set()), (0, None, set()), (None, 0, set()), (1, 1, {"target_level"}), (2, 1, {"target_level"})],
)
def test_target_level_is_above_the_level_now(
    world: World, now: int | None, wanted: int | None, faults: set[str]
) -> None:
    levels = levels_of(world)
    fields = {
        name: None if place is None else levels[place]
        for name, place in (("baseline_level", now), ("target_level", wanted))
    }
    content = content_of(world, **fields)
    own = {"enrolment": world.ours.enrolment, "by": world.ours.learner}
    if not faults:
        assert actions.create_goal(content=content, **own).target_level == fields["target_level"]
        return
    with pytest.raises(ValidationError) as caught:
        actions.create_goal(content=content, **own)
    assert set(caught.value.error_dict) == faults


def test_level_of_another_scale_is_refused(world: World) -> None:
    levels_of(world)
    content = content_of(world, target_level=s.LevelFactory())
    with pytest.raises(ValidationError) as caught:
        actions.create_goal(enrolment=world.ours.enrolment, content=content, by=world.ours.learner)
    assert set(caught.value.error_dict) == {"target_level"}


# Agreed, or not yet ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("persona", "may"), [("coach", True), ("manager", True), ("mentor", False), ("lead", False)]
)
def test_coach_and_manager_agree(world: World, persona: str, may: bool) -> None:
    goal, by = goal_of(world, proposed=True), getattr(world.ours, persona)
    if not may:
        with pytest.raises(PermissionDenied):
            actions.agree_goal(goal=goal, by=by)
        return
    event = actions.agree_goal(goal=goal, by=by)
    assert (goal.status, goal.agreed_by, goal.agreed_at) == ("agreed", by, event.at)
    assert AuditEvent.objects.latest("pk").changes == {"status": ["proposed", "agreed"]}


def test_nobody_agrees_to_their_own_goal(world: World) -> None:
    side = world.ours
    f.SupportRoleFactory(enrolment=side.enrolment, person=side.learner, role="manager")
    goal = goal_of(world, proposed=True)
    with pytest.raises(PermissionDenied):
        actions.agree_goal(goal=goal, by=side.learner)
    with pytest.raises(PermissionDenied):
        actions.ask_goal_change(goal=goal, reason="Mine", by=side.learner)


def test_change_asked_for_makes_a_draft_with_a_reason(world: World) -> None:
    goal = goal_of(world, proposed=True)
    with pytest.raises(ValidationError):
        actions.ask_goal_change(goal=goal, reason="  ", by=world.ours.coach)
    event = actions.ask_goal_change(goal=goal, reason="Name one figure.", by=world.ours.coach)
    assert (goal.status, event.kind, event.reason) == ("draft", "change_asked", "Name one figure.")


@pytest.mark.parametrize("decision", ["agree", "ask"])
def test_decision_can_be_undone_at_once(world: World, decision: str) -> None:
    goal, coach = goal_of(world, proposed=True), world.ours.coach
    since = goal.proposed_at
    event = decided(goal, decision, coach)
    assert [row.pk for row in actions.undo_goal_decisions(events=[event.pk], by=coach)] == [goal.pk]
    goal.refresh_from_db()
    assert (goal.status, goal.agreed_at, goal.agreed_by, goal.proposed_at) == ("proposed", None, None, since)
    assert GoalEvent.objects.get().undone_at is not None
    assert actions.undo_goal_decisions(events=[event.pk], by=coach) == []


def decided(goal: Goal, decision: str, by: Any) -> GoalEvent:
    if decision == "agree":
        return actions.agree_goal(goal=goal, by=by)
    return actions.ask_goal_change(goal=goal, reason="Name one figure.", by=by)


@pytest.mark.parametrize("decision", ["agree", "ask"])
def test_decision_of_somebody_else_or_of_a_while_ago_is_not_undone(world: World, decision: str) -> None:
    goal, coach = goal_of(world, proposed=True), world.ours.coach
    event = decided(goal, decision, coach)
    assert actions.undo_goal_decisions(events=[event.pk], by=world.ours.manager) == []
    GoalEvent.objects.filter(pk=event.pk).update(at=timezone.now() - dt.timedelta(minutes=1))
    assert actions.undo_goal_decisions(events=[event.pk], by=coach) == []


def test_agreement_on_which_something_was_done_is_not_undone(world: World) -> None:
    goal, coach = goal_of(world, proposed=True), world.ours.coach
    event = actions.agree_goal(goal=goal, by=coach)
    actions.start_goal(goal=goal, by=world.ours.learner)
    assert actions.undo_goal_decisions(events=[event.pk], by=coach) == []
    assert Goal.objects.get().status == "in_progress"


def test_draft_that_its_learner_changed_since_is_not_proposed_by_an_undo(world: World) -> None:
    goal, coach = goal_of(world, proposed=True), world.ours.coach
    event = actions.ask_goal_change(goal=goal, reason="Name one figure.", by=coach)
    content = content_of(world, title="Half a")
    actions.change_goal(goal=goal, content=content, revision=goal.revision, by=world.ours.learner)
    assert actions.undo_goal_decisions(events=[event.pk], by=coach) == []
    assert Goal.objects.get().status == "draft"


def test_earlier_request_is_not_undone_in_place_of_the_latest(world: World) -> None:
    goal, coach = goal_of(world, proposed=True), world.ours.coach
    first = actions.ask_goal_change(goal=goal, reason="Name one figure.", by=coach)
    actions.propose_goal(goal=goal, by=world.ours.learner)
    actions.ask_goal_change(goal=goal, reason="Name one figure, please.", by=coach)
    assert actions.undo_goal_decisions(events=[first.pk], by=coach) == []
    assert Goal.objects.get().status == "draft"


def test_undo_is_for_who_may_still_decide(world: World) -> None:
    goal, coach = goal_of(world, proposed=True), world.ours.coach
    event = actions.ask_goal_change(goal=goal, reason="Name one figure.", by=coach)
    world.ours.enrolment.support_roles.filter(person=coach).delete()
    with pytest.raises(PermissionDenied):
        actions.undo_goal_decisions(events=[event.pk], by=coach)
    assert (Goal.objects.get().status, GoalEvent.objects.get().undone_at) == ("draft", None)


# Pursued --------------------------------------------------------------------------------


def test_first_check_in_puts_the_goal_under_way(world: World) -> None:
    goal = goal_of(world, agreed=True)
    row = actions.check_in(
        goal=goal, checked_on=timezone.localdate(), progress=20, note=" Begun ", by=world.ours.learner
    )
    assert (goal.status, row.progress, row.note, kinds_of(goal)) == (
        "in_progress",
        20,
        "Begun",
        ["started"],
    )
    assert AuditEvent.objects.get(action="goal.check_in").changes == {"progress": [None, 20], "note": None}


def test_the_same_check_in_twice_is_kept_once_and_another_is_a_new_row(world: World) -> None:
    goal, learner, today = goal_of(world, in_progress=True), world.ours.learner, timezone.localdate()
    for progress in (20, 20, 30):
        actions.check_in(goal=goal, checked_on=today, progress=progress, by=learner)
    assert list(GoalCheckIn.objects.order_by("pk").values_list("progress", flat=True)) == [20, 30]


@pytest.mark.parametrize(
    ("days", "progress", "fault"),
    [(0, 0, ""), (0, 100, ""), (-2, 50, ""), (1, 50, "checked_on"), (-3, 50, "checked_on"),
     (0, -1, "progress"), (0, 101, "progress")],
)  # fmt: skip
def test_check_in_is_between_the_agreement_and_today(
    world: World, days: int, progress: int, fault: str
) -> None:
    goal = goal_of(world, agreed=True, agreed_at=timezone.now() - 2 * DAY)
    said = {"checked_on": timezone.localdate() + days * DAY, "progress": progress}
    if not fault:
        actions.check_in(goal=goal, by=world.ours.learner, **said)
        return
    with pytest.raises(ValidationError) as caught:
        actions.check_in(goal=goal, by=world.ours.learner, **said)
    assert set(caught.value.error_dict) == {fault}
    assert (GoalCheckIn.objects.count(), Goal.objects.get().status) == (0, "agreed")


def test_goal_is_closed_with_what_came_of_it(world: World) -> None:
    goal = goal_of(world, in_progress=True)
    for to, outcome in (("achieved", "  "), ("agreed", "It works."), ("nonsense", "It works.")):
        with pytest.raises(ValidationError):
            actions.close_goal(goal=goal, to=to, outcome=outcome, by=world.ours.learner)
    actions.close_goal(goal=goal, to="partly_achieved", outcome=" It works. ", by=world.ours.learner)
    assert (goal.status, goal.outcome, goal.closed_at is not None) == ("partly_achieved", "It works.", True)
    assert AuditEvent.objects.get().changes == {"status": ["in_progress", "partly_achieved"]}


@pytest.mark.parametrize("to", ["achieved", "partly_achieved"])
def test_agreed_goal_can_only_be_dropped(world: World, to: str) -> None:
    goal = goal_of(world, agreed=True)
    with pytest.raises(TransitionRefused):
        actions.close_goal(goal=goal, to=to, outcome="It works.", by=world.ours.learner)
    actions.close_goal(goal=goal, to="dropped", outcome="The machine was sold.", by=world.ours.learner)
    assert goal.status == "dropped"


def test_goal_of_a_programme_that_is_over_can_still_be_closed_but_not_checked_in_on(world: World) -> None:
    goal = goal_of(world, in_progress=True)
    Enrolment.objects.filter(pk=world.ours.enrolment.pk).update(status="completed")
    goal = Goal.objects.get(pk=goal.pk)
    with pytest.raises(ValidationError):
        actions.check_in(goal=goal, checked_on=timezone.localdate(), progress=5, by=world.ours.learner)
    actions.close_goal(goal=goal, to="achieved", outcome="It works.", by=world.ours.learner)
    assert goal.status == "achieved"


# Activities towards it ------------------------------------------------------------------


def entry_content(world: World, goal: Goal | None) -> actions.ActivityContent:
    fields = {
        "kind": "on_job",
        "title": "Tried",
        "done_on": timezone.localdate(),
        "minutes": 30,
        "goal": goal,
    }
    return actions.ActivityContent(fields | {"strategy": world.ours.strategy}, world.ours.criteria[:1], "")


def test_first_activity_that_is_sent_puts_the_goal_under_way(world: World) -> None:
    goal, learner = goal_of(world, agreed=True), world.ours.learner
    entry = actions.create_activity(
        enrolment=world.ours.enrolment, content=entry_content(world, goal), by=learner
    )
    assert Goal.objects.get().status == "agreed"
    actions.submit_activity(entry=entry, by=learner)
    assert (Goal.objects.get().status, kinds_of(goal)) == ("in_progress", ["started"])
    again = actions.create_activity(
        enrolment=world.ours.enrolment, content=entry_content(world, goal), by=learner
    )
    actions.submit_activity(entry=again, by=learner)
    assert kinds_of(goal) == ["started"]


def test_activity_of_a_programme_that_is_over_is_sent_and_leaves_the_goal(world: World) -> None:
    goal, learner = goal_of(world, agreed=True), world.ours.learner
    entry = actions.create_activity(
        enrolment=world.ours.enrolment, content=entry_content(world, goal), by=learner
    )
    Enrolment.objects.filter(pk=world.ours.enrolment.pk).update(status="completed")
    actions.submit_activity(entry=ActivityEntry.objects.get(pk=entry.pk), by=learner)
    assert (Goal.objects.get().status, ActivityEntry.objects.get().status) == ("agreed", "submitted")


@pytest.mark.parametrize("status", ["draft", "proposed", "achieved", "partly_achieved", "dropped"])
def test_activity_is_not_logged_towards_a_goal_that_is_not_pursued(world: World, status: str) -> None:
    goal = goal_of(world, **({} if status == "draft" else {status: True}))
    with pytest.raises(ValidationError):
        actions.create_activity(
            enrolment=world.ours.enrolment, content=entry_content(world, goal), by=world.ours.learner
        )
    assert ActivityEntry.objects.count() == 0


def test_activity_is_not_logged_towards_a_goal_of_another_enrolment(world: World) -> None:
    theirs = f.GoalFactory(enrolment=world.theirs.enrolment, agreed=True)
    entry = f.ActivityFactory(enrolment=world.ours.enrolment, strategy=world.ours.strategy)
    with pytest.raises(ValidationError):
        actions.change_activity(
            entry=entry, content=entry_content(world, theirs), revision=1, by=world.ours.learner
        )


def test_activity_keeps_a_goal_that_was_closed_since(world: World) -> None:
    goal = goal_of(world, achieved=True)
    entry = f.ActivityFactory(enrolment=world.ours.enrolment, strategy=world.ours.strategy, goal=goal)
    actions.change_activity(
        entry=entry, content=entry_content(world, goal), revision=1, by=world.ours.learner
    )
    assert entry.goal == goal
