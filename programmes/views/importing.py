"""Lists of people: sent in, looked at, confirmed; a longer one with its progress."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views import View

from core.transitions import TransitionRefused
from downloads.tables import table_response, wanted_format
from notifications.tasks import wake_up
from people.permissions import Permission
from people.views.permitted import permitted_or_404
from programmes import actions
from programmes.exporters import example_list_table, import_table
from programmes.forms import ConfirmImportForm, PeopleListForm
from programmes.importers import ListRefused, parse_people
from programmes.models import Cohort, PeopleImport
from programmes.queries.importing import counted, imports_of, plan_of
from programmes.queries.people_lists import Remark
from programmes.tasks import import_people_soon
from programmes.views.cohorts import ROWS_A_PAGE, cohort_or_404
from programmes.views.pages import Frame, crumbs_to, refuse

REMARKS_SHOWN = 20


def import_or_404(request: HttpRequest, pk: int) -> PeopleImport:
    """The person's own list, as long as they may enrol into its cohort."""
    rows = PeopleImport.objects.filter(uploaded_by=request.user).select_related(
        "cohort__programme__organisation", "employer", "uploaded_by"
    )
    found: PeopleImport = permitted_or_404(request, rows, Permission.ENROLMENT_CHANGE, pk)
    return found


class PeopleImportView(View):
    """Send in a list of learners."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.cohort = cohort_or_404(request, kwargs["pk"], Permission.ENROLMENT_CHANGE)
        if not self.cohort.programme.is_open:
            messages.error(request, _("This programme is archived. Open it again before you add to it."))
            return redirect("programmes:cohort_detail", pk=self.cohort.pk)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        provider = self.cohort.programme.organisation
        return self.show(PeopleListForm(provider=provider, initial={"language": get_language()}))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = PeopleListForm(request.POST, request.FILES, provider=self.cohort.programme.organisation)
        if form.is_valid():
            try:
                made = actions.upload_people(
                    cohort=self.cohort,
                    employer=form.cleaned_data["employer"],
                    people=parse_people(form.content(), language=get_language() or ""),
                    file_name=form.file_name(),
                    language=form.cleaned_data["language"],
                    by=request.user,
                )
            except ListRefused as refusal:
                form.add_error("file", str(refusal))
            except ValidationError as error:
                refuse(form, error)
            else:
                return redirect("programmes:people_import_detail", pk=made.pk)
        return self.show(form)

    def show(self, form: PeopleListForm) -> HttpResponse:
        intro = _("You see first what the list would do. Nobody is invited before you say yes.")
        frame = Frame(_("Enrol people from a list"), crumbs_to(self.cohort), _("Read the list"), intro)
        lists = imports_of(self.cohort, self.request.user)
        context = {"frame": frame, "form": form, "cohort": self.cohort, "lists": lists}
        return render(self.request, "programmes/people_import.html", context)


class ExampleListView(View):
    """A list to start from, with the columns in the reader's language."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        cohort: Cohort = cohort_or_404(request, pk, Permission.ENROLMENT_CHANGE)
        return table_response(example_list_table(cohort), wanted_format(request) or "csv")


class PeopleImportDetailView(View):
    """What a list would do, does, or has done."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        people_import = import_or_404(request, pk)
        if people_import.status == PeopleImport.Status.UPLOADED:
            return self.show_preview(people_import, ConfirmImportForm())
        if people_import.is_running and request.GET.get("seen") == str(people_import.position):
            return HttpResponse(status=204)  # the page asks for news, and there is none
        left_out = people_import.counts.get("left_out", 0)
        context = {
            "counts": counted(people_import.counts, left_out, is_done=True),
            "done": min(people_import.position, people_import.total),
            "remarks": self.left_out(people_import),
        }
        return self.show(people_import, context)

    def left_out(self, people_import: PeopleImport) -> Page[Remark]:
        """Why lines were left out, in the order of the list."""
        stored = sorted(
            [*people_import.faults, *people_import.failures], key=lambda found: found["line"] or 0
        )
        page = Paginator(stored, ROWS_A_PAGE).get_page(self.request.GET.get("page"))
        page.object_list = [Remark.restored(found) for found in page.object_list]
        return page

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        people_import = import_or_404(request, pk)
        form = ConfirmImportForm(request.POST)
        form.is_valid()
        try:
            actions.confirm_import(
                people_import=people_import, leave_out=form.cleaned_data["leave_out"], by=request.user
            )
        except TransitionRefused:
            messages.error(request, _("This list was confirmed or discarded already."))
        except ValidationError as error:
            if people_import.status == PeopleImport.Status.UPLOADED:
                refuse(form, error)
                return self.show_preview(people_import, form)
            messages.error(request, _("This list was confirmed or discarded already."))
        else:
            self.say_what_became_of_it(people_import)
        return redirect("programmes:people_import_detail", pk=pk)

    def say_what_became_of_it(self, people_import: PeopleImport) -> None:
        wake_up()
        if people_import.status == PeopleImport.Status.RUNNING:
            import_people_soon()
            messages.success(self.request, _("The list was confirmed. It is being worked through."))
            return
        numbers = people_import.counts
        enrolled = sum(numbers.get(kind, 0) for kind in ("new", "other", "invited", "member"))
        if not enrolled and not numbers.get("change"):
            messages.success(self.request, _("Everything in the list was so already. Nothing was changed."))
            return
        text = ngettext("%(number)s person was enrolled.", "%(number)s people were enrolled.", enrolled)
        messages.success(self.request, text % {"number": enrolled})

    def show_preview(self, people_import: PeopleImport, form: ConfirmImportForm) -> HttpResponse:
        plan = plan_of(people_import, on=timezone.localdate())
        only_faults = self.request.GET.get("show") == "faults"
        rows = plan.shown(only_faults=only_faults)
        if wanted := wanted_format(self.request):
            return table_response(import_table(people_import, rows), wanted)
        faults = plan.faults
        context = {
            "form": form,
            "plan": plan,
            "counts": counted(plan.counts, plan.faulty_lines),
            "notes": [Remark.restored(stored) for stored in people_import.notes[:REMARKS_SHOWN]],
            "more_notes": len(people_import.notes) - REMARKS_SHOWN,
            "faults": faults[:REMARKS_SHOWN],
            "more_faults": len(faults) - REMARKS_SHOWN,
            "only_faults": only_faults,
            "page": Paginator(rows, ROWS_A_PAGE).get_page(self.request.GET.get("page")),
        }
        return self.show(people_import, context)

    def show(self, people_import: PeopleImport, context: dict[str, Any]) -> HttpResponse:
        crumbs = crumbs_to(people_import.cohort)
        context |= {"people_import": people_import, "cohort": people_import.cohort, "crumbs": crumbs}
        return render(self.request, "programmes/people_import_detail.html", context)


class PeopleImportDiscardView(View):
    """Throw a list away that was not confirmed."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        people_import = import_or_404(request, pk)
        try:
            actions.discard_import(people_import=people_import, by=request.user)
        except TransitionRefused:
            messages.error(request, _("This list was confirmed or discarded already."))
            return redirect("programmes:people_import_detail", pk=pk)
        messages.success(request, _("The list was discarded. Nobody was invited."))
        return redirect("programmes:people_import", pk=people_import.cohort_id)
