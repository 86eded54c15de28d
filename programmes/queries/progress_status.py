"""How a learner stands in one word, with reasons and the next action: one rule, for every page (domain.md, RAG)."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from django.db.models import Count
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.tags import Tag, Tone
from core.templatetags.components import hours
from programmes.models import Enrolment, Goal
from programmes.queries.balance import number

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

    from programmes.queries.progress import Progress


@dataclass(frozen=True)
class StatusRule:
    """The thresholds: points behind time, days, and the share of the time in per cent."""

    on_track_points: int = 10
    watch_points: int = 20
    quiet_days: int = 21
    goal_days: int = 14
    early_share: int = 25


RULE = StatusRule()


class Level(StrEnum):
    """From the one to look at first to the one that needs nothing."""

    AT_RISK = "at_risk"
    WATCH = "watch"
    TOO_EARLY = "too_early"
    ON_TRACK = "on_track"
    ON_BREAK = "on_break"
    NOT_STARTED = "not_started"
    ENDED = "ended"


LEVELS = tuple(Level)
LOWERED = {Level.ON_TRACK: Level.WATCH, Level.WATCH: Level.AT_RISK, Level.AT_RISK: Level.AT_RISK}
LOOKS: dict[Level, tuple[Tone, str, StrPromise]] = {
    Level.AT_RISK: ("danger", "exclamation-octagon", gettext_lazy("At risk")),
    Level.WATCH: ("warning", "exclamation-triangle", gettext_lazy("Watch")),
    Level.TOO_EARLY: ("neutral", "hourglass", gettext_lazy("Too early to say")),
    Level.ON_TRACK: ("success", "check-circle", gettext_lazy("On track")),
    Level.ON_BREAK: ("neutral", "pause-circle", gettext_lazy("On break")),
    Level.NOT_STARTED: ("neutral", "calendar", gettext_lazy("Not started")),
    Level.ENDED: ("neutral", "flag", gettext_lazy("Ended")),
}


def tag_of(level: Level) -> Tag:
    """The level as the pages show it."""
    tone, icon, word = LOOKS[level]
    return Tag(tone, icon, str(word))


@dataclass(frozen=True)
class Sentence:
    """A sentence with its numbers, written in the reader's language when it is shown."""

    write: Callable[[], str]

    def __str__(self) -> str:
        return self.write()


@dataclass(frozen=True)
class NextAction:
    """What would help most, and whose move it is."""

    sentence: Sentence
    who: StrPromise


@dataclass(frozen=True)
class ProgressStatus:
    """Where a learner stands. Never shown without its reasons and the next action."""

    level: Level
    reasons: Sequence[Sentence]
    next_action: NextAction

    @property
    def tag(self) -> Tag:
        """The status as the pages show it."""
        return tag_of(self.level)

    @property
    def rank(self) -> int:
        """Its place when the worst comes first."""
        return LEVELS.index(self.level)

    @property
    def why(self) -> str:
        """The reasons in one line."""
        return " ".join(map(str, self.reasons))


LEARNER, COACH = gettext_lazy("Learner"), gettext_lazy("Coach")
LEARNER_AND_COACH = gettext_lazy("Learner and coach")
APPROVERS = gettext_lazy("Coach, mentor or line manager")
NOBODY = gettext_lazy("Nobody")


def statuses_of(rows: Sequence[Progress], *, on: dt.date) -> dict[int, ProgressStatus]:
    """The status of every row, by enrolment; one query, whatever the number of rows."""
    overdue = (
        Goal.objects.filter(enrolment__in=[row.enrolment.pk for row in rows])
        .overdue(on=on, days=RULE.goal_days)
        .order_by()
        .values_list("enrolment")
        .annotate(number=Count("pk"))
    )
    late = dict(overdue)
    return {row.enrolment.pk: status_of(row, on=on, overdue=late.get(row.enrolment.pk, 0)) for row in rows}


def status_of(row: Progress, *, on: dt.date, overdue: int) -> ProgressStatus:
    """The status of one row; `overdue` is the number of goals that are overdue for longer than the rule allows."""
    standing_still = _standing_still(row, on=on)
    if standing_still is not None:
        return standing_still
    measures = _Measures(row, _days_without_entry(row, on=on), overdue)
    lowered = measures.is_quiet + bool(overdue)
    if not lowered and measures.is_early:
        return _too_early(measures)
    level = measures.level
    for _step in range(lowered):
        level = LOWERED[level]
    return ProgressStatus(level, measures.reasons(level), _next_action(measures))


def hours_behind(row: Progress) -> Fraction | None:
    """Points behind with hours off the job: what is missing by today in per cent of what is planned in all."""
    one = row.off_job
    return Fraction(100 * (one.expected - one.counted), one.planned) if one.planned else None


def time_gone(row: Progress) -> Fraction:
    """The share of the learning days that has passed, in per cent."""
    return Fraction(100 * row.days.elapsed, row.days.planned) if row.days.planned else Fraction()


def criteria_share(row: Progress) -> Fraction | None:
    """The share of the programme's criteria that have a verified activity, in per cent."""
    return Fraction(100 * row.criteria_touched, row.criteria_total) if row.criteria_total else None


def _standing_still(row: Progress, *, on: dt.date) -> ProgressStatus | None:
    """The status of who has not started, has ended or is on a break; None for who is learning."""
    enrolment = row.enrolment
    status = Enrolment.Status
    if enrolment.status in (status.COMPLETED, status.WITHDRAWN):
        nothing = NextAction(Sentence(lambda: _("Nothing: what was logged stays to be read.")), NOBODY)
        word = Sentence(lambda: _("The enrolment has ended: %(state)s.") % {"state": _state(enrolment)})
        return ProgressStatus(Level.ENDED, [word], nothing)
    pause = next((one for one in row.breaks if not one.is_leave and one.is_under_way(on=on)), None)
    if enrolment.status == status.ON_BREAK or pause is not None:
        return _on_break(pause.ends_on if pause else None)
    if enrolment.status in (status.INVITED, status.ONBOARDING) or on < enrolment.starts_on:
        return _not_started(enrolment, on=on)
    return None


def _state(enrolment: Enrolment) -> str:
    return str(enrolment.get_status_display())


def _on_break(until: dt.date | None) -> ProgressStatus:
    if until is None:
        reason = Sentence(lambda: _("On a break without a known end. Nothing is expected meanwhile."))
        action = NextAction(
            Sentence(lambda: _("Ask now and then when learning can go on, and end the break then.")), COACH
        )
    else:
        reason = Sentence(
            lambda: (
                _("On a break until %(day)s. Nothing is expected meanwhile.") % {"day": date_format(until)}
            )
        )
        action = NextAction(
            Sentence(lambda: _("Agree the first activity after the break.")), LEARNER_AND_COACH
        )
    return ProgressStatus(Level.ON_BREAK, [reason], action)


def _not_started(enrolment: Enrolment, *, on: dt.date) -> ProgressStatus:
    day = enrolment.starts_on
    if on < day:
        reason = Sentence(lambda: _("The first day is %(day)s.") % {"day": date_format(day)})
    elif enrolment.status == Enrolment.Status.INVITED:
        reason = Sentence(lambda: _("The invitation waits to be accepted."))
    else:
        reason = Sentence(lambda: _("The invitation is accepted, but learning has not been started."))
    action = NextAction(Sentence(lambda: _("Accept the invitation and start on the home page.")), LEARNER)
    if enrolment.status != Enrolment.Status.INVITED:
        action = NextAction(Sentence(lambda: _("Start on the home page, from the first day on.")), LEARNER)
    return ProgressStatus(Level.NOT_STARTED, [reason], action)


def _days_without_entry(row: Progress, *, on: dt.date) -> int:
    """Days since the last entry, the start or the end of the last break, whichever is latest; 0 within a break."""
    if any(pause.is_under_way(on=on) for pause in row.breaks):
        return 0
    ended = [pause.ends_on for pause in row.breaks if pause.ends_on is not None and pause.ends_on < on]
    since = max(filter(None, [row.enrolment.starts_on, row.last_done_on, *ended]))
    return max((on - since).days, 0)


@dataclass(frozen=True)
class _Measures:
    row: Progress
    quiet_for: int
    overdue: int

    @property
    def hours(self) -> Fraction:
        return hours_behind(self.row) or Fraction()

    @property
    def hours_once_verified(self) -> Fraction:
        """The same if all that waits counted."""
        one = self.row.off_job
        return self.hours - (Fraction(100 * one.waiting, one.planned) if one.planned else 0)

    @property
    def criteria(self) -> Fraction:
        share = criteria_share(self.row)
        return Fraction() if share is None else time_gone(self.row) - share

    @property
    def is_quiet(self) -> bool:
        return self.quiet_for >= RULE.quiet_days

    @property
    def is_early(self) -> bool:
        return time_gone(self.row) < RULE.early_share

    @property
    def level(self) -> Level:
        """By points alone: the worse measure decides."""
        worse = max(self.hours, self.criteria)
        if worse > RULE.watch_points:
            return Level.AT_RISK
        return Level.WATCH if worse > RULE.on_track_points else Level.ON_TRACK

    def reasons(self, level: Level) -> list[Sentence]:
        """What made the status: the measures past the first threshold and what lowered it; on track both measures."""
        found = []
        if self.hours > RULE.on_track_points or level is Level.ON_TRACK:
            found.append(Sentence(partial(_hours_sentence, self.row, self.hours)))
        if self.criteria > RULE.on_track_points or level is Level.ON_TRACK:
            found.append(Sentence(partial(_criteria_sentence, self.row, self.criteria)))
        if self.is_quiet:
            found.append(Sentence(partial(_quiet_sentence, self.quiet_for)))
        if self.overdue:
            found.append(Sentence(partial(_goal_sentence, self.overdue)))
        return found


def _points(points: Fraction) -> str:
    """Points with one decimal, rounded up: what is over a threshold never reads as if it were on it."""
    return number(Fraction(math.ceil(max(points, Fraction()) * 10), 10))


def _per_cent(share: Fraction) -> str:
    """A share with one decimal."""
    return number(Fraction(round(share * 10), 10))


def _hours_sentence(row: Progress, points: Fraction) -> str:
    one = row.off_job
    figures = {
        "counted": hours(one.counted),
        "expected": hours(one.expected),
        "behind": hours(one.behind),
        "points": _points(points),
        "planned": hours(one.planned),
    }
    if not one.behind:
        return _("Off the job: %(counted)s counted, %(expected)s expected by today.") % figures
    return (
        _("Off the job: %(behind)s behind, which is %(points)s points (per cent of the %(planned)s planned).")
        % figures
    )


def _criteria_sentence(row: Progress, points: Fraction) -> str:
    share = criteria_share(row)
    figures = {
        "touched": row.criteria_touched,
        "total": row.criteria_total,
        "share": _per_cent(share or Fraction()),
        "time": _per_cent(time_gone(row)),
        "points": _points(points),
    }
    if share is None:
        return _("The programme names no criteria, so they are not measured.")
    if points <= 0:
        return (
            _(
                "Criteria with a verified activity: %(touched)s of %(total)s (%(share)s %%), with %(time)s %% of the "
                "time gone."
            )
            % figures
        )
    return (
        _(
            "Criteria with a verified activity: %(touched)s of %(total)s (%(share)s %%), with %(time)s %% of the time "
            "gone: %(points)s points behind."
        )
        % figures
    )


def _quiet_sentence(days: int) -> str:
    return ngettext("No entry for %(days)s day.", "No entry for %(days)s days.", days) % {"days": days}


def _goal_sentence(overdue: int) -> str:
    return ngettext(
        "%(number)s goal is more than %(days)s days overdue.",
        "%(number)s goals are more than %(days)s days overdue.",
        overdue,
    ) % {"number": overdue, "days": RULE.goal_days}


def _too_early(measures: _Measures) -> ProgressStatus:
    row = measures.row
    reason = Sentence(
        lambda: (
            _("%(time)s %% of the time has gone. Before %(early)s %% hours and criteria say little.")
            % {"time": _per_cent(time_gone(row)), "early": RULE.early_share}
        )
    )
    return ProgressStatus(Level.TOO_EARLY, [reason], _carry_on())


def _carry_on() -> NextAction:
    return NextAction(Sentence(lambda: _("Log what is learned each week.")), LEARNER)


def _next_action(measures: _Measures) -> NextAction:
    """The one thing that would help most: contact first, then what only waits, then hours, criteria and goals."""
    row = measures.row
    if measures.is_quiet:
        return NextAction(Sentence(lambda: _("Ask what gets in the way and agree the next activity.")), COACH)
    if measures.hours > RULE.on_track_points and measures.hours_once_verified <= RULE.on_track_points:
        return NextAction(Sentence(partial(_verify_sentence, row.off_job.waiting)), APPROVERS)
    if measures.hours > RULE.on_track_points and measures.hours >= measures.criteria:
        return NextAction(
            Sentence(
                lambda: (
                    _("Plan %(hours)s off the job for the coming weeks.")
                    % {"hours": hours(row.off_job.behind)}
                )
            ),
            LEARNER_AND_COACH,
        )
    if measures.criteria > RULE.on_track_points:
        return NextAction(
            Sentence(partial(_criteria_left, row.criteria_total - row.criteria_touched)), LEARNER
        )
    if measures.overdue:
        return NextAction(
            Sentence(lambda: _("Look at the overdue goal together: close it, or agree how it goes on.")),
            LEARNER_AND_COACH,
        )
    return _carry_on()


def _verify_sentence(minutes: int) -> str:
    return _("Verify what waits: %(hours)s off the job count then.") % {"hours": hours(minutes)}


def _criteria_left(left: int) -> str:
    return ngettext(
        "Choose an activity for the %(number)s criterion that has none yet.",
        "Choose an activity for one of the %(number)s criteria that have none yet.",
        left,
    ) % {"number": left}
