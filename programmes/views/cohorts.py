"""Cohorts: making and changing them, and who is in them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from downloads.tables import table_response, wanted_format
from downloads.views import table_or_export
from people.permissions import Permission, standing_of
from people.views.permitted import permitted_or_404
from programmes import actions
from programmes.exporters import cohort_table
from programmes.forms import CohortForm, EnrolmentFilter
from programmes.models import Cohort, Enrolment
from programmes.views.pages import Frame, crumbs_to, refuse, show_form, show_question
from programmes.views.programmes import programme_or_404

ROWS_A_PAGE = 25


def cohort_or_404(request: HttpRequest, pk: int, permission: Permission) -> Cohort:
    """The cohort, when the person holds the permission on it."""
    rows = Cohort.objects.select_related("programme__organisation")
    cohort: Cohort = permitted_or_404(request, rows, permission, pk)
    return cohort


class CohortDetailView(View):
    """Who is in a cohort, with filters in the address."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        cohort = cohort_or_404(request, pk, Permission.COHORT_CHANGE)
        standing = standing_of(request.user, cohort)
        enrolments = Enrolment.objects.filter(cohort=cohort).select_related("learner", "organisation", "team")
        filters = EnrolmentFilter(request.GET, queryset=enrolments)
        ordered = filters.qs.order_by("learner__display_name", "pk")
        if wanted := wanted_format(request):
            return table_response(cohort_table(cohort, ordered), wanted)
        if wanted := wanted_format(request, "activities"):
            return table_or_export(request, "activities", wanted, {"cohort": str(pk)})
        page = Paginator(ordered, ROWS_A_PAGE)
        context = {
            "cohort": cohort,
            "programme": cohort.programme,
            "filters": filters,
            "page": page.get_page(request.GET.get("page")),
            "has_any": enrolments.exists(),
            "may_watch": standing.may(Permission.PROGRAMME_WATCH),
            "may_enrol": standing.may(Permission.ENROLMENT_CHANGE) and cohort.programme.is_open,
        }
        return render(request, "programmes/cohort_detail.html", context)


class CohortCreateView(View):
    """A new run of a programme."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        programme = programme_or_404(request, pk, Permission.COHORT_CHANGE)
        form = CohortForm(initial={"starts_on": timezone.localdate()})
        return show_form(request, form, self.frame(programme))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        programme = programme_or_404(request, pk, Permission.COHORT_CHANGE)
        form = CohortForm(request.POST)
        if form.is_valid():
            try:
                cohort = actions.create_cohort(programme=programme, **form.cleaned_data, by=request.user)
            except ValidationError as error:
                refuse(form, error)
            else:
                messages.success(request, _("The cohort was made. Enrol its learners next."))
                return redirect("programmes:cohort_detail", pk=cohort.pk)
        return show_form(request, form, self.frame(programme))

    def frame(self, programme):
        return Frame(_("New cohort"), crumbs_to(programme), _("Make the cohort"))


class CohortChangeView(View):
    """Another name or first day."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        cohort = cohort_or_404(request, pk, Permission.COHORT_CHANGE)
        form = CohortForm(initial={"name": cohort.name, "starts_on": cohort.starts_on})
        return show_form(request, form, self.frame(cohort))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        cohort = cohort_or_404(request, pk, Permission.COHORT_CHANGE)
        frame, form = self.frame(cohort), CohortForm(request.POST)
        if form.is_valid():
            try:
                actions.change_cohort(cohort=cohort, **form.cleaned_data, by=request.user)
            except ValidationError as error:
                refuse(form, error)
            else:
                messages.success(request, _("The cohort was changed."))
                return redirect("programmes:cohort_detail", pk=pk)
        return show_form(request, form, frame)

    def frame(self, cohort: Cohort) -> Frame:
        intro = _("The dates of the learners in it stay as they are.")
        title = _("Change “%(title)s”") % {"title": cohort.name}
        return Frame(title, crumbs_to(cohort), _("Save the changes"), intro)


class CohortRemoveView(View):
    """Delete a cohort that nobody was ever in."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        cohort = cohort_or_404(request, pk, Permission.COHORT_CHANGE)
        if cohort.enrolments.exists():
            messages.error(request, _("There are learners in this cohort, so it has to stay."))
            return redirect("programmes:cohort_detail", pk=pk)
        title = _("Remove “%(title)s”?") % {"title": cohort.name}
        frame = Frame(title, crumbs_to(cohort), _("Remove the cohort"), is_danger=True)
        return show_question(request, frame, [_("The cohort goes for good. Nobody was ever in it.")])

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        cohort = cohort_or_404(request, pk, Permission.COHORT_CHANGE)
        try:
            actions.remove_cohort(cohort=cohort, by=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("programmes:cohort_detail", pk=pk)
        messages.success(request, _("The cohort was removed."))
        return redirect("programmes:programme_detail", pk=cohort.programme_id)
