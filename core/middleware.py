"""What holds for every request, whatever the page."""

import codecs
import uuid
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils.cache import patch_cache_control

from core.audit import request_id

GetResponse = Callable[[HttpRequest], HttpResponse]


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
