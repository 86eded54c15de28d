"""Forms for breaks in learning."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programmes.forms.fields import DayField

REASON_HINT = _("A word is enough, such as parental leave. Write nothing about health.")


class BreakForm(forms.Form):
    """A break in learning: its days and, if it helps, why."""

    starts_on = DayField(label=_("First day of the break"))
    ends_on = DayField(
        label=_("Last day of the break"),
        required=False,
        help_text=_("If it is agreed. The planned end moves by the length of the break."),
    )
    reason = forms.CharField(label=_("Reason"), required=False, max_length=200, help_text=REASON_HINT)


class BreakAskForm(BreakForm):
    """The same, as a learner asks for it."""

    ends_on = DayField(
        label=_("Last day of the break"),
        required=False,
        help_text=_(
            "Leave it empty if you do not know yet. The planned end moves by the length of the break."
        ),
    )

    def clean_starts_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["starts_on"]
        if day < timezone.localdate():
            raise ValidationError(_("Enter today or a later day. What is past is marked as leave."))
        return day


class BackForm(forms.Form):
    """The day from which a learner is back."""

    back_on = DayField(label=_("Back from"), help_text=_("The first day of learning after the break."))


class BreakDecideForm(forms.Form):
    """Yes or no to a break; a no says why."""

    do = forms.ChoiceField(
        label=_("Do you agree to the break?"),
        choices=[
            ("agree", _("Agree: the break holds as it was asked for")),
            ("refuse", _("Do not agree: say what speaks against it")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one of the two."),
            "invalid_choice": _("Choose one of the two."),
        },
    )
    answer = forms.CharField(
        label=_("Your answer"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The learner reads it. It is needed when you do not agree. Write nothing about health."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("do") == "refuse" and not cleaned.get("answer") and "answer" not in self.errors:
            self.add_error("answer", _("Say why, so that the learner knows."))
        return cleaned
