"""Moves of an enrolment: start, complete, withdraw. Each says first what it means. Breaks are in views/breaks.py."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from core.transitions import TransitionRefused
from people.permissions import Permission, standing_of
from people.views.permitted import permitted_or_404
from programmes import actions
from programmes.models import ENROLMENT_MOVES, ActivityEntry, Enrolment
from programmes.views.enrolments import enrolment_or_404
from programmes.views.pages import Frame, crumbs_to, refuse, show_form, show_question


def named(text: str, enrolment: Enrolment) -> str:
    """A sentence with the learner's name put in."""
    return text % {"name": enrolment.learner.display_name}


def too_late(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    """Somebody was faster, or the page was old: say where the enrolment stands now."""
    enrolment.refresh_from_db()
    state = enrolment.get_status_display()
    messages.error(request, _("This is not possible any more. The state now: %(state)s.") % {"state": state})
    return redirect("programmes:enrolment_detail", pk=enrolment.pk)


class EnrolmentStartView(View):
    """Start: the learner accepts the invitation, or the lead does it for them."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = Enrolment.objects.select_related("learner", "cohort__programme")
        enrolment: Enrolment = permitted_or_404(
            request, rows, Permission.ENROLMENT_START, pk, Permission.ENROLMENT_CHANGE
        )
        is_own = standing_of(request.user, enrolment).may(Permission.ENROLMENT_START)
        home = f"{reverse('dashboards:learner')}?enrolment={pk}"
        try:
            actions.start_enrolment(enrolment=enrolment, by=request.user)
        except TransitionRefused:
            if not is_own:
                return too_late(request, enrolment)
            messages.error(request, _("There is nothing to start any more."))
            return redirect("dashboards:home")
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            self.say(request, enrolment, is_own=is_own)
        return redirect(home) if is_own else redirect("programmes:enrolment_detail", pk=pk)

    def say(self, request: HttpRequest, enrolment: Enrolment, *, is_own: bool) -> None:
        if not is_own:
            messages.success(request, named(_("%(name)s is in the programme."), enrolment))
        elif enrolment.status == Enrolment.Status.ACTIVE:
            messages.success(request, _("Welcome! You can log your first activity now."))
        else:
            day = date_format(enrolment.starts_on)
            messages.success(request, _("You accepted the invitation. It begins on %(day)s.") % {"day": day})


class MoveView(View):
    """One move of an enrolment that its lead makes; only from the states that allow it."""

    to: ClassVar[str] = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.enrolment = enrolment_or_404(request, kwargs["pk"])
        if request.method in ("GET", "POST") and self.to not in ENROLMENT_MOVES[self.enrolment.status]:
            return too_late(request, self.enrolment)
        return super().dispatch(request, *args, **kwargs)

    def frame(self) -> Frame:
        raise NotImplementedError

    def run(self, action: Callable[[], None], form: Form | None, done: str) -> HttpResponse:
        """Do it and say so; a refusal comes back with the form."""
        try:
            action()
        except TransitionRefused:
            return too_late(self.request, self.enrolment)
        except ValidationError as error:
            if form is None:
                raise PermissionDenied from error
            refuse(form, error)
            return show_form(self.request, form, self.frame())
        messages.success(self.request, done)
        return redirect("programmes:enrolment_detail", pk=self.enrolment.pk)


class EnrolmentCompleteView(MoveView):
    """The learner has finished."""

    to = Enrolment.Status.COMPLETED

    def frame(self) -> Frame:
        return Frame(
            named(_("Has %(name)s completed the programme?"), self.enrolment),
            crumbs_to(self.enrolment),
            _("Complete the enrolment"),
        )

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        entries = ActivityEntry.objects.filter(
            enrolment=self.enrolment, status=ActivityEntry.Status.SUBMITTED
        )
        waiting = entries.count()
        lines = [
            _("Nothing new can be logged. What is there stays, and can still be read."),
            ngettext(
                "%(number)s activity still waits to be verified. It can be verified afterwards.",
                "%(number)s activities still wait to be verified. They can be verified afterwards.",
                waiting,
            )
            % {"number": waiting},
            _("This cannot be undone."),
        ]
        return show_question(request, self.frame(), lines)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.run(
            lambda: actions.complete_enrolment(enrolment=self.enrolment, by=request.user),
            None,
            named(_("%(name)s has completed the programme."), self.enrolment),
        )


class EnrolmentWithdrawView(MoveView):
    """The learner leaves before the end, or the invitation is taken back."""

    to = Enrolment.Status.WITHDRAWN

    def frame(self) -> Frame:
        is_invited = self.enrolment.status == Enrolment.Status.INVITED
        title = _("Take back the invitation of %(name)s?") if is_invited else _("Withdraw %(name)s?")
        button = _("Take back the invitation") if is_invited else _("Withdraw the learner")
        return Frame(named(title, self.enrolment), crumbs_to(self.enrolment), button, is_danger=True)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        lines = [
            _("Coach, mentor and line manager lose their access at the end of today."),
            _("This cannot be undone. The person can be enrolled in another cohort later."),
        ]
        if self.enrolment.status != Enrolment.Status.INVITED:
            lines.insert(
                0, _("Nothing new can be logged. What is there stays, and the learner can still read it.")
            )
        return show_question(request, self.frame(), lines)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.run(
            lambda: actions.withdraw_enrolment(enrolment=self.enrolment, by=request.user),
            None,
            named(_("%(name)s was withdrawn from the programme."), self.enrolment),
        )
