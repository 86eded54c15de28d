"""What a learner does with a goal: proposed, taken back, put under way, checked in on, closed, deleted."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from core.transitions import TransitionRefused
from people.permissions import Permission, standing_of
from programmes import actions
from programmes.forms import CheckInForm, CloseForm
from programmes.models import Goal
from programmes.views.goals import show_goal
from programmes.views.pages import Frame, refuse, show_form, show_question
from programmes.views.permitted import goal_or_404


def own_goal_or_404(request: HttpRequest, pk: int) -> Goal:
    """A goal of the person's own; who may only read it is refused."""
    goal = goal_or_404(request, pk)
    if not standing_of(request.user, goal).may(Permission.GOAL_CHANGE):
        raise PermissionDenied
    return goal


def _too_late(request: HttpRequest, goal: Goal) -> HttpResponse:
    state = goal.get_status_display()
    messages.error(
        request, _("This is no longer possible. The goal's state now: %(state)s.") % {"state": state}
    )
    return redirect("programmes:goal_detail", pk=goal.pk)


def _frame(goal: Goal, title: str, button: str, **more: Any) -> Frame:
    crumbs = [
        (_("Goals"), f"{reverse('programmes:goal_list')}?enrolment={goal.enrolment_id}"),
        (goal.title, reverse("programmes:goal_detail", args=[goal.pk])),
    ]
    return Frame(title, crumbs, button, **more)


class GoalProposeView(View):
    """Propose a draft from its page."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        goal = own_goal_or_404(request, pk)
        try:
            actions.propose_goal(goal=goal, by=request.user)
        except TransitionRefused:
            return _too_late(request, goal)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("programmes:goal_change", pk=pk)
        messages.success(request, _("Proposed: “%(title)s”.") % {"title": goal.title})
        return redirect("programmes:goal_detail", pk=pk)


class GoalWithdrawView(View):
    """Take a proposed goal back, while nobody has decided about it."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        goal = own_goal_or_404(request, pk)
        try:
            actions.withdraw_goal(goal=goal, by=request.user)
        except TransitionRefused:
            return _too_late(request, goal)
        messages.success(
            request, _("The goal “%(title)s” was taken back and is a draft again.") % {"title": goal.title}
        )
        return redirect("programmes:goal_detail", pk=pk)


class GoalStartView(View):
    """Put an agreed goal under way."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        goal = own_goal_or_404(request, pk)
        try:
            actions.start_goal(goal=goal, by=request.user)
        except TransitionRefused:
            return _too_late(request, goal)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("Put under way: “%(title)s”.") % {"title": goal.title})
        return redirect("programmes:goal_detail", pk=pk)


class GoalCheckInView(View):
    """Say how far a goal is; the form stands on its page."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        goal = own_goal_or_404(request, pk)
        form = CheckInForm(request.POST, goal=goal)
        if form.is_valid():
            try:
                actions.check_in(goal=goal, by=request.user, **form.cleaned_data)
            except TransitionRefused:
                return _too_late(request, goal)
            except ValidationError as error:
                refuse(form, error)
                goal = own_goal_or_404(request, pk)
            else:
                text = _("Checked in: %(progress)s %%.")
                messages.success(request, text % {"progress": form.cleaned_data["progress"]})
                return redirect("programmes:goal_detail", pk=pk)
        return show_goal(request, goal, check_in=form)


class GoalCloseView(View):
    """Close a goal with what came of it."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.goal = own_goal_or_404(request, kwargs["pk"])
        if not self.goal.is_pursued:
            return _too_late(request, self.goal)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(CloseForm(goal=self.goal))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = CloseForm(request.POST, goal=self.goal)
        if not form.is_valid():
            return self.show(form)
        try:
            actions.close_goal(goal=self.goal, by=request.user, **form.cleaned_data)
        except TransitionRefused:
            return _too_late(request, self.goal)
        text = _("Closed: “%(title)s”. Its state: %(state)s.")
        state = self.goal.get_status_display()
        messages.success(request, text % {"title": self.goal.title, "state": state})
        return redirect("programmes:goal_detail", pk=pk)

    def show(self, form: CloseForm) -> HttpResponse:
        intro = _("Closed, it stays to be read. It cannot be opened again.")
        if self.goal.status == Goal.Status.AGREED:
            intro = _("It was not put under way yet, so it can only be dropped.")
        frame = _frame(self.goal, _("Close this goal"), _("Close the goal"), intro=intro)
        return show_form(self.request, form, frame)


class GoalDeleteView(View):
    """Delete a draft: first the question, then for good."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.goal = own_goal_or_404(request, kwargs["pk"])
        if self.goal.status != Goal.Status.DRAFT:
            return _too_late(request, self.goal)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        frame = _frame(self.goal, _("Delete this draft?"), _("Delete the draft"), is_danger=True)
        return show_question(request, frame, [_("Its text goes with it. This cannot be undone.")])

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        enrolment, title = self.goal.enrolment_id, self.goal.title
        try:
            actions.delete_goal(goal=self.goal, by=request.user)
        except TransitionRefused:
            return _too_late(request, self.goal)
        messages.success(request, _("The goal “%(title)s” was deleted.") % {"title": title})
        return redirect(f"{reverse('programmes:goal_list')}?enrolment={enrolment}")
