"""Deciding about sent activities: one, several at once, and undoing it at once."""

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from core.templatetags.components import hours
from core.transitions import TransitionRefused
from people.permissions import Permission, standing_of
from programmes import actions
from programmes.forms import ReturnForm, chosen_entries
from programmes.forms.fields import is_key
from programmes.models import ActivityEntry, ActivityEvent
from programmes.queries import activities as reads
from programmes.views.activities import show_entry
from programmes.views.permitted import entry_or_404


def _say(request: HttpRequest, text: str, events: Sequence[ActivityEvent]) -> None:
    """Say what was decided, with the button that undoes it."""
    context = {"text": text, "events": events}
    messages.success(request, render_to_string("programmes/_decided_message.html", context, request))


def _say_verified(request: HttpRequest, events: Sequence[ActivityEvent]) -> None:
    if len(events) == 1:
        _say(request, _("Verified: “%(title)s”.") % {"title": events[0].entry.title}, events)
    elif events:
        text = ngettext(
            "Verified: %(number)s entry, %(hours)s.", "Verified: %(number)s entries, %(hours)s.", len(events)
        )
        total = sum(event.entry.minutes for event in events)
        _say(request, text % {"number": len(events), "hours": hours(total)}, events)


def _say_returned(request: HttpRequest, events: Sequence[ActivityEvent]) -> None:
    if len(events) == 1:
        _say(request, _("Returned with your reason: “%(title)s”.") % {"title": events[0].entry.title}, events)
    elif events:
        text = ngettext(
            "Returned with your reason: %(number)s entry.",
            "Returned with your reason: %(number)s entries.",
            len(events),
        )
        _say(request, text % {"number": len(events)}, events)


def _decided_already(request: HttpRequest, entry: ActivityEntry) -> None:
    event = entry.events.standing().select_related("by").last()
    messages.error(
        request,
        _("%(name)s was faster: this activity is no longer waiting. Its state now: %(state)s.")
        % {"name": event.by if event else "–", "state": entry.get_status_display()},
    )


def _cannot_be_verified(request: HttpRequest, entry: ActivityEntry, error: ValidationError) -> None:
    """An amendment that fitted when it was sent, and does no more."""
    text = _("“%(title)s” cannot be verified as it is, so return it. %(reason)s")
    messages.error(request, text % {"title": entry.title, "reason": " ".join(error.messages)})


def _next_in_queue(request: HttpRequest, entry: ActivityEntry) -> HttpResponse:
    following = reads.next_waiting(request.user, after=entry)
    if following is not None:
        return redirect("programmes:activity_detail", pk=following.pk)
    return redirect("dashboards:home")  # not the queue: a line manager has none


class ActivityApproveView(View):
    """Verify, then on to the next one."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        entry = entry_or_404(request, pk)
        try:
            event = actions.approve_activity(entry=entry, by=request.user)
        except TransitionRefused:
            _decided_already(request, entry)
            return redirect("programmes:activity_detail", pk=pk)
        except ValidationError as error:
            _cannot_be_verified(request, entry, error)
            return redirect("programmes:activity_detail", pk=pk)
        _say_verified(request, [event])
        return _next_in_queue(request, entry)


class ActivityReturnView(View):
    """Return with a reason, then on to the next one."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        entry = entry_or_404(request, pk)
        form = ReturnForm(request.POST)
        if not standing_of(request.user, entry).may(Permission.ACTIVITY_APPROVE):
            raise PermissionDenied
        if not form.is_valid():
            return show_entry(request, entry, form)
        try:
            event = actions.return_activity(entry=entry, by=request.user, **form.cleaned_data)
        except TransitionRefused:
            _decided_already(request, entry)
            return redirect("programmes:activity_detail", pk=pk)
        _say_returned(request, [event])
        return _next_in_queue(request, entry)


class ActivitiesDecideView(View):
    """Verify or return several at once. What somebody else decided meanwhile is told and left alone."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        waiting = reads.waiting_for(request.user).select_related("enrolment__learner")
        try:
            entries = chosen_entries(request.POST.getlist("ids"), waiting=waiting)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("dashboards:home")
        if not entries:
            messages.error(request, _("No entry was selected, or somebody decided about them already."))
            return redirect("dashboards:home")
        if request.POST.get("do") == "return":
            return self.ask_or_return(request, entries)
        _say_verified(
            request,
            self.decide(
                request, entries, lambda entry: actions.approve_activity(entry=entry, by=request.user)
            ),
        )
        return redirect("dashboards:home")

    def ask_or_return(self, request: HttpRequest, entries: list[ActivityEntry]) -> HttpResponse:
        """The page that asks for the reason; once there is one, the entries go back with it."""
        form = ReturnForm(request.POST if "preset" in request.POST else None)
        if not form.is_valid():
            return render(request, "programmes/activities_return.html", {"form": form, "entries": entries})
        reason = form.cleaned_data
        events = self.decide(
            request,
            entries,
            lambda entry: actions.return_activity(entry=entry, by=request.user, **reason),
        )
        _say_returned(request, events)
        return redirect("dashboards:home")

    def decide(
        self,
        request: HttpRequest,
        entries: list[ActivityEntry],
        decision: Callable[[ActivityEntry], ActivityEvent],
    ) -> list[ActivityEvent]:
        """What was decided; the reader is told of each entry about which somebody was faster."""
        events = []
        for entry in entries:
            try:
                events.append(decision(entry))
            except TransitionRefused:
                _decided_already(request, entry)
            except ValidationError as error:
                _cannot_be_verified(request, entry, error)
        return events


class DecisionUndoView(View):
    """Undo what was decided within the last seconds."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        wanted = [int(text) for text in request.POST.getlist("events")[:100] if is_key(text)]
        undone = actions.undo_decisions(events=wanted, by=request.user)
        if undone:
            text = ngettext(
                "Undone: %(number)s entry waits again.", "Undone: %(number)s entries wait again.", len(undone)
            )
            messages.success(request, text % {"number": len(undone)})
        else:
            messages.error(request, _("It is too late to undo this."))
        if len(undone) == 1:
            return redirect("programmes:activity_detail", pk=undone[0].pk)
        return redirect("dashboards:home")
