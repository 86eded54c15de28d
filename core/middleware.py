"""What holds for every request, whatever the page."""

import codecs
import logging
import time
import uuid
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils.cache import patch_cache_control

from core.audit import request_id
from core.health import PROBES

GetResponse = Callable[[HttpRequest], HttpResponse]
requests = logging.getLogger("portal.request")
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})


class RequestIdMiddleware:
    """Gives each request an id, which the audit trail and the logs carry."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = request_id.set(str(uuid.uuid4()))
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request_id.get()
            return response
        finally:
            request_id.reset(token)


class RequestLogMiddleware:
    """One line for each request: its route's name and never its address, which may hold what somebody typed."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        response = self.get_response(request)
        if request.path_info in PROBES and response.status_code == 200:
            return response  # every few seconds, and nobody wants to know
        facts = {
            "method": request.method if request.method in METHODS else "other",
            "route": self.route_of(request),
            "status": response.status_code,
            "milliseconds": round((time.perf_counter() - begun) * 1000, 1),
        }
        requests.info("request", extra=facts)
        return response

    def route_of(self, request: HttpRequest) -> str:
        """The name of the route; "" for an address that is none, and for static files."""
        if request.resolver_match is not None:
            return request.resolver_match.view_name
        return request.path_info[1:] if request.path_info in PROBES else ""


class ProbeMiddleware:
    """Answers /livez and /readyz before anything asks for host, session or person.

    A probe comes from inside, by an address in place of the host's name. The routes of the same views give them their
    names, and are found in the list of what is public.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = PROBES.get(request.path_info)
        return view(request) if view else self.get_response(request)


class HeadersMiddleware:
    """Headers that Django has no setting for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated and "Cache-Control" not in response:
            patch_cache_control(response, private=True, no_store=True)
        return response


class RefuseBrokenTextMiddleware:
    """400 for text that no database column can hold or be compared with.

    That is a NUL byte in the address or in a cookie (inside a form its fields refuse it), and an encoding other than
    UTF-8: some, such as UTF-7, can say half a surrogate pair, which cannot be written as UTF-8 again.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self.has_nul(request) or codecs.lookup(request.encoding or "utf-8").name != "utf-8":
            return HttpResponseBadRequest("The request contains text that is not allowed.", "text/plain")
        return self.get_response(request)

    def has_nul(self, request: HttpRequest) -> bool:
        """Whether path, query or a cookie contains a NUL byte, however written."""
        query = unquote_to_bytes(request.META.get("QUERY_STRING", ""))
        return b"\x00" in query or any("\x00" in text for text in (request.path, *request.COOKIES.values()))
