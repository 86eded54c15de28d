"""Logging an activity, and changing one that is still open."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views import View

from people.permissions import Permission, standing_of
from programmes import actions
from programmes.forms import ActivityForm, initial_of
from programmes.models import ActivityEntry
from programmes.queries import activities as reads
from programmes.queries.evidence import room_of
from programmes.queries.progress import monday
from programmes.tasks import check_evidence_soon
from programmes.views.permitted import entry_or_404, own_enrolment


class ActivityFormView(View):
    """What making and changing an activity have in common: the form again with everything typed, or on."""

    template = "programmes/activity_form.html"

    def show(self, form: ActivityForm, *, entry: ActivityEntry | None, status: int = 200) -> HttpResponse:
        enrolment = form.enrolment
        week = monday(timezone.localdate())
        this_week = ActivityEntry.objects.filter(
            enrolment=enrolment, done_on__gte=week, done_on__lt=week + reads.WEEK
        )
        context = {
            "form": form,
            "entry": entry,
            "enrolment": enrolment,
            "choices": form.choices,
            "evidence": list(entry.evidence.all()) if entry else [],
            "room": room_of(enrolment),
            "chosen": {str(getattr(value, "pk", value)) for value in form["criteria"].value() or []},
            "this_week": reads.totals_of(this_week, on=timezone.localdate()),
            "return_event": entry.events.filter(kind="returned").select_related("by").last()
            if entry
            else None,
        }
        return render(self.request, self.template, context, status=status)

    def save_files(self, form: ActivityForm, entry: ActivityEntry) -> None:
        uploads = form.cleaned_data["evidence"]
        if uploads:
            is_shared = form.cleaned_data["is_shared"]
            actions.attach_evidence(entry=entry, uploads=uploads, is_shared=is_shared, by=self.request.user)
            check_evidence_soon()

    def finish(self, form: ActivityForm, entry: ActivityEntry) -> HttpResponse:
        """Send when asked to, say what happened, and go where the learner looks next."""
        if form.is_sending:
            actions.submit_activity(entry=entry, by=self.request.user)
            messages.success(self.request, _("Sent to be verified: “%(title)s”.") % {"title": entry.title})
        else:
            messages.success(self.request, _("Saved as a draft: “%(title)s”.") % {"title": entry.title})
        return redirect("programmes:activity_detail", pk=entry.pk)

    def refuse(self, form: ActivityForm, error: ValidationError, entry: ActivityEntry | None) -> HttpResponse:
        known = hasattr(error, "error_dict") and set(error.error_dict) <= set(form.fields)
        form.add_error(None, error if known else error.messages)
        return self.show(form, entry=entry)


class ActivityCreateView(ActivityFormView):
    """Log an activity."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.enrolment = own_enrolment(request)
        if self.enrolment.status not in actions.OPEN_ENROLMENTS:
            messages.error(request, _("This programme is over for you, so nothing new can be logged in it."))
            return redirect("programmes:activity_list")
        self.choices = reads.criteria_choices(self.enrolment)
        return super().dispatch(request, *args, **kwargs)

    def _initial(self) -> dict[str, Any]:
        day = parse_date_or_none(self.request.GET.get("done_on", "")) or timezone.localdate()
        last = self.enrolment.ends_on
        return {
            "done_on": min(max(day, self.enrolment.starts_on), last),
            "strategy": reads.last_strategy(self.enrolment),
            "is_paid": True,
        }

    def get(self, request: HttpRequest) -> HttpResponse:
        form = ActivityForm(enrolment=self.enrolment, choices=self.choices, initial=self._initial())
        return self.show(form, entry=None)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ActivityForm(
            request.POST,
            request.FILES,
            enrolment=self.enrolment,
            choices=self.choices,
            is_sending="send" in request.POST,
        )
        if not form.is_valid():
            return self.show(form, entry=None)
        try:
            with transaction.atomic():
                entry = actions.create_activity(
                    enrolment=self.enrolment, content=form.content(), by=request.user
                )
                self.save_files(form, entry)
                return self.finish(form, entry)
        except ValidationError as error:
            return self.refuse(form, error, None)


class ActivityChangeView(ActivityFormView):
    """Change a draft, or mend what was returned."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.entry = entry_or_404(request, kwargs["pk"])
        if not standing_of(request.user, self.entry).may(Permission.ACTIVITY_CHANGE):
            raise PermissionDenied
        if not self.entry.is_open:
            messages.error(request, _("This activity was sent, so it cannot be changed now."))
            return redirect("programmes:activity_detail", pk=self.entry.pk)
        self.choices = reads.criteria_choices(self.entry.enrolment)
        return super().dispatch(request, *args, **kwargs)

    def _form(self, *data: Any, **kwargs: Any) -> ActivityForm:
        return ActivityForm(
            *data, enrolment=self.entry.enrolment, choices=self.choices, instance=self.entry, **kwargs
        )

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(self._form(initial=initial_of(self.entry)), entry=self.entry)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = self._form(request.POST, request.FILES, is_sending="send" in request.POST)
        if not form.is_valid():
            return self.show(form, entry=self.entry)
        revision = form.cleaned_data["revision"] or 0
        try:
            with transaction.atomic():
                actions.change_activity(
                    entry=self.entry, content=form.content(), revision=revision, by=request.user
                )
                self.save_files(form, self.entry)
                return self.finish(form, self.entry)
        except actions.EntryChanged:
            error = ValidationError(
                _("It was changed in another window since you opened it. Copy your text, then open it anew.")
            )
            return self.refuse(form, error, self.entry)
        except ValidationError as error:
            return self.refuse(form, error, self.entry)


def parse_date_or_none(text: str) -> dt.date | None:
    """A date from an address, or None for anything else."""
    try:
        return parse_date(text)
    except ValueError:
        return None
