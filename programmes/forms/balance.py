"""Forms for the rules that planned hours follow, with the example that they are tried on."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import number_format, sanitize_separators
from django.utils.translation import gettext_lazy as _

from core.forms import TextsForm, text_columns
from core.translated import translated_text
from people.models import Organisation
from programmes.actions import RuleContent
from programmes.forms.fields import DayField, HoursField
from programmes.models import ActivityEntry, BalanceRule, Enrolment, Programme
from programmes.queries.balance import example_of

CHOOSE = _("Choose from the list.")
MOST_WEEKS = 520
Basis = BalanceRule.Basis


class NumberField(forms.CharField):
    """A number from 0 to `most` with at most two decimals, written with a point or a comma."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        self.most = most
        widget = forms.TextInput(
            attrs={"inputmode": "decimal", "autocomplete": "off", "class": "wbl-w-hours"}
        )
        super().__init__(widget=widget, max_length=8, required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return number_format(value.normalize()) if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            found = Decimal(str(sanitize_separators(text)).replace(",", "."))
        except InvalidOperation:
            found = Decimal("NaN")
        if not found.is_finite() or not 0 <= found <= self.most:
            raise ValidationError(
                _("Enter a number between 0 and %(most)s, such as 5.6."), params={"most": self.most}
            )
        return found.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


class ExampleForm(forms.Form):
    """Somebody made up, to try a rule on before it is saved."""

    example_start = DayField(label=_("Example: first day"))
    example_weeks = forms.IntegerField(
        label=_("Example: weeks"),
        min_value=1,
        max_value=MOST_WEEKS,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "wbl-w-hours"}),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value", "required"),
            _("Enter a whole number of weeks, such as 10."),
        ),
    )
    example_contracted = HoursField(label=_("Example: contracted hours a week"), most=80)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def somebody(self) -> Enrolment:
        """The enrolment that the example stands for; never saved. Only after is_valid()."""
        data = self.cleaned_data
        return example_of(
            data["example_start"], weeks=data["example_weeks"], contracted=data["example_contracted"]
        )


class RuleChoiceForm(ExampleForm):
    """Which rule a programme follows, or none."""

    rule = forms.ChoiceField(
        label=_("Which rule do the planned hours follow?"),
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": CHOOSE},
    )
    field_order = ("rule",)

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = list(BalanceRule.objects.offered_to(programme.organisation))
        none = ("", _("No rule: the planned hours of the programme, the same for everybody"))
        field: Any = self.fields["rule"]
        field.choices = [
            none,
            *((str(rule.pk), translated_text(rule, "name").text) for rule in self.offered),
        ]

    def chosen(self) -> BalanceRule | None:
        """The rule that was chosen; only after is_valid()."""
        wanted = self.cleaned_data["rule"]
        return next((rule for rule in self.offered if str(rule.pk) == wanted), None)


# What each way to work planned hours out needs, and what it may have.
NEEDED: dict[str, tuple[str, ...]] = {
    Basis.CONTRACTED: ("share_low",),
    Basis.WEEKLY: ("minutes_a_week", "leave_weeks_a_year"),
    Basis.TOTAL: ("total_minutes",),
    Basis.DURATION: ("share_low", "share_high"),
    Basis.CUSTOM: ("minutes_a_week",),
}
OPTIONAL: dict[str, tuple[str, ...]] = {Basis.TOTAL: ("minimum_minutes",)}
NUMBERS = (
    "share_low",
    "share_high",
    "minutes_a_week",
    "leave_weeks_a_year",
    "total_minutes",
    "minimum_minutes",
)


class RuleForm(ExampleForm, TextsForm):
    """A provider's own rule; `content()` gives what the actions take."""

    texts = {"name": _("Name"), "note": _("Note")}
    hints = {"note": _("For learners and supporters, who read it beside their hours.")}

    kind = forms.ChoiceField(
        label=_("Which hours does it plan?"),
        choices=ActivityEntry.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )
    basis = forms.ChoiceField(
        label=_("How are they worked out?"),
        choices=Basis.choices,
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )
    share_low = NumberField(
        label=_("Share in per cent"),
        most=100,
        help_text=_("For a share of the contracted hours; for two bounds it is the lower one."),
    )
    share_high = NumberField(
        label=_("Upper bound in per cent"),
        most=100,
        help_text=_("For a share of all hours of the programme."),
    )
    minutes_a_week = HoursField(
        label=_("Hours a week"),
        most=80,
        required=False,
        help_text=_("For hours a week, with leave or without."),
    )
    leave_weeks_a_year = NumberField(
        label=_("Weeks of leave a year"), most=52, help_text=_("For hours a week with leave taken out.")
    )
    total_minutes = HoursField(
        label=_("Hours over the whole programme"), required=False, help_text=_("For hours with a minimum.")
    )
    minimum_minutes = HoursField(
        label=_("Minimum hours"),
        required=False,
        help_text=_("Never fewer than these, even if less is planned."),
    )
    starts_from = DayField(label=_("For enrolments that start from"), required=False)
    starts_until = DayField(label=_("For enrolments that start until"), required=False)
    follows: Any = forms.ModelChoiceField(
        queryset=BalanceRule.objects.none(),
        label=_("Does it follow one of your rules?"),
        required=False,
        empty_label=_("No, it stands alone"),
        help_text=_("Of rules that follow each other the one holds in whose days an enrolment starts."),
        error_messages={"invalid_choice": CHOOSE},
    )
    source_url = forms.URLField(
        label=_("Link to the source"), required=False, max_length=300, assume_scheme="https"
    )

    class Meta:
        model = BalanceRule
        fields = text_columns("name", "note")

    def __init__(self, *args: Any, provider: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name.startswith("note_"):
                field.widget.attrs["rows"] = 3
        for name in NUMBERS:  # which of them are needed hangs on the way, so none is called optional
            self.fields[name].is_one_of_several = True  # type: ignore[attr-defined]
        follows: Any = self.fields["follows"]
        follows.queryset = BalanceRule.objects.filter(organisation=provider)
        follows.label_from_instance = lambda rule: translated_text(rule, "name").text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        basis = cleaned.get("basis", "")
        for name in NEEDED.get(basis, ()):
            if cleaned.get(name) is None and name not in self.errors:
                self.add_error(name, _("This number is needed for the way you chose."))
        low, high = cleaned.get("share_low"), cleaned.get("share_high")
        if basis == Basis.DURATION and low is not None and high is not None and high < low:
            self.add_error("share_high", _("The upper bound is below the lower one."))
        first, last = cleaned.get("starts_from"), cleaned.get("starts_until")
        if first and last and last < first:
            self.add_error("starts_until", _("The last day comes before the first."))
        follows = cleaned.get("follows")
        if follows and cleaned.get("kind") and follows.kind != cleaned["kind"]:
            self.add_error("follows", _("That rule plans the other kind of hours."))
        return cleaned

    def content(self) -> RuleContent:
        """What was typed, without numbers that the way does not use; only after is_valid()."""
        data = self.cleaned_data
        used = {*NEEDED[data["basis"]], *OPTIONAL.get(data["basis"], ())}
        numbers = {name: data[name] if name in used else None for name in NUMBERS}
        plain = {name: data[name] for name in ("kind", "basis", "starts_from", "starts_until", "source_url")}
        return RuleContent({**self.text_values(), **plain, **numbers}, data["follows"])

    def _post_clean(self) -> None:
        """There is no instance to write: the action makes it."""
