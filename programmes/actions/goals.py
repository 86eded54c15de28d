"""Goals as their learner writes and pursues them: made, changed, proposed, checked in on, closed."""

import datetime as dt
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.transitions import TransitionRefused, move
from people.models import User
from people.permissions import Permission
from programmes.actions.recording import EntryChanged, audit, require
from programmes.models import GOAL_MOVES, Enrolment, Goal, GoalCheckIn, GoalEvent
from programmes.models.enrolments import OPEN_ENROLMENTS
from programmes.models.goals import CLOSED_GOALS, PURSUED
from programmes.queries.goals import GoalContent, level_faults, proposal_faults
from standards.models import Criterion

Status, Kind = Goal.Status, GoalEvent.Kind
CONTENT_FIELDS = ("title", "why", "measure", "baseline_level", "target_level", "target_on", "origin")
MOST_PROGRESS = 100


def write_goal_history(goal: Goal, kind: str, by: User, **also: Any) -> GoalEvent:
    """Append a line to the goal's history: now, unless `at` is among the other fields of the line."""
    return GoalEvent.objects.create(goal=goal, kind=kind, by=by, **{"at": timezone.now(), **also})


def guard_open(enrolment: Enrolment) -> None:
    """Raises ValidationError when the programme is over for the learner."""
    if enrolment.status not in OPEN_ENROLMENTS:
        raise ValidationError(_("This programme is over, so its goals can only be read and closed."))


def _guard_content(enrolment: Enrolment, content: GoalContent) -> None:
    """A goal names criteria and a template of its own programme's frameworks, and levels of their scale."""
    programme, chosen = enrolment.cohort.programme_id, {criterion.pk for criterion in content.criteria}
    own = Criterion.objects.filter(Q(framework__programmes=programme) | Q(units__programme=programme))
    if chosen - set(own.filter(pk__in=chosen).values_list("pk", flat=True)):
        raise ValidationError({"criteria": _("Choose from the criteria of your programme.")})
    template = content.fields.get("template")
    if template is not None and template.framework.programmes.filter(pk=programme).first() is None:
        raise ValidationError(_("This template belongs to another programme."))
    if faults := level_faults(content):
        raise ValidationError(faults)


@transaction.atomic
def create_goal(*, enrolment: Enrolment, content: GoalContent, by: User, token: UUID | None = None) -> Goal:
    """A new draft. Raises ValidationError when the programme is over, or the content is of another one.

    `token` names the form that it was typed on: IntegrityError when that one has made its goal already.
    """
    require(by, Permission.GOAL_CREATE, enrolment)
    guard_open(enrolment)
    _guard_content(enrolment, content)
    goal = Goal(enrolment=enrolment, form_token=token, **content.fields)
    goal.save(force_insert=True)
    goal.criteria.set(content.criteria)
    write_goal_history(goal, Kind.CREATED, by)
    audit(goal, action="goal.create", by=by, changes={"status": [None, goal.status]})
    return goal


@transaction.atomic
def change_goal(*, goal: Goal, content: GoalContent, revision: int, by: User) -> None:
    """Rewrite a draft. Raises EntryChanged when it is no longer as the page showed it."""
    require(by, Permission.GOAL_CHANGE, goal)
    _guard_content(goal.enrolment, content)
    rows = Goal.objects.filter(pk=goal.pk, revision=revision, status=Status.DRAFT)
    # A draft that a change was asked for keeps the time of its proposal until its learner writes something else: up
    # to then the request can be undone.
    if not rows.update(revision=F("revision") + 1, proposed_at=None, **content.fields):
        raise EntryChanged
    goal.refresh_from_db()
    goal.criteria.set(content.criteria)
    audit(goal, action="goal.change", by=by, changes=dict.fromkeys(content.fields))


@transaction.atomic
def delete_goal(*, goal: Goal, by: User) -> None:
    """Delete a draft for good. Raises TransitionRefused when it is a draft no longer."""
    require(by, Permission.GOAL_CHANGE, goal)
    _hold(goal, {Status.DRAFT}, to="deleted")
    audit(goal, action="goal.delete", by=by, changes={"status": [goal.status, None]})
    Goal.objects.filter(pk=goal.pk).delete()


def _hold(goal: Goal, states: Collection[str], *, to: str) -> None:
    """Keep everybody else from the row until the end of the transaction, and bring the instance up to date.

    Raises TransitionRefused when the row is in none of the states.
    """
    held = Goal.objects.filter(pk=goal.pk, status__in=states).update(revision=F("revision") + 1)
    goal.refresh_from_db()
    if not held:
        raise TransitionRefused(current=goal.status, to=to)


@transaction.atomic
def propose_goal(*, goal: Goal, by: User) -> None:
    """Send a draft to be agreed. Raises ValidationError when something needed is missing, TransitionRefused when it is
    a draft no longer.
    """
    require(by, Permission.GOAL_CHANGE, goal)
    guard_open(goal.enrolment)
    _hold(goal, {Status.DRAFT}, to=Status.PROPOSED)
    fields = {name: getattr(goal, name) for name in CONTENT_FIELDS}
    content = GoalContent(fields, list(goal.criteria.select_related("framework")))
    if faults := proposal_faults(goal.enrolment, content, on=timezone.localdate()):
        raise ValidationError(faults)
    _move(goal, Status.PROPOSED, by, "goal.propose", proposed_at=timezone.now())
    write_goal_history(goal, Kind.PROPOSED, by)


@transaction.atomic
def withdraw_goal(*, goal: Goal, by: User) -> None:
    """Take a proposed goal back while nobody has decided about it. Raises TransitionRefused when somebody has."""
    require(by, Permission.GOAL_CHANGE, goal)
    _move(goal, Status.DRAFT, by, "goal.withdraw", proposed_at=None, revision=F("revision") + 1)
    write_goal_history(goal, Kind.WITHDRAWN, by)


def _move(goal: Goal, to: str, by: User, action: str, **also: Any) -> None:
    was = goal.status
    move(goal, to=to, moves=GOAL_MOVES, **also)
    audit(goal, action=action, by=by, changes={"status": [was, goal.status]})


@transaction.atomic
def start_goal(*, goal: Goal, by: User) -> None:
    """Begin to pursue an agreed goal. Raises TransitionRefused when it is not just agreed."""
    require(by, Permission.GOAL_CHANGE, goal)
    guard_open(goal.enrolment)
    _move(goal, Status.IN_PROGRESS, by, "goal.start")
    write_goal_history(goal, Kind.STARTED, by)


def start_with_activity(goal: Goal | None, by: User) -> None:
    """The first activity that is sent for an agreed goal starts it; one that is under way or closed stays as it is."""
    if goal is None or goal.status != Status.AGREED:
        return
    try:
        start_goal(goal=goal, by=by)
    except (TransitionRefused, ValidationError):  # started or closed meanwhile, or the programme is over
        return


@transaction.atomic
def check_in(*, goal: Goal, checked_on: dt.date, progress: int, note: str = "", by: User) -> GoalCheckIn:
    """Say how far the goal is. The first check-in starts an agreed goal; the same one twice is kept once.

    Raises ValidationError for a day that cannot be, TransitionRefused when the goal is not pursued.
    """
    require(by, Permission.GOAL_CHANGE, goal)
    guard_open(goal.enrolment)
    _hold(goal, PURSUED, to="checked")  # a second click waits for the first, and nobody closes it meanwhile
    _guard_check_in(goal, checked_on, progress)
    if goal.status == Status.AGREED:
        start_goal(goal=goal, by=by)
    said = {"checked_on": checked_on, "progress": progress, "note": note.strip(), "by": by}
    made = goal.check_ins.filter(**said).first()
    if made is not None:
        return made
    before = goal.check_ins.order_by("checked_on", "pk").values_list("progress", flat=True).last()
    row = GoalCheckIn.objects.create(goal=goal, **said)
    audit(goal, action="goal.check_in", by=by, changes={"progress": [before, progress], "note": None})
    return row


def _guard_check_in(goal: Goal, checked_on: dt.date, progress: int) -> None:
    if checked_on > timezone.localdate():
        raise ValidationError({"checked_on": _("Enter a date in the past or today.")})
    if goal.agreed_at is None or checked_on < timezone.localdate(goal.agreed_at):
        raise ValidationError({"checked_on": _("Enter a date since the goal was agreed.")})
    if not 0 <= progress <= MOST_PROGRESS:
        raise ValidationError({"progress": _("Enter a number from 0 to 100.")})


@transaction.atomic
def close_goal(*, goal: Goal, to: str, outcome: str, by: User) -> None:
    """Close a goal with what came of it; `to` is achieved, partly achieved or dropped, only the last before it is
    under way. Raises ValidationError without words, TransitionRefused when the goal is not in such a state.
    """
    require(by, Permission.GOAL_CHANGE, goal)
    outcome = outcome.strip()
    if to not in CLOSED_GOALS:
        raise ValidationError({"to": _("Say how it ended.")})
    if not outcome:
        raise ValidationError({"outcome": _("Say what came of it.")})
    _move(goal, to, by, "goal.close", outcome=outcome, closed_at=timezone.now(), revision=F("revision") + 1)
    write_goal_history(goal, Kind.CLOSED, by)
