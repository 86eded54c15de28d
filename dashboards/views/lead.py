"""The programme lead's home."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dashboards import queries
from dashboards.views.homes import ROWS_A_PAGE, RoleHomeView
from downloads.tables import wanted_format
from downloads.views import table_or_export
from people.models import Organisation
from people.permissions import Permission
from programmes.models import Enrolment, Programme
from programmes.queries import progress
from programmes.queries.breaks import breaks_waiting_for


class LeadView(RoleHomeView):
    """The programme lead's page: the programmes they lead and everybody under way in them."""

    key = "lead"

    def get(self, request: HttpRequest) -> HttpResponse:
        programmes = Programme.objects.permitted_to(self.user, Permission.PROGRAMME_WATCH)
        if wanted := wanted_format(request):
            return table_or_export(request, "learners", wanted)
        if wanted := wanted_format(request, "activities"):
            return table_or_export(request, "activities", wanted)
        page = Paginator(queries.led_by(self.user), ROWS_A_PAGE).get_page(request.GET.get("page"))
        ids = [row.pk for row in page.object_list]
        rows = progress.progress_of(
            Enrolment.objects.filter(pk__in=ids).order_by("learner__display_name", "pk"), on=self.today
        )
        may_create = Organisation.objects.permitted_to(self.user, Permission.PROGRAMME_CREATE).exists()
        programmes = programmes.prefetch_related("units")
        context = {
            "programmes": programmes,
            "page": page,
            "rows": rows,
            "may_create": may_create,
            "breaks_waiting": breaks_waiting_for(self.user),
        }
        return render(request, "dashboards/lead.html", context)
