"""Who belongs to an organisation, and who is invited to: for those who look after it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from downloads.tables import table_response, wanted_format
from notifications.tasks import wake_up
from people import actions
from people.exporters import invitations_table, memberships_table
from people.forms import EndMembershipForm, InvitationFilter, InviteForm, MembershipFilter
from people.models import Invitation, Membership, Organisation
from people.permissions import Permission, standing_of
from people.views.permitted import permitted_or_404

ROWS_A_PAGE = 25


class OrganisationListView(View):
    """The organisations that the person looks after; straight on where there is one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = Organisation.objects.permitted_to(request.user, Permission.INVITATION_CREATE)
        page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
        if not page.paginator.count:
            raise PermissionDenied
        if page.paginator.count == 1:
            return redirect("people:organisation_people", page.object_list[0].pk)
        return render(request, "people/organisation_list.html", {"page": page})


class OrganisationPageView(View):
    """A page about one organisation, for who may invite people to it."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method.lower() not in self.http_method_names:
            return self.http_method_not_allowed(request)
        rows = Organisation.objects.all()
        self.organisation: Organisation = permitted_or_404(
            request, rows, Permission.INVITATION_CREATE, kwargs["pk"]
        )
        self.standing = standing_of(request.user, self.organisation)
        self.may_change = self.standing.may(Permission.MEMBERSHIP_CHANGE)
        return super().dispatch(request, *args, **kwargs)

    def context(self, **more: Any) -> dict[str, Any]:
        """What every page of the organisation shows."""
        return {"organisation": self.organisation, "may_change": self.may_change, **more}

    def permitted_invitations(self) -> Any:
        """The organisation's invitations to roles that the person may give."""
        roles = actions.roles_to_give(self.request.user, self.organisation)
        rows = Invitation.objects.permitted_to(self.request.user, Permission.INVITATION_CREATE)
        return rows.filter(organisation=self.organisation, role__in=roles).select_related(
            "organisation", "team", "invited_by", "person"
        )

    def to_invitations(self) -> HttpResponse:
        return redirect("people:organisation_invitations", self.organisation.pk)


class OrganisationPeopleView(OrganisationPageView):
    """Memberships, with filters in the address. Who may only invite is led to the invitations."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.may_change:
            return self.to_invitations()
        permitted = Membership.objects.permitted_to(request.user, Permission.MEMBERSHIP_CHANGE)
        rows = permitted.filter(organisation=self.organisation).select_related("person", "team")
        filters = MembershipFilter(request.GET, queryset=rows)
        ordered = filters.qs.order_by("person__display_name", "person", "starts_on", "pk")
        if wanted := wanted_format(request):
            title = _("People of %(name)s") % {"name": self.organisation.name}
            return table_response(memberships_table(ordered, title=title), wanted)
        context = self.context(
            filters=filters,
            page=Paginator(ordered, ROWS_A_PAGE).get_page(request.GET.get("page")),
            waiting=self.permitted_invitations().unanswered().count(),
        )
        return render(request, "people/organisation_people.html", context)


class OrganisationInvitationsView(OrganisationPageView):
    """Invitations, with filters in the address."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        filters = InvitationFilter(request.GET, queryset=self.permitted_invitations())
        if wanted := wanted_format(request):
            title = _("Invitations to %(name)s") % {"name": self.organisation.name}
            return table_response(invitations_table(filters.qs, title=title), wanted)
        context = self.context(
            filters=filters,
            page=Paginator(filters.qs, ROWS_A_PAGE).get_page(request.GET.get("page")),
        )
        return render(request, "people/organisation_invitations.html", context)


class InvitationCreateView(OrganisationPageView):
    """Invite somebody."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(InviteForm(organisation=self.organisation, by=request.user))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = InviteForm(request.POST, organisation=self.organisation, by=request.user)
        if not form.is_valid():
            return self._page(form)
        invitation = actions.invite_person(
            organisation=self.organisation, by=request.user, **form.cleaned_data
        )
        wake_up()
        messages.success(request, _("%(email)s is invited.") % {"email": invitation.email})
        return self.to_invitations()

    def _page(self, form: InviteForm) -> HttpResponse:
        return render(self.request, "people/invitation_form.html", self.context(form=form))


class InvitationPageView(OrganisationPageView):
    """A page about one of the organisation's invitations."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.wanted = kwargs["invitation"]
        return super().dispatch(request, *args, **kwargs)

    def invitation(self) -> Invitation:
        found: Invitation = get_object_or_404(self.permitted_invitations(), pk=self.wanted)
        return found

    def answered(self) -> HttpResponse:
        messages.warning(self.request, _("This invitation has been answered or taken back meanwhile."))
        return self.to_invitations()


class InvitationResendView(InvitationPageView):
    """A new link by mail; the old one dies."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int, invitation: int) -> HttpResponse:
        found = self.invitation()
        try:
            actions.resend_invitation(invitation=found, by=request.user)
        except actions.InvitationClosed:
            return self.answered()
        wake_up()
        text = _("The invitation to %(email)s was sent again. The link in the earlier mail no longer works.")
        messages.success(request, text % {"email": found.email})
        return self.to_invitations()


class InvitationRevokeView(InvitationPageView):
    """Take an invitation back, after a page that says what it means."""

    def get(self, request: HttpRequest, pk: int, invitation: int) -> HttpResponse:
        return render(request, "people/invitation_revoke.html", self.context(invitation=self.invitation()))

    def post(self, request: HttpRequest, pk: int, invitation: int) -> HttpResponse:
        found = self.invitation()
        try:
            actions.revoke_invitation(invitation=found, by=request.user)
        except actions.InvitationClosed:
            return self.answered()
        messages.success(request, _("The invitation to %(email)s was taken back.") % {"email": found.email})
        return self.to_invitations()


class MembershipEndView(OrganisationPageView):
    """End a membership with a date, after a page that says what it means."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        rows = Membership.objects.select_related("person", "organisation")
        self.membership: Membership = permitted_or_404(
            request, rows, Permission.MEMBERSHIP_CHANGE, kwargs["membership"]
        )
        if self.membership.organisation_id != kwargs["pk"]:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int, membership: int) -> HttpResponse:
        return self._page(EndMembershipForm(initial={"ends_on": timezone.localdate()}))

    def post(self, request: HttpRequest, pk: int, membership: int) -> HttpResponse:
        form = EndMembershipForm(request.POST)
        if not form.is_valid():
            return self._page(form)
        day = form.cleaned_data["ends_on"]
        try:
            actions.end_membership(membership=self.membership, on=day, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
            return self._page(form)
        except actions.MembershipEnded:
            messages.warning(request, _("This membership ends by then already."))
        else:
            text = _("The membership of %(name)s has a last day now.")
            messages.success(request, text % {"name": self.membership.person.display_name})
        return redirect("people:organisation_people", pk)

    def _page(self, form: EndMembershipForm) -> HttpResponse:
        is_own = self.membership.person_id == self.request.user.pk
        context = self.context(form=form, membership=self.membership, is_own=is_own)
        return render(self.request, "people/membership_end.html", context)
