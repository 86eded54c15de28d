"""The line manager's home."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from dashboards import queries
from dashboards.views.homes import ROWS_A_PAGE, RoleHomeView
from downloads.tables import table_response, wanted_format
from people.permissions import Relation
from programmes.exporters import progress_table, waiting_table
from programmes.queries import activities, progress
from programmes.queries.applications import applications_for
from programmes.queries.breaks import breaks_waiting_for
from programmes.queries.goals import goals_for


class TeamView(RoleHomeView):
    """The line manager's page: hours, entries waiting for them, the team."""

    key = "team"

    def get(self, request: HttpRequest) -> HttpResponse:
        team = queries.supported_by(self.user, Relation.MANAGER)
        rows = queries.worst_first(progress.progress_of(team, on=self.today))
        waiting = activities.for_queue(activities.waiting_for(self.user))
        if wanted := wanted_format(request, "waiting"):
            return table_response(waiting_table(queries.with_checks(waiting, reader=self.user)), wanted)
        if wanted := wanted_format(request, "team"):
            return table_response(progress_table(rows, title=_("Your team")), wanted)
        context = {
            "rows": rows,
            "sums": queries.team_sums(rows),
            "waiting": queries.with_checks(waiting[:ROWS_A_PAGE], reader=self.user),
            "waiting_count": waiting.count(),
            "applications": list(applications_for(self.user)[:ROWS_A_PAGE]),
            "breaks_waiting": breaks_waiting_for(self.user),
            "goals_waiting": list(goals_for(self.user)[:ROWS_A_PAGE]),
            "team_goals": queries.team_goals([row.enrolment for row in rows], on=self.today),
            "week_starts_on": progress.monday(self.today),
            "today": self.today,
        }
        return render(request, "dashboards/team.html", context)
