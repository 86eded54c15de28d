"""Forms of those who verify activities."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from people.models import Membership, User
from programmes.forms.fields import DayField, is_key
from programmes.models import ActivityEntry, Enrolment, ReturnPreset

ENTRIES_AT_ONCE = 100


class ReturnForm(forms.Form):
    """Why an entry goes back to its learner: one of the usual reasons, own words, or both."""

    preset = forms.ChoiceField(
        label=_("What is missing?"),
        help_text=_("The learner reads this in their own language."),
        choices=[("", _("Only my own words")), *ReturnPreset.choices],
        required=False,
    )
    reason = forms.CharField(
        label=_("In your own words"),
        help_text=_("The learner reads this and mends the entry."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # one of them is needed, so neither is called optional
            field.is_one_of_several = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not cleaned["preset"] and not cleaned["reason"]:
            self.add_error("reason", _("Say what is missing, so that the entry can be mended."))
        return cleaned


def chosen_entries(values: Sequence[str], *, waiting: QuerySet[ActivityEntry]) -> list[ActivityEntry]:
    """The entries with these keys that still wait for the person, in the order of the queue.

    Somebody may have been faster, so a key that is not among them is no error of the person's. Raises ValidationError
    for too many.
    """
    keys = [int(text) for text in values if is_key(text)]
    if len(keys) > ENTRIES_AT_ONCE:
        raise ValidationError(_("Choose 100 entries at most."))
    return list(waiting.filter(pk__in=keys))


class CoverForm(forms.Form):
    """Who covers for which learners, and when."""

    to = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label=_("Who covers for you?"),
        help_text=_("Coaches of your training provider"),
        empty_label=_("Choose a colleague"),
        error_messages={
            "required": _("Choose a colleague."),
            "invalid_choice": _("Choose a colleague from the list."),
        },
    )
    starts_on = DayField(label=_("First day"), error_messages={"required": _("Enter the first day.")})
    ends_on = DayField(label=_("Last day"), error_messages={"required": _("Enter the last day.")})
    enrolments = forms.ModelMultipleChoiceField(
        queryset=Enrolment.objects.none(),
        label=_("For which learners?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one learner."),
            "invalid_choice": _("Choose from your own learners."),
            "invalid_pk_value": _("Choose from your own learners."),
        },
    )

    def __init__(self, *args: Any, by: User, enrolments: Any, today: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        coaches = Membership.objects.current(on=today).filter(
            role=Membership.Role.COACH,
            organisation__in=enrolments.values("cohort__programme__organisation"),
        )
        colleagues = User.objects.filter(pk__in=coaches.values("person"), is_active=True).exclude(pk=by.pk)
        self.fields["to"].queryset = colleagues  # type: ignore[attr-defined]
        self.fields["enrolments"].queryset = enrolments  # type: ignore[attr-defined]
        if "enrolments" not in self.initial:
            self.initial["enrolments"] = [row.pk for row in enrolments]
