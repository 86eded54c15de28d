"""The line manager's home."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from dashboards import queries
from dashboards.exporters import approvals_table, heat_table
from dashboards.queries.heat import SORTS, heat_maps
from dashboards.queries.month import month_hours, month_span, sum_of
from dashboards.queries.value import confirmed_for, headline, newest
from dashboards.queries.waiting import SECONDS_EACH, everything_waiting
from dashboards.views.homes import RoleHomeView
from downloads.tables import table_response, wanted_format
from people.permissions import Relation
from programmes.exporters import progress_table
from programmes.queries import progress
from programmes.queries.applications import value_of


class TeamView(RoleHomeView):
    """The line manager's page: what waits for them, how the team stands, who learned what, what it brought."""

    key = "team"

    def get(self, request: HttpRequest) -> HttpResponse:
        team = queries.supported_by(self.user, Relation.MANAGER)
        rows = queries.worst_first(progress.progress_of(team, on=self.today))
        sort = request.GET.get("sort", "")
        maps = heat_maps(
            [row.enrolment for row in rows],
            self.user,
            sort=sort if sort in SORTS else SORTS[0],
            area=request.GET.get("area", ""),
            only=request.GET.get("learner", ""),
        )
        if wanted := wanted_format(request, "waiting"):
            return table_response(approvals_table(everything_waiting(self.user, on=self.today)), wanted)
        if wanted := wanted_format(request, "team"):
            return table_response(progress_table(rows, title=_("Your team")), wanted)
        for heat in maps:
            if wanted := wanted_format(request, heat.table):
                return table_response(heat_table(heat), wanted)
        context = {"maps": maps, "sort": sort, "learner": request.GET.get("learner", "")}
        context |= self.figures(rows)
        return render(request, "dashboards/team.html", context)

    def figures(self, rows: list[progress.Progress]) -> dict[str, Any]:
        """All of the page but the heat map."""
        span = month_span(self.today.year, self.today.month, today=self.today)
        waiting = everything_waiting(self.user, on=self.today)
        self.request.waiting_number = waiting.number  # type: ignore[attr-defined] # for the menu
        members = queries.members_of(rows, on=self.today)
        team = queries.supported_by(self.user, Relation.MANAGER)
        value = value_of(team)
        return {
            "waiting": waiting,
            "seconds_each": SECONDS_EACH,
            "members": members,
            "team_goals": queries.team_goals(members, on=self.today),
            "sums": queries.team_sums(rows),
            "rate": queries.rate_of_members(members),
            "month": span,
            "off_this_month": sum_of(month_hours(rows, span), progress.Kind.OFF_JOB),
            "value": value,
            "headline": headline(value),
            "cards": newest(confirmed_for(team, self.user)),
            "today": self.today,
        }
