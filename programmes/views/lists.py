"""Lists of activities, by week."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from people.permissions import Permission, standing_of
from programmes.actions import OPEN_ENROLMENTS
from programmes.forms import ActivityFilter
from programmes.models import ActivityEntry, Enrolment
from programmes.queries import activities as reads
from programmes.views.permitted import own_enrolment, permitted_or_404

WEEKS_A_PAGE = 8


class ActivityListView(View):
    """An enrolment's activities by week, newest first, with totals, missing weeks and filters in the address."""

    def enrolment(self) -> Enrolment:
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        enrolment, today = self.enrolment(), timezone.localdate()
        standing = standing_of(request.user, enrolment)
        permitted = ActivityEntry.objects.filter(enrolment=enrolment).permitted_to(
            request.user, Permission.ACTIVITY_READ
        )
        choices = reads.criteria_choices(enrolment)
        filters = ActivityFilter(request.GET, queryset=permitted, standing=standing, choices=choices)
        rows = filters.qs
        missing = set() if filters.is_active else set(reads.missing_weeks(enrolment, on=today))
        mondays = sorted(reads.weeks_with_entries(rows) | missing, reverse=True)
        page = Paginator(mondays, WEEKS_A_PAGE).get_page(request.GET.get("page"))
        context = {
            "enrolment": enrolment,
            "is_own": enrolment.learner_id == request.user.pk,
            "filters": filters,
            "page": page,
            "weeks": reads.weeks_of(enrolment, rows, page.object_list, on=today, missing=missing),
            "totals": reads.totals_of(rows, on=today),
            "has_any": permitted.exists(),
            "may_look_after": standing.may(Permission.ENROLMENT_CHANGE),
            "can_create": standing.may(Permission.ACTIVITY_CREATE) and enrolment.status in OPEN_ENROLMENTS,
            "choices": choices,
        }
        template = "programmes/_activity_weeks.html" if self.is_partial() else "programmes/activity_list.html"
        return render(request, template, context)

    def is_partial(self) -> bool:
        """Whether htmx asks for the list alone."""
        return bool(self.request.htmx) and not self.request.htmx.boosted  # type: ignore[attr-defined]


class OwnActivityListView(ActivityListView):
    """The learner's own list."""

    def enrolment(self) -> Enrolment:
        return own_enrolment(self.request)


class EnrolmentActivityListView(ActivityListView):
    """The list of a learner whom the reader supports."""

    def enrolment(self) -> Enrolment:
        rows = Enrolment.objects.select_related("learner", "organisation", "cohort__programme")
        enrolment: Enrolment = permitted_or_404(
            self.request, rows, Permission.PROGRESS_READ, self.kwargs["pk"]
        )
        return enrolment
