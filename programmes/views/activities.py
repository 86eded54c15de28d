"""One activity: its page, sending it, and deciding about it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from core.transitions import TransitionRefused
from people.permissions import Permission, standing_of
from programmes import actions
from programmes.forms import AccessReasonForm, ReturnForm
from programmes.models import ActivityEntry
from programmes.queries import activities as reads
from programmes.queries.evidence import evidence_shown
from programmes.views.permitted import entry_or_404, reason_given, remember_reason


class ActivityDetailView(View):
    """One activity with its evidence and history, and the decision box for who may decide.

    An administrator gives a reason first (POST), which is logged with every time the page is shown.
    """

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        entry = entry_or_404(request, pk, Permission.ACTIVITY_READ_LOGGED)
        if not standing_of(request.user, entry).may(Permission.ACTIVITY_READ):
            reason = reason_given(request, entry)
            if not reason:
                return self.ask(request, AccessReasonForm())
            actions.record_access(record=entry, reason=reason, by=request.user)
        return show_entry(request, entry, ReturnForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        entry = entry_or_404(request, pk, Permission.ACTIVITY_READ_LOGGED)
        if not standing_of(request.user, entry).may(Permission.ACTIVITY_READ_LOGGED):
            raise PermissionDenied
        form = AccessReasonForm(request.POST)
        if not form.is_valid():
            return self.ask(request, form)
        remember_reason(request, entry, form.cleaned_data["reason"])
        return redirect("programmes:activity_detail", pk=pk)

    def ask(self, request: HttpRequest, form: AccessReasonForm) -> HttpResponse:
        """The question that stands before the page; it names nothing of the entry."""
        return render(request, "programmes/activity_reason.html", {"form": form})


def show_entry(request: HttpRequest, entry: ActivityEntry, form: ReturnForm) -> HttpResponse:
    """The detail page, each part only for who may see it."""
    standing = standing_of(request.user, entry)
    is_logged = not standing.may(Permission.ACTIVITY_READ)
    counted = ActivityEntry.objects.filter(pk=entry.pk).with_uncounted_reason(on=timezone.localdate()).get()
    is_waiting = entry.status == ActivityEntry.Status.SUBMITTED
    may_read_detail = is_logged or standing.may(Permission.ACTIVITY_READ_DETAIL)
    context = {
        "entry": entry,
        "uncounted_label": counted.uncounted_label,
        "criteria": list(entry.criteria.order_by(*reads.TREE_ORDER)),
        "is_own": entry.enrolment.learner_id == request.user.pk,
        "may_read_detail": may_read_detail,
        "reflection": getattr(entry, "reflection", None)
        if standing.may(Permission.REFLECTION_READ)
        else None,
        "may_read_reflection": standing.may(Permission.REFLECTION_READ),
        "may_change": standing.may(Permission.ACTIVITY_CHANGE) and entry.is_open,
        "may_decide": standing.may(Permission.ACTIVITY_APPROVE) and is_waiting,
        "evidence": evidence_shown(request.user, entry),
        "history": reads.history_of(entry, reader=request.user, has_reasons=may_read_detail),
        "form": form,
    }
    return render(request, "programmes/activity_detail.html", context)


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


def _decided_already(request: HttpRequest, entry: ActivityEntry) -> None:
    event = entry.events.select_related("by").last()
    messages.error(
        request,
        _("%(name)s was faster: this activity is no longer waiting. Its state now: %(state)s.")
        % {"name": event.by if event else "–", "state": entry.get_status_display()},
    )


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
            actions.approve_activity(entry=entry, by=request.user)
        except TransitionRefused:
            _decided_already(request, entry)
            return redirect("programmes:activity_detail", pk=pk)
        messages.success(request, _("Verified: “%(title)s”.") % {"title": entry.title})
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
            actions.return_activity(entry=entry, reason=form.cleaned_data["reason"], by=request.user)
        except TransitionRefused:
            _decided_already(request, entry)
            return redirect("programmes:activity_detail", pk=pk)
        messages.success(request, _("Returned with your reason: “%(title)s”.") % {"title": entry.title})
        return _next_in_queue(request, entry)
