"""What a change of a programme would do to who is in it: said before it is saved."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.templatetags.components import hours
from programmes.models import ActivityEntry, Enrolment, Programme
from programmes.queries.programmes import RUNNING
from programmes.queries.progress import Hours, Kind, Progress, progress_of


@dataclass(frozen=True)
class Effects:
    """How many enrolments are running, and in whole sentences what a change does to them."""

    running: int
    sentences: Sequence[str] = field(default_factory=list)

    @property
    def need_a_yes(self) -> bool:
        """Whether somebody has to read and confirm them first."""
        return bool(self.running and self.sentences)


def running_in(programme: Programme) -> QuerySet[Enrolment]:
    """The enrolments of the programme that have begun and not ended."""
    return Enrolment.objects.filter(RUNNING, cohort__programme=programme)


def effects_of_plan(programme: Programme, plan: Mapping[str, int], *, on: dt.date) -> Effects:
    """What new values of the programme's duration, minutes and review interval would do to running enrolments."""
    changed = {name: value for name, value in plan.items() if getattr(programme, name) != value}
    if not changed:
        return Effects(0)
    rows = progress_of(running_in(programme), on=on)
    sentences: list[str] = []
    if "off_job_minutes" in changed:
        sentences += _sentences_of_hours(rows, Kind.OFF_JOB.value, changed["off_job_minutes"])
    if "on_job_minutes" in changed:
        sentences += _sentences_of_hours(rows, Kind.ON_JOB.value, changed["on_job_minutes"])
    if "duration_weeks" in changed:
        sentences.append(
            ngettext(
                "New enrolments last %(weeks)s week.",
                "New enrolments last %(weeks)s weeks.",
                changed["duration_weeks"],
            )
            % {"weeks": changed["duration_weeks"]}
        )
    if "review_interval_weeks" in changed:
        sentences.append(
            ngettext(
                "Progress reviews are due every %(weeks)s week from now on, for everybody.",
                "Progress reviews are due every %(weeks)s weeks from now on, for everybody.",
                changed["review_interval_weeks"],
            )
            % {"weeks": changed["review_interval_weeks"]}
        )
    sentences.append(_("Planned ends do not move: they are those of the enrolments."))
    return Effects(len(rows), sentences)


def _hours_of(row: Progress, kind: str) -> Hours:
    return row.off_job if kind == Kind.OFF_JOB.value else row.on_job


def _sentences_of_hours(rows: Sequence[Progress], kind: str, planned: int) -> list[str]:
    """What other planned minutes do to what is expected today, for the person in the middle, and to who is behind."""
    if not rows:
        return []
    held = sorted((_hours_of(row, kind) for row in rows), key=lambda one: one.expected)
    middle = held[(len(held) - 1) // 2]
    figures = {"before": hours(middle.expected), "after": hours(middle.days.expected(planned))}
    behind = sum(1 for one in held if one.behind)
    would_be = sum(1 for one in held if one.days.expected(planned) > one.counted)
    counts = {"before": behind, "after": would_be, "total": len(held)}
    if kind == Kind.OFF_JOB.value:
        first = _(
            "Expected hours off the job today change from %(before)s to %(after)s for the person in the middle."
        )
        second = _("Behind with hours off the job: %(after)s of %(total)s instead of %(before)s.")
    else:
        first = _(
            "Expected hours on the job today change from %(before)s to %(after)s for the person in the middle."
        )
        second = _("Behind with hours on the job: %(after)s of %(total)s instead of %(before)s.")
    return [first % figures, second % counts]


def effects_of_criteria(programme: Programme, *, before: Collection[int], after: Collection[int]) -> Effects:
    """What it would do to running enrolments if the units held the criteria `after` instead of `before` (ids)."""
    added, gone = set(after) - set(before), set(before) - set(after)
    running = running_in(programme)
    number = running.count()
    if not number or not (added or gone):
        return Effects(number)
    sentences = [
        _(
            "Criteria of the programme: %(after)s instead of %(before)s. Each learner's share is worked out anew."
        )
        % {"before": len(set(before)), "after": len(set(after))}
    ]
    if gone:
        verified = ActivityEntry.Status.APPROVED
        entries = ActivityEntry.objects.filter(enrolment__in=running, status=verified, criteria__in=gone)
        sentences.append(_sentence_of_entries(entries.distinct().count()))
    return Effects(number, sentences)


def _sentence_of_entries(entries: int) -> str:
    return ngettext(
        "%(number)s verified activity names a criterion that goes. It stays, and its hours count as before.",
        "%(number)s verified activities name a criterion that goes. They stay, and their hours count as before.",
        entries,
    ) % {"number": entries}


def effects_of_unit_hours(programme: Programme, *, before: int, after: int) -> Effects:
    """What other planned minutes of one unit do: nothing to the learners' figures, which is worth saying."""
    if before == after:
        return Effects(0)
    number = running_in(programme).count()
    return Effects(
        number,
        [
            _(
                "The unit's planned hours change from %(before)s to %(after)s. What is expected of learners stays: it "
                "follows the planned hours of the programme."
            )
            % {"before": hours(before), "after": hours(after)}
        ],
    )


def criteria_in(programme: Programme, *, but: int | None = None) -> set[int]:
    """Ids of the criteria that the programme's units work towards, without the unit `but`."""
    units = programme.units.exclude(pk=but) if but else programme.units.all()
    return set(units.filter(criteria__isnull=False).values_list("criteria", flat=True))
