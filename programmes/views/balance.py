"""Where planned hours come from: a lead chooses or writes the rule, and everybody can read how hours are worked out."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from core.translated import translated_text
from people.permissions import Permission
from people.views.permitted import permitted_or_404
from programmes import actions
from programmes.forms import ExampleForm, RuleChoiceForm, RuleForm
from programmes.models import BalanceRule, Enrolment, Programme
from programmes.queries import balance as reads
from programmes.queries import effects as foresight
from programmes.queries.progress import progress_of_rows
from programmes.queries.progress_status import LEVELS, RULE, tag_of
from programmes.views.pages import NOT_SENT, Frame, changed_meanwhile, crumbs_to, refuse, show_form


class RuleView(View):
    """What choosing and writing a rule have in common: the example, and a look at it before anything is saved."""

    template = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        rows = Programme.objects.select_related("organisation", "balance_rule")
        self.programme: Programme = permitted_or_404(request, rows, Permission.PROGRAMME_CHANGE, kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def example(self) -> dict[str, Any]:
        """The example at first: somebody full-time who starts today and stays as long as the programme lasts."""
        return {
            "example_start": timezone.localdate(),
            "example_weeks": self.programme.duration_weeks,
            "example_contracted": 40 * 60,
            "revision": self.programme.revision,
        }

    def form(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    def frame(self) -> Frame:
        raise NotImplementedError

    def rule_in(self, form: Any) -> BalanceRule | None:
        """The rule that the form stands for, saved or not."""
        raise NotImplementedError

    def save(self, form: Any) -> None:
        raise NotImplementedError

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(self.form(initial=self.example()))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid() or "edit" in request.POST:
            return self.show(form)
        if "confirm" not in request.POST:
            return self.preview(form)
        try:
            self.save(form)
        except actions.ChangedMeanwhile:
            changed_meanwhile(form)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("The planned hours were changed."))
            return redirect("programmes:programme_detail", pk=pk)
        return self.show(form)

    def preview(self, form: ExampleForm) -> HttpResponse:
        rule, request = self.rule_in(form), self.request
        context = {
            "frame": self.frame(),
            "rule": rule,
            "words": reads.in_words(rule) if rule else "",
            "somebody": form.somebody(),
            "weeks": form.cleaned_data["example_weeks"],
            "examples": reads.try_rule(rule, self.programme, form.somebody()),
            "effects": foresight.effects_of_rule(self.programme, rule, on=timezone.localdate()),
            "sent": [(name, value) for name, value in request.POST.items() if name not in NOT_SENT],
        }
        return render(request, "programmes/rule_preview.html", context)

    def show(self, form: BaseForm) -> HttpResponse:
        return show_form(self.request, form, self.frame(), self.template, programme=self.programme)


class RuleChooseView(RuleView):
    """One of the rules that are there, or none."""

    template = "programmes/rule_choose.html"

    def frame(self) -> Frame:
        return Frame(
            _("Rule for the planned hours"),
            crumbs_to(self.programme),
            _("Follow this rule"),
            _("You see it tried on an example before anything is saved."),
        )

    def form(self, *args: Any, **kwargs: Any) -> RuleChoiceForm:
        if "initial" in kwargs:
            kwargs["initial"]["rule"] = str(self.programme.balance_rule_id or "")
        return RuleChoiceForm(*args, programme=self.programme, **kwargs)

    def rule_in(self, form: RuleChoiceForm) -> BalanceRule | None:
        return form.chosen()

    def save(self, form: RuleChoiceForm) -> None:
        actions.choose_rule(
            programme=self.programme,
            rule=form.chosen(),
            revision=form.cleaned_data["revision"] or 0,
            by=self.request.user,
        )

    def show(self, form: BaseForm) -> HttpResponse:
        assert isinstance(form, RuleChoiceForm)
        radios = list(form["rule"])
        words = ["", *(reads.in_words(rule) for rule in form.offered)]
        rules = [None, *form.offered]
        return show_form(
            self.request,
            form,
            self.frame(),
            self.template,
            programme=self.programme,
            choices=list(zip(radios, rules, words, strict=True)),
        )


class RuleWriteView(RuleView):
    """A rule of the provider's own, which the programme then follows."""

    template = "programmes/rule_form.html"

    def frame(self) -> Frame:
        above = (_("Rule for the planned hours"), reverse("programmes:rule_choose", args=[self.programme.pk]))
        return Frame(
            _("Write your own rule"),
            [*crumbs_to(self.programme), above],
            _("Save the rule and follow it"),
            _("It belongs to the training provider and is not changed later: a new rule can follow it."),
        )

    def form(self, *args: Any, **kwargs: Any) -> RuleForm:
        if "initial" in kwargs:
            kwargs["initial"] |= {"source_language": self.request.user.language}
        return RuleForm(*args, provider=self.programme.organisation, **kwargs)

    def rule_in(self, form: RuleForm) -> BalanceRule:
        return actions.rule_from(form.content(), self.programme)

    def save(self, form: RuleForm) -> None:
        actions.write_rule(
            programme=self.programme,
            content=form.content(),
            revision=form.cleaned_data["revision"] or 0,
            by=self.request.user,
        )


class HoursExplainedView(View):
    """How the planned and expected hours of an enrolment are worked out, for everybody who sees them."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = Enrolment.objects.select_related(
            "learner", "organisation", "cohort__programme__organisation", "cohort__programme__balance_rule"
        )
        enrolment: Enrolment = permitted_or_404(request, rows, Permission.PROGRESS_READ, pk)
        (row,) = progress_of_rows([enrolment], on=timezone.localdate())
        rule = next((one.plan.rule for one in (row.off_job, row.on_job) if one.plan and one.plan.rule), None)
        days = (enrolment.ends_on - enrolment.starts_on).days + 1
        context = {
            "enrolment": enrolment,
            "is_own": enrolment.learner_id == request.user.pk,
            "row": row,
            "rule": rule,
            "rule_name": translated_text(rule, "name").text if rule else "",
            "words": reads.in_words(rule) if rule else "",
            "days": days,
            "away": days - row.days.planned,
        }
        return render(request, "programmes/hours_explained.html", context)


class StatusRuleView(View):
    """How "on track", "watch" and "at risk" come about, from the rule itself."""

    def get(self, request: HttpRequest) -> HttpResponse:
        tags = {level.value: tag_of(level) for level in LEVELS}
        return render(request, "programmes/status_rule.html", {"rule": RULE, "tags": tags})
