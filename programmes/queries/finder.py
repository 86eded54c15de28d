"""Which way of learning fits: a short list, each with why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from people.models import User
from programmes.models import (
    ActivityEntry,
    ApplicationRecord,
    Company,
    Disruption,
    Goal,
    LearningStrategy,
)
from programmes.queries.applications import OFF_JOB_VERIFIED
from programmes.queries.groups import SMALLEST_GROUP

SUGGESTED = 5
RANKS = [Disruption.LOW, Disruption.MEDIUM, Disruption.HIGH]

POINTS = {"need": 4, "others": 3, "kind": 2, "group": 2, "disruption": 1}
"""What each reason weighs; the page that suggests explains itself from this table."""
POINT_WORDS = {
    "need": gettext_lazy("It suits the kind of need"),
    "others": gettext_lazy("Five or more others learned the same criterion this way and use it"),
    "kind": gettext_lazy("It fits on or off the job, as wished"),
    "group": gettext_lazy("It is done alone, in a pair or in a group, as wished"),
    "disruption": gettext_lazy("It disturbs the day's work no more than wished"),
}


@dataclass(frozen=True)
class Wishes:
    """What somebody looks for; "" is no wish. `learned_by` counts the others who learned the goal's criteria in a way
    and use it, by the key of that way.
    """

    need: str = ""
    kind: str = ""
    group: str = ""
    disruption: str = ""
    learned_by: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Suggestion:
    """A way of learning that fits, and which of the wishes it meets."""

    strategy: LearningStrategy
    met: Sequence[str]
    others: int = 0

    @property
    def points(self) -> int:
        """What the reasons weigh together."""
        return sum(POINTS[reason] for reason in self.met)

    @property
    def reasons(self) -> list[str]:
        """Why it is suggested, in the reader's language."""
        return [self._said(reason) for reason in self.met]

    def _said(self, reason: str) -> str:
        if reason == "need":
            return _("It suits the kind of need that you chose.")
        if reason == "others":
            text = ngettext(
                "%(number)s other learner learned a criterion of your goal this way and uses it at work.",
                "%(number)s other learners learned a criterion of your goal this way and use it at work.",
                self.others,
            )
            return text % {"number": self.others}
        if reason == "kind":
            on_job, off_job = _("It can be done on the job."), _("It can be done off the job.")
            both = _("It can be done on the job and off the job.")
            return {"on_job": on_job, "off_job": off_job}.get(self.strategy.usual_kind, both)
        if reason == "group":
            said = {
                Company.ALONE.value: _("You can do it alone."),
                Company.PAIR.value: _("It takes one other person."),
                Company.GROUP.value: _("It is done in a group."),
            }
            return said[self.strategy.group]
        return _("It disturbs the day's work no more than you wish.")


def ranked(strategies: Sequence[LearningStrategy], wishes: Wishes) -> list[Suggestion]:
    """The ways of learning that meet a wish at least, five at most: the one whose reasons weigh most first, and of two
    that weigh the same the one that stands first in the list of ways.
    """
    found = [Suggestion(row, _met(row, wishes), wishes.learned_by.get(row.pk, 0)) for row in strategies]
    fitting = [suggestion for suggestion in found if suggestion.met]
    fitting.sort(
        key=lambda suggestion: (-suggestion.points, suggestion.strategy.order, suggestion.strategy.code)
    )
    return fitting[:SUGGESTED]


def _met(row: LearningStrategy, wishes: Wishes) -> list[str]:
    met = {
        "need": wishes.need in row.suits,
        "others": wishes.learned_by.get(row.pk, 0) >= SMALLEST_GROUP,
        "kind": bool(wishes.kind) and row.usual_kind in ("", wishes.kind),
        "group": bool(wishes.group) and row.group == wishes.group,
        "disruption": _disturbs_no_more(row.disruption, wishes.disruption),
    }
    return [reason for reason in POINTS if met[reason]]


def _disturbs_no_more(disruption: str, wished: str) -> bool:
    if not disruption or not wished:
        return False
    return RANKS.index(Disruption(disruption)) <= RANKS.index(Disruption(wished))


def learned_by_others(goal: Goal, user: User) -> dict[int, int]:
    """By way of learning, how many others in the programmes of the goal's provider learned one of its criteria so, with
    a confirmed use at work; ways with fewer than five are left out.
    """
    provider = goal.enrolment.cohort.programme.organisation_id
    entries = ActivityEntry.objects.filter(
        OFF_JOB_VERIFIED,
        application__status=ApplicationRecord.Status.CONFIRMED,
        criteria__in=goal.criteria.all(),
        enrolment__cohort__programme__organisation=provider,
    )
    rows: Any = entries.exclude(enrolment__learner=user).order_by().values("strategy")
    rows = rows.annotate(people=Count("enrolment__learner", distinct=True)).filter(people__gte=SMALLEST_GROUP)
    return {row["strategy"]: row["people"] for row in rows}


def own_goals(user: User) -> list[Goal]:
    """The goals that the person pursues, the nearest target date first."""
    rows = Goal.objects.pursued().filter(enrolment__learner=user)
    return list(rows.select_related("enrolment__cohort__programme").order_by("target_on", "pk"))
