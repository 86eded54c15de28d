"""Lists of activities, by week."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from downloads.tables import table_response, wanted_format
from people.permissions import Permission, Standing, standing_of
from programmes.actions import OPEN_ENROLMENTS
from programmes.exporters import activities_table
from programmes.forms import ActivityFilter
from programmes.models import ActivityEntry, Enrolment
from programmes.queries import activities as reads
from programmes.views.permitted import own_enrolment
from programmes.views.record import is_partial, record_or_404, show_part

WEEKS_A_PAGE = 4


class ActivityListView(View):
    """An enrolment's activities by week, newest first, with totals, missing weeks and filters in the address."""

    def enrolment(self) -> Enrolment:
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        enrolment, today = self.enrolment(), timezone.localdate()
        standing = standing_of(request.user, enrolment)
        entries = ActivityEntry.objects.filter(enrolment=enrolment).not_replaced()
        permitted = entries.permitted_to(request.user, Permission.ACTIVITY_READ)
        choices = reads.criteria_choices(enrolment)
        filters = ActivityFilter(request.GET, queryset=permitted, standing=standing, choices=choices)
        rows = filters.qs
        if wanted := wanted_format(request):
            return self.download(enrolment, rows, wanted)
        missing = set() if filters.is_active else set(reads.missing_weeks(enrolment, on=today))
        leave = {} if filters.is_active else reads.weeks_of_leave(enrolment)
        mondays = sorted(reads.weeks_with_entries(rows) | missing | set(leave), reverse=True)
        page = Paginator(mondays, WEEKS_A_PAGE).get_page(request.GET.get("page"))
        context = {
            "enrolment": enrolment,
            "is_own": enrolment.learner_id == request.user.pk,
            "filters": filters,
            "page": page,
            "weeks": reads.weeks_of(
                enrolment, rows, page.object_list, on=today, missing=missing, leave=leave
            ),
            "totals": reads.totals_of(rows, on=today),
            "has_any": permitted.exists() or bool(leave),
            "may_read_breaks": standing.may(Permission.BREAK_READ),
            "can_create": standing.may(Permission.ACTIVITY_CREATE) and enrolment.status in OPEN_ENROLMENTS,
            "may_mark_leave": standing.may(Permission.LEAVE_MARK) and enrolment.status in OPEN_ENROLMENTS,
            "choices": choices,
        }
        if is_partial(request, "weeks"):
            return render(request, "programmes/_activity_weeks.html", context)
        return self.page(standing, context)

    def page(self, standing: Standing, context: dict[str, Any]) -> HttpResponse:
        """The list with its filters, in the page that it belongs to."""
        raise NotImplementedError

    def download(self, enrolment: Enrolment, rows: Any, wanted: str) -> HttpResponse:
        """All that the filters leave, as a file."""
        title = _("Activities of %(name)s") % {"name": enrolment.learner.display_name}
        entries = reads.for_table(rows, on=timezone.localdate()).order_by("-done_on", "-pk")
        return table_response(activities_table(entries, title=title), wanted)


class OwnActivityListView(ActivityListView):
    """The learner's own list."""

    def enrolment(self) -> Enrolment:
        return own_enrolment(self.request)

    def page(self, standing: Standing, context: dict[str, Any]) -> HttpResponse:
        return render(self.request, "programmes/activity_list.html", context)


class EnrolmentActivityListView(ActivityListView):
    """The list as a part of the learner's record."""

    def enrolment(self) -> Enrolment:
        return record_or_404(self.request, self.kwargs["pk"])

    def page(self, standing: Standing, context: dict[str, Any]) -> HttpResponse:
        return show_part(self.request, standing, "activities", "programmes/_activity_list.html", context)
