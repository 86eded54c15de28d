"""The organisation administrator's home."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dashboards import queries
from dashboards.exporters import enrolments_table, groups_table
from dashboards.views.homes import ROWS_A_PAGE, RoleHomeView
from downloads.tables import table_response, wanted_format
from people.permissions import Permission
from programmes.models import Enrolment


class OrganisationView(RoleHomeView):
    """The organisation administrator's page: who is in a programme, and totals that point at nobody."""

    key = "organisation"

    def get(self, request: HttpRequest) -> HttpResponse:
        organisations = [
            (organisation, queries.organisation_groups(organisation, on=self.today))
            for organisation in queries.administered_by(self.user)
        ]
        people = Enrolment.objects.permitted_to(self.user, Permission.ENROLMENT_READ).filter(
            organisation__in=[organisation.pk for organisation, _groups in organisations]
        )
        people = people.select_related("learner", "organisation", "cohort__programme")
        people = people.order_by("learner__display_name", "pk")
        if wanted := wanted_format(request, "people"):
            return table_response(enrolments_table(people), wanted)
        for organisation, groups in organisations:
            if wanted := wanted_format(request, f"totals-{organisation.pk}"):
                return table_response(groups_table(groups, title=organisation.name), wanted)
        page = Paginator(people, ROWS_A_PAGE).get_page(request.GET.get("page"))
        context = {"organisations": organisations, "page": page, "smallest": queries.SMALLEST_GROUP}
        return render(request, "dashboards/organisation.html", context)
