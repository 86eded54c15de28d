"""What somebody types about an activity, before and after it is saved."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from people.models import User
from programmes.models import ActivityEntry, AutosavedForm, Enrolment
from programmes.queries.answering import ApplicationContent, content_of, drafted_with, record_of
from standards.models import Criterion


@dataclass(frozen=True)
class ActivityContent:
    """What a learner says about an activity: field values of the entry, its criteria, the reflection, and how it is
    used at work already.
    """

    fields: Mapping[str, Any]
    criteria: Collection[Criterion]
    reflection: str
    application: ApplicationContent | None = None


def autosaved_form(enrolment: Enrolment, entry: ActivityEntry | None) -> AutosavedForm | None:
    """What was typed about the entry, or about a new one, and not saved; None when nothing, or when the entry has
    been changed since.
    """
    row = AutosavedForm.objects.filter(enrolment=enrolment, entry=entry).first()
    if row is not None and entry is not None and row.content.get("revision") != [str(entry.revision)]:
        return None
    return row


def made_from(token: UUID | None, *, by: User) -> list[ActivityEntry]:
    """The person's entries that were made or changed by the form with this token."""
    if token is None:
        return []
    rows = ActivityEntry.objects.filter(form_token=token, enrolment__learner=by)
    return list(rows.select_related("enrolment__learner").order_by("form_part"))


def has_content(entry: ActivityEntry, content: ActivityContent) -> bool:
    """Whether the entry says just this."""
    reflection = getattr(entry, "reflection", None)
    return (
        all(getattr(entry, name) == value for name, value in content.fields.items())
        and (reflection.text if reflection else "") == content.reflection
        and {*entry.criteria.all()} == {*content.criteria}
        and _has_answer(entry, content.application)
    )


def _has_answer(entry: ActivityEntry, answer: ApplicationContent | None) -> bool:
    """Whether just this was said of its use at work. Once it is sent with the activity, the form no longer asks."""
    record = record_of(entry)
    if answer and record is not None:
        return content_of(record) == answer
    return not answer and drafted_with(entry) is None
