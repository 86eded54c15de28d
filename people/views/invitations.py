"""The page behind the link in an invitation mail."""

from typing import Any

from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters

from people import actions
from people.forms import OpenAccountForm
from people.models import Invitation, User
from people.queries.invitations import invitation_of, needs_account

ACTION = "invitation"  # its rate is in settings.ACCOUNT_RATE_LIMITS, beside that of signing in


@method_decorator([login_not_required, sensitive_post_parameters()], name="dispatch")
class InvitationView(View):
    """See the invitation and accept it. Looking changes nothing: programs that read mail follow links too."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not ratelimit.consume(request, action=ACTION):
            return ratelimit.respond_429(request)
        self.invitation = invitation_of(kwargs["token"])
        with translation.override(self._language(request)):
            if self.invitation is None or self.invitation.state != Invitation.State.PENDING:
                return self._closed(request)
            if request.user.is_authenticated and request.user.pk != self.invitation.person_id:
                return render(request, "people/invitation_other.html", status=403)
            return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        form = OpenAccountForm(instance=self.invitation.person) if self._is_new(request) else None
        return self._page(request, form)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        if self._is_new(request):
            return self._open_account(request)
        if not request.user.is_authenticated:
            return redirect(f"{reverse('account_login')}?next={request.path}")
        try:
            actions.accept_invitation(invitation=self.invitation, by=request.user)
        except actions.InvitationClosed:
            return self._closed(request)
        self._welcome(request)
        return redirect("dashboards:home")

    def _open_account(self, request: HttpRequest) -> HttpResponse:
        person = User.objects.get(pk=self.invitation.person_id)
        form = OpenAccountForm(request.POST, instance=person)
        if not form.is_valid():
            return self._page(request, form)
        try:
            person = actions.open_account(invitation=self.invitation, account=form.account())
        except actions.InvitationClosed:
            return self._closed(request)
        with translation.override(person.language):
            self._welcome(request)
        return perform_login(request, person, redirect_url=reverse("dashboards:home"))

    def _is_new(self, request: HttpRequest) -> bool:
        return not request.user.is_authenticated and needs_account(self.invitation.person)

    def _language(self, request: HttpRequest) -> str:
        """The language in which the person was invited, until they choose one."""
        has_chosen = request.user.is_authenticated or settings.LANGUAGE_COOKIE_NAME in request.COOKIES
        if has_chosen or self.invitation is None or self.invitation.state != Invitation.State.PENDING:
            return translation.get_language()
        return self.invitation.language

    def _page(self, request: HttpRequest, form: OpenAccountForm | None) -> HttpResponse:
        context = {"invitation": self.invitation, "form": form}
        return render(request, "people/invitation.html", context)

    def _closed(self, request: HttpRequest) -> HttpResponse:
        """One answer for links that never were and links that were used, whoever asks; only the person is told."""
        is_own = self.invitation is not None and request.user.pk == self.invitation.person_id
        if is_own:
            self.invitation.refresh_from_db()
        context = {"invitation": self.invitation if is_own else None}
        return render(request, "people/invitation_closed.html", context, status=404)

    def _welcome(self, request: HttpRequest) -> None:
        text = _("Welcome! You now belong to %(organisation)s.")
        messages.success(request, text % {"organisation": self.invitation.organisation.name})
