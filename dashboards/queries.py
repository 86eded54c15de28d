"""What the homes show, put together from the apps below."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from people.models import Organisation, User
from people.permissions import Permission, Relation, relation_q, roles_of
from programmes.models import ActivityEntry, ActivityEvent, Enrolment, Programme
from programmes.queries import activities, progress
from programmes.queries.checks import checks_of
from standards.models import Criterion

SMALLEST_GROUP = 5
"""Totals about fewer people than this are not shown to somebody who may not see the people (trust.md)."""


@dataclass(frozen=True)
class Hats:
    """Which homes a person has today, and the name of an organisation to head the menu."""

    is_learner: bool
    is_invited: bool
    is_coach: bool
    is_mentor: bool
    is_manager: bool
    is_programme_lead: bool
    is_org_admin: bool
    is_administrator: bool
    organisation_name: str

    @property
    def is_supporter(self) -> bool:
        """Whether the queue is one of the homes."""
        return self.is_coach or self.is_mentor


def hats_of(user: User) -> Hats:
    """The person's homes; one query beside the person's roles."""
    roles = roles_of(user)
    states = set(
        Enrolment.objects.filter(learner=user).order_by().values_list("status", flat=True).distinct()
    )
    return Hats(
        is_learner=bool(states - {Enrolment.Status.INVITED.value}),
        is_invited=Enrolment.Status.INVITED.value in states,
        is_coach=bool(roles.supports[Relation.COACH]),
        is_mentor=bool(roles.supports[Relation.MENTOR]),
        is_manager=bool(roles.supports[Relation.MANAGER]),
        is_programme_lead=bool(roles.leads or roles.leads_at),
        is_org_admin=bool(roles.administers),
        is_administrator=user.is_administrator,
        organisation_name=roles.organisation_name,
    )


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


def supported_by(user: User, *relations: Relation) -> QuerySet[Enrolment]:
    """Enrolments under way in which the person has one of the roles today."""
    roles = roles_of(user)
    ids = frozenset().union(*(roles.supports[relation] for relation in relations))
    return Enrolment.objects.filter(pk__in=ids).under_way()


def led_by(user: User) -> QuerySet[Enrolment]:
    """Enrolments under way in the programmes that the person leads, by name of the learner."""
    programmes = Programme.objects.permitted_to(user, Permission.PROGRAMME_WATCH)
    enrolments = Enrolment.objects.filter(cohort__programme__in=programmes.values("pk")).under_way()
    rows: QuerySet[Enrolment] = enrolments.permitted_to(user, Permission.PROGRESS_READ)
    return rows.order_by("learner__display_name", "pk")


def learners_of(entries: QuerySet[ActivityEntry]) -> list[Enrolment]:
    """The enrolments that the entries belong to, by name of the learner."""
    rows = Enrolment.objects.filter(pk__in=entries.order_by().values("enrolment")).select_related("learner")
    return list(rows.order_by("learner__display_name", "pk"))


def with_checks(entries: Iterable[ActivityEntry], *, reader: User) -> list[ActivityEntry]:
    """The entries, each with its `checks`: what the reader looks at before verifying it."""
    rows = list(entries)
    found = checks_of(rows, reader=reader)
    for row in rows:
        row.checks = found[row.pk]  # type: ignore[attr-defined]
    return rows


def worst_first(rows: Sequence[progress.Progress]) -> list[progress.Progress]:
    """Those furthest behind off the job first, in minutes; then by name."""
    return sorted(rows, key=lambda row: (-row.off_job.behind, row.enrolment.learner.display_name))


@dataclass(frozen=True)
class TeamSums:
    """Sums over the people of a team, in minutes."""

    people: int
    off_counted: int
    off_expected: int
    on_counted: int
    on_expected: int
    waiting: int


def team_sums(rows: Sequence[progress.Progress]) -> TeamSums:
    """The figures at the top of a team page."""
    return TeamSums(
        people=len(rows),
        off_counted=sum(row.off_job.counted for row in rows),
        off_expected=sum(row.off_job.expected for row in rows),
        on_counted=sum(row.on_job.counted for row in rows),
        on_expected=sum(row.on_job.expected for row in rows),
        waiting=sum(row.waiting_count for row in rows),
    )


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
