"""Ways of learning: the list, one of them, which one fits, and the words about them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from core.translated import translated_text
from people.models import Organisation
from people.permissions import Permission, can
from people.views.permitted import permitted_or_404
from programmes import actions
from programmes.forms import FinderForm, GuideForm, StrategyFilter, StrategyForm
from programmes.models import Enrolment, LearningStrategy, StrategyGuide
from programmes.models.enrolments import OPEN_ENROLMENTS
from programmes.queries import finder
from programmes.queries import strategies as reads
from programmes.queries.groups import SMALLEST_GROUP
from programmes.views.pages import Crumb, Frame, changed_meanwhile, refuse, show_form, show_question


def strategy_or_404(request: HttpRequest, pk: int, permission: Permission) -> LearningStrategy:
    """The way of learning, when the person holds the permission on it."""
    found: LearningStrategy = permitted_or_404(request, LearningStrategy.objects.all(), permission, pk)
    return found


def may_log(request: HttpRequest) -> bool:
    """Whether the person can log an activity of their own."""
    return Enrolment.objects.filter(learner=request.user, status__in=OPEN_ENROLMENTS).exists()


def _crumbs(strategy: LearningStrategy) -> list[Crumb]:
    name = translated_text(strategy, "name").text
    return [
        (_("Ways of learning"), reverse("programmes:strategy_list")),
        (name, reverse("programmes:strategy_detail", args=[strategy.pk])),
    ]


class StrategyListView(View):
    """All ways of learning, with filters in the address."""

    def get(self, request: HttpRequest) -> HttpResponse:
        permitted = LearningStrategy.objects.permitted_to(request.user, Permission.STRATEGY_READ)
        filters = StrategyFilter(request.GET, queryset=permitted)
        ways, uses = reads.ways_for(request.user, filters.qs), reads.uses_for(request.user)
        context = {
            "filters": filters,
            "rows": [(way, uses.get(way.strategy.pk)) for way in ways],
            "is_filtered": bool(filters.understood),
        }
        return render(request, "programmes/strategy_list.html", context)


class StrategyDetailView(View):
    """One way of learning, in the words of the reader's provider where it has its own."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        strategy = strategy_or_404(request, pk, Permission.STRATEGY_READ)
        (way,) = reads.ways_for(request.user, [strategy])
        context = {
            "way": way,
            "strategy": strategy,
            "use": reads.uses_for(request.user).get(strategy.pk),
            "smallest": SMALLEST_GROUP,
            "may_log": may_log(request),
            "may_change": can(request.user, Permission.STRATEGY_CHANGE, strategy),
            "providers": list(reads.written_for(request.user)),
        }
        return render(request, "programmes/strategy_detail.html", context)


class StrategyFinderView(View):
    """Which way fits: wishes in the address, five suggestions at most, each with why."""

    def get(self, request: HttpRequest) -> HttpResponse:
        permitted = LearningStrategy.objects.permitted_to(request.user, Permission.STRATEGY_READ)
        goals = finder.own_goals(request.user)
        form = FinderForm(request.GET, goals=goals)
        wishes = form.wishes
        goal = next((row for row in goals if str(row.pk) == wishes.get("goal")), None)
        learned_by = finder.learned_by_others(goal, request.user) if goal else {}
        wished = {name: value for name, value in wishes.items() if name != "goal"}
        suggestions = finder.ranked(list(permitted), finder.Wishes(**wished, learned_by=learned_by))
        ways = reads.ways_for(request.user, [suggestion.strategy for suggestion in suggestions])
        context = {
            "form": form,
            "goal": goal,
            "has_wishes": bool(wishes),
            "is_known_of_others": bool(learned_by),
            "rows": list(zip(suggestions, ways, strict=True)),
            "points": [(finder.POINT_WORDS[reason], points) for reason, points in finder.POINTS.items()],
            "may_log": may_log(request),
        }
        return render(request, "programmes/strategy_finder.html", context)


class StrategyChangeView(View):
    """The site's own words about a way of learning."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        strategy = strategy_or_404(request, pk, Permission.STRATEGY_CHANGE)
        return self.show(request, strategy, StrategyForm(instance=strategy))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        strategy = strategy_or_404(request, pk, Permission.STRATEGY_CHANGE)
        form = StrategyForm(request.POST, instance=strategy)
        if form.is_valid():
            try:
                actions.change_strategy(
                    strategy=strategy,
                    content=form.content(),
                    revision=form.cleaned_data["revision"] or 0,
                    by=request.user,
                )
            except actions.ChangedMeanwhile:
                changed_meanwhile(form)
            else:
                messages.success(request, _("The way of learning was changed."))
                return redirect("programmes:strategy_detail", pk=pk)
        return self.show(request, strategy, form)

    def show(self, request: HttpRequest, strategy: LearningStrategy, form: StrategyForm) -> HttpResponse:
        title = _("Change “%(name)s”") % {"name": translated_text(strategy, "name").text}
        intro = _("Everybody reads this whose training provider has no words of its own about it.")
        frame = Frame(title, _crumbs(strategy), _("Save the changes"), intro)
        return show_form(request, form, frame, "programmes/strategy_form.html")


class GuideView(View):
    """What the pages of a provider's own words have in common: both rows, for who may write them."""

    strategy: LearningStrategy
    organisation: Organisation
    guide: StrategyGuide | None

    def dispatch(self, request: HttpRequest, pk: int, organisation: int) -> Any:
        rows = Organisation.objects.all()
        self.organisation = permitted_or_404(request, rows, Permission.STRATEGY_CHANGE, organisation)
        self.strategy = get_object_or_404(LearningStrategy, pk=pk)
        self.guide = StrategyGuide.objects.filter(
            strategy=self.strategy, organisation=self.organisation
        ).first()
        return super().dispatch(request, pk, organisation)


class GuideChangeView(GuideView):
    """A provider's own words about a way of learning, the three languages side by side."""

    def form(self, *data: Any) -> GuideForm:
        guide = self.guide or StrategyGuide(strategy=self.strategy, organisation=self.organisation)
        return GuideForm(*data, instance=guide, strategy=self.strategy)

    def get(self, request: HttpRequest, pk: int, organisation: int) -> HttpResponse:
        return self.show(self.form())

    def post(self, request: HttpRequest, pk: int, organisation: int) -> HttpResponse:
        form = self.form(request.POST)
        if form.is_valid():
            try:
                actions.write_guide(
                    strategy=self.strategy,
                    organisation=self.organisation,
                    content=form.content(),
                    revision=form.cleaned_data["revision"] or 0,
                    by=request.user,
                )
            except actions.ChangedMeanwhile:
                changed_meanwhile(form)
            except ValidationError as error:
                refuse(form, error)
            else:
                text = _("The words of %(provider)s were saved.") % {"provider": self.organisation.name}
                messages.success(request, text)
                return redirect("programmes:strategy_detail", pk=pk)
        return self.show(form)

    def show(self, form: GuideForm) -> HttpResponse:
        names = {
            "name": translated_text(self.strategy, "name").text,
            "provider": self.organisation.name,
        }
        frame = Frame(
            _("“%(name)s” in the words of %(provider)s") % names,
            _crumbs(self.strategy),
            _("Save the changes"),
            _("What you leave as it is stays the site's text and changes with it."),
        )
        return show_form(
            self.request,
            form,
            frame,
            "programmes/strategy_form.html",
            organisation=self.organisation,
            readers=reads.readers_of(self.organisation),
            smallest=SMALLEST_GROUP,
            guide=self.guide,
        )


class GuideRemoveView(GuideView):
    """Back to the site's own words."""

    def found(self) -> StrategyGuide:
        if self.guide is None:
            raise Http404
        return self.guide

    def get(self, request: HttpRequest, pk: int, organisation: int) -> HttpResponse:
        self.found()
        address = reverse("programmes:guide_change", args=[pk, organisation])
        frame = Frame(
            _("Remove the words of %(provider)s?") % {"provider": self.organisation.name},
            [*_crumbs(self.strategy), (_("Own words"), address)],
            _("Remove the words"),
            is_danger=True,
        )
        lines = [
            _("Your people read the site's text about this way of learning again."),
            _("Your texts go for good, in all languages."),
        ]
        return show_question(request, frame, lines)

    def post(self, request: HttpRequest, pk: int, organisation: int) -> HttpResponse:
        actions.remove_guide(guide=self.found(), by=request.user)
        messages.success(request, _("The words of the training provider were removed."))
        return redirect("programmes:strategy_detail", pk=pk)
