"""The signed-in person's language, time zone and roles for the length of a request."""

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from people.permissions import roles_remembered


class PreferencesMiddleware:
    """Activates what the person has chosen; visitors keep what LocaleMiddleware found in cookie or browser.

    A person's roles are worked out once a request, after the language and time zone that decide what today is.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with roles_remembered():
            return self._in_own_words(request)

    def _in_own_words(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        translation.activate(user.language)
        request.LANGUAGE_CODE = user.language
        with timezone.override(zoneinfo.ZoneInfo(user.time_zone)):
            return self.get_response(request)
