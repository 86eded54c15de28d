"""Forms for programmes and their units."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.forms import TextsForm, text_columns
from people.models import Organisation, User
from people.permissions import Permission
from programmes.actions import ProgrammeContent, UnitContent
from programmes.forms.fields import HoursField, OfferedMultipleField, PersonField
from programmes.models import Programme, ProgrammeUnit
from programmes.queries.choices import leads_for
from standards.models import Framework

PLAN = ("duration_weeks", "off_job_minutes", "on_job_minutes", "review_interval_weeks")
_whole = _("Enter a whole number of weeks, such as 10.")


def _weeks(label: Any, most: int, **kwargs: Any) -> forms.IntegerField:
    messages = {"invalid": _whole, "min_value": _whole, "required": _whole, "max_value": _whole}
    field = forms.IntegerField(label=label, min_value=1, max_value=most, error_messages=messages, **kwargs)
    field.widget = forms.TextInput(
        attrs={"inputmode": "numeric", "autocomplete": "off", "class": "wbl-w-hours"}
    )
    return field


class ProgrammeForm(TextsForm):
    """What a programme is and what it plans; `content()` gives what the actions take."""

    texts = {"title": _("Title"), "summary": _("Summary")}
    hints = {
        "summary": _("Two or three sentences for learners and employers: for whom it is and what it brings.")
    }

    duration_weeks = _weeks(_("Duration in weeks"), 520)
    off_job_minutes = HoursField(
        label=_("Planned hours off the job"),
        help_text=_("Over the whole programme, for one learner."),
    )
    on_job_minutes = HoursField(
        label=_("Planned hours on the job"),
        help_text=_("Over the whole programme, for one learner."),
    )
    review_interval_weeks = _weeks(_("Weeks between progress reviews"), 104)
    frameworks = OfferedMultipleField(
        queryset=Framework.objects.none(),
        label=_("Which standards does it lead to?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose from the standards that are listed.")},
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Programme
        fields = (*text_columns("title", "summary"), *PLAN, "frameworks")

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name.startswith("summary_"):
                field.widget.attrs["rows"] = 5
        readable = Framework.objects.permitted_to(by, Permission.FRAMEWORK_READ)
        offered = Q(status=Framework.Status.PUBLISHED)
        if self.instance.pk:
            offered |= Q(programmes=self.instance)
            self.initial["revision"] = self.instance.revision
        rows = Framework.objects.filter(offered, pk__in=readable.values("pk")).distinct()
        self.fields["frameworks"].queryset = rows.order_by("code", "version")  # type: ignore[attr-defined]

    def plan(self) -> dict[str, int]:
        """Duration, minutes and review interval; only after is_valid()."""
        return {name: self.cleaned_data[name] for name in PLAN}

    def content(self) -> ProgrammeContent:
        """What was typed, for the actions; only after is_valid()."""
        return ProgrammeContent(
            {**self.text_values(), **self.plan()}, list(self.cleaned_data["frameworks"]), self.still_right()
        )

    def _post_clean(self) -> None:
        """Leave the instance alone: the page shows it as it is stored, and the action writes it."""


class ProgrammeCreateForm(ProgrammeForm):
    """A new programme also has a provider, a code and, if the maker leads none there, somebody who will lead it."""

    organisation = forms.ModelChoiceField(
        queryset=Organisation.objects.none(),
        label=_("Training provider"),
        error_messages={
            "required": _("Choose the training provider."),
            "invalid_choice": _("Choose from the list."),
        },
    )
    code = forms.SlugField(
        label=_("Code"),
        max_length=60,
        help_text=_(
            "Short and without spaces, such as DIGI-SALES. It names the programme in lists and exports."
        ),
        error_messages={
            "required": _("Give the programme a code."),
            "invalid": _("Use letters, digits and hyphens only."),
        },
    )
    lead = PersonField(
        label=_("Programme lead"),
        required=False,
        help_text=_("Leave it empty to lead the programme yourself."),
        error_messages={"invalid_choice": _("Choose from the list.")},
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, by=by, **kwargs)
        self.by = by
        providers = Organisation.objects.permitted_to(by, Permission.PROGRAMME_CREATE)
        choice: Any = self.fields["organisation"]
        choice.queryset = providers
        choice.empty_label = "---"
        if providers.count() == 1:
            self.initial.setdefault("organisation", providers.get().pk)
            choice.empty_label = None
        today = timezone.localdate()
        people = User.objects.none()
        for provider in providers:
            people = people | leads_for(provider, on=today)
        self.fields["lead"].offer(people.distinct())  # type: ignore[attr-defined]
        for name in ("organisation", "code", "lead"):
            self.fields[name].widget.attrs["class"] = "wbl-w-30"
        self.order_fields(["organisation", "code", "lead"])

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if Programme.objects.filter(code__iexact=code).exists():
            raise ValidationError(_("Another programme has this code."))
        return code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        provider, lead = cleaned.get("organisation"), cleaned.get("lead") or self.by
        if provider and "lead" not in self.errors:
            cleaned["lead"] = lead
            if not leads_for(provider, on=timezone.localdate()).filter(pk=lead.pk).exists():
                self.add_error("lead", _("Choose somebody who may lead programmes at this provider."))
        return cleaned


class ProgrammeCopyForm(forms.Form):
    """What a copy cannot take over: its code."""

    code = ProgrammeCreateForm.base_fields["code"]
    clean_code = ProgrammeCreateForm.clean_code


class LeadsForm(forms.Form):
    """Who leads a programme from today."""

    leads = OfferedMultipleField(
        queryset=User.objects.none(),
        label=_("Who leads this programme?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Somebody has to lead the programme."),
            "invalid_choice": _("Choose from the people who may lead programmes here."),
        },
    )

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["leads"]
        field.queryset = leads_for(programme.organisation, on=timezone.localdate())
        field.label_from_instance = str


class UnitForm(TextsForm):
    """A unit's texts and planned hours; `content()` gives what the actions take."""

    texts = {"title": _("Title"), "summary": _("Summary")}

    planned_minutes = HoursField(
        label=_("Planned hours"), help_text=_("On and off the job together, for one learner.")
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = ProgrammeUnit
        fields = (*text_columns("title", "summary"), "planned_minutes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name.startswith("summary_"):
                field.widget.attrs["rows"] = 4
        if self.instance.pk:
            self.initial["revision"] = self.instance.revision

    def content(self) -> UnitContent:
        """What was typed, for the actions; only after is_valid()."""
        values = {**self.text_values(), "planned_minutes": self.cleaned_data["planned_minutes"]}
        return UnitContent(values, self.still_right())

    def _post_clean(self) -> None:
        """Leave the instance alone: the page shows it as it is stored, and the action writes it."""


class UnitCriteriaForm(forms.Form):
    """Which of the criteria shown a unit works towards; those that a search hid stay as they are."""

    shown = OfferedMultipleField(queryset=Framework.objects.none(), required=False)
    criteria = OfferedMultipleField(
        queryset=Framework.objects.none(),
        required=False,
        label=_("Criteria"),
        error_messages={"invalid_choice": _("Choose from the criteria of the programme's standards.")},
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, offered: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("shown", "criteria"):
            self.fields[name].queryset = offered  # type: ignore[attr-defined]

    def chosen(self, held: Collection[int]) -> set[int]:
        """The ids that the unit has afterwards, out of the ones it holds now and what was ticked."""
        ticked = {row.pk for row in self.cleaned_data["criteria"]}
        shown = {row.pk for row in self.cleaned_data["shown"]}
        return (set(held) - shown) | ticked
