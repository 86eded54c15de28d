"""The first part of a learner's record: goals, use at work, and what waits for the reader."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import ngettext

from dashboards.queries.thread import answers_read, goals_read
from people.models import User
from programmes.models import ApplicationRecord, Enrolment
from programmes.models.goals import PURSUED
from programmes.queries.activities import waiting_for
from programmes.queries.applications import Rate, applications_for, rates_of
from programmes.queries.goals import goals_for


@dataclass(frozen=True)
class Waits:
    """Something that waits for the reader: how many in words, and where to look at them."""

    icon: str
    sentence: str
    url: str


@dataclass(frozen=True)
class Overview:
    """Goals that are pursued and of these overdue, answers on use at work, and what waits for the reader."""

    pursued: int
    overdue: int
    next_target: dt.date | None
    answered: int
    confirmed: int
    rate: Rate
    waits: Sequence[Waits]


def overview_of(enrolment: Enrolment, user: User, *, on: dt.date) -> Overview:
    """The figures as the person may see them; a fixed number of queries."""
    pursued = Q(status__in=PURSUED)
    goals = goals_read(enrolment, user).aggregate(
        pursued=Count("pk", filter=pursued),
        overdue=Count("pk", filter=pursued & Q(target_on__lt=on)),
        next_target=Min("target_on", filter=pursued),
    )
    status = ApplicationRecord.Status
    answers = answers_read(enrolment, user).aggregate(
        answered=Count("pk", filter=~Q(status=status.PROMPTED)),
        confirmed=Count("pk", filter=Q(status=status.CONFIRMED)),
    )
    rate = rates_of([enrolment.pk])[enrolment.pk]
    return Overview(**goals, **answers, rate=rate, waits=waits_for(enrolment, user))


def waits_for(enrolment: Enrolment, user: User) -> list[Waits]:
    """What of this learner waits for the person to verify, agree to or confirm; nothing for who may not."""
    entries = waiting_for(user).filter(enrolment=enrolment).order_by().count()
    goals = goals_for(user).filter(enrolment=enrolment).order_by().count()
    answers = applications_for(user).filter(entry__enrolment=enrolment).order_by().count()
    found = [
        (
            entries,
            "journal-check",
            ngettext(
                "%(number)s activity waits for you to verify it.",
                "%(number)s activities wait for you to verify them.",
                entries,
            ),
            "enrolment_activities",
            "submitted",
        ),
        (
            goals,
            "flag",
            ngettext(
                "%(number)s goal waits for you to agree to it.",
                "%(number)s goals wait for you to agree to them.",
                goals,
            ),
            "enrolment_goals",
            "proposed",
        ),
        (
            answers,
            "briefcase",
            ngettext(
                "%(number)s use at work waits for you to confirm it.",
                "%(number)s uses at work wait for you to confirm them.",
                answers,
            ),
            "enrolment_applications",
            "submitted",
        ),
    ]
    return [
        Waits(icon, words % {"number": number}, _list(enrolment, name, status))
        for number, icon, words, name, status in found
        if number
    ]


def _list(enrolment: Enrolment, name: str, status: str) -> str:
    return f"{reverse(f'programmes:{name}', args=[enrolment.pk])}?status={status}"
