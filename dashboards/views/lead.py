"""The programme lead's home."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from dashboards.views.homes import ROWS_A_PAGE, RoleHomeView
from downloads.tables import table_response, wanted_format
from people.models import Organisation
from people.permissions import Permission
from programmes.exporters import progress_table
from programmes.models import Enrolment, Programme
from programmes.queries import progress
from programmes.queries.breaks import breaks_waiting_for


class LeadView(RoleHomeView):
    """The programme lead's page: the programmes they lead and everybody under way in them."""

    key = "lead"

    def get(self, request: HttpRequest) -> HttpResponse:
        programmes = Programme.objects.permitted_to(self.user, Permission.PROGRAMME_WATCH)
        enrolments = Enrolment.objects.filter(cohort__programme__in=programmes.values("pk")).under_way()
        ordered = enrolments.permitted_to(self.user, Permission.PROGRESS_READ).order_by(
            "learner__display_name", "pk"
        )
        if wanted := wanted_format(request):
            rows = progress.progress_of(ordered, on=self.today)
            return table_response(progress_table(rows, title=_("Learners under way")), wanted)
        page = Paginator(ordered, ROWS_A_PAGE).get_page(request.GET.get("page"))
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
