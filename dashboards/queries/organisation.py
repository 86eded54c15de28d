"""Totals that point at nobody."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet, Sum

from people.models import Organisation, User
from people.permissions import Permission, Relation, relation_q
from programmes.models import ActivityEntry, Enrolment, Programme
from programmes.queries import progress
from programmes.queries.groups import SMALLEST_GROUP


@dataclass(frozen=True)
class Group:
    """Totals of a group of learners; `minutes` is None where the group is too small to be shown."""

    programme: Programme
    people: int
    off_minutes: int | None
    on_minutes: int | None

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
    programmes = Programme.objects.in_bulk([row["cohort__programme"] for row in people])
    groups = [
        Group(
            programmes[row["cohort__programme"]],
            row["number"],
            sums.get((row["cohort__programme"], progress.Kind.OFF_JOB.value), 0),
            sums.get((row["cohort__programme"], progress.Kind.ON_JOB.value), 0),
        )
        for row in people
    ]
    return hide_small(sorted(groups, key=lambda group: group.programme.code))


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
