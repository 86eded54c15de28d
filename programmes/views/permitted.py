"""Fetching what the person may see. An insider without the right is told so; an outsider finds nothing."""

import datetime as dt

from django.http import Http404, HttpRequest
from django.utils.dateparse import parse_date

from people.permissions import Permission
from people.views.permitted import permitted_or_404
from programmes.models import ActivityEntry, ApplicationRecord, Enrolment, Goal
from programmes.queries import activities as reads

__all__ = [
    "application_or_404",
    "entry_or_404",
    "goal_or_404",
    "own_enrolment",
    "permitted_or_404",
    "reason_given",
    "remember_reason",
]


def entry_or_404(request: HttpRequest, pk: int, *also: Permission) -> ActivityEntry:
    """An entry that the person may at least read in part, or reaches by one of the other permissions."""
    rows = ActivityEntry.objects.select_related(
        "enrolment__learner",
        "enrolment__organisation",
        "enrolment__cohort__programme",
        "strategy",
        "approved_by",
        "amends__strategy",
    )
    entry: ActivityEntry = permitted_or_404(request, rows, Permission.ACTIVITY_READ, pk, *also)
    return entry


def application_or_404(request: HttpRequest, pk: int) -> ApplicationRecord:
    """The answer, or the prompt for it, about the activity with this key."""
    rows = ApplicationRecord.objects.select_related(
        "entry__enrolment__learner", "entry__enrolment__organisation", "entry__strategy", "confirmed_by"
    )
    found = ApplicationRecord.objects.filter(entry=pk).values_list("pk", flat=True).first()
    record: ApplicationRecord = permitted_or_404(request, rows, Permission.APPLICATION_READ, found)
    return record


def goal_or_404(request: HttpRequest, pk: int) -> Goal:
    """A goal that the person may read."""
    rows = Goal.objects.select_related(
        "enrolment__learner", "enrolment__cohort__programme", "baseline_level", "target_level", "agreed_by"
    )
    goal: Goal = permitted_or_404(request, rows, Permission.GOAL_READ, pk)
    return goal


def date_or_none(text: str) -> dt.date | None:
    """A date from an address, or None for anything else."""
    try:
        return parse_date(text)
    except ValueError:
        return None


REASONS_KEY = "access_reasons"


def reason_given(request: HttpRequest, entry: ActivityEntry) -> str:
    """The reason that the person gave for opening this entry, in this session; "" when none."""
    return str(request.session.get(REASONS_KEY, {}).get(str(entry.pk), ""))


def remember_reason(request: HttpRequest, entry: ActivityEntry, reason: str) -> None:
    """Keep the reason for this session, so that the entry's files open with it."""
    request.session[REASONS_KEY] = {**request.session.get(REASONS_KEY, {}), str(entry.pk): reason}


def own_enrolment(request: HttpRequest, mine: list[Enrolment] | None = None) -> Enrolment:
    """The enrolment named in the address, else the person's current one; 404 for who is no learner.

    `mine` are the person's current enrolments, where they are known already.
    """
    mine = reads.current_enrolments(request.user) if mine is None else mine
    wanted = request.GET.get("enrolment", "")
    chosen = next((row for row in mine if str(row.pk) == wanted), None)
    if chosen is None and wanted:
        raise Http404
    if not mine:
        raise Http404
    return chosen or mine[0]
