"""The person's own settings, and the language switch that stands on every page."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import View

from people import actions
from people.forms import ProfileForm
from people.models import User


class ProfileView(View):
    """Name, language, time zone and colours."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, ProfileForm(instance=request.user))

    def post(self, request: HttpRequest) -> HttpResponse:
        person = User.objects.get(
            pk=request.user.pk
        )  # a copy: a refused form must not change the page's frame
        form = ProfileForm(request.POST, instance=person)
        if not form.is_valid():
            return self._page(request, form)
        actions.change_profile(person=person, by=person)
        with translation.override(person.language):
            messages.success(request, _("Your settings were saved."))
        return redirect("people:profile")

    def _page(self, request: HttpRequest, form: ProfileForm) -> HttpResponse:
        context = {"form": form, "has_second_step": is_mfa_enabled(request.user)}
        return render(request, "people/profile.html", context)


@method_decorator(login_not_required, name="dispatch")
class LanguageView(View):
    """Switch the language: for the person when signed in, in a cookie for a visitor."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        language = request.POST.get("language", "")
        if language not in dict(settings.LANGUAGES):
            return HttpResponseBadRequest("Unknown language.", "text/plain")
        target = request.POST.get("next", "")
        is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
        # Not redirect(): it takes a text without a slash for the name of a route.
        response = HttpResponseRedirect(target if is_ours and "/" in target else "/")
        if request.user.is_authenticated:
            actions.change_language(person=request.user, language=language)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=365 * 24 * 3600,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        )
        return response
