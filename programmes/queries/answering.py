"""What somebody says about using at work what they learned, and what happened to the answer."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from people.models import User
from programmes.models import ActivityEntry, ApplicationBenefit, ApplicationEvent, ApplicationRecord


@dataclass(frozen=True)
class BenefitContent:
    """One benefit: whose, in words, and as a measure before and after where there is one."""

    level: str
    text: str
    measure: str = ""
    unit: str = ""
    before: Decimal | None = None
    after: Decimal | None = None
    is_less_better: bool = True


@dataclass(frozen=True)
class ApplicationContent:
    """What a learner says: what is done differently, since when, how it can be seen, and who benefits."""

    what_changed: str = ""
    applied_on: dt.date | None = None
    evidence_note: str = ""
    benefits: Sequence[BenefitContent] = ()

    @property
    def fields(self) -> Mapping[str, Any]:
        """The values of the record's own columns."""
        return {
            "what_changed": self.what_changed,
            "applied_on": self.applied_on,
            "evidence_note": self.evidence_note,
        }

    def __bool__(self) -> bool:
        return bool(self.what_changed or self.applied_on or self.evidence_note or self.benefits)


LEVELS = tuple(level.value for level in ApplicationBenefit.Level)


def content_of(record: ApplicationRecord) -> ApplicationContent:
    """What the record says."""
    benefits = [
        BenefitContent(row.level, row.text, row.measure, row.unit, row.before, row.after, row.is_less_better)
        for row in sorted(record.benefits.all(), key=lambda row: LEVELS.index(row.level))
    ]
    return ApplicationContent(record.what_changed, record.applied_on, record.evidence_note, tuple(benefits))


def merged(said: ApplicationContent, before: ApplicationContent) -> ApplicationContent:
    """What was said in a few words while logging, with the measures and the note that were there before."""
    known = {benefit.level: benefit for benefit in before.benefits}
    benefits = [
        replace(known[benefit.level], text=benefit.text) if benefit.level in known else benefit
        for benefit in said.benefits
    ]
    return replace(said, evidence_note=said.evidence_note or before.evidence_note, benefits=tuple(benefits))


def missing_in(content: ApplicationContent, *, done_on: dt.date, on: dt.date) -> dict[str, Any]:
    """What an answer about an activity of `done_on` lacks before it can be sent, by field; empty when it is whole."""
    missing: dict[str, Any] = {}
    if not content.what_changed.strip():
        missing["what_changed"] = _("Say what you do differently at work.")
    if content.applied_on is None:
        missing["applied_on"] = _("Enter the day since when you do it.")
    elif content.applied_on > on:
        missing["applied_on"] = _("Enter a date in the past or today.")
    elif content.applied_on < done_on:
        missing["applied_on"] = _("Enter a day on or after that of the activity.")
    return missing


def record_of(entry: ActivityEntry) -> ApplicationRecord | None:
    """The activity's answer or prompt, as it is in the database now."""
    return ApplicationRecord.objects.filter(entry=entry).first()


def drafted_with(entry: ActivityEntry) -> ApplicationContent | None:
    """What the learner said while logging the activity and has not sent; None when nothing."""
    record = record_of(entry)
    if record is None or record.status != ApplicationRecord.Status.PROMPTED:
        return None
    return content_of(record) or None


@dataclass(frozen=True)
class AnswerLine:
    """One line of an answer's history; a reason is the question that somebody asked."""

    event: ApplicationEvent
    is_own: bool

    @property
    def icon(self) -> str:
        """The picture beside the line."""
        return ANSWER_ICONS[self.event.kind]

    @property
    def sentence(self) -> str:
        """What happened and who did it."""
        names = {"name": self.event.by.display_name}
        if self.event.undone_at:
            return str(UNDONE_ANSWERS[self.event.kind]) % names
        own, others = ANSWER_SENTENCES[self.event.kind]
        return str(own) if self.is_own else others % names


ANSWER_ICONS = {
    "put_off": "hourglass",
    "submitted": "briefcase",
    "not_applied": "x-circle",
    "returned": "arrow-return-left",
    "confirmed": "check-circle",
}
ANSWER_SENTENCES = {
    "put_off": (_("“Not yet” said by you"), _("“Not yet” said by %(name)s")),
    "submitted": (_("Answered by you"), _("Answered by %(name)s")),
    "not_applied": (_("Not applied, said by you"), _("Not applied, said by %(name)s")),
    "returned": (_("Question asked by you"), _("Question asked by %(name)s")),
    "confirmed": (_("Confirmed by you"), _("Confirmed by %(name)s")),
}
UNDONE_ANSWERS = {
    "submitted": _("Answered by %(name)s, and taken back with the activity"),
    "not_applied": _("Not applied, said by %(name)s, and taken back with the activity"),
    "returned": _("Question asked by %(name)s, and undone at once"),
    "confirmed": _("Confirmed by %(name)s, and undone at once"),
}


def answer_history(record: ApplicationRecord, *, reader: User) -> list[AnswerLine]:
    """The answer's history, newest first; a "not yet" is between the learner and the portal."""
    is_own = record.entry.enrolment.learner_id == reader.pk
    events = record.events.select_related("by").order_by("-at", "-pk")
    if not is_own:
        events = events.exclude(kind=ApplicationEvent.Kind.PUT_OFF)
    return [AnswerLine(event, event.by_id == reader.pk) for event in events]


def question_of(record: ApplicationRecord) -> ApplicationEvent | None:
    """The question that stands, for an answer that came back."""
    if record.status != ApplicationRecord.Status.RETURNED:
        return None
    asked = record.events.filter(kind=ApplicationEvent.Kind.RETURNED, undone_at=None)
    return asked.select_related("by").last()
