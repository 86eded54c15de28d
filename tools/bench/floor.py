"""The least that a signed-in page costs here: session, person, one query with two joins, twenty rows of HTML."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from programmes.models import ActivityEntry

ROWS = 20


def floor(request: HttpRequest) -> HttpResponse:
    """Twenty of the person's activities in a bare table of about 3.3 KB."""
    rows = ActivityEntry.objects.filter(enrolment__learner=request.user.pk).select_related("strategy")[:ROWS]
    return render(request, "bench_floor.html", {"rows": rows})


class CountQueriesMiddleware:
    """Says in a header how many queries the request made, those of the session included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = 0

        def count(execute: Any, *args: Any) -> Any:
            nonlocal number
            number += 1
            return execute(*args)

        with connection.execute_wrapper(count):
            response = self.get_response(request)
        response["X-Bench-Queries"] = str(number)
        return response
