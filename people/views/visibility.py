"""Who can see my data: the rights of others, said to the person whose data it is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from people.queries.visibility import places_of


class VisibilityView(View):
    """For each kind of the person's data: who may see it today, and who only with a reason that is logged."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "people/visibility.html", {"places": places_of(request.user)})
