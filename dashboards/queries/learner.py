"""What the learner's own home shows."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from people.models import User
from programmes.models import ActivityEntry, ActivityEvent, ApplicationRecord, Enrolment, Goal
from programmes.models.goals import PURSUED
from programmes.queries import activities, progress
from programmes.queries.applications import due_prompts
from programmes.queries.goals import GoalTask, goal_tasks, goals_of


@dataclass(frozen=True)
class LearnerTodo:
    """What a learner can do next, in the order of the page: mend what was returned, answer what was asked, see to
    goals, log this week and earlier ones without an entry (newest first), say what is used at work, finish drafts.
    """

    returned: Sequence[ActivityEntry] = ()
    questions: Sequence[ApplicationRecord] = ()
    goals: Sequence[GoalTask] = ()
    this_week_is_empty: bool = False
    missing_weeks: Sequence[activities.Week] = ()
    prompts: Sequence[ApplicationRecord] = ()
    drafts: Sequence[ActivityEntry] = ()

    @property
    def number(self) -> int:
        """How many things there are to do."""
        parts = (getattr(self, part.name) for part in fields(self))
        return sum(part if isinstance(part, bool) else len(part) for part in parts)

    def first(self, most: int) -> "LearnerTodo":
        """The first of them: drafts, for which nobody waits, give way first."""
        room = most
        kept: dict[str, Any] = {}
        for part in fields(self):
            value: Any = getattr(self, part.name)
            is_mark = isinstance(value, bool)
            kept[part.name] = (value and room > 0) if is_mark else value[:room]
            room -= kept[part.name] if is_mark else len(kept[part.name])
        return LearnerTodo(**kept)


MISSING_WEEKS_SHOWN = 2
DRAFTS_SHOWN = 2
PROMPTS_SHOWN = 2
ACTIONS_SHOWN = 5
GOALS_SHOWN = 4
GOAL_TASKS_SHOWN = 2


def learner_todo(enrolment: Enrolment, *, on: dt.date) -> LearnerTodo:
    """The learner's next actions, five at most."""
    own = ActivityEntry.objects.filter(enrolment=enrolment).not_replaced()
    returns = ActivityEvent.objects.returns().order_by("-at")
    returned = list(own.filter(status=ActivityEntry.Status.RETURNED).order_by("done_on")[:3])
    reasons = {event.entry_id: event.full_reason for event in reversed(returns.filter(entry__in=returned))}
    for entry in returned:
        entry.return_reason = reasons.get(entry.pk, "")
    asked = due_prompts(enrolment, on=on)
    questions = [record for record in asked if record.status == ApplicationRecord.Status.RETURNED]
    todo = LearnerTodo(
        returned=returned,
        questions=questions,
        goals=goal_tasks(enrolment, on=on, most=GOAL_TASKS_SHOWN),
        prompts=asked[len(questions) :][:PROMPTS_SHOWN],
        drafts=list(own.filter(status=ActivityEntry.Status.DRAFT).order_by("-done_on")[:DRAFTS_SHOWN]),
    )
    if enrolment.status == Enrolment.Status.ACTIVE:
        logged = activities.weeks_with_entries(own.filter(done_on__lte=on))
        mondays = activities.missing_weeks(enrolment, on=on, logged=logged)[:MISSING_WEEKS_SHOWN]
        missing = [activities.Week(enrolment.week_of(day), day, is_missing=True) for day in mondays]
        has_started = enrolment.starts_on <= on <= enrolment.ends_on
        is_empty = has_started and progress.monday(on) not in logged
        todo = replace(todo, missing_weeks=missing, this_week_is_empty=is_empty)
    return todo.first(ACTIONS_SHOWN)


def open_goals(enrolment: Enrolment, user: User) -> list[Goal]:
    """The learner's goals that are pursued or proposed, the first few, for their home."""
    rows = goals_of(enrolment, user).filter(status__in=[Goal.Status.PROPOSED, *PURSUED])
    return list(rows[:GOALS_SHOWN])
