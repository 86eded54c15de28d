"""Forms for goals: what their learner writes, how far they are, how they end, and what should change."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.translated import translated_text
from programmes.actions import GoalContent
from programmes.forms.activities import CriteriaField
from programmes.forms.fields import DayField, day_input, is_key
from programmes.forms.filters import TolerantFilter
from programmes.models import Enrolment, Goal
from programmes.models.goals import CLOSED_GOALS, GoalQuerySet
from programmes.queries.activities import CriteriaChoices
from programmes.queries.goals import level_faults, levels_for, proposal_faults, templates_for
from standards.models import Criterion, GoalTemplate, Level

GOALS_AT_ONCE = 100
LEVELS = ("baseline_level", "target_level")


class LevelField(forms.ModelChoiceField):
    """A level of the scale, by its number and name in the reader's language; may be left out."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=Level.objects.none(),
            required=False,
            empty_label=_("Not said"),
            error_messages={"invalid_choice": _("Choose a level from the list.")},
            **kwargs,
        )

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.order} {translated_text(obj, 'label').text}"


class GoalForm(forms.ModelForm):
    """A goal as its learner writes it. `content()` gives what the actions take."""

    criteria = CriteriaField(
        queryset=Criterion.objects.none(),
        required=False,
        label=_("Which criteria does it help with?"),
        error_messages={
            "invalid_choice": _("Choose from the criteria of your programme."),
            "invalid_pk_value": _("Choose from the criteria of your programme."),
        },
    )
    baseline_level = LevelField(label=_("Where are you now?"))
    target_level = LevelField(label=_("Where do you want to be?"))
    template: forms.ModelChoiceField = forms.ModelChoiceField(
        queryset=GoalTemplate.objects.none(), required=False, widget=forms.HiddenInput
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    form_token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Goal
        fields = ("title", "why", "measure", "target_on", "origin")
        labels = {
            "title": _("What do you want to be able to do?"),
            "why": _("Why does it matter at work?"),
            "measure": _("How will you know that you are there?"),
            "target_on": _("By when?"),
            "origin": _("Where does it come from?"),
        }
        help_texts = {
            "title": _("One thing, in a few words."),
            "why": _("What gets better for you, your team or your company?"),
            "measure": _("Something that you and others can see or count."),
            "origin": _("If somebody suggested it, say so here."),
        }
        widgets = {
            "title": forms.TextInput(attrs={"autocomplete": "off"}),
            "why": forms.Textarea(attrs={"rows": 3}),
            "measure": forms.Textarea(attrs={"rows": 3}),
            "target_on": day_input(),
        }
        error_messages = {
            "title": {"required": _("Say in a few words what you want to be able to do.")},
            "target_on": {
                "required": _("Enter a target date."),
                "invalid": _("Enter a date, such as 2026-11-19."),
            },
            "origin": {"required": _("Choose where it comes from.")},
        }

    def __init__(
        self,
        *args: Any,
        enrolment: Enrolment,
        choices: CriteriaChoices,
        is_proposing: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.enrolment, self.choices, self.is_proposing = enrolment, choices, is_proposing
        offered = Criterion.objects.filter(pk__in=[criterion.pk for criterion in choices.all])
        self.fields["criteria"].queryset = offered.select_related("framework")  # type: ignore[attr-defined]
        self.fields["template"].queryset = templates_for(enrolment)  # type: ignore[attr-defined]
        for name in ("why", "measure"):  # only a draft does without them, so they are not called optional
            self.fields[name].is_one_of_several = True  # type: ignore[attr-defined]
        levels = list(levels_for(enrolment))
        for name in LEVELS:
            self.fields[name].queryset = levels_for(enrolment)  # type: ignore[attr-defined]
        if not levels:
            for name in LEVELS:
                del self.fields[name]
        if self.instance.pk:
            self.initial["revision"] = self.instance.revision
            self.initial["criteria"] = list(self.instance.criteria.values_list("pk", flat=True))
            self.initial.update({name: getattr(self.instance, f"{name}_id") for name in LEVELS})

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        needed = {"title", "why", "measure", "target_on", "criteria"}
        if needed <= set(cleaned):
            content = self.content()
            faults = (
                proposal_faults(self.enrolment, content, on=timezone.localdate())
                if self.is_proposing
                else level_faults(content)
            )
            for name, text in faults.items():
                self.add_error(name if name in self.fields else None, text)
        return cleaned

    def content(self) -> GoalContent:
        """What was typed, for the actions; only once the fields are clean."""
        fields = {
            name: self.cleaned_data[name] for name in self._meta.fields or () if name in self.cleaned_data
        }
        fields |= {name: self.cleaned_data.get(name) for name in LEVELS}
        if not self.instance.pk:
            fields["template"] = self.cleaned_data.get("template")
        return GoalContent(fields, list(self.cleaned_data["criteria"]))

    def _post_clean(self) -> None:
        """Leave the instance alone: the page shows it as it is stored, and the action writes it."""


def initial_of_template(template: GoalTemplate, enrolment: Enrolment) -> dict[str, Any]:
    """Initial values out of a template: its texts in the reader's language, its criteria and its usual time."""
    texts = {name: translated_text(template, name).text for name in ("title", "why", "measure")}
    return {
        **texts,
        "criteria": [criterion.pk for criterion in template.criteria.all()],
        "template": template.pk,
        "target_on": target_in(template.weeks, enrolment),
    }


def target_in(weeks: int, enrolment: Enrolment) -> dt.date:
    """The day that many weeks from today, but not after the end of the programme."""
    return min(timezone.localdate() + dt.timedelta(weeks=weeks), enrolment.ends_on)


class AskChangeForm(forms.Form):
    """What should change about a goal before somebody agrees to it."""

    reason = forms.CharField(
        label=_("What should change?"),
        help_text=_("The learner reads this and mends the goal."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": _("Say what should change, so that the goal can be mended.")},
    )


class CheckInForm(forms.Form):
    """How far a goal is."""

    progress = forms.IntegerField(
        label=_("How far are you, in per cent?"),
        min_value=0,
        max_value=100,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "wbl-w-hours"}),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), _("Enter a whole number from 0 to 100.")
        ),
    )
    checked_on = DayField(label=_("On which day?"), error_messages={"required": _("Enter the day.")})
    note = forms.CharField(
        label=_("What has happened since?"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        required=False,
    )

    def __init__(self, *args: Any, goal: Goal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.goal = goal

    def clean_checked_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["checked_on"]
        if day > timezone.localdate():
            raise ValidationError(_("Enter a date in the past or today."))
        return day


class CloseForm(forms.Form):
    """How a goal ended, and what came of it."""

    to = forms.ChoiceField(
        label=_("How did it end?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Say how it ended."),
            "invalid_choice": _("Say how it ended."),
        },
    )
    outcome = forms.CharField(
        label=_("What came of it?"),
        help_text=_("What do you do differently at work now? If you drop it, say why."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=3000,
        error_messages={"required": _("Say what came of it.")},
    )

    def __init__(self, *args: Any, goal: Goal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        status = Goal.Status
        ends = [status.DROPPED]
        if goal.status == status.IN_PROGRESS:
            ends = [status.ACHIEVED, status.PARTLY_ACHIEVED, status.DROPPED]
        self.fields["to"].choices = [(end.value, end.label) for end in ends]  # type: ignore[attr-defined]
        if len(ends) == 1:
            self.initial["to"] = ends[0].value
        assert {end.value for end in ends} <= CLOSED_GOALS


class GoalFilter(TolerantFilter):
    """Goals by words of their texts, and by state."""

    q = django_filters.CharFilter(method="by_words", label=_("Search"))
    status = django_filters.ChoiceFilter(choices=Goal.Status.choices, label=_("State"))

    class Meta:
        model = Goal
        fields = ("q", "status")

    def by_words(self, rows: QuerySet[Goal], name: str, value: str) -> QuerySet[Goal]:
        return rows.filter(Q(title__icontains=value) | Q(why__icontains=value) | Q(measure__icontains=value))


def chosen_goals(values: Sequence[str], *, waiting: GoalQuerySet) -> list[Goal]:
    """The goals with these keys that still wait for the person, in the order of the list.

    Somebody may have been faster, so a key that is not among them is no error of the person's. Raises ValidationError
    for too many.
    """
    keys = [int(text) for text in values if is_key(text)]
    if len(keys) > GOALS_AT_ONCE:
        raise ValidationError(_("Choose 100 goals at most."))
    return list(waiting.filter(pk__in=keys))
