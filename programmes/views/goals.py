"""Goals: the list, one goal's page, and its form."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from downloads.tables import table_response, wanted_format
from people.permissions import Permission, Standing, standing_of
from people.views.permitted import permitted_or_404
from programmes import actions
from programmes.exporters import goals_table
from programmes.forms import (
    AskChangeForm,
    CheckInForm,
    GoalFilter,
    GoalForm,
    initial_of_template,
    target_in,
)
from programmes.models import Enrolment, Goal
from programmes.queries import activities as choices_of
from programmes.queries import goals as reads
from programmes.views.pages import changed_meanwhile, refuse
from programmes.views.permitted import goal_or_404, own_enrolment
from programmes.views.record import show_part

GOALS_A_PAGE = 25
USUAL_WEEKS = 8


class GoalListView(View):
    """An enrolment's goals with filters in the address: those pursued first, then what waits, then what is closed."""

    def enrolment(self) -> Enrolment:
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        enrolment, today = self.enrolment(), timezone.localdate()
        standing = standing_of(request.user, enrolment)
        permitted = reads.goals_of(enrolment, request.user)
        filters = GoalFilter(request.GET, queryset=permitted)
        if wanted := wanted_format(request):
            title = _("Goals of %(name)s") % {"name": enrolment.learner.display_name}
            return table_response(goals_table(filters.qs, title=title), wanted)
        page = Paginator(filters.qs, GOALS_A_PAGE).get_page(request.GET.get("page"))
        can_create = standing.may(Permission.GOAL_CREATE) and enrolment.status in actions.OPEN_ENROLMENTS
        context = {
            "enrolment": enrolment,
            "is_own": enrolment.learner_id == request.user.pk,
            "filters": filters,
            "page": page,
            "asked": reads.asked_changes(page.object_list),
            "has_any": bool(page.object_list) or permitted.exists(),
            "can_create": can_create,
            "goal_templates": reads.templates_for(enrolment) if can_create else [],
            "today": today,
        }
        return self.page(standing, context)

    def page(self, standing: Standing, context: dict[str, Any]) -> HttpResponse:
        """The list in the page that it belongs to."""
        return render(self.request, "programmes/goal_list.html", context)


class OwnGoalListView(GoalListView):
    """The learner's own list."""

    def enrolment(self) -> Enrolment:
        return own_enrolment(self.request)


class EnrolmentGoalListView(GoalListView):
    """The list of a learner whose goals the reader may see once they are proposed."""

    def enrolment(self) -> Enrolment:
        rows = Enrolment.objects.select_related("learner", "organisation", "cohort__programme")
        enrolment: Enrolment = permitted_or_404(
            self.request, rows, Permission.ENROLMENT_READ, self.kwargs["pk"]
        )
        if not standing_of(self.request.user, enrolment).holds(Permission.GOAL_READ):
            raise PermissionDenied
        return enrolment

    def page(self, standing: Standing, context: dict[str, Any]) -> HttpResponse:
        """A part of the record for who may read that; an administrator gets a page of its own."""
        if not standing.may(Permission.PROGRESS_READ):
            return super().page(standing, context)
        return show_part(self.request, standing, "goals", "programmes/_goal_list.html", context)


class GoalDetailView(View):
    """One goal with its check-ins, activities and history, and what its reader can do about it now."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return show_goal(request, goal_or_404(request, pk))


def show_goal(
    request: HttpRequest,
    goal: Goal,
    *,
    ask: AskChangeForm | None = None,
    check_in: CheckInForm | None = None,
) -> HttpResponse:
    """The goal's page, each part only for who may use it; the forms as they were sent, where one was refused."""
    standing, today = standing_of(request.user, goal), timezone.localdate()
    own, status = standing.may(Permission.GOAL_CHANGE), Goal.Status
    is_open = goal.enrolment.status in actions.OPEN_ENROLMENTS
    check_ins = reads.check_ins_of(goal)
    initial = {"checked_on": today, "progress": check_ins[-1].progress if check_ins else ""}
    context = {
        "goal": goal,
        "is_own": goal.enrolment.learner_id == request.user.pk,
        "criteria": list(goal.criteria.order_by(*choices_of.TREE_ORDER)),
        "may_read_progress": standing.holds(Permission.PROGRESS_READ),
        "check_ins": check_ins,
        "pace": reads.pace_of(goal, on=today),
        "activities": reads.activities_towards(goal, request.user),
        "history": reads.goal_history(goal, reader=request.user),
        "asked": reads.asked_changes([goal]).get(goal.pk),
        "may_change": own and goal.status == status.DRAFT,
        "may_propose": own and goal.status == status.DRAFT and is_open,
        "may_withdraw": own and goal.status == status.PROPOSED,
        "may_start": own and goal.status == status.AGREED and is_open,
        "may_check_in": own and goal.is_pursued and is_open,
        "may_close": own and goal.is_pursued,
        "may_decide": standing.may(Permission.GOAL_AGREE) and goal.status == status.PROPOSED and is_open,
        "ask": ask or AskChangeForm(),
        "check_in": check_in or CheckInForm(goal=goal, initial=initial),
        "today": today,
    }
    return render(request, "programmes/goal_detail.html", context)


class GoalFormView(View):
    """What making and changing a goal have in common."""

    enrolment: Enrolment
    goal: Goal | None = None

    def form(self, *data: Any, **kwargs: Any) -> GoalForm:
        if self.goal is not None:
            kwargs["instance"] = self.goal
        self.choices = choices_of.criteria_choices(self.enrolment)
        return GoalForm(*data, enrolment=self.enrolment, choices=self.choices, **kwargs)

    def show(self, form: GoalForm, *, token: UUID | None = None) -> HttpResponse:
        is_new = self.goal is None
        context = {
            "form": form,
            "goal": self.goal,
            "enrolment": self.enrolment,
            "token": token or uuid4(),
            "choices": self.choices,
            "chosen": {str(getattr(value, "pk", value)) for value in form["criteria"].value() or []},
            "goal_templates": reads.templates_for(self.enrolment) if is_new else [],
            "asked": reads.asked_changes([self.goal]).get(self.goal.pk) if self.goal else None,
        }
        return render(self.request, "programmes/goal_form.html", context)

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        form = self.form(request.POST, is_proposing="propose" in request.POST)
        is_valid = form.is_valid()
        token = form.cleaned_data.get("form_token") or uuid4()
        if self.goal is None and (made := reads.goal_made_from(token, by=request.user)):
            return self.repeated(form, made)
        if not is_valid:
            return self.show(form, token=token)
        try:
            with transaction.atomic():
                goal = self.save(form, token)
                if form.is_proposing:
                    actions.propose_goal(goal=goal, by=request.user)
        except IntegrityError:  # the same post twice at once: the other one was faster
            return self.repeated(form, reads.goal_made_from(token, by=request.user))
        except actions.EntryChanged:
            changed_meanwhile(form)
        except ValidationError as error:
            refuse(form, error)
        else:
            return self.go_on(form, goal)
        return self.show(form, token=token)

    def repeated(self, form: GoalForm, made: Goal | None) -> HttpResponse:
        """The answer to a form that was taken already: the first answer again, unless something else is in it now."""
        if made is not None and form.is_valid() and reads.has_goal_content(made, form.content()):
            return self.go_on(form, made)
        form.add_error(
            None, _("This page was saved already. Copy what you changed since, then open the goal anew.")
        )
        return self.show(form)

    def save(self, form: GoalForm, token: UUID) -> Goal:
        raise NotImplementedError

    def go_on(self, form: GoalForm, goal: Goal) -> HttpResponse:
        """Say what happened, and show the goal."""
        text = _("Proposed: “%(title)s”.") if form.is_proposing else _("Saved as a draft: “%(title)s”.")
        messages.success(self.request, text % {"title": goal.title})
        return redirect("programmes:goal_detail", pk=goal.pk)


class GoalCreateView(GoalFormView):
    """A new goal: from nothing, or from a template of the programme's standards."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.enrolment = own_enrolment(request)
        if self.enrolment.status not in actions.OPEN_ENROLMENTS:
            messages.error(request, _("This programme is over, so its goals can only be read and closed."))
            return redirect(f"{reverse('programmes:goal_list')}?enrolment={self.enrolment.pk}")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        initial: dict[str, Any] = {"target_on": target_in(USUAL_WEEKS, self.enrolment)}
        wanted = request.GET.get("template", "")
        template = next((row for row in reads.templates_for(self.enrolment) if str(row.pk) == wanted), None)
        if template is not None:
            initial = initial_of_template(template, self.enrolment)
        return self.show(self.form(initial=initial))

    def save(self, form: GoalForm, token: UUID) -> Goal:
        return actions.create_goal(
            enrolment=self.enrolment, content=form.content(), token=token, by=self.request.user
        )


class GoalChangeView(GoalFormView):
    """Change a draft, or mend one that came back."""

    goal: Goal

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.goal = goal_or_404(request, kwargs["pk"])
        self.enrolment = self.goal.enrolment
        if not standing_of(request.user, self.goal).may(Permission.GOAL_CHANGE):
            raise PermissionDenied
        if self.goal.status != Goal.Status.DRAFT:
            messages.error(request, _("Only a draft can be changed. Take the goal back first."))
            return redirect("programmes:goal_detail", pk=self.goal.pk)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(self.form())

    def save(self, form: GoalForm, token: UUID) -> Goal:
        revision = form.cleaned_data["revision"] or 0
        actions.change_goal(goal=self.goal, content=form.content(), revision=revision, by=self.request.user)
        return self.goal
