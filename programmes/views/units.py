"""Units of a programme: making, changing, ordering, mapping and removing them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views import View

from core.translated import translated_text
from people.permissions import Permission
from people.views.permitted import permitted_or_404
from programmes import actions
from programmes.forms import UnitCriteriaForm, UnitForm
from programmes.models import ProgrammeUnit
from programmes.queries import effects as foresight
from programmes.queries import programmes as reads
from programmes.views.pages import (
    Frame,
    changed_meanwhile,
    crumbs_to,
    has_to_ask,
    show_form,
    show_preview,
    show_question,
)
from programmes.views.programmes import programme_or_404
from standards.models import Criterion
from standards.queries import QUERY_LENGTH

UNIT_FORM = "programmes/unit_form.html"


def unit_or_404(request: HttpRequest, pk: int) -> ProgrammeUnit:
    """The unit, when the person may change its programme."""
    rows = ProgrammeUnit.objects.select_related("programme__organisation")
    unit: ProgrammeUnit = permitted_or_404(request, rows, Permission.PROGRAMME_CHANGE, pk)
    return unit


def _named(text: str, unit: ProgrammeUnit) -> str:
    return text % {"title": translated_text(unit, "title").text}


class UnitCreateView(View):
    """A new unit at the end."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        programme = programme_or_404(request, pk, Permission.PROGRAMME_CHANGE)
        initial = {"source_language": programme.source_language, "planned_minutes": ""}
        return show_form(request, UnitForm(initial=initial), self.frame(programme), UNIT_FORM)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        programme = programme_or_404(request, pk, Permission.PROGRAMME_CHANGE)
        form = UnitForm(request.POST)
        if not form.is_valid():
            return show_form(request, form, self.frame(programme), UNIT_FORM)
        unit = actions.create_unit(programme=programme, content=form.content(), by=request.user)
        messages.success(request, _("The unit was added. Choose its criteria next."))
        return redirect("programmes:unit_criteria", pk=unit.pk)

    def frame(self, programme: Any) -> Frame:
        return Frame(_("New unit"), crumbs_to(programme), _("Add the unit"))


class UnitChangeView(View):
    """Change a unit's texts and planned hours."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.unit = unit_or_404(request, kwargs["pk"])
        self.frame = Frame(
            _named(_("Change “%(title)s”"), self.unit), crumbs_to(self.unit.programme), _("Save the changes")
        )
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return show_form(request, UnitForm(instance=self.unit), self.frame, UNIT_FORM)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form, unit = UnitForm(request.POST, instance=self.unit), self.unit
        if not form.is_valid() or "edit" in request.POST:
            return show_form(request, form, self.frame, UNIT_FORM)
        effects = foresight.effects_of_unit_hours(
            unit.programme, before=unit.planned_minutes, after=form.cleaned_data["planned_minutes"]
        )
        if has_to_ask(request, effects):
            return show_preview(request, self.frame, effects)
        try:
            revision = form.cleaned_data["revision"] or 0
            actions.change_unit(unit=unit, content=form.content(), revision=revision, by=request.user)
        except actions.ChangedMeanwhile:
            changed_meanwhile(form)
            return show_form(request, form, self.frame, UNIT_FORM)
        messages.success(request, _("The unit was changed."))
        return redirect("programmes:programme_detail", pk=unit.programme_id)


class UnitCriteriaView(View):
    """Which criteria a unit works towards; a search narrows what is shown, and what it hides stays as it is."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.unit = unit_or_404(request, kwargs["pk"])
        self.held = set(self.unit.criteria.values_list("pk", flat=True))
        self.query = request.GET.get("q", "").strip()[:QUERY_LENGTH]
        self.offered = Criterion.objects.filter(framework__programmes=self.unit.programme, children=None)
        self.frame = Frame(
            _named(_("Criteria of “%(title)s”"), self.unit),
            crumbs_to(self.unit.programme),
            _("Save the criteria"),
        )
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(UnitCriteriaForm(offered=self.offered), self.held)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form, programme = UnitCriteriaForm(request.POST, offered=self.offered), self.unit.programme
        if not form.is_valid():
            return self.show(form, self.held)
        chosen = form.chosen(self.held)
        if "edit" in request.POST:
            return self.show(form, chosen)
        others = foresight.criteria_in(programme, but=self.unit.pk)
        effects = foresight.effects_of_criteria(programme, before=others | self.held, after=others | chosen)
        if has_to_ask(request, effects):
            return show_preview(request, self.frame, effects)
        try:
            actions.map_unit(
                unit=self.unit,
                criteria=list(Criterion.objects.filter(pk__in=chosen)),
                revision=form.cleaned_data["revision"] or 0,
                by=request.user,
            )
        except actions.ChangedMeanwhile:
            changed_meanwhile(form)
            return self.show(form, chosen)
        messages.success(request, _("The criteria of the unit were saved."))
        return redirect("programmes:programme_detail", pk=programme.pk)

    def show(self, form: UnitCriteriaForm, chosen: set[int]) -> HttpResponse:
        programme = self.unit.programme
        return show_form(
            self.request,
            form,
            self.frame,
            "programmes/unit_criteria.html",
            unit=self.unit,
            query=self.query,
            frameworks=reads.criteria_to_map(programme, query=self.query),
            chosen=chosen,
            elsewhere=reads.units_by_criterion(programme, but=self.unit),
            running=foresight.running_in(programme).count(),
        )


class UnitMoveView(View):
    """One place up or down."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        unit = unit_or_404(request, pk)
        direction = request.POST.get("direction")
        if direction not in ("up", "down"):
            return HttpResponseBadRequest("Unknown direction.", "text/plain")
        actions.move_unit(unit=unit, direction=direction, by=request.user)  # type: ignore[arg-type]
        messages.success(request, _named(_("“%(title)s” was moved."), unit))
        return redirect("programmes:programme_detail", pk=unit.programme_id)


class UnitRemoveView(View):
    """Delete a unit, after saying what goes with it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        unit = unit_or_404(request, pk)
        held = foresight.criteria_in(unit.programme)
        left = foresight.criteria_in(unit.programme, but=unit.pk)
        effects = foresight.effects_of_criteria(unit.programme, before=held, after=left)
        lines = [
            _("The unit goes for good, with its texts and its mapping to criteria."),
            *effects.sentences,
            _("The activities of learners stay as they are."),
        ]
        frame = Frame(
            _named(_("Remove “%(title)s”?"), unit),
            crumbs_to(unit.programme),
            _("Remove the unit"),
            is_danger=True,
        )
        return show_question(request, frame, lines)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        unit = unit_or_404(request, pk)
        actions.remove_unit(unit=unit, by=request.user)
        messages.success(request, _("The unit was removed."))
        return redirect("programmes:programme_detail", pk=unit.programme_id)
