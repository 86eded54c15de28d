"""Programmes: the list, one of them, making and changing it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from core.translated import translated_text
from downloads.tables import table_response, wanted_format
from downloads.views import table_or_export
from people.models import Organisation
from people.permissions import Permission, standing_of
from people.views.permitted import permitted_or_404
from programmes import actions
from programmes.exporters import programmes_table
from programmes.forms import ProgrammeCreateForm, ProgrammeFilter, ProgrammeForm
from programmes.models import Programme, ProgrammeRole
from programmes.queries import effects as foresight
from programmes.queries import programmes as reads
from programmes.views.pages import (
    Frame,
    changed_meanwhile,
    crumbs_to,
    has_to_ask,
    refuse,
    show_form,
    show_preview,
)

ROWS_A_PAGE = 25


def programme_or_404(request: HttpRequest, pk: int, permission: Permission) -> Programme:
    """The programme, when the person holds the permission on it."""
    rows = Programme.objects.select_related("organisation", "balance_rule")
    programme: Programme = permitted_or_404(request, rows, permission, pk)
    return programme


def may_create(request: HttpRequest) -> bool:
    """Whether there is a provider for which the person may make programmes."""
    return Organisation.objects.permitted_to(request.user, Permission.PROGRAMME_CREATE).exists()


class ProgrammeListView(View):
    """The programmes that the person leads or administers, with filters in the address."""

    def get(self, request: HttpRequest) -> HttpResponse:
        permitted = reads.programmes_for(request.user)
        has_any, creates = permitted.exists(), may_create(request)
        if not (has_any or creates):
            raise PermissionDenied
        filters = ProgrammeFilter(request.GET, queryset=permitted)
        if wanted := wanted_format(request):
            return table_response(programmes_table(filters.qs), wanted)
        page = Paginator(filters.qs, ROWS_A_PAGE).get_page(request.GET.get("page"))
        rows = [(row, reads.language_states(row, row.units.all())) for row in page.object_list]
        context = {"filters": filters, "page": page, "rows": rows, "has_any": has_any, "may_create": creates}
        return render(request, "programmes/programme_list.html", context)


class ProgrammeDetailView(View):
    """One programme: units with their criteria, what they cover, cohorts, plan, translations."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        programme = programme_or_404(request, pk, Permission.PROGRAMME_READ)
        standing = standing_of(request.user, programme)
        if wanted := wanted_format(request, "activities"):
            return table_or_export(request, "activities", wanted, {"programme": str(pk)})
        units = reads.units_of(programme)
        cohorts = Paginator(reads.cohorts_of(programme), ROWS_A_PAGE).get_page(request.GET.get("page"))
        leads = ProgrammeRole.objects.filter(programme=programme).current(on=timezone.localdate())
        context = {
            "programme": programme,
            "units": units,
            "coverage": reads.coverage_of(programme, units),
            "languages": reads.language_states(programme, units),
            "unit_minutes": sum(unit.planned_minutes for unit in units),
            "cohorts": cohorts,
            "leads": [role.person for role in leads.select_related("person")],
            "running": foresight.running_in(programme).count(),
            "may_change": standing.may(Permission.PROGRAMME_CHANGE),
            "may_watch": standing.may(Permission.PROGRAMME_WATCH),
            "may_copy": may_create(request),
        }
        return render(request, "programmes/programme_detail.html", context)


class ProgrammeCreateView(View):
    """A new programme; units and cohorts come on its page."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not may_create(request):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        initial = {
            "source_language": request.user.language,
            "duration_weeks": 52,
            "review_interval_weeks": 10,
            "off_job_minutes": "",
            "on_job_minutes": "",
        }
        return self.show(ProgrammeCreateForm(by=request.user, initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ProgrammeCreateForm(request.POST, by=request.user)
        if not form.is_valid():
            return self.show(form)
        content = form.content()
        content = actions.ProgrammeContent(
            {**content.fields, "code": form.cleaned_data["code"]}, content.frameworks
        )
        try:
            programme = actions.create_programme(
                organisation=form.cleaned_data["organisation"],
                content=content,
                lead=form.cleaned_data["lead"],
                by=request.user,
            )
        except ValidationError as error:
            refuse(form, error)
            return self.show(form)
        messages.success(request, _("The programme was made. Add its units next."))
        return redirect("programmes:programme_detail", pk=programme.pk)

    def show(self, form: ProgrammeCreateForm) -> HttpResponse:
        frame = Frame(
            _("New programme"),
            crumbs_to(),
            _("Make the programme"),
            _("Write it in your language first. The other languages can follow later."),
        )
        return show_form(self.request, form, frame, "programmes/programme_form.html")


class ProgrammeChangeView(View):
    """Change a programme; what that does to who is in it is said and asked before anything is saved."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.programme = programme_or_404(request, kwargs["pk"], Permission.PROGRAMME_CHANGE)
        title = translated_text(self.programme, "title").text
        self.frame = Frame(
            _("Change “%(title)s”") % {"title": title}, crumbs_to(self.programme), _("Save the changes")
        )
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(ProgrammeForm(instance=self.programme, by=request.user))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = ProgrammeForm(request.POST, instance=self.programme, by=request.user)
        if not form.is_valid() or "edit" in request.POST:
            return self.show(form)
        effects = foresight.effects_of_plan(self.programme, form.plan(), on=timezone.localdate())
        if has_to_ask(request, effects):
            return show_preview(request, self.frame, effects)
        try:
            actions.change_programme(
                programme=self.programme,
                content=form.content(),
                revision=form.cleaned_data["revision"] or 0,
                by=request.user,
            )
        except actions.ChangedMeanwhile:
            changed_meanwhile(form)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("The programme was changed."))
            return redirect("programmes:programme_detail", pk=pk)
        return self.show(form)

    def show(self, form: ProgrammeForm) -> HttpResponse:
        running = foresight.running_in(self.programme).count()
        return show_form(self.request, form, self.frame, "programmes/programme_form.html", running=running)
