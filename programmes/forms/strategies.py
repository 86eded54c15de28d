"""Forms for ways of learning: the filters of the list, what somebody looks for, and the words about each."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.forms import TextsForm, text_columns
from core.texts import LANGUAGES, column
from programmes.actions import StrategyContent
from programmes.forms.filters import TolerantFilter
from programmes.models import (
    ActivityEntry,
    Company,
    CostLevel,
    Disruption,
    Goal,
    LearningStrategy,
    Need,
    StrategyGuide,
)
from programmes.models.strategies import GUIDE_TEXTS, STRATEGY_TEXTS

TEXTS = {
    "summary": _("What it is"),
    "when_to_choose": _("When to choose it"),
    "skills": _("For which skill"),
    "people_needed": _("Who is needed"),
}
ANY = [("", _("No preference"))]


class StrategyFilter(TolerantFilter):
    """Ways of learning by what they take. One that can be both on and off the job is found by either."""

    kind = django_filters.ChoiceFilter(
        choices=ActivityEntry.Kind.choices, label=_("On or off the job"), method="by_kind"
    )
    group = django_filters.ChoiceFilter(choices=Company.choices, label=_("Alone or with others"))
    disruption = django_filters.ChoiceFilter(choices=Disruption.choices, label=_("Disruption"))
    cost_level = django_filters.ChoiceFilter(choices=CostLevel.choices, label=_("Cost"))

    class Meta:
        model = LearningStrategy
        fields = ("kind", "group", "disruption", "cost_level")

    def by_kind(self, rows: QuerySet[LearningStrategy], name: str, value: str) -> QuerySet[LearningStrategy]:
        return rows.filter(usual_kind__in=["", value])


class FinderForm(forms.Form):
    """What somebody looks for; nothing is needed, and what makes no sense is no wish."""

    goal = forms.ChoiceField(label=_("Which goal do you work towards?"), required=False)
    need = forms.ChoiceField(
        label=_("What do you want to learn?"), choices=[*ANY, *Need.choices], required=False
    )
    group = forms.ChoiceField(
        label=_("Alone or with others?"), choices=[*ANY, *Company.choices], required=False
    )
    kind = forms.ChoiceField(
        label=_("On or off the job?"), choices=[*ANY, *ActivityEntry.Kind.choices], required=False
    )
    disruption = forms.ChoiceField(
        label=_("How much may it disturb the day's work?"),
        choices=[
            *ANY,
            (Disruption.LOW, _("Little")),
            (Disruption.MEDIUM, _("Some")),
            (Disruption.HIGH, _("A lot, if it has to")),
        ],
        required=False,
    )

    def __init__(self, *args: Any, goals: list[Goal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # every one of them may be left out, so none is called optional
            field.is_one_of_several = True  # type: ignore[attr-defined]
        if goals:
            offered = [(str(goal.pk), goal.title) for goal in goals]
            self.fields["goal"].choices = [("", _("No goal")), *offered]  # type: ignore[attr-defined]
        else:
            del self.fields["goal"]

    @property
    def wishes(self) -> dict[str, str]:
        """What is wished and makes sense, by field."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class WordsForm(TextsForm):
    """What the forms of the site's and of a provider's words have in common."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field.widget, forms.Textarea) and name != "source_language":
                field.widget.attrs["rows"] = 4

    def _post_clean(self) -> None:
        """Leave the instance alone: the page shows it as it is stored, and the action writes it."""


FACTS = ("usual_kind", "disruption", "cost_level", "group", "suits")


class StrategyForm(WordsForm):
    """The site's own words about a way of learning, and what it takes."""

    texts = {"name": _("Name"), **TEXTS}
    usual_kind = forms.ChoiceField(
        label=_("On or off the job?"),
        choices=[("", _("On or off the job")), *ActivityEntry.Kind.choices],
        required=False,
    )
    suits = forms.MultipleChoiceField(
        label=_("Which kinds of need does it suit?"),
        choices=Need.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = LearningStrategy
        fields = (*text_columns(*STRATEGY_TEXTS), *FACTS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["revision"] = self.instance.revision

    def content(self) -> StrategyContent:
        """What was typed, for the action; only after is_valid()."""
        facts = {name: self.cleaned_data[name] for name in FACTS}
        return StrategyContent({**self.text_values(), **facts}, self.still_right())


class GuideForm(WordsForm):
    """A provider's own words. The site's stand in the form at first, and what stays as they are stays theirs."""

    texts = TEXTS

    class Meta:
        model = StrategyGuide
        fields = text_columns(*GUIDE_TEXTS)

    def __init__(self, *args: Any, strategy: LearningStrategy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.strategy = strategy
        self.initial["revision"] = self.instance.revision if self.instance.pk else 0
        if not self.instance.pk:
            self.initial["source_language"] = strategy.source_language
        for text in GUIDE_TEXTS:
            if not any(getattr(self.instance, name) for name in _columns(text)):
                self.initial.update({name: getattr(strategy, name) for name in _columns(text)})

    def content(self) -> StrategyContent:
        """What was typed, for the action; only after is_valid()."""
        values = self.text_values()
        for text in GUIDE_TEXTS:
            if all(_same(values[name], getattr(self.strategy, name)) for name in _columns(text)):
                values |= dict.fromkeys(_columns(text), "")
        return StrategyContent(values, self.still_right())


def _columns(text: str) -> list[str]:
    return [column(text, language) for language in LANGUAGES]


def _same(typed: str, stored: str | None) -> bool:
    """Browsers send line ends of their own."""
    return typed.split() == (stored or "").split()
