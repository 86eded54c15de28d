"""Activities as their learner writes them: made, changed, deleted while they are drafts."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from core.transitions import TransitionRefused
from people.models import User
from people.permissions import Permission
from programmes.actions.amending import guard_kind
from programmes.actions.applying import keep_with_entry
from programmes.actions.evidence import delete_bytes_later
from programmes.actions.recording import EntryChanged, audit, require, write_history
from programmes.models import ActivityEntry, ActivityEvent, AutosavedForm, Enrolment, Reflection
from programmes.models.activities import MINUTES_A_DAY, OPEN_STATUSES
from programmes.models.enrolments import OPEN_ENROLMENTS
from programmes.queries.activities import minutes_on
from programmes.queries.entering import ActivityContent
from programmes.queries.goals import goals_to_log_towards


def _guard_day(entry: ActivityEntry) -> None:
    """A day has 24 hours, over all entries of the enrolment."""
    if minutes_on(entry.enrolment, entry.done_on, but=entry) + entry.minutes > MINUTES_A_DAY:
        raise ValidationError({"hours": _("With your other entries this day would have more than 24 hours.")})


def _guard_goal(entry: ActivityEntry, content: ActivityContent) -> None:
    """An activity is logged towards a pursued goal of the same enrolment; it keeps one that was closed since."""
    goal = content.fields.get("goal")
    if goal is not None and not goals_to_log_towards(entry.enrolment, entry).filter(pk=goal.pk).exists():
        raise ValidationError({"goal": _("Choose from your goals that are agreed and not closed.")})


def _write_texts(entry: ActivityEntry, content: ActivityContent) -> None:
    entry.criteria.set(content.criteria)
    if content.reflection:
        Reflection.objects.update_or_create(entry=entry, defaults={"text": content.reflection})
    else:
        Reflection.objects.filter(entry=entry).delete()


@dataclass(frozen=True)
class Day:
    """One more day on which the same was done."""

    done_on: dt.date
    minutes: int


@transaction.atomic
def create_activity(
    *, enrolment: Enrolment, content: ActivityContent, by: User, token: UUID | None = None, part: int = 0
) -> ActivityEntry:
    """A new draft. Raises ValidationError when the enrolment is over or the day would have over 24 hours.

    `token` and `part` name the form that it was typed on: IntegrityError when that one has made its entry already.
    """
    require(by, Permission.ACTIVITY_CREATE, enrolment)
    if enrolment.status not in OPEN_ENROLMENTS:
        raise ValidationError(_("This programme is over for you, so nothing new can be logged in it."))
    entry = ActivityEntry(enrolment=enrolment, form_token=token, form_part=part, **content.fields)
    _guard_goal(ActivityEntry(enrolment=enrolment), content)
    _guard_day(entry)
    entry.save(force_insert=True)
    _write_texts(entry, content)
    keep_with_entry(entry, content.application)
    write_history(entry, ActivityEvent.Kind.CREATED, by)
    audit(entry, action="activity.create", by=by, changes={"minutes": [None, entry.minutes]})
    if token:
        AutosavedForm.objects.filter(token=token, enrolment=enrolment).delete()
    return entry


@transaction.atomic
def create_activities(
    *, enrolment: Enrolment, content: ActivityContent, more_days: Sequence[Day], by: User, token: UUID
) -> list[ActivityEntry]:
    """The same activity on several days: a draft for each, the first with the start time and its use at work."""
    entries = [create_activity(enrolment=enrolment, content=content, by=by, token=token)]
    for part, day in enumerate(more_days, start=1):
        fields = {**content.fields, "done_on": day.done_on, "minutes": day.minutes, "starts_at": None}
        copy = replace(content, fields=fields, application=None)
        entries.append(create_activity(enrolment=enrolment, content=copy, by=by, token=token, part=part))
    return entries


@transaction.atomic
def change_activity(
    *, entry: ActivityEntry, content: ActivityContent, revision: int, by: User, token: UUID | None = None
) -> None:
    """Rewrite a draft or a returned entry. Raises EntryChanged when it is no longer as the page showed it."""
    require(by, Permission.ACTIVITY_CHANGE, entry)
    _guard_goal(entry, content)
    before = entry.minutes
    rows = ActivityEntry.objects.filter(pk=entry.pk, revision=revision, status__in=OPEN_STATUSES)
    if not rows.update(revision=F("revision") + 1, **content.fields):
        raise EntryChanged
    if token:
        rows.model.objects.filter(pk=entry.pk).update(form_token=token, form_part=0)
    entry.refresh_from_db()
    _guard_day(entry)
    guard_kind(entry)
    _write_texts(entry, content)
    keep_with_entry(entry, content.application)
    changed: dict[str, Any] = dict.fromkeys(content.fields)
    changed["minutes"] = [before, entry.minutes]
    audit(entry, action="activity.change", by=by, changes=changed)
    AutosavedForm.objects.filter(entry=entry).delete()


@transaction.atomic
def delete_activity(*, entry: ActivityEntry, by: User) -> None:
    """Delete a draft for good, with its files. Raises TransitionRefused when it is a draft no longer."""
    require(by, Permission.ACTIVITY_CHANGE, entry)
    audit(entry, action="activity.delete", by=by, changes={"minutes": [entry.minutes, None]})
    rows = ActivityEntry.objects.filter(pk=entry.pk, status=ActivityEntry.Status.DRAFT)
    if not rows.update(revision=F("revision") + 1):  # holds the row, so that no other tab sends it meanwhile
        entry.refresh_from_db()
        raise TransitionRefused(current=entry.status, to="deleted")
    delete_bytes_later(entry.evidence.select_for_update(of=("self",)))
    rows.delete()
