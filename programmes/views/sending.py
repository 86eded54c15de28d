"""Activities on their way: sent, sent by the week, taken back, deleted; and weeks of leave."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from core.transitions import TransitionRefused
from people.permissions import Permission, standing_of
from people.views.permitted import permitted_or_404
from programmes import actions
from programmes.models import ActivityEntry, BreakInLearning, Enrolment
from programmes.views.permitted import date_or_none, entry_or_404


class ActivitySubmitView(View):
    """Send a draft from its page."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        entry = entry_or_404(request, pk)
        try:
            actions.submit_activity(entry=entry, by=request.user)
        except TransitionRefused:
            messages.error(request, _("This activity was sent already."))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("programmes:activity_change", pk=pk)
        else:
            messages.success(request, _("Sent to be verified: “%(title)s”.") % {"title": entry.title})
        return redirect("programmes:activity_detail", pk=pk)


class ActivityWithdrawView(View):
    """Take a sent activity back, while nobody has decided about it."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        entry = entry_or_404(request, pk)
        try:
            actions.withdraw_activity(entry=entry, by=request.user)
        except TransitionRefused:
            state = entry.get_status_display()
            messages.error(
                request, _("It can no longer be taken back. Its state now: %(state)s.") % {"state": state}
            )
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("Taken back: “%(title)s” is a draft again.") % {"title": entry.title})
        return redirect("programmes:activity_detail", pk=pk)


class ActivityDeleteView(View):
    """Delete a draft, after a page that says what goes with it."""

    def dispatch(self, request: HttpRequest, pk: int) -> Any:
        self.entry = entry_or_404(request, pk)
        if not standing_of(request.user, self.entry).may(Permission.ACTIVITY_CHANGE):
            raise PermissionDenied
        if self.entry.status != ActivityEntry.Status.DRAFT:
            return self.refuse()
        return super().dispatch(request, pk)

    def refuse(self) -> HttpResponse:
        messages.error(self.request, _("Only a draft can be deleted."))
        return redirect("programmes:activity_detail", pk=self.entry.pk)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        context = {"entry": self.entry, "files": self.entry.evidence.count()}
        return render(request, "programmes/activity_delete.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            actions.delete_activity(entry=self.entry, by=request.user)
        except TransitionRefused:
            return self.refuse()
        messages.success(request, _("Deleted: “%(title)s”.") % {"title": self.entry.title})
        return redirect(f"{reverse('programmes:activity_list')}?enrolment={self.entry.enrolment_id}")


def _monday_or_404(text: str) -> dt.date:
    day = date_or_none(text)
    if day is None or day.weekday() != 0:
        raise Http404
    return day


def _list_of(enrolment: Enrolment, request: HttpRequest) -> str:
    if enrolment.learner_id == request.user.pk:
        return f"{reverse('programmes:activity_list')}?enrolment={enrolment.pk}"
    return reverse("programmes:enrolment_activities", args=[enrolment.pk])


class WeekSubmitView(View):
    """Send all drafts of a week."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int, week: str) -> HttpResponse:
        rows = Enrolment.objects.select_related("learner")
        enrolment: Enrolment = permitted_or_404(request, rows, Permission.ACTIVITY_CREATE, pk)
        outcome = actions.submit_week(enrolment=enrolment, week=_monday_or_404(week), by=request.user)
        if outcome.sent:
            number = len(outcome.sent)
            text = ngettext(
                "Sent to be verified: %(number)s activity.",
                "Sent to be verified: %(number)s activities.",
                number,
            )
            messages.success(request, text % {"number": number})
        for entry in outcome.incomplete:
            text = _("Not sent, because something is missing: “%(title)s”. Open it and send it from there.")
            messages.warning(request, text % {"title": entry.title})
        return redirect(_list_of(enrolment, request))


class LeaveMarkView(View):
    """Mark a week without entries as leave."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int, week: str) -> HttpResponse:
        rows = Enrolment.objects.select_related("learner")
        enrolment: Enrolment = permitted_or_404(request, rows, Permission.LEAVE_MARK, pk)
        monday = _monday_or_404(week)
        try:
            actions.mark_leave(enrolment=enrolment, week=monday, by=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            text = _("Week %(number)s is marked as leave. What is expected by today went down.")
            messages.success(request, text % {"number": enrolment.week_of(monday)})
        return redirect(_list_of(enrolment, request))


class LeaveUnmarkView(View):
    """The week was no leave after all."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int, leave: int) -> HttpResponse:
        rows = Enrolment.objects.select_related("learner")
        enrolment: Enrolment = permitted_or_404(request, rows, Permission.LEAVE_MARK, pk)
        pause = get_object_or_404(BreakInLearning, pk=leave, enrolment=enrolment, is_leave=True)
        actions.unmark_leave(pause=pause, by=request.user)
        number = enrolment.week_of(pause.starts_on)
        messages.success(request, _("Week %(number)s is no longer marked as leave.") % {"number": number})
        return redirect(_list_of(enrolment, request))
