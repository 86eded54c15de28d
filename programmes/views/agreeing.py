"""Agreeing to proposed goals or asking for a change: one, several at once, and undoing it at once."""

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from core.transitions import TransitionRefused
from people.permissions import Permission, standing_of
from programmes import actions
from programmes.forms import AskChangeForm, chosen_goals
from programmes.forms.fields import is_key
from programmes.models import Goal, GoalEvent
from programmes.queries import goals as reads
from programmes.views.goals import show_goal
from programmes.views.permitted import goal_or_404

Decision = Callable[[Goal], GoalEvent]


def _say(request: HttpRequest, text: str, events: Sequence[GoalEvent]) -> None:
    """Say what was decided, with the button that undoes it."""
    context = {"text": text, "events": events, "undo": "programmes:goal_decision_undo"}
    messages.success(request, render_to_string("programmes/_decided_message.html", context, request))


def _say_agreed(request: HttpRequest, events: Sequence[GoalEvent]) -> None:
    if len(events) == 1:
        _say(request, _("Agreed: “%(title)s”.") % {"title": events[0].goal.title}, events)
    elif events:
        text = ngettext("Agreed: %(number)s goal.", "Agreed: %(number)s goals.", len(events))
        _say(request, text % {"number": len(events)}, events)


def _say_asked(request: HttpRequest, events: Sequence[GoalEvent]) -> None:
    if len(events) == 1:
        _say(request, _("Change asked for: “%(title)s”.") % {"title": events[0].goal.title}, events)
    elif events:
        text = ngettext(
            "Change asked for: %(number)s goal.", "Change asked for: %(number)s goals.", len(events)
        )
        _say(request, text % {"number": len(events)}, events)


def _decided_already(request: HttpRequest, goal: Goal) -> None:
    """Says nothing of a goal that is a draft again: drafts are nobody's but their learner's."""
    event = goal.events.filter(undone_at=None).select_related("by").last()
    if goal.status == Goal.Status.DRAFT or event is None:
        messages.error(request, _("This goal is no longer proposed: somebody was faster."))
        return
    messages.error(
        request,
        _("%(name)s was faster: this goal is no longer waiting. Its state now: %(state)s.")
        % {"name": event.by.display_name, "state": goal.get_status_display()},
    )


def _go_on(request: HttpRequest) -> HttpResponse:
    """To the next goal that waits for the person, else home."""
    following = reads.goals_for(request.user).first()
    if following is not None:
        return redirect("programmes:goal_detail", pk=following.pk)
    return redirect("dashboards:home")


def _decide_one(request: HttpRequest, goal: Goal, decision: Decision) -> GoalEvent | None:
    """What was decided; None when somebody was faster or it may not be decided now, and the reader is told."""
    try:
        return decision(goal)
    except TransitionRefused:
        _decided_already(request, goal)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return None


class GoalAgreeView(View):
    """Agree, then on to the next one."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        goal = goal_or_404(request, pk)
        event = _decide_one(request, goal, lambda row: actions.agree_goal(goal=row, by=request.user))
        if event is None:
            return redirect("dashboards:home")
        _say_agreed(request, [event])
        return _go_on(request)


class GoalAskView(View):
    """Ask for a change, then on to the next one."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        goal = goal_or_404(request, pk)
        if not standing_of(request.user, goal).may(Permission.GOAL_AGREE):
            raise PermissionDenied
        form = AskChangeForm(request.POST)
        if not form.is_valid():
            return show_goal(request, goal, ask=form)
        reason = form.cleaned_data["reason"]
        event = _decide_one(
            request, goal, lambda row: actions.ask_goal_change(goal=row, reason=reason, by=request.user)
        )
        if event is None:
            return redirect("dashboards:home")
        _say_asked(request, [event])
        return _go_on(request)


class GoalsDecideView(View):
    """Agree to several, or ask for the same change of several. What somebody else decided meanwhile is left alone."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            goals = chosen_goals(request.POST.getlist("ids"), waiting=reads.goals_for(request.user))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("dashboards:home")
        if not goals:
            messages.error(request, _("No goal was selected, or somebody decided about them already."))
            return redirect("dashboards:home")
        if request.POST.get("do") == "ask":
            return self.ask(request, goals)
        _say_agreed(
            request,
            self.decide(request, goals, lambda goal: actions.agree_goal(goal=goal, by=request.user)),
        )
        return redirect("dashboards:home")

    def ask(self, request: HttpRequest, goals: list[Goal]) -> HttpResponse:
        """The page that asks what should change; once that is said, the goals go back with it."""
        form = AskChangeForm(request.POST if "reason" in request.POST else None)
        if not form.is_valid():
            return render(request, "programmes/goals_ask.html", {"form": form, "goals": goals})
        reason = form.cleaned_data["reason"]
        events = self.decide(
            request, goals, lambda goal: actions.ask_goal_change(goal=goal, reason=reason, by=request.user)
        )
        _say_asked(request, events)
        return redirect("dashboards:home")

    def decide(self, request: HttpRequest, goals: list[Goal], decision: Decision) -> list[GoalEvent]:
        """What was decided; the reader is told of each goal about which somebody was faster."""
        decided = [_decide_one(request, goal, decision) for goal in goals]
        return [event for event in decided if event is not None]


class GoalDecisionUndoView(View):
    """Undo what was decided within the last seconds."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        wanted = [int(text) for text in request.POST.getlist("events")[:100] if is_key(text)]
        undone = actions.undo_goal_decisions(events=wanted, by=request.user)
        if undone:
            text = ngettext(
                "Undone: %(number)s goal waits again.", "Undone: %(number)s goals wait again.", len(undone)
            )
            messages.success(request, text % {"number": len(undone)})
        else:
            messages.error(request, _("It is too late to undo this."))
        if len(undone) == 1:
            return redirect("programmes:goal_detail", pk=undone[0].pk)
        return redirect("dashboards:home")
