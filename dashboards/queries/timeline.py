"""The timeline of an enrolment: everything that happened and is planned, from several tables, newest first.

Each table gives its first rows behind the reader's place, and these are merged: a page costs the same number of queries
and the same memory wherever it is and however much there is.
"""

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.tags import Tag
from dashboards.queries.thread import answers_read, goals_read
from people.models import User
from people.permissions import Permission
from programmes.models import (
    ActivityEntry,
    ActivityEvent,
    ApplicationEvent,
    BreakInLearning,
    Enrolment,
    GoalCheckIn,
    GoalEvent,
)
from standards.models import Criterion

ITEMS_A_PAGE = 30
KINDS: dict[str, Any] = {
    "activities": gettext_lazy("Activities"),
    "decisions": gettext_lazy("Decisions on activities"),
    "goals": gettext_lazy("Goals"),
    "check-ins": gettext_lazy("Check-ins"),
    "applied": gettext_lazy("Applied at work"),
    "breaks": gettext_lazy("Breaks"),
    "programme": gettext_lazy("The programme"),
}


class Place(NamedTuple):
    """Where an item stands among all others. Days begin at midnight, so what follows from a deed comes after it."""

    moment: dt.datetime
    rank: int
    pk: int

    def __str__(self) -> str:
        return f"{(self.moment - EPOCH) // MICROSECOND}.{self.rank}.{self.pk}"


EPOCH, MICROSECOND = dt.datetime(1970, 1, 1, tzinfo=dt.UTC), dt.timedelta(microseconds=1)
_PLACE = re.compile(r"(\d{1,16})\.(\d)\.(\d{1,18})", re.ASCII)


def place_from(text: str) -> Place | None:
    """The place that an address names; None for anything else."""
    found = _PLACE.fullmatch(text)
    if found is None:
        return None
    return Place(EPOCH + int(found[1]) * MICROSECOND, int(found[2]), int(found[3]))


def midnight(day: dt.date) -> dt.datetime:
    """The beginning of the day where the reader is."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


@dataclass
class Item:
    """One line: `sentence` says what happened, `title` to what. `reason` is empty where the reader may not read it;
    `about` is the activity of which it speaks.
    """

    place: Place
    kind: str
    icon: str
    sentence: str
    title: str = ""
    url: str = ""
    has_time: bool = False
    who: str = ""
    reason: str = ""
    tag: Tag | None = None
    minutes: int | None = None
    about: int | None = None

    @property
    def kind_word(self) -> str:
        """The kind in words."""
        return str(KINDS[self.kind])


@dataclass(frozen=True)
class Source:
    """A table's part of the timeline: its rows, the field that dates them, and how a row becomes an item."""

    kind: str
    rank: int
    rows: QuerySet[Any]
    field: str
    is_day: bool
    item: Callable[[Any, Place], Item]

    def first(self, number: int, *, before: Place | None) -> list[Item]:
        """The newest rows behind that place."""
        rows = self.rows if before is None else self.rows.filter(self._behind(before))
        ordered = rows.order_by(f"-{self.field}", "-pk")[:number]
        return [self.item(row, Place(self._moment(row), self.rank, row.pk)) for row in ordered]

    def _moment(self, row: Any) -> dt.datetime:
        value = getattr(row, self.field)
        return midnight(value) if self.is_day else value

    def _behind(self, place: Place) -> Q:
        """Rows that come after the place on the way down."""
        value: dt.date = place.moment
        if self.is_day:
            value = timezone.localdate(place.moment)
            if midnight(value) != place.moment:  # all of that day lies behind a moment in it
                return Q(**{f"{self.field}__lte": value})
        behind = Q(**{f"{self.field}__lt": value})
        if self.rank < place.rank:
            behind |= Q(**{self.field: value})
        elif self.rank == place.rank:
            behind |= Q(**{self.field: value, "pk__lt": place.pk})
        return behind


@dataclass(frozen=True)
class Page:
    """A page of the timeline; `older` is the place to go on from, None at the end."""

    items: Sequence[Item]
    older: Place | None

    @property
    def older_key(self) -> str:
        """The place to go on from as an address names it."""
        return str(self.older) if self.older else ""

    @property
    def months(self) -> list[tuple[dt.date, list[Item]]]:
        """The items by month."""

        def month(item: Item) -> dt.date:
            return timezone.localdate(item.place.moment).replace(day=1)

        return [(first, list(items)) for first, items in groupby(self.items, key=month)]


def page_of(
    enrolment: Enrolment,
    user: User,
    *,
    kinds: Collection[str] = (),
    criterion: Criterion | None = None,
    before: Place | None = None,
    size: int = ITEMS_A_PAGE,
) -> Page:
    """The timeline as the person may see it: of these kinds, or of all; of one criterion, or of everything."""
    found: list[Item] = []
    for source in sources_of(enrolment, user, criterion):
        if not kinds or source.kind in kinds:
            found += source.first(size + 1, before=before)
    if criterion is None and (not kinds or "programme" in kinds):
        found += [item for item in _ends_of(enrolment) if before is None or item.place < before]
    found.sort(key=lambda item: item.place, reverse=True)
    shown = found[:size]
    _keep_reasons_back(shown, user)
    return Page(shown, shown[-1].place if len(found) > size else None)


CHUNK = 500


def every_item(enrolment: Enrolment, user: User, **narrowed: Any) -> Iterator[Item]:
    """All items, some hundred at a time."""
    before: Place | None = None
    while True:
        page = page_of(enrolment, user, before=before, size=CHUNK, **narrowed)
        yield from page.items
        if page.older is None:
            return
        before = page.older


# Where the items come from ------------------------------------------------------------------


def sources_of(enrolment: Enrolment, user: User, criterion: Criterion | None) -> list[Source]:
    """The tables, each narrowed to what the person may read.

    What happened to a goal before it was proposed, and to an answer before it was given, is its learner's alone.
    """
    entries = ActivityEntry.objects.filter(enrolment=enrolment).permitted_to(user, Permission.ACTIVITY_READ)
    goals, answers = goals_read(enrolment, user), answers_read(enrolment, user)
    if criterion is not None:
        entries, goals = entries.filter(criteria=criterion), goals.filter(criteria=criterion)
        answers = answers.filter(entry__criteria=criterion)
    decisions = ActivityEvent.objects.standing().filter(
        kind__in=[ActivityEvent.Kind.RETURNED, ActivityEvent.Kind.APPROVED], entry__in=_ids(entries)
    )
    goal_events = GoalEvent.objects.filter(goal__in=_ids(goals), undone_at=None)
    answer_events = ApplicationEvent.objects.filter(record__in=_ids(answers), undone_at=None)
    if enrolment.learner_id != user.pk:
        goal_events = goal_events.exclude(kind__in=[GoalEvent.Kind.CREATED, GoalEvent.Kind.WITHDRAWN])
        answer_events = answer_events.exclude(kind=ApplicationEvent.Kind.PUT_OFF)
    breaks = BreakInLearning.objects.filter(enrolment=enrolment).permitted_to(user, Permission.BREAK_READ)
    if criterion is not None:
        breaks = breaks.none()
    check_ins = GoalCheckIn.objects.filter(goal__in=_ids(goals))
    return [
        Source(
            "activities", 1, entries.select_related("enrolment__learner"), "done_on", True, _activity_item
        ),
        Source("check-ins", 2, check_ins.select_related("goal", "by"), "checked_on", True, _check_in_item),
        Source("breaks", 6, breaks.select_related("asked_by", "decided_by"), "starts_on", True, _break_item),
        Source("decisions", 3, decisions.select_related("entry", "by"), "at", False, _decision_item),
        Source("goals", 4, goal_events.select_related("goal", "by"), "at", False, _goal_item),
        Source("applied", 5, answer_events.select_related("record__entry", "by"), "at", False, _answer_item),
    ]


def _ids(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.order_by().values("pk")


def _activity_item(row: ActivityEntry, place: Place) -> Item:
    on_job = row.kind == ActivityEntry.Kind.ON_JOB
    return Item(
        place,
        "activities",
        "tools" if on_job else "mortarboard",
        _("Learned on the job") if on_job else _("Learned off the job"),
        row.title,
        reverse("programmes:activity_detail", args=[row.pk]),
        who=row.enrolment.learner.display_name,
        tag=row.status_tag,
        minutes=row.minutes,
    )


def _decision_item(row: ActivityEvent, place: Place) -> Item:
    is_return = row.kind == ActivityEvent.Kind.RETURNED
    return Item(
        place,
        "decisions",
        "arrow-return-left" if is_return else "check-circle",
        _("Activity returned") if is_return else _("Activity verified"),
        row.entry.title,
        reverse("programmes:activity_detail", args=[row.entry_id]),
        has_time=True,
        who=row.by.display_name,
        reason=row.full_reason,
        about=row.entry_id,
    )


GOAL_SENTENCES: dict[str, tuple[str, Any]] = {
    GoalEvent.Kind.CREATED: ("plus-lg", gettext_lazy("Goal started")),
    GoalEvent.Kind.PROPOSED: ("send", gettext_lazy("Goal proposed")),
    GoalEvent.Kind.WITHDRAWN: ("arrow-counterclockwise", gettext_lazy("Goal taken back")),
    GoalEvent.Kind.CHANGE_ASKED: ("arrow-return-left", gettext_lazy("Change of a goal asked for")),
    GoalEvent.Kind.AGREED: ("hand-thumbs-up", gettext_lazy("Goal agreed")),
    GoalEvent.Kind.STARTED: ("play-circle", gettext_lazy("Goal under way")),
    GoalEvent.Kind.CLOSED: ("flag", gettext_lazy("Goal closed")),
}


def _goal_item(row: GoalEvent, place: Place) -> Item:
    icon, sentence = GOAL_SENTENCES[row.kind]
    is_close = row.kind == GoalEvent.Kind.CLOSED
    return Item(
        place,
        "goals",
        icon,
        str(sentence),
        row.goal.title,
        reverse("programmes:goal_detail", args=[row.goal_id]),
        has_time=True,
        who=row.by.display_name,
        reason=row.goal.outcome if is_close else row.reason,
        tag=row.goal.status_tag if is_close else None,
    )


def _check_in_item(row: GoalCheckIn, place: Place) -> Item:
    return Item(
        place,
        "check-ins",
        "speedometer",
        _("Check-in: %(progress)s%% of the way") % {"progress": row.progress},
        row.goal.title,
        reverse("programmes:goal_detail", args=[row.goal_id]),
        who=row.by.display_name,
        reason=row.note,
    )


ANSWER_SENTENCES: dict[str, tuple[str, Any]] = {
    ApplicationEvent.Kind.PUT_OFF: ("hourglass", gettext_lazy("Not used at work yet")),
    ApplicationEvent.Kind.SUBMITTED: ("briefcase", gettext_lazy("Used at work")),
    ApplicationEvent.Kind.NOT_APPLIED: ("x-circle", gettext_lazy("Not applied at work")),
    ApplicationEvent.Kind.RETURNED: ("chat", gettext_lazy("Question about the use at work")),
    ApplicationEvent.Kind.CONFIRMED: ("check-circle", gettext_lazy("Use at work confirmed")),
}


def _answer_item(row: ApplicationEvent, place: Place) -> Item:
    icon, sentence = ANSWER_SENTENCES[row.kind]
    return Item(
        place,
        "applied",
        icon,
        str(sentence),
        row.record.entry.title,
        reverse("programmes:application", args=[row.record.entry_id]),
        has_time=True,
        who=row.by.display_name,
        reason=row.reason,
    )


def _break_item(row: BreakInLearning, place: Place) -> Item:
    who = row.decided_by or row.asked_by
    return Item(
        place,
        "breaks",
        "pause-circle",
        _("Leave") if row.is_leave else _("Break in learning"),
        _("until %(day)s") % {"day": date_format(row.ends_on)} if row.ends_on else _("without a known end"),
        reverse("programmes:break_list", args=[row.enrolment_id]),
        who=who.display_name if who else "",
        reason="\n".join(filter(None, [row.reason, row.answer])),
        tag=None if row.is_leave else row.status_tag,
    )


def _ends_of(enrolment: Enrolment) -> list[Item]:
    """The first and the last day of the programme."""
    return [
        Item(
            Place(midnight(enrolment.starts_on), 0, 1),
            "programme",
            "play-circle",
            _("First day of the programme"),
        ),
        Item(
            Place(midnight(enrolment.ends_on), 9, 2), "programme", "award", _("Planned end of the programme")
        ),
    ]


def _keep_reasons_back(items: Sequence[Item], user: User) -> None:
    """Take out the reasons of decisions on activities whose text the person may not read: they speak of it."""
    decided = {item.about for item in items if item.about and item.reason}
    rows = ActivityEntry.objects.filter(pk__in=decided).permitted_to(user, Permission.ACTIVITY_READ_DETAIL)
    readable = set(rows.order_by().values_list("pk", flat=True))
    for item in items:
        if item.about and item.about not in readable:
            item.reason = ""
