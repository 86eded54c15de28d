"""Planned hours by the rule that a programme follows, with the arithmetic in words (docs/adr/0013)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from django.db.models import prefetch_related_objects
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from core.templatetags.components import hours
from programmes.models import ActivityEntry, BalanceRule, BreakInLearning, Enrolment, Programme
from programmes.queries.learning_days import learning_days

Basis = BalanceRule.Basis
Kind = ActivityEntry.Kind
WEEKS_A_YEAR = 52
Family = tuple[int | None, str, str]


@dataclass(frozen=True)
class Planned:
    """Planned minutes of one kind, and what they were worked out from.

    `low` is what is expected over the whole programme; `high`, where a rule has two bounds, is not to be exceeded.
    `total` are the minutes that the rule starts from, where it starts from any.
    """

    low: int
    high: int | None
    kind: str
    rule: BalanceRule | None
    weeks: Fraction
    contracted: int
    total: int
    enrolment: int | None = None

    @property
    def sentence(self) -> str:
        """The arithmetic in the reader's language."""
        if self.rule is None:
            return _("%(planned)s planned: the same for everybody in the programme.") % {
                "planned": hours(self.low)
            }
        return SENTENCES[self.rule.basis](self, self.rule)


def number(value: Decimal | Fraction) -> str:
    """A number in the reader's format with at most two decimals, and none that say nothing."""
    exact = Decimal(value.numerator) / Decimal(value.denominator) if isinstance(value, Fraction) else value
    rounded = exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    places = 0 if rounded == rounded.to_integral_value() else (1 if rounded * 10 % 1 == 0 else 2)
    return number_format(rounded, decimal_pos=places, force_grouping=True)


def _contracted(one: Planned, rule: BalanceRule) -> str:
    return _("%(weeks)s weeks × %(contracted)s a week × %(share)s %% = %(planned)s planned.") % {
        "weeks": number(one.weeks),
        "contracted": hours(one.contracted),
        "share": number(rule.share_low or Decimal()),
        "planned": hours(one.low),
    }


def _weekly(one: Planned, rule: BalanceRule) -> str:
    return _("%(weeks)s weeks × (1 − %(leave)s/52) × %(hours)s = %(planned)s planned.") % {
        "weeks": number(one.weeks),
        "leave": number(rule.leave_weeks_a_year or Decimal()),
        "hours": hours(rule.minutes_a_week or 0),
        "planned": hours(one.low),
    }


def _custom(one: Planned, rule: BalanceRule) -> str:
    return _("%(weeks)s weeks × %(hours)s a week = %(planned)s planned.") % {
        "weeks": number(one.weeks),
        "hours": hours(rule.minutes_a_week or 0),
        "planned": hours(one.low),
    }


def _total(one: Planned, rule: BalanceRule) -> str:
    figures = {
        "total": hours(one.total),
        "minimum": hours(rule.minimum_minutes or 0),
        "planned": hours(one.low),
    }
    if one.low > one.total:
        return (
            _("%(total)s for the programme, but never fewer than %(minimum)s: %(planned)s planned.") % figures
        )
    if rule.minimum_minutes:
        return _("%(planned)s planned for the programme, never fewer than %(minimum)s.") % figures
    return _("%(planned)s planned for the programme.") % figures


def _duration(one: Planned, rule: BalanceRule) -> str:
    return _(
        "%(low_share)s to %(high_share)s %% of %(total)s in all: between %(low)s and %(high)s planned."
    ) % {
        "low_share": number(rule.share_low or Decimal()),
        "high_share": number(rule.share_high or Decimal()),
        "total": hours(one.total),
        "low": hours(one.low),
        "high": hours(one.high),
    }


SENTENCES = {
    Basis.CONTRACTED.value: _contracted,
    Basis.WEEKLY.value: _weekly,
    Basis.TOTAL.value: _total,
    Basis.DURATION.value: _duration,
    Basis.CUSTOM.value: _custom,
}


def _whole(minutes: Fraction) -> int:
    """Whole minutes, halves up."""
    return int(minutes + Fraction(1, 2))


def _share(per_cent: Decimal | None, minutes: Fraction | int) -> int:
    return _whole(Fraction(per_cent or 0) / 100 * minutes)


def weeks_of_rule(enrolment: Enrolment, breaks: Iterable[BreakInLearning]) -> Fraction:
    """The weeks that a rule counts: learning days / 7.

    A week of leave stays in: it moves no planned end and no planned hours, only what is expected by today.
    """
    longer = [pause for pause in breaks if not pause.is_leave]
    return Fraction(learning_days(enrolment, longer, on=enrolment.ends_on).planned, 7)


def planned_minutes(
    rule: BalanceRule | None,
    enrolment: Enrolment,
    programme: Programme,
    breaks: Iterable[BreakInLearning],
    *,
    kind: str,
) -> Planned:
    """The minutes of that kind that are planned for the enrolment: by the rule if it is about the kind, else the
    programme's own. `breaks` are agreed ones.
    """
    own = programme.off_job_minutes if kind == Kind.OFF_JOB else programme.on_job_minutes
    if rule is None or rule.kind != kind:
        return Planned(own, None, kind, None, Fraction(), 0, own, enrolment.pk)
    weeks = weeks_of_rule(enrolment, breaks)
    contracted = enrolment.contracted_minutes_a_week
    a_week, high, total = rule.minutes_a_week or 0, None, 0
    if rule.basis == Basis.CONTRACTED:
        low = _share(rule.share_low, weeks * contracted)
    elif rule.basis == Basis.WEEKLY:
        low = _whole(weeks * (1 - Fraction(rule.leave_weeks_a_year or 0) / WEEKS_A_YEAR) * a_week)
    elif rule.basis == Basis.TOTAL:
        total = own if rule.total_minutes is None else rule.total_minutes
        low = max(total, rule.minimum_minutes or 0)
    elif rule.basis == Basis.DURATION:
        total = programme.off_job_minutes + programme.on_job_minutes
        low, high = _share(rule.share_low, total), _share(rule.share_high, total)
    else:
        low = _whole(weeks * a_week)
    return Planned(low, high, kind, rule, weeks, contracted, total, enrolment.pk)


def _family(rule: BalanceRule) -> Family:
    return rule.organisation_id, rule.family, rule.kind


def rules_beside(programmes: Sequence[Programme]) -> Mapping[Family, Sequence[BalanceRule]]:
    """The rules of the families to which the programmes' chosen rules belong: one query, none without any rule.

    The chosen ones are fetched together where they were not loaded with their programmes.
    """
    prefetch_related_objects(programmes, "balance_rule")
    chosen = {_family(programme.balance_rule) for programme in programmes if programme.balance_rule}
    found: dict[Family, list[BalanceRule]] = defaultdict(list)
    if chosen:
        for rule in BalanceRule.objects.filter(family__in={family for _owner, family, _kind in chosen}):
            found[_family(rule)].append(rule)
    return found


def rule_for(
    programme: Programme, start: dt.date, beside: Mapping[Family, Sequence[BalanceRule]]
) -> BalanceRule | None:
    """The rule for an enrolment that starts on that day: the one that the programme chose, or the one of the same
    family that holds then. Where none does, the chosen one.
    """
    return _holding(programme.balance_rule, start, beside)


def _holding(
    chosen: BalanceRule | None, start: dt.date, beside: Mapping[Family, Sequence[BalanceRule]]
) -> BalanceRule | None:
    if chosen is None or chosen.holds_for(start):
        return chosen
    others = sorted(beside.get(_family(chosen), ()), key=lambda rule: rule.pk)
    return next((rule for rule in others if rule.holds_for(start)), chosen)


def in_words(rule: BalanceRule) -> str:
    """What the rule says, without anybody's numbers."""
    figures = {
        "low": number(rule.share_low or Decimal()),
        "high": number(rule.share_high or Decimal()),
        "hours": hours(rule.minutes_a_week or 0),
        "leave": number(rule.leave_weeks_a_year or Decimal()),
        "total": hours(rule.total_minutes or 0),
        "minimum": hours(rule.minimum_minutes or 0),
    }
    if rule.basis == Basis.TOTAL:
        return _total_in_words(rule) % figures
    words = {
        Basis.CONTRACTED.value: _("%(low)s %% of the contracted hours, for every week of the programme."),
        Basis.WEEKLY.value: _(
            "%(hours)s for every week of the programme, with %(leave)s weeks of leave a year taken out."
        ),
        Basis.DURATION.value: _(
            "Between %(low)s %% and %(high)s %% of all hours of the programme, on and off the job together."
        ),
        Basis.CUSTOM.value: _("%(hours)s for every week of the programme."),
    }
    return words[rule.basis] % figures


def _total_in_words(rule: BalanceRule) -> str:
    if rule.total_minutes is None:
        return _("The planned hours of the programme, and never fewer than %(minimum)s.")
    if rule.minimum_minutes:
        return _("%(total)s over the whole programme, and never fewer than %(minimum)s.")
    return _("%(total)s over the whole programme.")


EXAMPLE_SHARES = (25, 50, 100)


@dataclass(frozen=True)
class Step:
    """What an example expects when that share of the time has gone, in minutes."""

    share: int
    low: int
    high: int | None


@dataclass(frozen=True)
class Example:
    """A rule tried on somebody made up. `rule` is the one of the family that holds for the start."""

    rule: BalanceRule | None
    planned: Planned
    steps: Sequence[Step]


def try_rule(chosen: BalanceRule | None, programme: Programme, somebody: Enrolment) -> list[Example]:
    """What a rule, saved or not, would plan and expect for the enrolment of somebody made up: of each kind."""
    beside: Mapping[Family, Sequence[BalanceRule]] = {}
    if chosen is not None:
        beside = {_family(chosen): list(BalanceRule.objects.filter(family=chosen.family))}
        beside = {key: [one for one in rows if _family(one) == key] for key, rows in beside.items()}
    rule = _holding(chosen, somebody.starts_on, beside)
    examples = []
    for kind in (Kind.OFF_JOB.value, Kind.ON_JOB.value):
        planned = planned_minutes(rule, somebody, programme, [], kind=kind)
        steps = [
            Step(
                share,
                _whole(Fraction(share, 100) * planned.low),
                None if planned.high is None else _whole(Fraction(share, 100) * planned.high),
            )
            for share in EXAMPLE_SHARES
        ]
        examples.append(Example(rule, planned, steps))
    return examples


def example_of(starts_on: dt.date, *, weeks: int, contracted: int) -> Enrolment:
    """The enrolment of somebody made up, to try rules on; never saved."""
    try:
        ends_on = starts_on + dt.timedelta(weeks=weeks, days=-1)
    except OverflowError:  # a first day in the year 9999
        ends_on = dt.date.max
    return Enrolment(starts_on=starts_on, ends_on=ends_on, contracted_minutes_a_week=contracted)
