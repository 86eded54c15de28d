"""A line manager decides about everything that was selected, of whatever kind, in one post."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from core.transitions import TransitionRefused
from dashboards.queries.waiting import WAITING, WaitingKind
from programmes import actions
from programmes.forms.fields import is_key
from programmes.models import BreakInLearning

AT_ONCE = 100
_KEY = re.compile(rf"({'|'.join(WaitingKind)})-([0-9]{{1,18}})", re.ASCII)


@dataclass(frozen=True)
class Decision:
    """What approving is for one kind: the action, and the field of a post that names what it can take back."""

    decide: Callable[..., Any]
    argument: str
    undo: Callable[..., Sequence[Any]] | None = None


DECISIONS: Mapping[WaitingKind, Decision] = {
    WaitingKind.ACTIVITY: Decision(actions.approve_activity, "entry", actions.undo_decisions),
    WaitingKind.APPLICATION: Decision(actions.confirm_application, "record", actions.undo_confirmations),
    WaitingKind.GOAL: Decision(actions.agree_goal, "goal", actions.undo_goal_decisions),
    WaitingKind.BREAK: Decision(actions.agree_break, "pause"),
}


def done_sentence(kind: WaitingKind, number: int) -> str:
    """What was done with how many of that kind."""
    if kind is WaitingKind.ACTIVITY:
        text = ngettext("Verified: %(number)s entry.", "Verified: %(number)s entries.", number)
    elif kind is WaitingKind.APPLICATION:
        text = ngettext("Confirmed: %(number)s application.", "Confirmed: %(number)s applications.", number)
    elif kind is WaitingKind.GOAL:
        text = ngettext("Agreed: %(number)s goal.", "Agreed: %(number)s goals.", number)
    else:
        text = ngettext("Agreed: %(number)s break.", "Agreed: %(number)s breaks.", number)
    return text % {"number": number}


def chosen(values: Sequence[str]) -> dict[WaitingKind, set[int]]:
    """The keys that were sent, by kind; what is no key of a known kind is left out."""
    found: dict[WaitingKind, set[int]] = defaultdict(set)
    for value in values:
        if match := _KEY.fullmatch(value):
            found[WaitingKind(match[1])].add(int(match[2]))
    return found


@dataclass
class Outcome:
    """What became of a post: numbers by kind, what can be undone, and what somebody was faster with."""

    done: dict[WaitingKind, int] = field(default_factory=lambda: defaultdict(int))
    events: dict[WaitingKind, list[int]] = field(default_factory=lambda: defaultdict(list))
    lost: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


class DecideView(View):
    """Approve what was selected. What another was faster with is told, and the rest goes on."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        keys = chosen(request.POST.getlist("ids"))
        number = sum(map(len, keys.values()))
        if number > AT_ONCE:
            messages.error(request, _("Choose 100 at most."))
            return redirect("dashboards:home")
        outcome = Outcome()
        for kind in WaitingKind:
            if keys[kind]:
                self.decide(kind, keys[kind], outcome)
        self.tell(outcome, number)
        return redirect("dashboards:home")

    def decide(self, kind: WaitingKind, keys: set[int], outcome: Outcome) -> None:
        """Each of one kind in a transaction of its own, the longest waiting first."""
        decision = DECISIONS[kind]
        for row in WAITING[kind](self.request.user).filter(pk__in=keys):
            try:
                event = decision.decide(**{decision.argument: row}, by=self.request.user)
            except TransitionRefused:
                outcome.lost.append(title_of(kind, row))
                continue
            except ValidationError as error:
                outcome.refused.append(f"{title_of(kind, row)}: {' '.join(error.messages)}")
                continue
            outcome.done[kind] += 1
            if decision.undo:
                outcome.events[kind].append(event.pk)

    def tell(self, outcome: Outcome, asked: int) -> None:
        """Say by kind what was done, and of each thing that was not, why."""
        request = self.request
        if outcome.done:
            text = " ".join(done_sentence(kind, number) for kind, number in outcome.done.items())
            context = {"text": text, "events": dict(outcome.events)}
            words = render_to_string("dashboards/_decided_message.html", context, request)
            messages.success(request, words)
        for title in outcome.lost:
            messages.error(
                request, _("Somebody was faster: “%(title)s” is no longer waiting.") % {"title": title}
            )
        for text in outcome.refused:
            messages.error(request, text)
        gone = asked - sum(outcome.done.values()) - len(outcome.lost) - len(outcome.refused)
        if not asked:
            messages.error(request, _("Nothing was selected."))
        elif gone:
            text = ngettext(
                "%(number)s of what you selected is not waiting for you any more.",
                "%(number)s of what you selected are not waiting for you any more.",
                gone,
            )
            messages.error(request, text % {"number": gone})


def title_of(kind: WaitingKind, row: Any) -> str:
    """The words by which the person knows a row."""
    if kind is WaitingKind.APPLICATION:
        return str(row.entry.title)
    if isinstance(row, BreakInLearning):
        return _("Break of %(name)s") % {"name": row.enrolment.learner.display_name}
    return str(row.title)


class DecideUndoView(View):
    """Take back what was approved within the last seconds, of every kind."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        number = 0
        for kind, decision in DECISIONS.items():
            wanted = [int(text) for text in request.POST.getlist(kind.value)[:AT_ONCE] if is_key(text)]
            if wanted and decision.undo:
                number += len(decision.undo(events=wanted, by=request.user))
        if number:
            text = ngettext(
                "Undone: %(number)s thing waits again.", "Undone: %(number)s things wait again.", number
            )
            messages.success(request, text % {"number": number})
        else:
            messages.error(request, _("It is too late to undo this."))
        return redirect("dashboards:home")
