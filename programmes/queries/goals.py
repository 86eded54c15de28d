"""Goals as pages show them: of a learner, waiting to be agreed, pursued, overdue; what counts towards one."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from django.db.models import Case, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.models import User
from people.permissions import Permission
from programmes.models import ActivityEntry, Enrolment, Goal, GoalCheckIn, GoalEvent
from programmes.models.enrolments import OPEN_ENROLMENTS
from programmes.models.goals import CLOSED_GOALS, PURSUED, GoalQuerySet
from programmes.queries.activities import TREE_ORDER
from standards.models import Criterion, Framework, GoalTemplate, Level


@dataclass(frozen=True)
class GoalContent:
    """What a learner says about a goal: field values, and the criteria that it helps with."""

    fields: Mapping[str, Any]
    criteria: Collection[Criterion]


def with_progress(goals: GoalQuerySet) -> GoalQuerySet:
    """Adds `progress` and `last_checked_on` of the latest check-in (None before the first), and `verified_minutes` of
    the activities that were logged towards the goal.
    """
    latest = GoalCheckIn.objects.filter(goal=OuterRef("pk")).order_by("-checked_on", "-pk")
    linked = ActivityEntry.objects.filter(goal=OuterRef("pk"), status=ActivityEntry.Status.APPROVED)
    minutes = linked.order_by().values("goal").annotate(total=Sum("minutes")).values("total")
    rows: GoalQuerySet = goals.annotate(
        progress=Subquery(latest.values("progress")[:1]),
        last_checked_on=Subquery(latest.values("checked_on")[:1]),
        verified_minutes=Coalesce(Subquery(minutes), 0, output_field=IntegerField()),
    )
    return rows


def _with_criteria(goals: GoalQuerySet) -> GoalQuerySet:
    rows: GoalQuerySet = goals.prefetch_related(Prefetch("criteria", Criterion.objects.order_by(*TREE_ORDER)))
    return rows


def goals_for(user: User) -> GoalQuerySet:
    """Goals that this person may agree to now, the longest waiting first."""
    waiting = Goal.objects.permitted_to(user, Permission.GOAL_AGREE).awaiting_agreement()
    waiting = waiting.filter(enrolment__status__in=OPEN_ENROLMENTS).select_related("enrolment__learner")
    rows: GoalQuerySet = _with_criteria(waiting).order_by("proposed_at", "pk")
    return rows


_GROUPS = {
    Goal.Status.PROPOSED: 1,
    Goal.Status.DRAFT: 2,
    **dict.fromkeys(sorted(CLOSED_GOALS), 3),
}


def goals_of(enrolment: Enrolment, user: User) -> GoalQuerySet:
    """The enrolment's goals that the person may read, as with_progress(): pursued ones first, closed ones last."""
    rows = Goal.objects.filter(enrolment=enrolment).permitted_to(user, Permission.GOAL_READ)
    group = Case(
        *(When(status=status, then=Value(number)) for status, number in _GROUPS.items()), default=Value(0)
    )
    ordered: GoalQuerySet = _with_criteria(with_progress(rows)).order_by(group, "target_on", "pk")
    return ordered.select_related("enrolment__learner", "baseline_level", "target_level")


def pursued_of(ids: Iterable[int]) -> dict[int, list[Goal]]:
    """The pursued goals of these enrolments by enrolment, as with_progress(), the nearest target date first.

    Two queries. For enrolments of whom the reader may read the goals: everybody who may reads pursued ones.
    """
    return _by_enrolment(Goal.objects.pursued(), ids)


def overdue_of(ids: Iterable[int], *, on: dt.date, days: int = 0) -> dict[int, list[Goal]]:
    """The same for pursued goals whose target date is more than that many days past."""
    return _by_enrolment(Goal.objects.overdue(on=on, days=days), ids)


def _by_enrolment(goals: GoalQuerySet, ids: Iterable[int]) -> dict[int, list[Goal]]:
    found: dict[int, list[Goal]] = defaultdict(list)
    rows = _with_criteria(with_progress(goals.filter(enrolment__in=list(ids))))
    for goal in rows.select_related("enrolment__learner").order_by("target_on", "pk"):
        found[goal.enrolment_id].append(goal)
    return dict(found)


def goals_to_log_towards(enrolment: Enrolment, entry: ActivityEntry | None = None) -> GoalQuerySet:
    """Goals that an activity of this enrolment may be logged towards: the pursued ones, and the one it has already."""
    wanted = Q(status__in=PURSUED)
    if entry is not None and entry.goal_id:
        wanted |= Q(pk=entry.goal_id)
    rows: GoalQuerySet = Goal.objects.filter(wanted, enrolment=enrolment)
    return _with_criteria(rows)


def templates_for(enrolment: Enrolment) -> QuerySet[GoalTemplate]:
    """The goal templates of the frameworks that the enrolment's programme leads to."""
    rows = GoalTemplate.objects.filter(framework__programmes=enrolment.cohort.programme_id)
    rows = rows.exclude(framework__status=Framework.Status.DRAFT)
    return rows.prefetch_related(Prefetch("criteria", Criterion.objects.order_by(*TREE_ORDER)))


def levels_for(enrolment: Enrolment) -> QuerySet[Level]:
    """The levels on which criteria of the enrolment's programme are rated, lowest first."""
    frameworks = Framework.objects.filter(programmes=enrolment.cohort.programme_id)
    return Level.objects.filter(scale__in=frameworks.values("scale")).order_by("scale", "order")


def check_ins_of(goal: Goal) -> list[GoalCheckIn]:
    """The goal's check-ins, the earliest first."""
    return list(goal.check_ins.select_related("by").order_by("checked_on", "pk"))


def activities_towards(goal: Goal, user: User) -> list[ActivityEntry]:
    """The activities that were logged towards the goal, as far as the person may read them, newest first."""
    rows = ActivityEntry.objects.filter(goal=goal).permitted_to(user, Permission.ACTIVITY_READ)
    return list(rows.counted_once().select_related("strategy").order_by("-done_on", "-pk"))


def asked_changes(goals: Iterable[Goal]) -> dict[int, GoalEvent]:
    """By goal the request for a change that a draft came back with and that was not answered since; one query."""
    drafts = [goal.pk for goal in goals if goal.status == Goal.Status.DRAFT]
    last: dict[int, GoalEvent] = {}
    rows = GoalEvent.objects.filter(goal__in=drafts, undone_at=None).select_related("by")
    for event in rows.order_by("at", "pk"):
        last[event.goal_id] = event
    return {pk: event for pk, event in last.items() if event.kind == GoalEvent.Kind.CHANGE_ASKED}


@dataclass(frozen=True)
class Pace:
    """Where a goal would be if it moved evenly from the day it was agreed to its target date, in days."""

    elapsed: int
    total: int

    @property
    def percent(self) -> int:
        """Days so far of all days, in per cent."""
        return round(self.elapsed * 100 / self.total)


def pace_of(goal: Goal, *, on: dt.date) -> Pace | None:
    """The even pace of a goal that was agreed; None for others."""
    if goal.agreed_at is None:
        return None
    agreed = timezone.localdate(goal.agreed_at)
    total = max((goal.target_on - agreed).days, 1)
    return Pace(min(max((on - agreed).days, 0), total), total)


@dataclass(frozen=True)
class GoalLine:
    """One line of a goal's history."""

    event: GoalEvent
    is_own: bool

    @property
    def icon(self) -> str:
        """The picture beside the line."""
        return GOAL_EVENT_ICONS[self.event.kind]

    @property
    def sentence(self) -> str:
        """What happened and who did it: whole sentences, since languages put them together differently."""
        names = {"name": self.event.by.display_name}
        if self.event.undone_at:
            return str(UNDONE_GOAL_SENTENCES[self.event.kind]) % names
        own, others = GOAL_EVENT_SENTENCES[self.event.kind]
        return str(own if self.is_own else others) % names


GOAL_EVENT_ICONS = {
    "created": "plus-lg",
    "proposed": "send",
    "withdrawn": "arrow-counterclockwise",
    "change_asked": "arrow-return-left",
    "agreed": "hand-thumbs-up",
    "started": "play-circle",
    "closed": "flag",
}
GOAL_EVENT_SENTENCES = {
    "created": (gettext_lazy("Started by you"), gettext_lazy("Started by %(name)s")),
    "proposed": (gettext_lazy("Proposed by you"), gettext_lazy("Proposed by %(name)s")),
    "withdrawn": (gettext_lazy("Taken back by you"), gettext_lazy("Taken back by %(name)s")),
    "change_asked": (gettext_lazy("Change asked for by you"), gettext_lazy("Change asked for by %(name)s")),
    "agreed": (gettext_lazy("Agreed by you"), gettext_lazy("Agreed by %(name)s")),
    "started": (gettext_lazy("Put under way by you"), gettext_lazy("Put under way by %(name)s")),
    "closed": (gettext_lazy("Closed by you"), gettext_lazy("Closed by %(name)s")),
}
UNDONE_GOAL_SENTENCES = {
    "change_asked": gettext_lazy("Change asked for by %(name)s, and undone at once"),
    "agreed": gettext_lazy("Agreed by %(name)s, and undone at once"),
}


def goal_history(goal: Goal, *, reader: User) -> list[GoalLine]:
    """The goal's history, newest first."""
    events = goal.events.select_related("by").order_by("-at", "-pk")
    return [GoalLine(event, event.by_id == reader.pk) for event in events]


CHECK_IN_AFTER = dt.timedelta(weeks=4)


@dataclass(frozen=True)
class GoalTask:
    """Something that the learner can do about a goal next; `reason` is what somebody asked to have changed."""

    goal: Goal
    kind: Literal["change", "overdue", "check_in"]
    reason: str = ""


def goal_tasks(enrolment: Enrolment, *, on: dt.date, most: int) -> list[GoalTask]:
    """The learner's next actions on goals: changes asked for, goals past their target date, long without a check-in.

    None on a break or once the programme is over.
    """
    if enrolment.status not in OPEN_ENROLMENTS - {Enrolment.Status.ON_BREAK}:
        return []
    rows = with_progress(Goal.objects.filter(enrolment=enrolment, status__in=[Goal.Status.DRAFT, *PURSUED]))
    goals = list(rows.order_by("target_on", "pk"))
    asked = asked_changes(goals)
    tasks = [GoalTask(goal, "change", asked[goal.pk].reason) for goal in goals if goal.pk in asked]
    tasks += [GoalTask(goal, "overdue") for goal in goals if goal.is_overdue(on=on)]
    tasks += [GoalTask(goal, "check_in") for goal in goals if _is_quiet(goal, on=on)]
    return tasks[:most]


def _is_quiet(goal: Goal, *, on: dt.date) -> bool:
    """Whether nothing was said about a goal that is not overdue for four weeks."""
    if not goal.is_pursued or goal.is_overdue(on=on) or goal.agreed_at is None:
        return False
    last: dt.date = goal.last_checked_on or timezone.localdate(goal.agreed_at)  # type: ignore[attr-defined]
    return on - last > CHECK_IN_AFTER


def goal_made_from(token: UUID | None, *, by: User) -> Goal | None:
    """The person's goal that was made by the form with this token."""
    if token is None:
        return None
    return Goal.objects.filter(form_token=token, enrolment__learner=by).first()


def has_goal_content(goal: Goal, content: GoalContent) -> bool:
    """Whether the goal says just this."""
    is_same = all(getattr(goal, name) == value for name, value in content.fields.items())
    return is_same and {*goal.criteria.all()} == {*content.criteria}


def proposal_faults(enrolment: Enrolment, content: GoalContent, *, on: dt.date) -> dict[str, str]:
    """What keeps a goal from being proposed, by field; empty when nothing does."""
    fields, faults = content.fields, {}
    if not fields["title"].strip():
        faults["title"] = _("Say in a few words what you want to be able to do.")
    if not fields["why"].strip():
        faults["why"] = _("Say why it matters at work before you propose it.")
    if not fields["measure"].strip():
        faults["measure"] = _("Say how you will know before you propose it.")
    if not content.criteria:
        faults["criteria"] = _("Choose at least one criterion before you propose it.")
    if fields["target_on"] <= on:
        faults["target_on"] = _("Enter a target date in the future.")
    elif not enrolment.starts_on <= fields["target_on"] <= enrolment.ends_on:
        faults["target_on"] = _("Enter a target date up to the end of your programme: %(last)s.") % {
            "last": date_format(enrolment.ends_on)
        }
    return faults | level_faults(content)


def level_faults(content: GoalContent) -> dict[str, str]:
    """What is wrong with the two levels of a goal; they may be left out."""
    levels = {name: content.fields[name] for name in ("baseline_level", "target_level")}
    scales = {criterion.framework.scale_id for criterion in content.criteria}
    faults = {
        name: _("Choose a level of the scale that the criteria are rated on.")
        for name, level in levels.items()
        if level is not None and scales and level.scale_id not in scales
    }
    now, wanted = levels["baseline_level"], levels["target_level"]
    if not faults and now is not None and wanted is not None:
        if now.scale_id != wanted.scale_id:
            faults["target_level"] = _("Choose both levels from the same scale.")
        elif wanted.order <= now.order:
            faults["target_level"] = _("Choose a target level above the level now.")
    return faults
