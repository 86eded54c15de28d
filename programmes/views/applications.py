"""Whether something is used at work: the learner's answer, and the page that others read."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views import View

from core.transitions import TransitionRefused
from downloads.tables import table_response, wanted_format
from people.permissions import Permission, standing_of
from programmes import actions
from programmes.exporters import applications_table
from programmes.forms import ApplicationFilter, ApplicationForm, QuestionForm
from programmes.forms.applied import NO, NOT_YET
from programmes.models import ActivityEntry, ApplicationRecord, Enrolment
from programmes.queries import applications as reads
from programmes.queries.answering import answer_history, question_of
from programmes.queries.evidence import evidence_shown, room_of
from programmes.tasks import check_evidence_soon
from programmes.views.pages import changed_meanwhile, refuse
from programmes.views.permitted import application_or_404, own_enrolment
from programmes.views.record import record_or_404, show_part

ROWS_A_PAGE = 25


def show_application(request: HttpRequest, record: ApplicationRecord, form: QuestionForm) -> HttpResponse:
    """The answer as it is read, with the decision box for who may decide."""
    standing = standing_of(request.user, record)
    is_waiting = record.status == ApplicationRecord.Status.SUBMITTED
    context = {
        "record": record,
        "entry": record.entry,
        "benefits": list(record.benefits.all()),
        "is_own": record.entry.enrolment.learner_id == request.user.pk,
        "may_decide": standing.may(Permission.APPLICATION_CONFIRM) and is_waiting,
        "question": question_of(record),
        "evidence": evidence_shown(request.user, record.entry, record),
        "history": answer_history(record, reader=request.user),
        "form": form,
    }
    return render(request, "programmes/application_detail.html", context)


class ApplicationView(View):
    """The form for whose answer it is while it is open; for everybody else, and afterwards, the page to read."""

    record: ApplicationRecord

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.record = application_or_404(request, pk)
        if not self.is_answerable():
            return show_application(request, self.record, QuestionForm())
        if self.record.entry.status == ActivityEntry.Status.DRAFT:
            return redirect("programmes:activity_change", pk=pk)
        return self.show(ApplicationForm(record=self.record))

    def is_answerable(self) -> bool:
        """Whether the reader may answer, and still can."""
        standing = standing_of(self.request.user, self.record)
        return standing.may(Permission.APPLICATION_CHANGE) and self.record.is_open

    def show(self, form: ApplicationForm) -> HttpResponse:
        context = {
            "form": form,
            "record": self.record,
            "entry": self.record.entry,
            "question": question_of(self.record),
            "evidence": list(self.record.evidence.all()),
            "room": room_of(self.record.entry.enrolment),
            "history": answer_history(self.record, reader=self.request.user),  # type: ignore[arg-type]
        }
        return render(self.request, "programmes/application_form.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.record = application_or_404(request, pk)
        if not standing_of(request.user, self.record).may(Permission.APPLICATION_CHANGE):
            raise PermissionDenied
        if not self.record.is_open:
            return too_late(request, self.record)
        form = ApplicationForm(
            request.POST, request.FILES, record=self.record, is_sending="send" in request.POST
        )
        if not form.is_valid():
            return self.show(form)
        try:
            with transaction.atomic():
                return self.save(form)
        except TransitionRefused:
            return too_late(request, self.record)
        except actions.EntryChanged:
            changed_meanwhile(form)
        except ValidationError as error:
            refuse(form, error)
        return self.show(form)

    def save(self, form: ApplicationForm) -> HttpResponse:
        used, by = form.cleaned_data["used"], self.request.user
        if used == NOT_YET:
            return put_off(self.request, self.record)
        if used == NO:
            reason = form.cleaned_data["not_applied_reason"]
            actions.decline_application(record=self.record, reason=reason, by=by)
            messages.success(self.request, _("Your answer was kept: you will not use it."))
            return redirect("programmes:application", pk=self.record.entry_id)
        actions.answer_application(
            record=self.record,
            content=form.content(),
            revision=form.cleaned_data["revision"] or 0,
            by=by,
        )
        self.attach(form)
        if not form.is_sending:
            messages.success(self.request, _("Saved, not sent yet. Only you can see it."))
        else:
            actions.submit_application(record=self.record, by=by)
            text = _("Sent to be confirmed: how you use “%(title)s”.")
            messages.success(self.request, text % {"title": self.record.entry.title})
        return redirect("programmes:application", pk=self.record.entry_id)

    def attach(self, form: ApplicationForm) -> None:
        if uploads := form.cleaned_data["evidence"]:
            actions.attach_evidence(
                entry=self.record.entry,
                application=self.record,
                uploads=uploads,
                is_shared=form.cleaned_data["is_shared"],
                by=self.request.user,
            )
            check_evidence_soon()


def too_late(request: HttpRequest, record: ApplicationRecord) -> HttpResponse:
    """The answer has gone on since the page was opened."""
    state = record.get_status_display()
    messages.error(
        request, _("This answer cannot be changed any more. Its state now: %(state)s.") % {"state": state}
    )
    return redirect("programmes:application", pk=record.entry_id)


def put_off(request: HttpRequest, record: ApplicationRecord) -> HttpResponse:
    """Not yet: say when the learner is asked again, and back home."""
    actions.put_off_application(record=record, by=request.user)
    day = reads.next_prompt(record.entry.done_on, on=timezone.localdate())
    text = _("Not yet: you can answer at any time, and will not be asked again.")
    if day:
        text = _("Not yet: you will be asked again on %(day)s.") % {"day": date_format(day)}
    messages.success(request, text)
    return redirect(f"{reverse('dashboards:learner')}?enrolment={record.entry.enrolment_id}")


class ApplicationPutOffView(View):
    """ "Not yet", with one click."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = application_or_404(request, pk)
        try:
            return put_off(request, record)
        except TransitionRefused:
            return too_late(request, record)


class ApplicationListView(View):
    """An enrolment's answers and open prompts, newest activity first, with the rate; the filter is in the address."""

    def enrolment(self) -> Enrolment:
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        enrolment = self.enrolment()
        permitted = ApplicationRecord.objects.filter(entry__enrolment=enrolment).permitted_to(
            request.user, Permission.APPLICATION_READ
        )
        # What was said with a draft is part of the draft.
        permitted = permitted.exclude(entry__status=ActivityEntry.Status.DRAFT)
        filters = ApplicationFilter(request.GET, queryset=permitted)
        rows = reads.for_table(filters.qs).order_by("-entry__done_on", "-pk")
        is_own = enrolment.learner_id == request.user.pk
        if wanted := wanted_format(request):
            title = _("Applied at work: %(name)s") % {"name": enrolment.learner.display_name}
            return table_response(applications_table(rows, title=title, is_own=is_own), wanted)
        page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
        context = {
            "enrolment": enrolment,
            "is_own": is_own,
            "filters": filters,
            "page": page,
            "rate": reads.rates_of([enrolment.pk])[enrolment.pk],
            "has_any": page.paginator.count > 0 or permitted.exists(),
        }
        return self.page(enrolment, context)

    def page(self, enrolment: Enrolment, context: dict[str, Any]) -> HttpResponse:
        """The list in the page that it belongs to."""
        return render(self.request, "programmes/application_list.html", context)


class OwnApplicationListView(ApplicationListView):
    """The learner's own list."""

    def enrolment(self) -> Enrolment:
        return own_enrolment(self.request)


class EnrolmentApplicationListView(ApplicationListView):
    """The list as a part of the learner's record."""

    def enrolment(self) -> Enrolment:
        return record_or_404(self.request, self.kwargs["pk"])

    def page(self, enrolment: Enrolment, context: dict[str, Any]) -> HttpResponse:
        standing = standing_of(self.request.user, enrolment)
        return show_part(self.request, standing, "applied", "programmes/_application_list.html", context)
