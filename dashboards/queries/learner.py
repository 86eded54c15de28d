"""What the learner's own home shows."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from programmes.models import ActivityEntry, ActivityEvent, Enrolment
from programmes.queries import activities, progress


@dataclass(frozen=True)
class LearnerTodo:
    """What a learner can do next. `missing_weeks` are past weeks without an entry, newest first."""

    returned: Sequence[ActivityEntry]
    drafts: Sequence[ActivityEntry]
    missing_weeks: Sequence[activities.Week]
    this_week_is_empty: bool

    @property
    def number(self) -> int:
        """How many things there are to do."""
        return len(self.returned) + len(self.drafts) + len(self.missing_weeks) + self.this_week_is_empty


MISSING_WEEKS_SHOWN = 2
DRAFTS_SHOWN = 2


def learner_todo(enrolment: Enrolment, *, on: dt.date) -> LearnerTodo:
    """The learner's next actions: mend what was returned, then fill empty weeks, then finish drafts."""
    own = ActivityEntry.objects.filter(enrolment=enrolment)
    returns = ActivityEvent.objects.returns().order_by("-at")
    returned = list(own.filter(status=ActivityEntry.Status.RETURNED).order_by("done_on")[:3])
    reasons = {event.entry_id: event.full_reason for event in reversed(returns.filter(entry__in=returned))}
    for entry in returned:
        entry.return_reason = reasons.get(entry.pk, "")
    drafts = list(own.filter(status=ActivityEntry.Status.DRAFT).order_by("-done_on")[:DRAFTS_SHOWN])
    if enrolment.status != Enrolment.Status.ACTIVE:
        return LearnerTodo(returned, drafts, [], this_week_is_empty=False)
    logged = activities.weeks_with_entries(own.filter(done_on__lte=on))
    mondays = activities.missing_weeks(enrolment, on=on, logged=logged)[:MISSING_WEEKS_SHOWN]
    missing = [activities.Week(enrolment.week_of(day), day, is_missing=True) for day in mondays]
    has_started = enrolment.starts_on <= on <= enrolment.ends_on
    is_empty = has_started and progress.monday(on) not in logged
    return LearnerTodo(returned, drafts, missing, is_empty)
