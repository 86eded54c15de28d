"""What a change of a programme would do to who is in it: said before it is saved."""

import copy
import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.templatetags.components import hours
from programmes.models import ActivityEntry, BalanceRule, Enrolment, Programme
from programmes.queries.programmes import RUNNING
from programmes.queries.progress import Hours, Kind, Progress, progress_of, progress_of_rows


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
    after = _progress_after(rows, changed, on=on)
    sentences: list[str] = []
    if "off_job_minutes" in changed:
        sentences += _sentences_of_hours(rows, after, Kind.OFF_JOB.value)
    if "on_job_minutes" in changed:
        sentences += _sentences_of_hours(rows, after, Kind.ON_JOB.value)
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


def _progress_after(rows: Sequence[Progress], changed: Mapping[str, Any], *, on: dt.date) -> list[Progress]:
    """How the same enrolments would stand if their programme had the other values."""
    enrolments = [copy.deepcopy(row.enrolment) for row in rows]
    for enrolment in enrolments:
        for name, value in changed.items():
            setattr(enrolment.cohort.programme, name, value)
    return progress_of_rows(enrolments, on=on)


def effects_of_rule(programme: Programme, rule: BalanceRule | None, *, on: dt.date) -> Effects:
    """What planned hours by the rule would do to running enrolments; the rule need not be saved."""
    rows = progress_of(running_in(programme), on=on)
    after = _progress_after(rows, {"balance_rule": rule}, on=on)
    sentences: list[str] = []
    for kind in Kind.values:
        planned = [_hours_of(row, kind).planned for row in rows]
        if planned != [_hours_of(row, kind).planned for row in after]:
            sentences += _sentences_of_hours(rows, after, kind)
    if not sentences:
        sentences.append(_("The planned hours of nobody change."))
    return Effects(len(rows), sentences)


def _sentences_of_hours(before: Sequence[Progress], after: Sequence[Progress], kind: str) -> list[str]:
    """What other planned minutes do to what is expected today, for the person in the middle, and to who is behind."""
    if not before:
        return []
    pairs = [(_hours_of(old, kind), _hours_of(new, kind)) for old, new in zip(before, after, strict=True)]
    pairs.sort(key=lambda pair: pair[0].expected)
    was, would_be = pairs[(len(pairs) - 1) // 2]
    figures = {"before": hours(was.expected), "after": hours(would_be.expected)}
    behind = sum(1 for old, _new in pairs if old.behind)
    later = sum(1 for _old, new in pairs if new.behind)
    counts = {"before": behind, "after": later, "total": len(pairs)}
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
