"""The coach's and the mentor's home, and all their learners."""

from django.core.paginator import Paginator
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
from programmes.queries.cover import covered_today
from programmes.queries.goals import goals_for
from programmes.queries.progress_status import LOOKS, Level

CASELOAD_SHOWN = 8


class QueueView(RoleHomeView):
    """What waits for a coach or mentor, oldest first, and of their learners those to look at first."""

    key = "queue"

    def get(self, request: HttpRequest) -> HttpResponse:
        waiting = activities.waiting_for(self.user)
        learners = queries.learners_of(waiting)
        chosen = next((row for row in learners if str(row.pk) == request.GET.get("learner")), None)
        shown = waiting.filter(enrolment=chosen) if chosen else waiting
        page = Paginator(activities.for_queue(shown), ROWS_A_PAGE).get_page(request.GET.get("page"))
        mine = queries.supported_by(self.user, Relation.COACH, Relation.MENTOR)
        rows = queries.worst_first(progress.progress_of(mine, on=self.today))
        if wanted := wanted_format(request, "waiting"):
            every = queries.with_checks(activities.for_queue(shown), reader=self.user)
            return table_response(waiting_table(every), wanted)
        if wanted := wanted_format(request, "learners"):
            return table_response(progress_table(rows, title=_("Your learners")), wanted)
        context = {
            "page": page,
            "entries": queries.with_checks(page.object_list, reader=self.user),
            "waiting_count": waiting.count() if chosen else page.paginator.count,
            "learners": learners,
            "chosen": chosen,
            "applications": list(applications_for(self.user)[:ROWS_A_PAGE]),
            "breaks_waiting": breaks_waiting_for(self.user),
            "goals_waiting": list(goals_for(self.user)[:ROWS_A_PAGE]),
            "caseload": rows[:CASELOAD_SHOWN],
            "caseload_count": len(rows),
            "covered": covered_today(self.user, on=self.today),
            "may_set_cover": self.hats.is_coach,
            "companies": len({row.enrolment.organisation_id for row in rows}),
            "today": self.today,
        }
        return render(request, "dashboards/queue.html", context)


class CaseloadView(RoleHomeView):
    """All learners of a coach or mentor, the worst first, with filters in the address."""

    key = "queue"

    def get(self, request: HttpRequest) -> HttpResponse:
        mine = queries.supported_by(self.user, Relation.COACH, Relation.MENTOR)
        rows = queries.worst_first(progress.progress_of(mine, on=self.today))
        companies = sorted({row.enrolment.organisation for row in rows}, key=lambda row: (row.name, row.pk))
        company = next((row for row in companies if str(row.pk) == request.GET.get("company")), None)
        levels = [level for level in Level if any(row.status.level == level for row in rows)]
        level = next((level for level in levels if level == request.GET.get("status")), None)
        shown = [
            row
            for row in rows
            if (company is None or row.enrolment.organisation_id == company.pk)
            and (level is None or row.status.level == level)
        ]
        if wanted := wanted_format(request):
            return table_response(progress_table(shown, title=_("Your learners")), wanted)
        page = Paginator(shown, ROWS_A_PAGE).get_page(request.GET.get("page"))
        context = {
            "page": page,
            "count": len(rows),
            "companies": companies,
            "company": company,
            "levels": [(one.value, LOOKS[one][2]) for one in levels],
            "level": level,
            "covered": covered_today(self.user, on=self.today),
        }
        return render(request, "dashboards/caseload.html", context)
