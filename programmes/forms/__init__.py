"""What may be typed, and what it means."""

from programmes.forms.activities import (
    AccessReasonForm,
    ActivityFilter,
    ActivityForm,
    copied_from,
    initial_from,
    initial_of,
)
from programmes.forms.days import PREFIX, ROWS_AT_MOST, BaseDaysFormSet, DaysFormSet, day_rows_from
from programmes.forms.deciding import CoverForm, ReturnForm, chosen_entries

__all__ = [
    "PREFIX",
    "ROWS_AT_MOST",
    "AccessReasonForm",
    "ActivityFilter",
    "ActivityForm",
    "BaseDaysFormSet",
    "CoverForm",
    "DaysFormSet",
    "ReturnForm",
    "chosen_entries",
    "copied_from",
    "day_rows_from",
    "initial_from",
    "initial_of",
]
