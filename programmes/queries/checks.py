"""What is out of the ordinary about an activity: said to its learner before it is sent, and beside it in the queue."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import User
from people.permissions import Permission
from programmes.models import ActivityEntry, Enrolment
from programmes.models.activities import MINUTES_A_DAY

LONG_DAY_MINUTES = 10 * 60
LATE_AFTER_DAYS = 14
SAME_TITLE = dt.timedelta(days=90)


class Check(models.TextChoices):
    """What an approver looks at first."""

    LONG_DAY = "long_day", _("More than 10 h on this day")
    OVERLAP = "overlap", _("Overlaps another entry in time")
    LATE = "late", _("Sent more than 14 days later")
    NO_REFLECTION = "no_reflection", _("No reflection")
    SAME_TITLE = "same_title", _("Same title in the last three months")
    UNPAID = "unpaid", _("Not in paid working time")
    AMENDMENT = "amendment", _("Amends a verified activity")


NEEDS_REASON = frozenset({Check.LONG_DAY, Check.OVERLAP, Check.LATE})
"""Allowed with a reason that the approver reads (domain.md, guard rails)."""


@dataclass(frozen=True)
class Span:
    """One piece of time as it was typed or stored.

    `key` is the entry's chain_key, so that the two versions of an amended entry are never held against each other;
    None for what is not stored yet.
    """

    key: int | None
    done_on: dt.date
    starts_at: dt.time | None
    minutes: int


OF_A_SPAN = ("enrolment", "done_on", "starts_at", "minutes", "status", "amends")


def span_of(entry: ActivityEntry) -> Span:
    """The time of a stored entry."""
    return Span(entry.chain_key, entry.done_on, entry.starts_at, entry.minutes)


def _longest(spans: Iterable[Span]) -> int:
    """Minutes of the spans together; of two versions of one entry the longer one."""
    longest: dict[int | None, int] = {}
    total = 0
    for span in spans:
        if span.key is None:
            total += span.minutes
        else:
            longest[span.key] = max(longest.get(span.key, 0), span.minutes)
    return total + sum(longest.values())


def _overlap(one: Span, other: Span) -> bool:
    """Whether the two lie on each other; unknown start times never do."""
    if one.starts_at is None or other.starts_at is None or one.done_on != other.done_on:
        return False
    a, b = (x.starts_at.hour * 60 + x.starts_at.minute for x in (one, other) if x.starts_at is not None)
    return a < b + other.minutes and b < a + one.minutes


def exceptions_of(enrolment: Enrolment, spans: Sequence[Span], *, on: dt.date) -> list[Check]:
    """For which of NEEDS_REASON the times that are about to be sent need a reason; two queries at most.

    `spans` are the new or changed entries; the learner's other entries, in every state, are looked up. A day of more
    than 24 hours is not among them: it is refused whatever the reason.
    """
    days = {span.done_on for span in spans}
    own = {span.key for span in spans if span.key}
    rows = ActivityEntry.objects.filter(enrolment=enrolment, done_on__in=days).not_replaced()
    others = [span for row in rows.only(*OF_A_SPAN) if (span := span_of(row)).key not in own]
    found = set()
    totals = {
        day: _longest(span for span in (*others, *spans) if span.done_on == day) for day in sorted(days)
    }
    if any(LONG_DAY_MINUTES < minutes <= MINUTES_A_DAY for minutes in totals.values()):
        found.add(Check.LONG_DAY)
    if any(_overlap(span, other) for i, span in enumerate(spans) for other in [*others, *spans[i + 1 :]]):
        found.add(Check.OVERLAP)
    if any((on - day).days > LATE_AFTER_DAYS for day in days):
        found.add(Check.LATE)
    return [check for check in Check if check in found]


def exceptions_of_entry(entry: ActivityEntry, *, on: dt.date) -> list[Check]:
    """The same for one stored entry."""
    return exceptions_of(entry.enrolment, [span_of(entry)], on=on)


def checks_of(entries: Collection[ActivityEntry], *, reader: User) -> Mapping[int, list[Check]]:
    """The checks of each sent entry by its pk; three queries, whatever the number of entries.

    Drafts of the learner are nobody else's business and count for nothing. Whether there is a reflection is said only
    to who may read it.
    """
    found: dict[int, set[Check]] = {entry.pk: set() for entry in entries}
    if entries:
        _check_days(entries, found)
        _check_titles(entries, found)
        _check_reflections(entries, found, reader)
    for entry in entries:
        if entry.submitted_at and _days_late(entry) > LATE_AFTER_DAYS:
            found[entry.pk].add(Check.LATE)
        if not entry.is_paid:
            found[entry.pk].add(Check.UNPAID)
        if entry.is_open_amendment:
            found[entry.pk].add(Check.AMENDMENT)
    return {pk: [check for check in Check if check in checks] for pk, checks in found.items()}


def _days_late(entry: ActivityEntry) -> int:
    assert entry.submitted_at is not None
    return (timezone.localdate(entry.submitted_at) - entry.done_on).days


def _check_days(entries: Collection[ActivityEntry], found: dict[int, set[Check]]) -> None:
    sent = ActivityEntry.objects.exclude(status=ActivityEntry.Status.DRAFT).not_replaced()
    rows = sent.filter(
        enrolment__in={entry.enrolment_id for entry in entries},
        done_on__in={entry.done_on for entry in entries},
    )
    days: dict[tuple[int, dt.date], list[Span]] = defaultdict(list)
    for row in rows.only(*OF_A_SPAN).order_by():
        days[row.enrolment_id, row.done_on].append(span_of(row))
    for entry in entries:
        own = span_of(entry)
        others = [span for span in days[entry.enrolment_id, entry.done_on] if span.key != own.key]
        if _longest([own, *others]) > LONG_DAY_MINUTES:
            found[entry.pk].add(Check.LONG_DAY)
        if any(_overlap(own, span) for span in others):
            found[entry.pk].add(Check.OVERLAP)


def _check_titles(entries: Collection[ActivityEntry], found: dict[int, set[Check]]) -> None:
    wanted = {entry.title.lower() for entry in entries}
    rows = (
        ActivityEntry.objects.exclude(status=ActivityEntry.Status.DRAFT)
        .not_replaced()
        .annotate(folded=Lower("title"))
        # SQLite folds ASCII letters only: there an equal title is found, and one in other letters may not be.
        .filter(Q(folded__in=sorted(wanted)) | Q(title__in=sorted({entry.title for entry in entries})))
        .filter(
            enrolment__in={entry.enrolment_id for entry in entries},
            done_on__gte=min(entry.done_on for entry in entries) - SAME_TITLE,
        )
        .order_by()
    )
    same: dict[tuple[int, str], list[ActivityEntry]] = defaultdict(list)
    for row in rows.only("enrolment", "title", "done_on", "status", "amends"):
        same[row.enrolment_id, row.title.lower()].append(row)
    for entry in entries:
        since, own = entry.done_on - SAME_TITLE, (entry.done_on, entry.pk)
        others = same[entry.enrolment_id, entry.title.lower()]
        others = [row for row in others if row.chain_key != entry.chain_key]
        if any(row.done_on >= since and (row.done_on, row.pk) < own for row in others):
            found[entry.pk].add(Check.SAME_TITLE)


def _check_reflections(
    entries: Collection[ActivityEntry], found: dict[int, set[Check]], reader: User
) -> None:
    rows = ActivityEntry.objects.filter(pk__in=[entry.pk for entry in entries], reflection=None)
    for pk in rows.permitted_to(reader, Permission.REFLECTION_READ).values_list("pk", flat=True):
        found[pk].add(Check.NO_REFLECTION)
