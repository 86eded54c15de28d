"""The answer whether something is used at work, and the question that somebody may ask about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import number_format, sanitize_separators
from django.utils.translation import gettext_lazy as _

from programmes.forms.applied import NO, NOT_YET, YES, applied_on_field, benefit_fields, what_changed_field
from programmes.forms.fields import is_key
from programmes.forms.files import FilesField, files_input
from programmes.forms.filters import TolerantFilter
from programmes.models import ApplicationRecord, BenefitUnit
from programmes.queries.answering import (
    LEVELS,
    ApplicationContent,
    BenefitContent,
    content_of,
    missing_in,
)

Status = ApplicationRecord.Status
APPLICATIONS_AT_ONCE = 100
LESS, MORE = "less", "more"
LEVEL_ICONS = {"individual": "person", "team": "people", "organisation": "building"}


class AmountField(forms.DecimalField):
    """A measured number as people write it: 12.5, in some languages 12,5."""

    def __init__(self, **kwargs: Any) -> None:
        errors = {
            "invalid": _("Enter a number, such as 12.5."),
            "min_value": _("Enter a number of 0 or more."),
            "max_digits": _("This number is too long."),
            "max_decimal_places": _("Give two decimals at most."),
            "max_whole_digits": _("This number is too long."),
        }
        widget = forms.TextInput(
            attrs={"inputmode": "decimal", "autocomplete": "off", "class": "wbl-w-hours"}
        )
        super().__init__(
            min_value=0, max_digits=12, decimal_places=2, widget=widget, error_messages=errors, **kwargs
        )

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if isinstance(value, str):
            value = str(sanitize_separators(value.strip())).replace(",", ".")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Decimal):
            return value
        return number_format(Decimal(f"{value.normalize():f}"), use_l10n=True, force_grouping=False)


@dataclass(frozen=True)
class BenefitPart:
    """The fields of one benefit, for the template."""

    icon: str
    text: forms.BoundField
    measure: forms.BoundField
    before: forms.BoundField
    after: forms.BoundField
    unit: forms.BoundField
    better: forms.BoundField

    @property
    def is_measured(self) -> bool:
        """Whether something stands in, or is wrong with, the measure."""
        fields = (self.measure, self.before, self.after, self.unit)
        return any(field.value() or field.errors for field in fields)


class ApplicationForm(forms.Form):
    """Yes with what changed, "not yet", or no with the reason. Only what belongs to the choice is looked at."""

    used = forms.ChoiceField(
        label=_("Did you use it at work?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose an answer."),
            "invalid_choice": _("Choose an answer from the list."),
        },
    )
    what_changed = what_changed_field()
    applied_on = applied_on_field()
    evidence_note = forms.CharField(
        label=_("How can it be seen?"),
        help_text=_("For example in a sheet, at a machine, or whom to ask"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    evidence = FilesField(
        label=_("Evidence"),
        help_text=_("Photos or documents, ten at most. Leave out customer and personal data."),
        required=False,
        widget=files_input(),
    )
    is_shared = forms.BooleanField(
        label=_("My workplace mentor may see the new files"), required=False, initial=True
    )
    not_applied_reason = forms.CharField(
        label=_("Why not?"),
        help_text=_("An honest answer helps to choose better ways of learning."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, record: ApplicationRecord, is_sending: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **{"initial": initial_of_answer(record), **kwargs})
        self.record, self.is_sending = record, is_sending
        choices = [(YES, _("Yes")), (NOT_YET, _("Not yet")), (NO, _("I will not use it"))]
        asked = record.status == Status.PROMPTED
        self.fields["used"].choices = [row for row in choices if asked or row[0] != NOT_YET]  # type: ignore[attr-defined]
        # Needed for one of the choices, so not called optional.
        self.fields["not_applied_reason"].is_one_of_several = True  # type: ignore[attr-defined]
        for level, field in benefit_fields().items():
            self.fields[f"benefit_{level}"] = field
            self.fields.update(_measure_fields(level))

    def benefits(self) -> Sequence[BenefitPart]:
        """The three benefits, for the template."""
        return [
            BenefitPart(
                LEVEL_ICONS[level],
                self[f"benefit_{level}"],
                self[f"measure_{level}"],
                self[f"before_{level}"],
                self[f"after_{level}"],
                self[f"unit_{level}"],
                self[f"better_{level}"],
            )
            for level in LEVELS
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        used = cleaned.get("used")
        if used == YES:
            self._clean_yes(cleaned)
        elif used in (NOT_YET, NO):
            for name in set(self.errors) - {"used", "revision", "not_applied_reason"}:
                del self.errors[name]
        if used == NO and "not_applied_reason" not in self.errors and not cleaned["not_applied_reason"]:
            self.add_error("not_applied_reason", _("Say in a few words why you do not use it."))
        elif used != NO:
            self.errors.pop("not_applied_reason", None)
        return cleaned

    def _clean_yes(self, cleaned: dict[str, Any]) -> None:
        for level in LEVELS:
            self._clean_benefit(level, cleaned)
        if not self.is_sending:
            return
        done_on, today = self.record.entry.done_on, timezone.localdate()
        said = ApplicationContent(cleaned.get("what_changed") or "", cleaned.get("applied_on"))
        for name, message in missing_in(said, done_on=done_on, on=today).items():
            if name not in self.errors:
                self.add_error(name, message)

    def _clean_benefit(self, level: str, cleaned: dict[str, Any]) -> None:
        """A measure is whole or not there, and says more about a benefit that is described in words."""
        names = [f"{part}_{level}" for part in ("measure", "unit", "before", "after")]
        if set(names) & set(self.errors):
            return
        given = [name for name in names if cleaned.get(name) not in (None, "")]
        if given and len(given) < len(names):
            missing = next(name for name in names if name not in given)
            self.add_error(missing, _("A measure needs what was measured, the unit, before and now."))
        elif given and not cleaned.get(f"benefit_{level}") and f"benefit_{level}" not in self.errors:
            self.add_error(f"benefit_{level}", _("Say in a few words what the benefit is."))

    def content(self) -> ApplicationContent:
        """What was typed, for the actions; only after is_valid() and a "yes"."""
        cleaned = self.cleaned_data
        return ApplicationContent(
            cleaned["what_changed"],
            cleaned["applied_on"],
            cleaned["evidence_note"],
            tuple(
                BenefitContent(
                    level,
                    cleaned[f"benefit_{level}"],
                    cleaned[f"measure_{level}"],
                    cleaned[f"unit_{level}"],
                    cleaned[f"before_{level}"],
                    cleaned[f"after_{level}"],
                    cleaned[f"better_{level}"] != MORE,
                )
                for level in LEVELS
                if cleaned[f"benefit_{level}"]
            ),
        )

    def had_files(self) -> bool:
        """Whether files came with a post that failed: browsers do not keep them, so the page says so."""
        return bool(self.files) and bool(self.errors)


def _measure_fields(level: str) -> Mapping[str, forms.Field]:
    invalid = {"invalid_choice": _("Choose a unit from the list.")}
    better = [(LESS, _("Less is better")), (MORE, _("More is better"))]
    return {
        f"measure_{level}": forms.CharField(label=_("What was measured?"), max_length=200, required=False),
        f"before_{level}": AmountField(label=_("Before"), required=False),
        f"after_{level}": AmountField(label=_("Now"), required=False),
        f"unit_{level}": forms.ChoiceField(
            label=_("Unit"),
            choices=[("", "---"), *BenefitUnit.choices],
            required=False,
            error_messages=invalid,
        ),
        f"better_{level}": forms.ChoiceField(
            label=_("What is better?"),
            choices=better,
            required=False,
            error_messages={"invalid_choice": _("Choose an answer from the list.")},
        ),
    }


def initial_of_answer(record: ApplicationRecord) -> dict[str, Any]:
    """What the record says, as initial values; an answer that came back starts with its "yes"."""
    content, used = content_of(record), ""
    if record.status == Status.NOT_APPLIED:
        used = NO
    elif record.status == Status.RETURNED or content:
        used = YES
    values: dict[str, Any] = {
        "used": used,
        "revision": record.revision,
        "not_applied_reason": record.not_applied_reason,
        **content.fields,
    }
    for benefit in content.benefits:
        level = benefit.level
        values |= {
            f"benefit_{level}": benefit.text,
            f"measure_{level}": benefit.measure,
            f"unit_{level}": benefit.unit,
            f"before_{level}": benefit.before,
            f"after_{level}": benefit.after,
            f"better_{level}": LESS if benefit.is_less_better else MORE,
        }
    return values


class QuestionForm(forms.Form):
    """What somebody wants to know before confirming."""

    question = forms.CharField(
        label=_("Your question"),
        help_text=_("The learner reads this and answers it."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write what you want to know.")},
    )


def chosen_applications(
    values: Sequence[str], *, waiting: QuerySet[ApplicationRecord]
) -> list[ApplicationRecord]:
    """The answers with these keys that still wait for the person, in the order of the queue.

    Somebody may have been faster, so a key that is not among them is no error of the person's. Raises ValidationError
    for too many.
    """
    keys = [int(text) for text in values if is_key(text)]
    if len(keys) > APPLICATIONS_AT_ONCE:
        raise ValidationError(_("Choose 100 entries at most."))
    return list(waiting.filter(pk__in=keys))


class ApplicationFilter(TolerantFilter):
    """Answers by state."""

    status = django_filters.ChoiceFilter(choices=Status.choices, label=_("State"))

    class Meta:
        model = ApplicationRecord
        fields = ("status",)
