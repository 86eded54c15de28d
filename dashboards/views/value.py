"""What a team's learning brought, and its months: pages that belong to the line manager's home."""

import datetime as dt

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from dashboards import queries
from dashboards.exporters import month_table, value_table
from dashboards.queries.month import month_of, month_span
from dashboards.queries.value import confirmed_for, months_of
from dashboards.views.homes import ROWS_A_PAGE, RoleHomeView
from downloads.tables import table_response, wanted_format
from people.permissions import Relation
from programmes.queries.applications import value_over


class ValueView(RoleHomeView):
    """All confirmed applications of the team, of one learner or one month where wanted."""

    key = "team"

    def get(self, request: HttpRequest) -> HttpResponse:
        team = queries.supported_by(self.user, Relation.MANAGER)
        people = list(team.select_related("learner").order_by("learner__display_name", "pk"))
        chosen = next((row for row in people if str(row.pk) == request.GET.get("learner")), None)
        months = [timezone.localdate(moment) for moment in months_of(confirmed_for(team, self.user))]
        month = next((day for day in months if f"{day:%Y-%m}" == request.GET.get("month")), None)
        records = confirmed_for(team, self.user, learner=chosen, month=month)
        if wanted := wanted_format(request):
            return table_response(value_table(records), wanted)
        context = {
            "page": Paginator(records, ROWS_A_PAGE).get_page(request.GET.get("page")),
            "value": value_over(records),
            "people": people,
            "chosen": chosen,
            "months": months,
            "month": month,
        }
        return render(request, "dashboards/value.html", context)


class MonthView(RoleHomeView):
    """A month of the team on paper: hours, standing, goals, applications."""

    key = "team"

    def get(self, request: HttpRequest, year: int, month: int) -> HttpResponse:
        try:
            span = month_span(year, month, today=self.today)
        except (ValueError, OverflowError):
            raise Http404 from None
        if not dt.MINYEAR < year < dt.MAXYEAR:
            raise Http404
        team = queries.supported_by(self.user, Relation.MANAGER)
        rows = list(
            team.select_related("learner", "organisation", "cohort__programme__balance_rule").order_by("pk")
        )
        found = month_of(rows, self.user, span)
        if wanted := wanted_format(request):
            return table_response(month_table(found), wanted)
        context = {"month": found, "span": span, "today": self.today, "printed_at": timezone.localtime()}
        return render(request, "dashboards/month.html", context)
