"""The administrator's home."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dashboards.views.homes import RoleHomeView
from notifications.models import Delivery
from people.models import Organisation, User
from programmes.models import Programme
from standards.models import Framework


class SiteView(RoleHomeView):
    """The administrator's page: what is on this site, and the way to its settings."""

    key = "site"

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "people": User.objects.filter(is_active=True).count(),
            "organisations": Organisation.objects.count(),
            "programmes": Programme.objects.count(),
            "frameworks": Framework.objects.count(),
            "failed_mails": Delivery.objects.filter(status=Delivery.Status.FAILED).count(),
        }
        return render(request, "dashboards/site.html", context)
