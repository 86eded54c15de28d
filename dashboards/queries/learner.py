"""What the learner's own home shows."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum

from programmes.models import ActivityEntry, ActivityEvent, ApplicationRecord, Enrolment
from programmes.queries import activities, progress
from programmes.queries.applications import due_prompts
from standards.models import Criterion


@dataclass(frozen=True)
class LearnerTodo:
    """What a learner can do next. `missing_weeks` are past weeks without an entry, newest first; `questions` are
    answers that came back; about the activities of `prompts` they are asked whether they use them at work.
    """

    returned: Sequence[ActivityEntry]
    drafts: Sequence[ActivityEntry]
    missing_weeks: Sequence[activities.Week]
    this_week_is_empty: bool
    questions: Sequence[ApplicationRecord] = ()
    prompts: Sequence[ApplicationRecord] = ()

    @property
    def number(self) -> int:
        """How many things there are to do."""
        lists = (self.returned, self.drafts, self.missing_weeks, self.questions, self.prompts)
        return sum(map(len, lists)) + self.this_week_is_empty

    def first(self, most: int) -> "LearnerTodo":
        """The first of them in the order of the page: drafts, for which nobody waits, give way first."""
        returned = self.returned[:most]
        questions = self.questions[: most - len(returned)]
        room = most - len(returned) - len(questions)
        is_empty = self.this_week_is_empty and room > 0
        room -= is_empty
        weeks = self.missing_weeks[:room]
        prompts = self.prompts[: room - len(weeks)]
        drafts = self.drafts[: room - len(weeks) - len(prompts)]
        return LearnerTodo(returned, drafts, weeks, is_empty, questions, prompts)


MISSING_WEEKS_SHOWN = 2
DRAFTS_SHOWN = 2
PROMPTS_SHOWN = 2
ACTIONS_SHOWN = 5


def learner_todo(enrolment: Enrolment, *, on: dt.date) -> LearnerTodo:
    """The learner's next actions, five at most: mend what was returned, answer what was asked, then fill empty weeks,
    say what is used at work, and finish drafts.
    """
    own = ActivityEntry.objects.filter(enrolment=enrolment)
    returns = ActivityEvent.objects.returns().order_by("-at")
    returned = list(own.filter(status=ActivityEntry.Status.RETURNED).order_by("done_on")[:3])
    reasons = {event.entry_id: event.full_reason for event in reversed(returns.filter(entry__in=returned))}
    for entry in returned:
        entry.return_reason = reasons.get(entry.pk, "")
    drafts = list(own.filter(status=ActivityEntry.Status.DRAFT).order_by("-done_on")[:DRAFTS_SHOWN])
    asked = due_prompts(enrolment, on=on)
    questions = [record for record in asked if record.status == ApplicationRecord.Status.RETURNED]
    prompts = asked[len(questions) :][:PROMPTS_SHOWN]
    if enrolment.status != Enrolment.Status.ACTIVE:
        todo = LearnerTodo(returned, drafts, [], False, questions, prompts)
        return todo.first(ACTIONS_SHOWN)
    logged = activities.weeks_with_entries(own.filter(done_on__lte=on))
    mondays = activities.missing_weeks(enrolment, on=on, logged=logged)[:MISSING_WEEKS_SHOWN]
    missing = [activities.Week(enrolment.week_of(day), day, is_missing=True) for day in mondays]
    has_started = enrolment.starts_on <= on <= enrolment.ends_on
    is_empty = has_started and progress.monday(on) not in logged
    return LearnerTodo(returned, drafts, missing, is_empty, questions, prompts).first(ACTIONS_SHOWN)


@dataclass(frozen=True)
class Thread:
    """The golden thread of one criterion, as far as its beads exist: entries and minutes that touch it."""

    criterion: Criterion
    entries: int
    minutes: int
    approved: int


def most_active_thread(enrolment: Enrolment) -> Thread | None:
    """The thread of the criterion with the most entries; None before the first entry names one."""
    status = ActivityEntry.Status
    row: Any = (
        ActivityEntry.objects.filter(enrolment=enrolment, criteria__isnull=False)
        .order_by()
        .values("criteria")
        .annotate(
            entries=Count("pk"),
            minutes=Sum("minutes"),
            approved=Count("pk", filter=Q(status=status.APPROVED)),
        )
        .order_by("-entries", "criteria")
        .first()
    )
    if row is None:
        return None
    criterion = Criterion.objects.select_related("framework").get(pk=row["criteria"])
    return Thread(criterion, row["entries"], row["minutes"], row["approved"])
