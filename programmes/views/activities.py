"""One activity: its page."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from people.permissions import Permission, Standing, standing_of
from programmes import actions
from programmes.forms import AccessReasonForm, ReturnForm
from programmes.models import ActivityEntry
from programmes.queries import activities as reads
from programmes.queries.amendments import difference_of, versions_of
from programmes.queries.applications import application_shown
from programmes.queries.checks import checks_of
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


def _amending(request: HttpRequest, entry: ActivityEntry, standing: Standing) -> dict[str, Any]:
    """The other versions of the entry, and what it changes where it amends one."""
    versions = versions_of(entry, reader=request.user)
    newer = next((row for row in versions if row.amends_id == entry.pk), None)
    may_amend = standing.may(Permission.ACTIVITY_CHANGE) and entry.status == ActivityEntry.Status.APPROVED
    return {
        "versions": versions,
        "newer": newer,
        "difference": difference_of(entry, reader=request.user),
        "may_amend": may_amend and newer is None and entry.enrolment.status in actions.OPEN_ENROLMENTS,
    }


def show_entry(request: HttpRequest, entry: ActivityEntry, form: ReturnForm) -> HttpResponse:
    """The detail page, each part only for who may see it."""
    standing = standing_of(request.user, entry)
    is_logged = not standing.may(Permission.ACTIVITY_READ)
    counted = ActivityEntry.objects.filter(pk=entry.pk).with_uncounted_reason(on=timezone.localdate()).get()
    is_waiting = entry.status == ActivityEntry.Status.SUBMITTED
    may_decide = standing.may(Permission.ACTIVITY_APPROVE) and is_waiting
    may_read_detail = is_logged or standing.may(Permission.ACTIVITY_READ_DETAIL)
    application = application_shown(request.user, entry)
    context = {
        "entry": entry,
        "application": application,
        "benefits": list(application.benefits.all()) if application else [],
        "uncounted_label": counted.uncounted_label,
        "criteria": list(entry.criteria.order_by(*reads.TREE_ORDER)),
        "is_own": entry.enrolment.learner_id == request.user.pk,
        "may_read_detail": may_read_detail,
        "reflection": getattr(entry, "reflection", None)
        if standing.may(Permission.REFLECTION_READ)
        else None,
        "may_read_reflection": standing.may(Permission.REFLECTION_READ),
        "may_read_progress": standing.holds(Permission.PROGRESS_READ),
        "may_change": standing.may(Permission.ACTIVITY_CHANGE) and entry.is_open,
        "may_withdraw": standing.may(Permission.ACTIVITY_CHANGE) and is_waiting,
        "may_copy": standing.may(Permission.ACTIVITY_CHANGE)
        and entry.enrolment.status in actions.OPEN_ENROLMENTS,
        "may_decide": may_decide,
        "checks": checks_of([entry], reader=request.user)[entry.pk] if may_decide else [],
        "evidence": evidence_shown(request.user, entry),
        **_amending(request, entry, standing),
        "history": reads.history_of(entry, reader=request.user, has_reasons=may_read_detail),
        "form": form,
    }
    return render(request, "programmes/activity_detail.html", context)
