"""Who is in a programme: enrolling somebody, their dates, and who supports them."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from notifications.tasks import wake_up
from people.models import Organisation
from people.permissions import Permission, standing_of
from people.views.permitted import permitted_or_404
from programmes import actions
from programmes.forms import (
    EmployerForm,
    EnrolForm,
    InviteForm,
    InviteSupportForm,
    PlacementForm,
    SupportForm,
    placement_in,
    placement_of,
)
from programmes.models import Cohort, Enrolment, SupportRole
from programmes.queries import support as reads
from programmes.queries.choices import home_of
from programmes.views.cohorts import cohort_or_404
from programmes.views.pages import Frame, crumbs_to, refuse, show_form


def enrolment_or_404(request: HttpRequest, pk: int) -> Enrolment:
    """The enrolment, when the person may change it."""
    rows = Enrolment.objects.select_related(
        "learner", "organisation", "team", "cohort__programme__organisation"
    )
    enrolment: Enrolment = permitted_or_404(request, rows, Permission.ENROLMENT_CHANGE, pk)
    return enrolment


def employer_in(request: HttpRequest, cohort: Cohort) -> tuple[EmployerForm, Organisation | None]:
    """The first question, and the employer when the address answers it with one of those offered."""
    form = EmployerForm(
        request.GET if "employer" in request.GET else None, provider=cohort.programme.organisation
    )
    return form, form.cleaned_data["employer"] if form.is_valid() else None


class EnrolmentCreateView(View):
    """Enrol somebody: first the employer, then who of its people, when and how much."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.cohort = cohort_or_404(request, kwargs["pk"], Permission.ENROLMENT_CHANGE)
        self.employer_form, self.employer = employer_in(request, self.cohort)
        if not self.cohort.programme.is_open:
            messages.error(request, _("This programme is archived. Open it again before you add to it."))
            return redirect("programmes:cohort_detail", pk=self.cohort.pk)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if self.employer is None:
            return self.show(None)
        return self.show(self.form(initial=placement_in(self.cohort)))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if self.employer is None:
            return self.show(None)
        form = self.form(request.POST)
        if form.is_valid():
            try:
                enrolment = self.enrol(form)
            except ValidationError as error:
                refuse(form, error)
            else:
                name = enrolment.learner.display_name
                messages.success(
                    request, _("%(name)s is invited. Choose who supports them next.") % {"name": name}
                )
                return redirect("programmes:enrolment_detail", pk=enrolment.pk)
        return self.show(form)

    def form(self, *args: Any, **kwargs: Any) -> PlacementForm:
        return EnrolForm(*args, cohort=self.cohort, employer=self.employer, **kwargs)

    def enrol(self, form: PlacementForm) -> Enrolment:
        return actions.enrol_learner(
            cohort=self.cohort,
            learner=form.cleaned_data["learner"],
            employer=self.employer,
            placement=form.placement(),
            by=self.request.user,
        )

    def frame(self) -> Frame:
        intro = _("They get an invitation on their home page and start the programme themselves.")
        return Frame(_("Enrol a learner"), crumbs_to(self.cohort), _("Enrol and invite"), intro)

    def show(self, form: PlacementForm | None) -> HttpResponse:
        return render(
            self.request,
            "programmes/enrolment_form.html",
            {
                "frame": self.frame(),
                "form": form,
                "cohort": self.cohort,
                "employer_form": self.employer_form,
                "employer": self.employer,
            },
        )


class EnrolmentInviteView(EnrolmentCreateView):
    """The same for somebody who is not at the employer yet: invited there and enrolled in one step."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if self.employer is None:
            return self.show(None)
        return self.show(self.form(initial=placement_in(self.cohort) | {"language": request.user.language}))

    def form(self, *args: Any, **kwargs: Any) -> InviteForm:
        return InviteForm(*args, employer=self.employer, **kwargs)

    def enrol(self, form: Any) -> Enrolment:
        enrolment = actions.invite_learner(
            cohort=self.cohort,
            newcomer=form.newcomer(),
            employer=self.employer,
            placement=form.placement(),
            by=self.request.user,
        )
        wake_up()
        return enrolment

    def frame(self) -> Frame:
        intro = _("They get an e-mail, join the employer, and then find the programme on their home page.")
        return Frame(_("Invite somebody new"), crumbs_to(self.cohort), _("Enrol and invite"), intro)


class EnrolmentDetailView(View):
    """One enrolment as its lead looks after it: where it stands, the dates, who supports, breaks."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        enrolment, today = enrolment_or_404(request, pk), timezone.localdate()
        standing = standing_of(request.user, enrolment)
        context = {
            "enrolment": enrolment,
            "crumbs": crumbs_to(enrolment.cohort),
            "support": reads.support_of(enrolment, on=today),
            "breaks": list(enrolment.breaks.order_by("-starts_on")),
            "has_ended": enrolment.status in actions.ENDED,
            "may_start": enrolment.status == Enrolment.Status.INVITED
            or (enrolment.status == Enrolment.Status.ONBOARDING and enrolment.starts_on <= today),
            "may_read_breaks": standing.may(Permission.BREAK_READ),
            "may_read_progress": standing.may(Permission.PROGRESS_READ),
        }
        return render(request, "programmes/enrolment_detail.html", context)


class EnrolmentChangeView(View):
    """Other dates, another team, other contracted hours."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        enrolment = enrolment_or_404(request, pk)
        form = PlacementForm(initial=placement_of(enrolment), employer=enrolment.organisation)
        return self.show(request, enrolment, form)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        enrolment = enrolment_or_404(request, pk)
        form = PlacementForm(request.POST, employer=enrolment.organisation)
        if form.is_valid():
            try:
                actions.change_enrolment(enrolment=enrolment, placement=form.placement(), by=request.user)
            except ValidationError as error:
                refuse(form, error)
            else:
                messages.success(request, _("The enrolment was changed."))
                return redirect("programmes:enrolment_detail", pk=pk)
        return self.show(request, enrolment, form)

    def show(self, request: HttpRequest, enrolment: Enrolment, form: PlacementForm) -> HttpResponse:
        title = _("Dates and hours of %(name)s") % {"name": enrolment.learner.display_name}
        intro = _("Other dates change what is expected by today: it follows the days of the enrolment.")
        return show_form(request, form, Frame(title, crumbs_to(enrolment), _("Save the changes"), intro))


def role_or_404(role: str) -> str:
    """A support role out of an address."""
    if role not in SupportRole.Role.values:
        raise Http404
    return role


class SupportChangeView(View):
    """Who takes a support role, and from which day."""

    def get(self, request: HttpRequest, pk: int, role: str) -> HttpResponse:
        enrolment, role = enrolment_or_404(request, pk), role_or_404(role)
        form = SupportForm(initial={"starts_on": timezone.localdate()}, enrolment=enrolment, role=role)
        return self.show(enrolment, role, form)

    def post(self, request: HttpRequest, pk: int, role: str) -> HttpResponse:
        enrolment, role = enrolment_or_404(request, pk), role_or_404(role)
        form = SupportForm(request.POST, enrolment=enrolment, role=role)
        if form.is_valid():
            try:
                actions.change_support(enrolment=enrolment, role=role, **form.cleaned_data, by=request.user)
            except ValidationError as error:
                refuse(form, error)
            else:
                name = form.cleaned_data["person"].display_name
                messages.success(request, _("%(name)s supports this learner.") % {"name": name})
                return redirect("programmes:enrolment_detail", pk=pk)
        return self.show(enrolment, role, form)

    def show(self, enrolment: Enrolment, role: str, form: SupportForm) -> HttpResponse:
        invite = (
            ""
            if role == SupportRole.Role.COACH
            else reverse("programmes:support_invite", args=[enrolment.pk, role])
        )
        return show_form(self.request, form, support_frame(enrolment, role), invite_url=invite)


class SupportInviteView(View):
    """A mentor or line manager who is not at the employer yet; a coach belongs to the provider."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.enrolment = enrolment_or_404(request, kwargs["pk"])
        self.role = role_or_404(kwargs["role"])
        if self.role == SupportRole.Role.COACH:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int, role: str) -> HttpResponse:
        initial = {"starts_on": timezone.localdate(), "language": request.user.language}
        return self.show(InviteSupportForm(initial=initial))

    def post(self, request: HttpRequest, pk: int, role: str) -> HttpResponse:
        form = InviteSupportForm(request.POST)
        if form.is_valid():
            try:
                actions.invite_supporter(
                    enrolment=self.enrolment,
                    role=self.role,
                    newcomer=form.newcomer(),
                    starts_on=form.cleaned_data["starts_on"],
                    by=request.user,
                )
            except ValidationError as error:
                refuse(form, error)
            else:
                wake_up()
                name = form.cleaned_data["display_name"]
                messages.success(
                    request, _("%(name)s is invited and supports this learner.") % {"name": name}
                )
                return redirect("programmes:enrolment_detail", pk=pk)
        return self.show(form)

    def show(self, form: InviteSupportForm) -> HttpResponse:
        frame = support_frame(self.enrolment, self.role)
        intro = _("They get an e-mail and join %(organisation)s. Access begins when they have joined.")
        intro = intro % {"organisation": self.enrolment.organisation.name}
        return show_form(self.request, form, replace(frame, intro=intro, button=_("Invite")))


def support_frame(enrolment: Enrolment, role: str) -> Frame:
    """The frame of the page for a support role, in whole sentences for each of the three."""
    titles = {
        SupportRole.Role.COACH.value: _("Coach of %(name)s"),
        SupportRole.Role.MENTOR.value: _("Workplace mentor of %(name)s"),
        SupportRole.Role.MANAGER.value: _("Line manager of %(name)s"),
    }
    intro = _("You can choose people of %(organisation)s. Access follows these days.")
    if role == SupportRole.Role.COACH:
        intro = _("You can choose people who coach at %(organisation)s. Access follows these days.")
    organisation = home_of(role, enrolment).name
    return Frame(
        titles[role] % {"name": enrolment.learner.display_name},
        crumbs_to(enrolment),
        _("Save the change"),
        intro % {"organisation": organisation},
    )
