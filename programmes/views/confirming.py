"""Deciding about answers: confirmed, several at once, asked about, and undone at once."""

from collections.abc import Sequence

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from core.transitions import TransitionRefused
from people.permissions import Permission, standing_of
from programmes import actions
from programmes.forms import QuestionForm, chosen_applications
from programmes.forms.fields import is_key
from programmes.models import ApplicationEvent, ApplicationRecord
from programmes.queries import applications as reads
from programmes.queries.applications import standing_events
from programmes.views.applications import show_application
from programmes.views.permitted import application_or_404


def _say(request: HttpRequest, text: str, events: Sequence[ApplicationEvent]) -> None:
    """Say what was decided, with the button that undoes it."""
    context = {"text": text, "events": events, "undo": "programmes:confirmation_undo"}
    messages.success(request, render_to_string("programmes/_decided_message.html", context, request))


def _say_confirmed(request: HttpRequest, events: Sequence[ApplicationEvent]) -> None:
    if len(events) == 1:
        names = {
            "name": events[0].record.entry.enrolment.learner.display_name,
            "title": events[0].record.entry.title,
        }
        _say(request, _("Confirmed: %(name)s uses “%(title)s” at work.") % names, events)
    elif events:
        text = ngettext("Confirmed: %(number)s answer.", "Confirmed: %(number)s answers.", len(events))
        _say(request, text % {"number": len(events)}, events)


def _decided_already(request: HttpRequest, record: ApplicationRecord) -> None:
    event = standing_events().filter(record=record).select_related("by").last()
    messages.error(
        request,
        _("%(name)s was faster: this answer is no longer waiting. Its state now: %(state)s.")
        % {"name": event.by if event else "–", "state": record.get_status_display()},
    )


class ApplicationConfirmView(View):
    """Confirm one answer, with one click."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = application_or_404(request, pk)
        try:
            event = actions.confirm_application(record=record, by=request.user)
        except TransitionRefused:
            _decided_already(request, record)
            return redirect("programmes:application", pk=pk)
        _say_confirmed(request, [event])
        return redirect("dashboards:home")


class ApplicationReturnView(View):
    """Ask the learner something first."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = application_or_404(request, pk)
        if not standing_of(request.user, record).may(Permission.APPLICATION_CONFIRM):
            raise PermissionDenied
        form = QuestionForm(request.POST)
        if not form.is_valid():
            return show_application(request, record, form)
        try:
            event = actions.return_application(record=record, by=request.user, **form.cleaned_data)
        except TransitionRefused:
            _decided_already(request, record)
            return redirect("programmes:application", pk=pk)
        _say(request, _("Your question was sent: “%(title)s”.") % {"title": record.entry.title}, [event])
        return redirect("dashboards:home")


class ApplicationsConfirmView(View):
    """Confirm several at once. What somebody else decided meanwhile is told and left alone."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        waiting = reads.applications_for(request.user)
        try:
            records = chosen_applications(request.POST.getlist("ids"), waiting=waiting)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("dashboards:home")
        if not records:
            messages.error(request, _("No answer was selected, or somebody decided about them already."))
        events = []
        for record in records:
            try:
                events.append(actions.confirm_application(record=record, by=request.user))
            except TransitionRefused:
                _decided_already(request, record)
        _say_confirmed(request, events)
        return redirect("dashboards:home")


class ConfirmationUndoView(View):
    """Undo what was decided within the last seconds."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        wanted = [int(text) for text in request.POST.getlist("events")[:100] if is_key(text)]
        undone = actions.undo_confirmations(events=wanted, by=request.user)
        if undone:
            text = ngettext(
                "Undone: %(number)s answer waits again.",
                "Undone: %(number)s answers wait again.",
                len(undone),
            )
            messages.success(request, text % {"number": len(undone)})
        else:
            messages.error(request, _("It is too late to undo this."))
        if len(undone) == 1:
            return redirect("programmes:application", pk=undone[0].entry_id)
        return redirect("dashboards:home")
