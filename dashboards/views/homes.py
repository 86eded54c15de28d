"""The front page, the way to a home, and what every home has in common."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View

from dashboards import queries
from dashboards.context_processors import HOME_KEY, home_keys
from people.models import User

ROWS_A_PAGE = 25


@method_decorator(login_not_required, name="dispatch")
class LandingView(View):
    """What work-based learning is, for visitors; who is signed in goes to their home."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            return redirect("dashboards:home")
        return render(request, "dashboards/landing.html")


class HomeView(View):
    """To the home that the person used last, else to the first that they have."""

    def get(self, request: HttpRequest) -> HttpResponse:
        keys = home_keys(queries.hats_of(request.user))
        if not keys:
            return render(request, "dashboards/no_home.html")
        wanted = request.session.get(HOME_KEY, "")
        return redirect(f"dashboards:{wanted if wanted in keys else keys[0]}")


class RoleHomeView(View):
    """A home: only for who has the role, and remembered as the one in use."""

    key = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.user: User = request.user  # type: ignore[assignment]
        self.today = timezone.localdate()
        self.hats = queries.hats_of(self.user)
        # For the frame around the page, which would ask again.
        request.hats = self.hats  # type: ignore[attr-defined]
        if self.key not in home_keys(self.hats):
            raise PermissionDenied
        if request.session.get(HOME_KEY) != self.key:  # otherwise each visit would write the session
            request.session[HOME_KEY] = self.key
        return super().dispatch(request, *args, **kwargs)
