"""Forms for goal templates."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.forms import TextsForm, text_columns
from core.translated import translated_text
from standards.actions import TemplateContent
from standards.models import Criterion, Framework, GoalTemplate

MOST_WEEKS = 104
_whole = _("Enter a whole number of weeks from 1 to 104.")


class CriteriaOfStandardField(forms.ModelMultipleChoiceField):
    """Criteria of one standard, by code and translated title."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.code} {translated_text(obj, 'title').text}"

    def clean(self, value: Any) -> QuerySet[Criterion]:
        # Compared as text: SQLite fails on a number that no column can hold.
        offered = {str(pk) for pk in self.queryset.values_list("pk", flat=True)}  # type: ignore[union-attr]
        if not offered.issuperset(map(str, value or [])):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        chosen: QuerySet[Criterion] = super().clean(value)
        return chosen


class TemplateForm(TextsForm):
    """A goal template's texts, criteria and usual time; `content()` gives what the actions take."""

    texts = {
        "title": _("What somebody wants to be able to do"),
        "why": _("Why it matters at work"),
        "measure": _("How one knows"),
    }
    hints = {
        "title": _("The learner starts from these texts and ties them to their own work."),
        "measure": _("Something that others can see or count."),
    }

    code = forms.SlugField(
        label=_("Code"),
        max_length=60,
        help_text=_("Short and without spaces, such as plan-the-week."),
        error_messages={
            "required": _("Give the template a code."),
            "invalid": _("Use letters, digits and hyphens only."),
        },
    )
    weeks = forms.IntegerField(
        label=_("Usual weeks until the target date"),
        min_value=1,
        max_value=MOST_WEEKS,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "wbl-w-hours"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), _whole),
    )
    criteria = CriteriaOfStandardField(
        queryset=Criterion.objects.none(),
        label=_("Which criteria does it help with?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one criterion."),
            "invalid_choice": _("Choose from the criteria of this standard."),
            "invalid_pk_value": _("Choose from the criteria of this standard."),
        },
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = GoalTemplate
        fields = (*text_columns("title", "why", "measure"), "code", "weeks")

    def __init__(self, *args: Any, framework: Framework, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.framework = framework
        self.fields["code"].widget.attrs["class"] = "wbl-w-30"
        for name, field in self.fields.items():
            if name.startswith(("why_", "measure_")):
                field.widget.attrs["rows"] = 4
        leaves = framework.criteria.filter(children=None).order_by("parent__order", "order", "pk")
        self.fields["criteria"].queryset = leaves  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial["revision"] = self.instance.revision
            self.initial["criteria"] = list(self.instance.criteria.values_list("pk", flat=True))

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        others = GoalTemplate.objects.filter(framework=self.framework, code__iexact=code)
        if others.exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Another template of this standard has this code."))
        return code

    def content(self) -> TemplateContent:
        """What was typed, for the actions; only after is_valid()."""
        values = {name: self.cleaned_data[name] for name in ("code", "weeks")}
        return TemplateContent(
            {**self.text_values(), **values}, list(self.cleaned_data["criteria"]), self.still_right()
        )

    def _post_clean(self) -> None:
        """Leave the instance alone: the page shows it as it is stored, and the action writes it."""
