"""Breaks in learning as pages show them: what waits for somebody, and what a break would do before it is agreed."""

import copy
import datetime as dt
from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.templatetags.components import hours
from people.models import User
from people.permissions import Permission
from programmes.models import ActivityEntry, BreakInLearning, Enrolment
from programmes.queries.balance import Kind, planned_minutes, rule_for, rules_beside
from programmes.queries.learning_days import learning_days


def breaks_of(enrolment: Enrolment) -> list[BreakInLearning]:
    """All breaks of the enrolment in any state, the latest first."""
    rows = BreakInLearning.objects.filter(enrolment=enrolment).select_related("decided_by", "asked_by")
    return list(rows.order_by("-starts_on", "-pk"))


def breaks_to_agree(user: User) -> QuerySet[BreakInLearning]:
    """Breaks that were asked for and that this person may agree to, the longest waiting first."""
    permitted = BreakInLearning.objects.permitted_to(user, Permission.BREAK_AGREE).asked()
    rows = permitted.select_related("enrolment__learner", "enrolment__organisation")
    return rows.order_by("asked_at", "pk")


def breaks_waiting_for(user: User) -> list[BreakInLearning]:
    """The same as a list."""
    return list(breaks_to_agree(user))


def effects_of_break(pause: BreakInLearning, *, on: dt.date) -> list[str]:
    """What agreeing to the break would do, in whole sentences. It need not be saved."""
    enrolment = pause.enrolment
    sentences = []
    if pause.starts_on > on:
        sentences.append(_("It begins by itself on %(day)s.") % {"day": date_format(pause.starts_on)})
    else:
        sentences.append(_("It begins as soon as it is agreed."))
    sentences.append(_end_sentence(pause))
    sentences += _expected_sentences(pause, on=on)
    entries = ActivityEntry.objects.filter(enrolment=enrolment).not_replaced()
    sent = entries.exclude(status=ActivityEntry.Status.DRAFT)
    last = pause.ends_on or enrolment.ends_on
    if number := sent.filter(done_on__range=(pause.starts_on, last)).count():
        sentences.append(
            ngettext(
                "%(number)s activity was sent for these days. It would not count.",
                "%(number)s activities were sent for these days. They would not count.",
                number,
            )
            % {"number": number}
        )
    return sentences


def _end_sentence(pause: BreakInLearning) -> str:
    if pause.ends_on is None:
        return _(
            "The planned end is %(day)s. It moves by the days of the break once learning goes on and they are known."
        ) % {"day": date_format(pause.enrolment.ends_on)}
    return _("The planned end moves from %(before)s to %(after)s.") % {
        "before": date_format(pause.enrolment.ends_on),
        "after": date_format(pause.enrolment.ends_on + pause.length),
    }


def _expected_sentences(pause: BreakInLearning, *, on: dt.date) -> Sequence[str]:
    enrolment = pause.enrolment
    breaks = list(BreakInLearning.objects.agreed().filter(enrolment=enrolment).order_by())
    later = copy.copy(enrolment)
    later.ends_on = enrolment.ends_on + pause.length
    before = _expected(enrolment, breaks, on=on)
    after = _expected(later, [*breaks, pause], on=on)
    words = {
        Kind.OFF_JOB.value: (
            _("Expected off the job by today stays %(after)s."),
            _("Expected off the job by today changes from %(before)s to %(after)s."),
        ),
        Kind.ON_JOB.value: (
            _("Expected on the job by today stays %(after)s."),
            _("Expected on the job by today changes from %(before)s to %(after)s."),
        ),
    }
    return [
        words[kind][before[kind] != after[kind]]
        % {"before": hours(before[kind]), "after": hours(after[kind])}
        for kind in words
    ]


def _expected(enrolment: Enrolment, breaks: Sequence[BreakInLearning], *, on: dt.date) -> dict[str, int]:
    programme = enrolment.cohort.programme
    rule = rule_for(programme, enrolment.starts_on, rules_beside([programme]))
    days = learning_days(enrolment, breaks, on=on)
    return {
        kind: days.expected(planned_minutes(rule, enrolment, programme, breaks, kind=kind).low)
        for kind in Kind.values
    }
