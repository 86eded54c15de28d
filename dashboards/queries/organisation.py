"""Totals that point at nobody."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum

from people.models import Organisation, User
from people.permissions import Permission, Relation, relation_q
from programmes.models import ActivityEntry, ApplicationRecord, Enrolment, Goal, Programme
from programmes.models.goals import PURSUED
from programmes.queries import progress
from programmes.queries.applications import Rate
from programmes.queries.groups import SMALLEST_GROUP


@dataclass(frozen=True)
class GoalCounts:
    """How many goals a group pursues now, and has achieved in full or in part."""

    pursued: int = 0
    achieved: int = 0


@dataclass(frozen=True)
class Group:
    """Totals of a group of learners; all but the people are None where the group is too small to be shown."""

    programme: Programme
    people: int
    off_minutes: int | None
    on_minutes: int | None
    rate: Rate | None = None
    goals: GoalCounts | None = None

    @property
    def is_hidden(self) -> bool:
        """Whether the figures are kept back."""
        return self.off_minutes is None


def organisation_groups(organisation: Organisation, *, on: dt.date) -> list[Group]:
    """Counted minutes of an organisation's learners by programme; small groups and their complement are kept back."""
    people = (
        Enrolment.objects.filter(organisation=organisation)
        .exclude(status__in=[Enrolment.Status.INVITED, Enrolment.Status.WITHDRAWN])
        .order_by()
        .values("cohort__programme")
        .annotate(number=Count("learner", distinct=True))
    )
    minutes = (
        ActivityEntry.objects.filter(enrolment__organisation=organisation)
        .exclude(enrolment__status__in=[Enrolment.Status.INVITED, Enrolment.Status.WITHDRAWN])
        .with_uncounted_reason(on=on)
        .filter(uncounted="")
        .order_by()
        .values("enrolment__cohort__programme", "kind")
        .annotate(total=Sum("minutes"))
    )
    sums = {(row["enrolment__cohort__programme"], row["kind"]): row["total"] for row in minutes}
    rates, goals = _rates(organisation), _goals(organisation)
    programmes = Programme.objects.in_bulk([row["cohort__programme"] for row in people])
    groups = [
        Group(
            programmes[row["cohort__programme"]],
            row["number"],
            sums.get((row["cohort__programme"], progress.Kind.OFF_JOB.value), 0),
            sums.get((row["cohort__programme"], progress.Kind.ON_JOB.value), 0),
            rates.get(row["cohort__programme"], Rate()),
            goals.get(row["cohort__programme"], GoalCounts()),
        )
        for row in people
    ]
    return hide_small(sorted(groups, key=lambda group: group.programme.code))


_GONE = [Enrolment.Status.INVITED, Enrolment.Status.WITHDRAWN]


def _rates(organisation: Organisation) -> dict[int, Rate]:
    """The application rate by programme."""
    verified = ActivityEntry.objects.filter(
        enrolment__organisation=organisation,
        kind=ActivityEntry.Kind.OFF_JOB,
        status=ActivityEntry.Status.APPROVED,
    ).exclude(enrolment__status__in=_GONE)
    confirmed = Q(application__status=ApplicationRecord.Status.CONFIRMED)
    rows = (
        verified.order_by()
        .values_list("enrolment__cohort__programme")
        .annotate(applied=Sum("minutes", filter=confirmed, default=0), approved=Sum("minutes"))
    )
    return {programme: Rate(applied, approved) for programme, applied, approved in rows}


def _goals(organisation: Organisation) -> dict[int, GoalCounts]:
    """Goals by programme; drafts and proposals are their learner's until they are agreed."""
    achieved = [Goal.Status.ACHIEVED, Goal.Status.PARTLY_ACHIEVED]
    rows = (
        Goal.objects.filter(enrolment__organisation=organisation)
        .exclude(enrolment__status__in=_GONE)
        .order_by()
        .values_list("enrolment__cohort__programme")
        .annotate(
            pursued=Count("pk", filter=Q(status__in=PURSUED)),
            achieved=Count("pk", filter=Q(status__in=achieved)),
        )
    )
    return {programme: GoalCounts(*counts) for programme, *counts in rows}


def hide_small(groups: Sequence[Group]) -> list[Group]:
    """Keeps back the figures of groups under five, and of one more when a single one could be worked out."""
    small = {group.programme.pk for group in groups if group.people < SMALLEST_GROUP}
    others = sorted((g for g in groups if g.programme.pk not in small), key=lambda group: group.people)
    hidden_people = sum(group.people for group in groups if group.programme.pk in small)
    if small and others and hidden_people < SMALLEST_GROUP:
        small.add(others[0].programme.pk)
    return [
        Group(group.programme, group.people, None, None) if group.programme.pk in small else group
        for group in groups
    ]


def administered_by(user: User) -> QuerySet[Organisation]:
    """Organisations whose totals the person may see as their administrator."""
    own = relation_q(Organisation, user, Relation.ORG_ADMIN)
    rows: QuerySet[Organisation] = Organisation.objects.permitted_to(
        user, Permission.ORGANISATION_READ_TOTALS
    )
    return rows.filter(own)
