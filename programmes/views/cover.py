"""Cover: a coach hands learners to a colleague for a while."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from people.permissions import Permission, Relation, can, roles_of
from programmes import actions
from programmes.forms import CoverForm
from programmes.models import SupportRole
from programmes.queries import cover as reads


class CoverView(View):
    """The form that sets cover, and the covers that run or are planned. For coaches only."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not roles_of(request.user).supports[Relation.COACH]:
            raise PermissionDenied
        self.today = timezone.localdate()
        self.enrolments = reads.to_be_covered(request.user, on=self.today)
        return super().dispatch(request, *args, **kwargs)

    def form(self, data: Any = None) -> CoverForm:
        initial = {"starts_on": self.today}
        return CoverForm(
            data, by=self.request.user, enrolments=self.enrolments, today=self.today, initial=initial
        )

    def show(self, form: CoverForm) -> HttpResponse:
        context = {
            "form": form,
            "chosen": {str(value) for value in form["enrolments"].value() or []},
            "enrolments": self.enrolments,
            "covers": reads.covers_set_by(self.request.user, on=self.today),
        }
        return render(self.request, "programmes/cover.html", context)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(self.form())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form)
        try:
            covers = actions.set_cover(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
            return self.show(form)
        text = ngettext(
            "%(name)s covers for you with %(number)s learner.",
            "%(name)s covers for you with %(number)s learners.",
            len(covers),
        )
        messages.success(request, text % {"name": form.cleaned_data["to"], "number": len(covers)})
        return redirect("programmes:cover")


class CoverEndView(View):
    """End a cover before its last day."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = SupportRole.objects.filter(
            pk=pk, covers__person=request.user, ends_on__gte=timezone.localdate()
        )
        cover = rows.select_related("enrolment__learner", "person").first()
        if cover is None or not can(request.user, Permission.COVER_SET, cover.enrolment):
            raise Http404
        actions.end_cover(cover=cover, by=request.user)
        messages.success(request, _("%(name)s no longer covers for you there.") % {"name": cover.person})
        return redirect("programmes:cover")
