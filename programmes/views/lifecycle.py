"""Copying, archiving, opening again and removing a programme, and who leads it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from core.transitions import TransitionRefused
from core.translated import translated_text
from people.models import User
from people.permissions import Permission, can
from programmes import actions
from programmes.forms import LeadsForm, ProgrammeCopyForm
from programmes.models import Programme, ProgrammeRole
from programmes.queries.choices import leads_for
from programmes.queries.effects import running_in
from programmes.views.pages import Frame, crumbs_to, refuse, show_form, show_question
from programmes.views.programmes import programme_or_404


def _named(text: str, programme: Programme) -> str:
    return text % {"title": translated_text(programme, "title").text}


class ProgrammeCopyView(View):
    """A copy with texts, plan, units and mapping, under a new code."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        programme = self.programme(request, pk)
        return self.show(request, programme, ProgrammeCopyForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        programme = self.programme(request, pk)
        form = ProgrammeCopyForm(request.POST)
        if form.is_valid():
            code = form.cleaned_data["code"]
            try:
                copied = actions.copy_programme(
                    programme=programme, code=code, lead=self.lead(request, programme), by=request.user
                )
            except ValidationError as error:
                refuse(form, error)
            else:
                messages.success(request, _("This is the copy. Its cohorts are still to be made."))
                return redirect("programmes:programme_detail", pk=copied.pk)
        return self.show(request, programme, form)

    def programme(self, request: HttpRequest, pk: int) -> Programme:
        programme = programme_or_404(request, pk, Permission.PROGRAMME_READ)
        if not can(request.user, Permission.PROGRAMME_CREATE, programme.organisation):
            raise PermissionDenied
        return programme

    def lead(self, request: HttpRequest, programme: Programme) -> User:
        """The person who copies, where they may lead; else who leads the original."""
        today = timezone.localdate()
        person = request.user
        assert isinstance(person, User)
        able = leads_for(programme.organisation, on=today)
        roles = ProgrammeRole.objects.filter(programme=programme, person__in=able).current(on=today)
        first = roles.select_related("person").first()
        if first is None or able.filter(pk=person.pk).exists():
            return person
        return first.person

    def show(self, request: HttpRequest, programme: Programme, form: ProgrammeCopyForm) -> HttpResponse:
        frame = Frame(
            _named(_("Copy “%(title)s”"), programme),
            crumbs_to(programme),
            _("Make the copy"),
            _(
                "Texts with their translations, the plan, units and criteria are copied. Cohorts and learners are not."
            ),
        )
        return show_form(request, form, frame)


class ProgrammeArchiveView(View):
    """Close a programme to newcomers, after saying what that means."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        programme = programme_or_404(request, pk, Permission.PROGRAMME_CHANGE)
        running = running_in(programme).count()
        lines = [
            _("Nobody can be enrolled any more and no cohort can be added."),
            ngettext(
                "%(number)s learner is in it now and goes on to the end.",
                "%(number)s learners are in it now and go on to the end.",
                running,
            )
            % {"number": running},
            _("You can open the programme again at any time."),
        ]
        frame = Frame(
            _named(_("Archive “%(title)s”?"), programme),
            crumbs_to(programme),
            _("Archive the programme"),
            is_danger=True,
        )
        return show_question(request, frame, lines)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        programme = programme_or_404(request, pk, Permission.PROGRAMME_CHANGE)
        try:
            actions.archive_programme(programme=programme, by=request.user)
        except TransitionRefused:
            messages.error(request, _("The programme was archived already."))
        else:
            messages.success(request, _("The programme was archived."))
        return redirect("programmes:programme_detail", pk=pk)


class ProgrammeReopenView(View):
    """Take an archived programme into use again."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        programme = programme_or_404(request, pk, Permission.PROGRAMME_CHANGE)
        try:
            actions.reopen_programme(programme=programme, by=request.user)
        except TransitionRefused:
            messages.error(request, _("The programme is open already."))
        else:
            messages.success(request, _("The programme is open again."))
        return redirect("programmes:programme_detail", pk=pk)


class ProgrammeRemoveView(View):
    """Delete a programme that has no cohort."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        programme = programme_or_404(request, pk, Permission.PROGRAMME_CHANGE)
        if programme.cohorts.exists():
            messages.error(request, _("This programme has cohorts, so it can only be archived."))
            return redirect("programmes:programme_detail", pk=pk)
        frame = Frame(
            _named(_("Remove “%(title)s”?"), programme),
            crumbs_to(programme),
            _("Remove the programme"),
            is_danger=True,
        )
        lines = [
            _("The programme goes for good, with its texts, its units and their mapping to criteria."),
            _("Nobody was ever in it, so nothing of a learner is lost."),
        ]
        return show_question(request, frame, lines)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        programme = programme_or_404(request, pk, Permission.PROGRAMME_CHANGE)
        try:
            actions.remove_programme(programme=programme, by=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("programmes:programme_detail", pk=pk)
        messages.success(request, _("The programme was removed."))
        return redirect("programmes:programme_list")


class ProgrammeLeadsView(View):
    """Who leads a programme from today."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        programme = programme_or_404(request, pk, Permission.PROGRAMME_CHANGE)
        roles = ProgrammeRole.objects.filter(programme=programme).current(on=timezone.localdate())
        initial = {"leads": list(roles.values_list("person", flat=True))}
        return self.show(request, programme, LeadsForm(initial=initial, programme=programme))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        programme = programme_or_404(request, pk, Permission.PROGRAMME_CHANGE)
        form = LeadsForm(request.POST, programme=programme)
        if not form.is_valid():
            return self.show(request, programme, form)
        leads = list(form.cleaned_data["leads"])
        actions.change_leads(programme=programme, leads=leads, by=request.user)
        messages.success(request, _("The programme leads were changed."))
        if request.user not in leads:  # who took themselves out may see the programme no longer
            return redirect("programmes:programme_list")
        return redirect("programmes:programme_detail", pk=pk)

    def show(self, request: HttpRequest, programme: Programme, form: LeadsForm) -> HttpResponse:
        frame = Frame(
            _named(_("Leads of “%(title)s”"), programme),
            crumbs_to(programme),
            _("Save the changes"),
            _("They see everybody in the programme from today on. Whoever you take out sees it no longer."),
        )
        return show_form(request, form, frame)
