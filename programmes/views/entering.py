"""Logging an activity, and changing one that is still open."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from people.permissions import Permission, standing_of
from programmes import actions, forms
from programmes.forms import ActivityForm, BaseDaysFormSet, DaysFormSet
from programmes.forms.fields import is_key
from programmes.models import ActivityEntry, AutosavedForm, Enrolment, LearningStrategy
from programmes.models.goals import GoalQuerySet
from programmes.queries import activities as reads
from programmes.queries.entering import autosaved_form, has_content, made_from
from programmes.queries.evidence import room_of
from programmes.queries.goals import goals_to_log_towards
from programmes.queries.progress import monday
from programmes.tasks import check_evidence_soon
from programmes.views.permitted import date_or_none, entry_or_404, own_enrolment

MORE_ROWS = 3


def typed_in(post: QueryDict) -> dict[str, list[str]]:
    """What a post of the form holds, without what is not somebody's typing."""
    return {name: values for name, values in post.lists() if name not in {"csrfmiddlewaretoken", "evidence"}}


class ActivityFormView(View):
    """What making and changing an activity have in common: the form again with everything typed, or on."""

    template = "programmes/activity_form.html"
    enrolment: Enrolment
    choices: reads.CriteriaChoices
    goals: GoalQuerySet
    entry: ActivityEntry | None = None

    def form(self, *data: Any, **kwargs: Any) -> ActivityForm:
        if self.entry is not None:
            kwargs["instance"] = self.entry
        kwargs["goals"] = self.goals.prefetch_related(None)  # without their criteria, which are known already
        return ActivityForm(*data, enrolment=self.enrolment, choices=self.choices, **kwargs)

    def offer(self) -> None:
        """Look up what there is to choose from: goals, and criteria with those of the goals first."""
        self.goals = goals_to_log_towards(self.enrolment, self.entry)
        self.choices = reads.criteria_choices(self.enrolment, self.goals)

    def days(self, *data: Any, **kwargs: Any) -> Any:
        """The rows of further days, a DaysFormSet; None for an activity that exists."""
        if self.entry is not None:
            return None
        return DaysFormSet(*data, prefix=forms.PREFIX, form_kwargs={"enrolment": self.enrolment}, **kwargs)

    def keep_url(self) -> str:
        """Where the page's script sends what is being typed."""
        if self.entry is not None:
            return reverse("programmes:form_keep_changed", args=[self.entry.pk])
        return f"{reverse('programmes:form_keep')}?enrolment={self.enrolment.pk}"

    def show(
        self,
        form: ActivityForm,
        days: BaseDaysFormSet | None,
        *,
        token: UUID | None = None,
        autosaved: AutosavedForm | None = None,
    ) -> HttpResponse:
        entry, week = self.entry, monday(timezone.localdate())
        this_week = ActivityEntry.objects.filter(
            enrolment=self.enrolment, done_on__gte=week, done_on__lt=week + reads.WEEK
        )
        context = {
            "form": form,
            "days": days,
            "token": token or uuid4(),
            "autosaved": autosaved,
            "keep_url": self.keep_url(),
            "entry": entry,
            "enrolment": self.enrolment,
            "choices": self.choices,
            "has_goals": bool(self.goals),
            "copies": [] if entry else reads.copies_offered(self.enrolment),
            "evidence": list(entry.evidence.filter(application=None)) if entry else [],
            "room": room_of(self.enrolment),
            "chosen": {str(getattr(value, "pk", value)) for value in form["criteria"].value() or []},
            "this_week": reads.totals_of(this_week, on=timezone.localdate()),
            "return_event": entry.events.returns().select_related("by").last() if entry else None,
        }
        return render(self.request, self.template, context)

    def show_typed(self, content: dict[str, list[str]], *, rows: int, **also: Any) -> HttpResponse:
        """The form as it was typed, without a word about what is missing still."""
        initial = forms.initial_from(content)
        if self.entry is not None:
            initial["revision"] = self.entry.revision
        days = self.days(initial=forms.day_rows_from(content))
        if days is not None:
            days.extra = min(rows, forms.ROWS_AT_MOST - len(days.initial or []))
        return self.show(self.form(initial=initial), days, **also)

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        form = self.form(request.POST, request.FILES, is_sending="send" in request.POST)
        has_rows = f"{forms.PREFIX}-TOTAL_FORMS" in request.POST
        days = self.days(request.POST) if has_rows else self.days()
        is_valid = form.is_valid() and (not has_rows or days is None or days.is_valid())
        token = form.cleaned_data.get("form_token") or uuid4()
        if made := made_from(token, by=request.user):
            return self.repeated(form, days, made)
        if "more_days" in request.POST:
            return self.show_typed(typed_in(request.POST), rows=MORE_ROWS, token=token)
        more_days = days.days() if is_valid and has_rows and days is not None else []
        if not is_valid or form.ask_for_reason(more_days):
            return self.show(form, days, token=token)
        try:
            with transaction.atomic():
                return self.save(form, more_days, token)
        except IntegrityError:
            made = made_from(token, by=request.user)  # the same post twice at once: the other one was faster
            return self.repeated(form, days, made)
        except actions.EntryChanged:
            form.add_error(
                None,
                _("It was changed in another window since you opened it. Copy your text, then open it anew."),
            )
        except ValidationError as error:
            is_known = hasattr(error, "error_dict") and set(error.error_dict) <= set(form.fields)
            form.add_error(None, error if is_known else error.messages)
        return self.show(form, days, token=token)

    def repeated(
        self, form: ActivityForm, days: BaseDaysFormSet | None, made: list[ActivityEntry]
    ) -> HttpResponse:
        """The answer to a form that was taken already: the first answer again, unless something else is in it now."""
        if made and form.is_valid() and has_content(made[0], form.content()):
            return self.go_on(form, made)
        form.add_error(
            None, _("This page was saved already. Copy what you changed since, then open the activity anew.")
        )
        return self.show(form, days)

    def save(self, form: ActivityForm, more_days: list[actions.Day], token: UUID) -> HttpResponse:
        raise NotImplementedError

    def finish(self, form: ActivityForm, entries: list[ActivityEntry]) -> HttpResponse:
        """Store the files with the first entry, send when asked to, and on."""
        uploads = form.cleaned_data["evidence"]
        if uploads:
            is_shared = form.cleaned_data["is_shared"]
            actions.attach_evidence(
                entry=entries[0], uploads=uploads, is_shared=is_shared, by=self.request.user
            )
            check_evidence_soon()
        if form.is_sending:
            for entry in entries:
                actions.submit_activity(entry=entry, by=self.request.user)
        return self.go_on(form, entries)

    def go_on(self, form: ActivityForm, entries: list[ActivityEntry]) -> HttpResponse:
        """Say what happened, and go where the learner looks next."""
        first, number = entries[0], len(entries)
        if number > 1:
            text = (
                ngettext(
                    "Sent to be verified: %(number)s day.", "Sent to be verified: %(number)s days.", number
                )
                if form.is_sending
                else ngettext("Saved as drafts: %(number)s day.", "Saved as drafts: %(number)s days.", number)
            )
            messages.success(self.request, text % {"number": number})
            return redirect(f"{reverse('programmes:activity_list')}?enrolment={first.enrolment_id}")
        text = (
            _("Sent to be verified: “%(title)s”.") if form.is_sending else _("Saved as a draft: “%(title)s”.")
        )
        messages.success(self.request, text % {"title": first.title})
        return redirect("programmes:activity_detail", pk=first.pk)


class ActivityCreateView(ActivityFormView):
    """Log an activity: from nothing, for a week that is empty, as a copy, or as it was being typed."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.enrolment = own_enrolment(request)
        if self.enrolment.status not in actions.OPEN_ENROLMENTS:
            messages.error(request, _("This programme is over for you, so nothing new can be logged in it."))
            return redirect("programmes:activity_list")
        self.offer()
        return super().dispatch(request, *args, **kwargs)

    def _initial(self) -> dict[str, Any]:
        day = date_or_none(self.request.GET.get("done_on", "")) or timezone.localdate()
        values = {
            "done_on": min(max(day, self.enrolment.starts_on), self.enrolment.ends_on),
            "strategy": reads.last_strategy(self.enrolment),
            "is_paid": True,
        }
        wanted = self.request.GET.get("copy", "")
        own = ActivityEntry.objects.permitted_to(self.request.user, Permission.ACTIVITY_CHANGE)
        copied = own.filter(enrolment=self.enrolment, pk=wanted).first() if is_key(wanted) else None
        return values | self._towards() | self._of_way() | (forms.copied_from(copied) if copied else {})

    def _towards(self) -> dict[str, Any]:
        """The goal that the address names, with its criteria."""
        wanted = self.request.GET.get("goal", "")
        goal = next((goal for goal in self.goals if str(goal.pk) == wanted), None)
        return {"goal": goal.pk, "criteria": [row.pk for row in goal.criteria.all()]} if goal else {}

    def _of_way(self) -> dict[str, Any]:
        """The way of learning that the address names, and the type that is usual for it."""
        wanted = self.request.GET.get("strategy", "")
        way = LearningStrategy.objects.filter(pk=wanted).first() if is_key(wanted) else None
        if way is None:
            return {}
        return {"strategy": way} | ({"kind": way.usual_kind} if way.usual_kind else {})

    def get(self, request: HttpRequest) -> HttpResponse:
        is_plain = not {"copy", "done_on", "goal", "strategy"} & set(request.GET)
        kept = autosaved_form(self.enrolment, None) if is_plain else None
        if kept is not None:
            return self.show_typed(kept.content, rows=1, token=kept.token, autosaved=kept)
        return self.show(self.form(initial=self._initial()), self.days())

    def save(self, form: ActivityForm, more_days: list[actions.Day], token: UUID) -> HttpResponse:
        entries = actions.create_activities(
            enrolment=self.enrolment,
            content=form.content(),
            more_days=more_days,
            token=token,
            by=self.request.user,
        )
        return self.finish(form, entries)


class ActivityChangeView(ActivityFormView):
    """Change a draft, or mend what was returned."""

    entry: ActivityEntry

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.entry = entry_or_404(request, kwargs["pk"])
        self.enrolment = self.entry.enrolment
        if not standing_of(request.user, self.entry).may(Permission.ACTIVITY_CHANGE):
            raise PermissionDenied
        if not self.entry.is_open and not self._is_repeated(request):
            messages.error(request, _("This activity was sent, so it cannot be changed now."))
            return redirect("programmes:activity_detail", pk=self.entry.pk)
        self.offer()
        return super().dispatch(request, *args, **kwargs)

    def _is_repeated(self, request: HttpRequest) -> bool:
        """Whether this very form was taken already, as after a double click."""
        return str(self.entry.form_token) == request.POST.get("form_token", "")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        kept = autosaved_form(self.enrolment, self.entry)
        if kept is not None:
            return self.show_typed(kept.content, rows=0, token=kept.token, autosaved=kept)
        return self.show(self.form(initial=forms.initial_of(self.entry)), None)

    def save(self, form: ActivityForm, more_days: list[actions.Day], token: UUID) -> HttpResponse:
        actions.change_activity(
            entry=self.entry,
            content=form.content(),
            revision=form.cleaned_data["revision"] or 0,
            token=token,
            by=self.request.user,
        )
        return self.finish(form, [self.entry])


class FormKeepView(View):
    """Keep what is typed, as the page's script asks for every few seconds; or forget it."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        entry = entry_or_404(request, pk) if pk else None
        enrolment = entry.enrolment if entry else own_enrolment(request)
        if entry is not None and not standing_of(request.user, entry).may(Permission.ACTIVITY_CHANGE):
            raise PermissionDenied
        if "discard" in request.POST:
            actions.discard_form(enrolment=enrolment, entry=entry, by=request.user)
            if entry is not None:
                return redirect("programmes:activity_change", pk=entry.pk)
            return redirect(f"{reverse('programmes:activity_create')}?enrolment={enrolment.pk}")
        kept = None
        token = uuid_or_none(request.POST.get("form_token", ""))
        if token and (entry is None or entry.is_open):
            kept = actions.keep_form(
                enrolment=enrolment,
                entry=entry,
                token=token,
                content=typed_in(request.POST),
                by=request.user,
            )
        return render(request, "programmes/_activity_form_kept.html", {"autosaved": kept})


def uuid_or_none(text: str) -> UUID | None:
    """The UUID that is written there, or None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None
