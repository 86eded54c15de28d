"""The signed-in person's language, time zone and roles for the length of a request."""

import zoneinfo
from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from people.permissions import roles_of, roles_remembered


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


class SecondFactorMiddleware:
    """Where the site asks for it, whoever sees other people's data sets up a second factor before anything else."""

    OPEN = frozenset({"account_logout", "account_reauthenticate", "account_email", "people:language"})
    """Beside the pages of the second factor itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """To the page that sets it up, unless it is set up, not needed, or this page is on the way there."""
        match, user = request.resolver_match, request.user
        if not settings.MFA_REQUIRED or not user.is_authenticated or match is None:
            return None
        if match.view_name in self.OPEN or (match.url_name or "").startswith("mfa_"):
            return None
        if not roles_of(user).sees_others and not user.is_administrator:
            return None
        if is_mfa_enabled(user):
            return None
        messages.warning(
            request,
            _("Your role lets you see other people's data: set up a second step for signing in first."),
        )
        return redirect("mfa_index")
