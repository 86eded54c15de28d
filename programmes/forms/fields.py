"""Fields that several forms of a lead share."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.formats import number_format, sanitize_separators
from django.utils.translation import gettext_lazy as _

from core.translated import translated_text
from people.models import User

MOST_HOURS = 20_000
DAY_FORMAT = "%Y-%m-%d"


def is_key(text: str) -> bool:
    """Whether the text can be the key of a row."""
    return text.isascii() and text.isdigit() and len(text) < 19


def day_input() -> forms.DateInput:
    """The browser's own calendar."""
    return forms.DateInput(attrs={"type": "date"}, format=DAY_FORMAT)


class DayField(forms.DateField):
    """A day, from the browser's calendar or typed as year-month-day."""

    def __init__(self, **kwargs: Any) -> None:
        messages = {"invalid": _("Enter a date, such as 2026-11-19.")} | kwargs.pop("error_messages", {})
        super().__init__(widget=day_input(), error_messages=messages, **kwargs)


class HoursField(forms.CharField):
    """Hours as people write them ("37.5", in some languages "37,5"), which are whole minutes to the portal."""

    widget = forms.TextInput

    def __init__(self, *, most: int = MOST_HOURS, **kwargs: Any) -> None:
        self.most = most
        widget = forms.TextInput(
            attrs={"inputmode": "decimal", "autocomplete": "off", "class": "wbl-w-hours"}
        )
        super().__init__(widget=widget, max_length=12, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        hours = (Decimal(value) / 60).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP).normalize()
        return number_format(hours, use_l10n=True, force_grouping=False) if value else "0"

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            hours = Decimal(str(sanitize_separators(text)).replace(",", "."))
        except InvalidOperation:
            hours = Decimal("NaN")
        if not hours.is_finite() or not 0 <= hours <= self.most:
            raise ValidationError(
                _("Enter hours between 0 and %(most)s, such as 37.5."),
                params={"most": self.most},
                code="invalid",
            )
        return int((hours * 60).to_integral_value(ROUND_HALF_UP))


class OfferedMultipleField(forms.ModelMultipleChoiceField):
    """Rows out of the ones offered, and no others; shown by their translated title."""

    def label_from_instance(self, obj: Any) -> str:
        return translated_text(obj, "title").text

    def clean(self, value: Any) -> QuerySet[Any]:
        # Compared as text: SQLite fails on a number that no column can hold.
        offered = {str(pk) for pk in self.queryset.values_list("pk", flat=True)}  # type: ignore[union-attr]
        if not offered.issuperset(map(str, value or [])):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        chosen: QuerySet[Any] = super().clean(value)
        return chosen


class PersonField(forms.ModelChoiceField):
    """One of the people offered, by name; two of one name are told apart by their address."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=User.objects.none(), **kwargs)
        self.doubled: set[str] = set()

    def offer(self, people: QuerySet[User]) -> None:
        """Offer these people and nobody else."""
        self.queryset = people.order_by("display_name", "pk")
        names = list(people.values_list("display_name", flat=True))
        self.doubled = {name for name in names if names.count(name) > 1}

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.display_name} ({obj.email})" if obj.display_name in self.doubled else obj.display_name
