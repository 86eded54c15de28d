"""Days and times as they are typed: of an activity, and of the further days on which the same was done."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from programmes.actions import Day
from programmes.forms.fields import DayField
from programmes.models import Enrolment

ROWS_AT_FIRST, ROWS_AT_MOST = 2, 13
PREFIX = "days"


def _whole_number(label: Any, most: int, invalid: Any, too_much: Any) -> forms.IntegerField:
    errors = {"invalid": invalid, "min_value": invalid, "max_value": too_much}
    return forms.IntegerField(label=label, min_value=0, max_value=most, required=False, error_messages=errors)


def hours_field() -> forms.IntegerField:
    """The whole hours of a duration, 0 to 24; may be empty."""
    return _whole_number(_("hours"), 24, _("Enter whole hours, such as 2."), _("A day has 24 hours."))


def minutes_field() -> forms.IntegerField:
    """The minutes of a duration beside its hours, 0 to 59; may be empty."""
    invalid = _("Enter minutes between 0 and 59.")
    return _whole_number(_("minutes"), 59, invalid, invalid)


def clean_duration(form: forms.BaseForm, cleaned: dict[str, Any]) -> int:
    """Minutes of `hours` and `mins` together; an error at `hours` when they are none, or more than a day."""
    if "hours" not in cleaned or "mins" not in cleaned:
        return 0
    total: int = (cleaned["hours"] or 0) * 60 + (cleaned["mins"] or 0)
    if not 1 <= total <= 24 * 60:
        form.add_error("hours", _("Enter the time it took, up to 24 hours."))
    return total


def check_day(day: dt.date, enrolment: Enrolment) -> dt.date:
    """The day, when it is one on which the learner can have learned. Raises ValidationError."""
    if day > timezone.localdate():
        raise ValidationError(_("Enter a date in the past or today."), code="future")
    if not enrolment.starts_on <= day <= enrolment.ends_on:
        raise ValidationError(
            _("Enter a date within your programme: %(first)s to %(last)s."),
            code="outside",
            params={"first": date_format(enrolment.starts_on), "last": date_format(enrolment.ends_on)},
        )
    return day


class DayForm(forms.Form):
    """One further day: all of it or nothing."""

    done_on = DayField(label=_("Date"), required=False)
    hours = hours_field()
    mins = minutes_field()

    def __init__(self, *args: Any, enrolment: Enrolment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.enrolment = enrolment

    def clean_done_on(self) -> dt.date | None:
        day = self.cleaned_data["done_on"]
        return check_day(day, self.enrolment) if day else None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("done_on"):
            cleaned["total_minutes"] = clean_duration(self, cleaned)
        elif "done_on" in cleaned and (cleaned.get("hours") or cleaned.get("mins")):
            self.add_error("done_on", _("Enter the day you did it."))
        return cleaned


class BaseDaysFormSet(forms.BaseFormSet):
    """The further days of one activity. `days()` gives them once the set is valid."""

    def clean(self) -> None:
        seen: set[dt.date] = set()
        for form in self.forms:
            day = form.cleaned_data.get("done_on") if hasattr(form, "cleaned_data") else None
            if day in seen:
                form.add_error("done_on", _("This day is in the list twice."))
            elif day:
                seen.add(day)

    def days(self) -> list[Day]:
        """The rows that were filled in."""
        rows = [form.cleaned_data for form in self.forms]
        return [Day(row["done_on"], row["total_minutes"]) for row in rows if row.get("done_on")]

    def faults(self) -> list[ErrorDict]:
        """The errors of the rows that have some."""
        return [form.errors for form in self.forms if form.errors]


DaysFormSet = forms.formset_factory(
    DayForm,
    formset=BaseDaysFormSet,
    extra=ROWS_AT_FIRST,
    max_num=ROWS_AT_MOST,
    absolute_max=ROWS_AT_MOST,
    validate_max=True,
)


def day_rows_from(content: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    """Initial values of the rows that were typed, by name of the control; rows without a word are left out."""
    rows = []
    for number in range(ROWS_AT_MOST):
        names = {name: content.get(f"{PREFIX}-{number}-{name}", [""]) for name in DayForm.base_fields}
        row = {name: values[0] for name, values in names.items() if values and values[0]}
        if row:
            rows.append(row)
    return rows
