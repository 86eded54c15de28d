"""Breaks in learning: asked for, agreed or not, begun by a lead, ended."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from core.transitions import TransitionRefused
from people.permissions import Permission, standing_of
from programmes import actions
from programmes.forms import BackForm, BreakAskForm, BreakDecideForm, BreakForm
from programmes.models import BreakInLearning, Enrolment
from programmes.queries import breaks as reads
from programmes.views.moves import MoveView, named, too_late
from programmes.views.pages import NOT_SENT, Crumb, Frame, crumbs_to, refuse, show_form
from programmes.views.permitted import permitted_or_404
from programmes.views.record import show_part


def _enrolment_or_404(request: HttpRequest, pk: int, *permissions: Permission) -> Enrolment:
    rows = Enrolment.objects.select_related(
        "learner", "organisation", "cohort__programme__organisation", "cohort__programme__balance_rule"
    )
    first, *also = permissions
    enrolment: Enrolment = permitted_or_404(request, rows, first, pk, *also)
    return enrolment


def _crumbs(enrolment: Enrolment, request: HttpRequest) -> list[Crumb]:
    """The way down to the list of breaks, for its learner and for whoever supports them."""
    breaks = (_("Breaks in learning"), reverse("programmes:break_list", args=[enrolment.pk]))
    if enrolment.learner_id == request.user.pk:
        return [(_("Home"), reverse("dashboards:home")), breaks]
    activities = reverse("programmes:enrolment_activities", args=[enrolment.pk])
    return [(_("Home"), reverse("dashboards:home")), (enrolment.learner.display_name, activities), breaks]


class BreakListView(View):
    """All breaks of an enrolment with their states, for its learner and for who decides about them."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        enrolment, today = _enrolment_or_404(request, pk, Permission.BREAK_READ), timezone.localdate()
        standing = standing_of(request.user, enrolment)
        breaks = reads.breaks_of(enrolment)
        may_ask = standing.may(Permission.BREAK_ASK)
        may_end = standing.may(Permission.BREAK_END)
        retractable = {
            pause.pk
            for pause in breaks
            if pause.status == BreakInLearning.Status.ASKED
            or (
                pause.status == BreakInLearning.Status.AGREED
                and not pause.is_leave
                and pause.starts_on > today
            )
        }
        context = {
            "breaks": breaks,
            "may_ask": may_ask and enrolment.status in ("active", "on_break"),
            "may_agree": standing.may(Permission.BREAK_AGREE),
            "may_end": may_end and enrolment.status == Enrolment.Status.ON_BREAK,
            "retractable": retractable if may_ask or may_end else set(),
        }
        return show_part(request, standing, "breaks", "programmes/_break_list.html", context)


class BreakAskView(View):
    """A learner asks for a break and sees first what it would do."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        enrolment = _enrolment_or_404(request, pk, Permission.BREAK_ASK)
        return show_form(request, BreakAskForm(), self.frame(request, enrolment))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        enrolment = _enrolment_or_404(request, pk, Permission.BREAK_ASK)
        form = BreakAskForm(request.POST)
        frame = self.frame(request, enrolment)
        if not form.is_valid() or "edit" in request.POST:
            return show_form(request, form, frame)
        try:
            if "confirm" not in request.POST:
                return self.preview(request, enrolment, form, frame)
            actions.ask_break(enrolment=enrolment, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            refuse(form, error)
            return show_form(request, form, frame)
        messages.success(request, _("You asked for a break. It holds once somebody has agreed."))
        return redirect("programmes:break_list", pk=pk)

    def preview(
        self, request: HttpRequest, enrolment: Enrolment, form: BreakAskForm, frame: Frame
    ) -> HttpResponse:
        data = form.cleaned_data
        actions.guard_days(enrolment, data["starts_on"], data["ends_on"])
        pause = BreakInLearning(enrolment=enrolment, **data)
        context = {
            "frame": frame,
            "pause": pause,
            "lines": reads.effects_of_break(pause, on=timezone.localdate()),
            "sent": [(name, value) for name, value in request.POST.items() if name not in NOT_SENT],
        }
        return render(request, "programmes/break_preview.html", context)

    def frame(self, request: HttpRequest, enrolment: Enrolment) -> Frame:
        return Frame(
            _("Take a break"),
            _crumbs(enrolment, request),
            _("Ask for the break"),
            _(
                "Your coach, your line manager or the programme lead agrees. Until then nothing changes. "
                "For a week of holiday, mark the week as leave instead."
            ),
        )


class BreakDecideView(View):
    """What a break would do, and a yes or no to it."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        rows = BreakInLearning.objects.select_related(
            "enrolment__learner",
            "enrolment__organisation",
            "enrolment__cohort__programme__balance_rule",
        )
        self.pause: BreakInLearning = permitted_or_404(request, rows, Permission.BREAK_AGREE, kwargs["pk"])
        if request.method in ("GET", "POST") and self.pause.status != BreakInLearning.Status.ASKED:
            return self.too_late()
        return super().dispatch(request, *args, **kwargs)

    def too_late(self) -> HttpResponse:
        self.pause.refresh_from_db()
        state = self.pause.get_status_display()
        messages.error(
            self.request, _("This is not possible any more. The state now: %(state)s.") % {"state": state}
        )
        return redirect("programmes:break_list", pk=self.pause.enrolment_id)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(BreakDecideForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = BreakDecideForm(request.POST)
        if not form.is_valid():
            return self.show(form)
        answer, agrees = form.cleaned_data["answer"], form.cleaned_data["do"] == "agree"
        decide = actions.agree_break if agrees else actions.refuse_break
        try:
            decide(pause=self.pause, answer=answer, by=request.user)
        except TransitionRefused:
            return self.too_late()
        except ValidationError as error:
            refuse(form, error)
            return self.show(form)
        text = _("You agreed to the break of %(name)s.")
        if not agrees:
            text = _("You did not agree to the break of %(name)s. They read your answer.")
        messages.success(request, named(text, self.pause.enrolment))
        return redirect("dashboards:home")

    def show(self, form: BreakDecideForm) -> HttpResponse:
        enrolment = self.pause.enrolment
        frame = Frame(
            named(_("A break for %(name)s?"), enrolment),
            _crumbs(enrolment, self.request),
            _("Send the decision"),
        )
        lines = reads.effects_of_break(self.pause, on=timezone.localdate())
        return show_form(
            self.request, form, frame, "programmes/break_decide.html", pause=self.pause, lines=lines
        )


class BreakWithdrawView(View):
    """Take back what waits, or what has not begun."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = BreakInLearning.objects.select_related("enrolment__learner")
        pause: BreakInLearning = permitted_or_404(
            request, rows, Permission.BREAK_ASK, pk, Permission.BREAK_END
        )
        try:
            actions.withdraw_break(pause=pause, by=request.user)
        except TransitionRefused:
            messages.error(request, _("It is too late for that: the break was decided or has begun."))
        else:
            messages.success(request, _("The break was taken back."))
        if standing_of(request.user, pause.enrolment).may(Permission.BREAK_READ):
            return redirect("programmes:break_list", pk=pause.enrolment_id)
        return redirect("programmes:enrolment_detail", pk=pause.enrolment_id)


class EnrolmentBreakView(MoveView):
    """A break in learning that a lead begins without being asked."""

    to = Enrolment.Status.ON_BREAK

    def frame(self) -> Frame:
        return Frame(
            named(_("Break in learning for %(name)s"), self.enrolment),
            crumbs_to(self.enrolment),
            _("Begin the break"),
            _(
                "Days of a break are no learning days: nothing is expected, and what is logged on them does not count."
            ),
        )

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return show_form(request, BreakForm(initial={"starts_on": timezone.localdate()}), self.frame())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = BreakForm(request.POST)
        if not form.is_valid():
            return show_form(request, form, self.frame())
        return self.run(
            lambda: actions.begin_break(enrolment=self.enrolment, **form.cleaned_data, by=request.user),
            form,
            named(_("%(name)s is on a break."), self.enrolment),
        )


class EnrolmentBackView(View):
    """Back from a break, on its last day or earlier: said by the lead or the coach."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.enrolment = _enrolment_or_404(request, kwargs["pk"], Permission.BREAK_END)
        self.may_look_after = standing_of(request.user, self.enrolment).may(Permission.ENROLMENT_CHANGE)
        if request.method in ("GET", "POST") and self.enrolment.status != Enrolment.Status.ON_BREAK:
            return self.too_late()
        return super().dispatch(request, *args, **kwargs)

    def too_late(self) -> HttpResponse:
        answer = too_late(self.request, self.enrolment)
        return answer if self.may_look_after else redirect("programmes:break_list", pk=self.enrolment.pk)

    def frame(self) -> Frame:
        crumbs = crumbs_to(self.enrolment) if self.may_look_after else _crumbs(self.enrolment, self.request)
        return Frame(
            named(_("%(name)s is back"), self.enrolment),
            crumbs,
            _("End the break"),
            _("The planned end moves by the days that the break really had."),
        )

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return show_form(request, BackForm(initial={"back_on": timezone.localdate()}), self.frame())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = BackForm(request.POST)
        if not form.is_valid():
            return show_form(request, form, self.frame())
        try:
            actions.end_break(enrolment=self.enrolment, **form.cleaned_data, by=request.user)
        except TransitionRefused:
            return self.too_late()
        except ValidationError as error:
            refuse(form, error)
            return show_form(request, form, self.frame())
        messages.success(request, named(_("%(name)s is learning again."), self.enrolment))
        if self.may_look_after:
            return redirect("programmes:enrolment_detail", pk=pk)
        return redirect("programmes:break_list", pk=pk)
