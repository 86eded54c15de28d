"""Activities as pages show them: by week, waiting for somebody, with their history."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import TruncWeek
from django.utils.translation import gettext_lazy as _

from people.models import User
from people.permissions import Permission, Standing
from programmes.models import (
    ActivityEntry,
    ActivityEvent,
    BreakInLearning,
    Enrolment,
    Goal,
    LearningStrategy,
    UncountedReason,
)
from programmes.queries.progress import Kind, monday
from standards.models import Criterion
from uploads.models import FileState

WEEK = dt.timedelta(weeks=1)
OWN_FILES = Q(evidence__status=FileState.CLEAN, evidence__application=None)
TREE_ORDER = ("framework", "parent__order", "order", "pk")


@dataclass
class Week:
    """One week of an enrolment with the entries shown in it; minutes by kind are of those entries."""

    number: int
    starts_on: dt.date
    is_missing: bool = False
    leave: BreakInLearning | None = None
    entries: list[ActivityEntry] = field(default_factory=list)

    @property
    def ends_on(self) -> dt.date:
        """The week's Sunday."""
        return self.starts_on + dt.timedelta(days=6)

    @property
    def drafts(self) -> int:
        """How many of the entries are drafts."""
        return sum(entry.status == ActivityEntry.Status.DRAFT for entry in self.entries)

    def _minutes(self, kind: str) -> int:
        counted_once = (entry for entry in self.entries if not entry.is_open_amendment)
        return sum(entry.minutes for entry in counted_once if entry.kind == kind)

    @property
    def off_job(self) -> int:
        """Minutes off the job."""
        return self._minutes(Kind.OFF_JOB)

    @property
    def on_job(self) -> int:
        """Minutes on the job."""
        return self._minutes(Kind.ON_JOB)


@dataclass(frozen=True)
class Totals:
    """Number and minutes of a set of entries; `counted` are the minutes that count today.

    An amendment adds no minutes until it is verified: the version that it replaces is there already.
    """

    number: int
    off_job: int
    on_job: int
    counted: int
    waiting: int

    @property
    def minutes(self) -> int:
        """Minutes of both kinds."""
        return self.off_job + self.on_job


def totals_of(entries: QuerySet[ActivityEntry], *, on: dt.date) -> Totals:
    """Totals of the entries in one query."""
    annotated = ActivityEntry.objects.filter(pk__in=entries.order_by().values("pk"))
    approved, replaced = ActivityEntry.Status.APPROVED, ActivityEntry.Status.SUPERSEDED
    once = (Q(amends=None) | Q(status=approved)) & ~Q(status=replaced)
    sums = annotated.with_uncounted_reason(on=on).aggregate(
        number=Count("pk"),
        off_job=Sum("minutes", filter=once & Q(kind=Kind.OFF_JOB), default=0),
        on_job=Sum("minutes", filter=once & Q(kind=Kind.ON_JOB), default=0),
        counted=Sum("minutes", filter=Q(uncounted=""), default=0),
        waiting=Sum("minutes", filter=Q(uncounted=UncountedReason.WAITING.value), default=0),
    )
    return Totals(**sums)


def missing_weeks(enrolment: Enrolment, *, on: dt.date, logged: set[dt.date] | None = None) -> list[dt.date]:
    """Mondays of past weeks without any entry, newest first; this week and weeks wholly in a break are left out.

    `logged` are the weeks with entries, where they are known already.
    """
    first = monday(enrolment.starts_on)
    last = monday(min(on, enrolment.ends_on + WEEK)) - WEEK
    if logged is None:
        logged = weeks_with_entries(ActivityEntry.objects.filter(enrolment=enrolment).not_replaced())
    breaks = list(BreakInLearning.objects.agreed().filter(enrolment=enrolment).order_by())
    weeks = []
    while last >= first:
        away = any(
            b.starts_on <= last and (b.ends_on is None or b.ends_on >= last + WEEK - dt.timedelta(days=3))
            for b in breaks
        )
        if last not in logged and not away:
            weeks.append(last)
        last -= WEEK
    return weeks


def weeks_of_leave(enrolment: Enrolment) -> dict[dt.date, BreakInLearning]:
    """The weeks that were marked as leave, by their Monday."""
    rows = BreakInLearning.objects.agreed().filter(enrolment=enrolment, is_leave=True).order_by()
    return {monday(row.starts_on): row for row in rows}


def weeks_with_entries(entries: QuerySet[ActivityEntry]) -> set[dt.date]:
    """The Mondays of the weeks in which the entries lie."""
    found = entries.order_by().annotate(week=TruncWeek("done_on")).values_list("week", flat=True).distinct()
    return set(found)


def weeks_of(
    enrolment: Enrolment,
    entries: QuerySet[ActivityEntry],
    mondays: Sequence[dt.date],
    *,
    on: dt.date,
    missing: set[dt.date],
    leave: Mapping[dt.date, BreakInLearning] | None = None,
) -> list[Week]:
    """The given weeks with their entries, in the given order; three queries, whatever the number of entries."""
    leave = leave or {}
    weeks = {day: Week(enrolment.week_of(day), day, day in missing, leave.get(day)) for day in mondays}
    if mondays:
        shown = for_table(entries, on=on).filter(done_on__gte=min(mondays), done_on__lt=max(mondays) + WEEK)
        for entry in shown.order_by(
            "-done_on", "-pk"
        ):  # the model's own order is lost with the number of files
            if week := weeks.get(monday(entry.done_on)):
                week.entries.append(entry)
    return [weeks[day] for day in mondays]


def for_table(entries: QuerySet[ActivityEntry], *, on: dt.date) -> QuerySet[ActivityEntry]:
    """The entries with all that a table row shows, so that a row costs no query."""
    rows: QuerySet[ActivityEntry] = (
        entries.with_uncounted_reason(on=on)  # type: ignore[attr-defined]
        .select_related("strategy", "goal", "enrolment__learner", "enrolment__organisation")
        .prefetch_related(
            Prefetch("criteria", Criterion.objects.order_by(*TREE_ORDER)),
            Prefetch("events", ActivityEvent.objects.returns(), to_attr="returns"),
        )
        .annotate(evidence_count=Count("evidence", filter=OWN_FILES, distinct=True))
    )
    return rows


def for_queue(entries: QuerySet[ActivityEntry]) -> QuerySet[ActivityEntry]:
    """Entries that wait, with what a row of a queue shows: less than in a list, since all wait alike."""
    return entries.select_related("strategy", "enrolment__learner").prefetch_related(
        Prefetch("criteria", Criterion.objects.order_by(*TREE_ORDER))
    )


def waiting_for(user: User) -> QuerySet[ActivityEntry]:
    """Entries that this person may verify or return now, the longest waiting first."""
    permitted = ActivityEntry.objects.permitted_to(user, Permission.ACTIVITY_APPROVE)
    return permitted.awaiting_approval().order_by("submitted_at", "pk")


def next_waiting(user: User, *, after: ActivityEntry) -> ActivityEntry | None:
    """The next entry in the person's queue behind `after`, or the first one, or None when nothing waits."""
    queue = waiting_for(user).exclude(pk=after.pk)
    behind = Q(submitted_at__gt=after.submitted_at) | Q(submitted_at=after.submitted_at, pk__gt=after.pk)
    return queue.filter(behind).first() or queue.first()


def current_enrolments(user: User) -> list[Enrolment]:
    """The person's own enrolments, those under way first, then the latest; nothing that was only an invitation."""
    order = {"active": 0, "on_break": 0, "onboarding": 1}
    rows = Enrolment.objects.filter(learner=user).exclude(status=Enrolment.Status.INVITED)
    rows = rows.select_related(
        "cohort__programme__organisation", "cohort__programme__balance_rule", "organisation"
    ).order_by("-starts_on", "-pk")
    return sorted(rows, key=lambda row: order.get(row.status, 2))


def minutes_on(enrolment: Enrolment, day: dt.date, *, but: ActivityEntry | None = None) -> int:
    """Minutes logged on that day in any state, without the entry `but` and the version that it amends.

    Of a verified entry and its amendment the longer one is taken: either may stand in the end.
    """
    rows = ActivityEntry.objects.filter(enrolment=enrolment, done_on=day).not_replaced()
    longest: dict[int | None, int] = {}
    for row in rows.only("pk", "amends", "status", "minutes").order_by():
        longest[row.chain_key] = max(longest.get(row.chain_key, 0), row.minutes)
    if but is not None and but.pk:
        longest.pop(but.chain_key, None)
    return sum(longest.values())


@dataclass(frozen=True)
class CriteriaChoices:
    """Criteria that an entry may name: those of the learner's open goals, those that the programme's units are mapped
    to, then the others.
    """

    mapped: list[Criterion]
    others: list[Criterion]
    from_goals: list[Criterion] = field(default_factory=list)

    @property
    def all(self) -> list[Criterion]:
        """All of them, in that order."""
        return [*self.from_goals, *self.mapped, *self.others]


OTHER_CRITERIA_OFFERED = 200


def criteria_choices(enrolment: Enrolment, goals: Iterable[Goal] = ()) -> CriteriaChoices:
    """The criteria offered for an entry of this enrolment; leaves of the tree only.

    Those of `goals`, where they are given, come first and only once.
    """
    programme = enrolment.cohort.programme
    mapped = list(Criterion.objects.filter(units__programme=programme).distinct().order_by(*TREE_ORDER))
    leaves = Criterion.objects.filter(framework__programmes=programme, children=None)
    others = leaves.exclude(pk__in=[c.pk for c in mapped]).order_by(*TREE_ORDER)
    choices = CriteriaChoices(mapped, list(others[:OTHER_CRITERIA_OFFERED]))
    wanted = {criterion.pk for goal in goals for criterion in goal.criteria.all()}
    if not wanted:
        return choices
    return CriteriaChoices(
        [criterion for criterion in choices.mapped if criterion.pk not in wanted],
        [criterion for criterion in choices.others if criterion.pk not in wanted],
        [criterion for criterion in choices.all if criterion.pk in wanted],
    )


def last_strategy(enrolment: Enrolment) -> LearningStrategy | None:
    """The strategy of the learner's latest entry."""
    entry = enrolment.activities.select_related("strategy").order_by("-created_at", "-pk").first()
    return entry.strategy if entry else None


COPIES_OFFERED = 5


def copies_offered(enrolment: Enrolment) -> list[ActivityEntry]:
    """The learner's latest activities with different titles, to copy one of them; the newest first."""
    offered: dict[str, ActivityEntry] = {}
    for entry in enrolment.activities.not_replaced().order_by("-done_on", "-pk")[: COPIES_OFFERED * 4]:
        offered.setdefault(entry.title.casefold(), entry)
    return list(offered.values())[:COPIES_OFFERED]


@dataclass(frozen=True)
class HistoryLine:
    """One line of an entry's history; a reason is there when somebody returned the entry."""

    event: ActivityEvent
    is_own: bool

    @property
    def icon(self) -> str:
        """The picture beside the line."""
        return EVENT_ICONS[self.event.kind]

    @property
    def sentence(self) -> str:
        """What happened and who did it: whole sentences, since languages put them together differently."""
        if self.event.undone_at:
            return str(UNDONE_SENTENCES[self.event.kind]) % {"name": self.event.by.display_name}
        own, others = EVENT_SENTENCES[self.event.kind]
        return str(own) if self.is_own else others % {"name": self.event.by.display_name}


EVENT_ICONS = {
    "created": "plus-lg",
    "submitted": "send",
    "withdrawn": "arrow-counterclockwise",
    "returned": "arrow-return-left",
    "approved": "check-circle",
    "superseded": "swap",
}
EVENT_SENTENCES = {
    "created": (_("Started by you"), _("Started by %(name)s")),
    "submitted": (_("Sent by you"), _("Sent by %(name)s")),
    "withdrawn": (_("Taken back by you"), _("Taken back by %(name)s")),
    "returned": (_("Returned by you"), _("Returned by %(name)s")),
    "approved": (_("Verified by you"), _("Verified by %(name)s")),
    "superseded": (
        _("Replaced by an amended version, which you verified"),
        _("Replaced by an amended version, which %(name)s verified"),
    ),
}


UNDONE_SENTENCES = {
    "returned": _("Returned by %(name)s, and undone at once"),
    "approved": _("Verified by %(name)s, and undone at once"),
    "superseded": _("Replaced by an amended version, which %(name)s verified and undid at once"),
}


def history_of(entry: ActivityEntry, *, reader: User, has_reasons: bool) -> list[HistoryLine]:
    """The entry's history, newest first; a reason speaks of what was done, so not everybody gets it to read."""
    lines = []
    for event in entry.events.select_related("by").order_by("-at", "-pk"):
        if not has_reasons:
            event.reason = event.preset = ""
        lines.append(HistoryLine(event, event.by_id == reader.pk))
    return lines


def recent_decisions(enrolment: Enrolment, *, limit: int = 5) -> list[ActivityEvent]:
    """What others decided about the learner's entries, newest first."""
    decided = [ActivityEvent.Kind.RETURNED, ActivityEvent.Kind.APPROVED]
    events = ActivityEvent.objects.standing().filter(entry__enrolment=enrolment, kind__in=decided)
    return list(events.select_related("entry", "by").order_by("-at", "-pk")[:limit])


def searchable(
    entries: QuerySet[ActivityEntry], words: str, *, standing: Standing
) -> QuerySet[ActivityEntry]:
    """Entries in which the words occur, in the fields that the reader may read: a hit must not betray a text."""
    match = Q(title__icontains=words)
    if standing.holds(Permission.REFLECTION_READ):
        match |= Q(description__icontains=words) | Q(reflection__text__icontains=words)
    return entries.filter(match)
