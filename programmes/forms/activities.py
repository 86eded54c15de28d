"""Forms for activities: what may be typed, and what it means."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.permissions import Standing
from programmes.actions import SAY_WHY_AMENDED, ActivityContent, Day
from programmes.forms.applied import AppliedPart, applied_initial
from programmes.forms.days import check_day, clean_duration, hours_field, minutes_field
from programmes.forms.files import FilesField, files_input
from programmes.models import ActivityEntry, Enrolment, Goal, LearningStrategy
from programmes.queries.activities import CriteriaChoices, searchable
from programmes.queries.checks import Check, Span, exceptions_of
from standards.models import Criterion


class CriteriaField(forms.ModelMultipleChoiceField):
    """Criteria out of the ones offered for the enrolment, and no others."""

    def label_from_instance(self, obj: Criterion) -> str:
        return f"{obj.code} {obj.title}"

    def clean(self, value: Any) -> QuerySet[Criterion]:
        # Compared as text: SQLite fails on a number that no column can hold.
        offered = {str(pk) for pk in self.queryset.values_list("pk", flat=True)}  # type: ignore[union-attr]
        if not offered.issuperset(map(str, value or [])):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        chosen: QuerySet[Criterion] = super().clean(value)
        return chosen


class ActivityForm(AppliedPart, forms.ModelForm):
    """An activity as its learner writes it. `content()` gives what the actions take."""

    hours = hours_field()
    mins = minutes_field()
    criteria = CriteriaField(
        queryset=Criterion.objects.none(),
        required=False,
        label=_("Which criteria does it help with?"),
        error_messages={
            "invalid_choice": _("Choose from the criteria of your programme."),
            "invalid_pk_value": _("Choose from the criteria of your programme."),
        },
    )
    reflection = forms.CharField(
        label=_("What did you learn?"),
        help_text=_(
            "Your own words. What was new, what surprised you, what is still unclear? Only you and your coach see this."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=5000,
        required=False,
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
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    form_token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = ActivityEntry
        fields = (
            "kind",
            "title",
            "done_on",
            "strategy",
            "goal",
            "description",
            "carried_out_by",
            "place",
            "starts_at",
            "cost",
            "is_paid",
            "exception_reason",
            "amendment_reason",
        )
        labels = {
            "kind": _("Where did you learn?"),
            "title": _("What did you do?"),
            "done_on": _("Date"),
            "strategy": _("How did you learn?"),
            "goal": _("Which goal does it help with?"),
            "description": _("More about what you did"),
            "carried_out_by": _("Who carried it out?"),
            "place": _("Where was it?"),
            "starts_at": _("When did it start?"),
            "cost": _("What did it cost?"),
            "is_paid": _("This was in my paid working time"),
            "exception_reason": _("Why is that so?"),
            "amendment_reason": _("Why do you amend it?"),
        }
        help_texts = {
            "done_on": _("The day you did it"),
            "cost": _("In the currency of your company; leave it empty when it cost nothing."),
            "goal": _("Your agreed goals. The first activity that you send for one puts it under way."),
            "carried_out_by": _("For example a trainer, a colleague or a course provider"),
            "exception_reason": _("Whoever verifies the activity reads this."),
            "amendment_reason": _("Whoever verifies the activity reads this."),
        }
        widgets = {
            "kind": forms.RadioSelect,
            "title": forms.TextInput(attrs={"autocomplete": "off"}),
            "done_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "starts_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "description": forms.Textarea(attrs={"rows": 3}),
            "exception_reason": forms.Textarea(attrs={"rows": 2}),
            "amendment_reason": forms.Textarea(attrs={"rows": 2}),
        }
        error_messages = {
            "kind": {"required": _("Say where you learned: on the job or off the job.")},
            "title": {"required": _("Say in a few words what you did.")},
            "done_on": {
                "required": _("Enter the day you did it."),
                "invalid": _("Enter a date, such as 2026-11-19."),
            },
            "strategy": {
                "required": _("Choose how you learned."),
                "invalid_choice": _("Choose how you learned from the list."),
            },
            "goal": {"invalid_choice": _("Choose from your goals that are agreed and not closed.")},
        }

    def __init__(
        self,
        *args: Any,
        enrolment: Enrolment,
        choices: CriteriaChoices,
        goals: QuerySet[Goal] | None = None,
        is_sending: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.enrolment, self.choices, self.is_sending = enrolment, choices, is_sending
        self.exceptions: list[Check] = []
        if self.instance.amends_id is None:
            del self.fields["amendment_reason"]
        else:
            self.fields["amendment_reason"].is_one_of_several = True  # type: ignore[attr-defined]
        self.fields["kind"].choices = ActivityEntry.Kind.choices  # type: ignore[attr-defined]
        self.fields["criteria"].queryset = Criterion.objects.filter(  # type: ignore[attr-defined]
            pk__in=[criterion.pk for criterion in choices.all]
        )
        offered = self.fields["goal"]
        offered.queryset = Goal.objects.none() if goals is None else goals  # type: ignore[attr-defined]
        offered.empty_label = _("No goal")  # type: ignore[attr-defined]
        strategies = self.fields["strategy"]
        strategies.queryset = LearningStrategy.objects.all()  # type: ignore[attr-defined]
        strategies.empty_label = None if self.initial.get("strategy") else "---"  # type: ignore[attr-defined]

    def clean_done_on(self) -> dt.date:
        return check_day(self.cleaned_data["done_on"], self.enrolment)

    def clean_criteria(self) -> QuerySet[Criterion]:
        chosen: QuerySet[Criterion] = self.cleaned_data["criteria"]
        if self.is_sending and not chosen:
            raise ValidationError(_("Choose at least one criterion before you send it."), code="required")
        return chosen

    def clean_amendment_reason(self) -> str:
        reason: str = self.cleaned_data["amendment_reason"].strip()
        if self.is_sending and not reason:
            raise ValidationError(SAY_WHY_AMENDED, code="required")
        return reason

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["total_minutes"] = clean_duration(self, cleaned)
        self.check_applied(cleaned, is_sending=self.is_sending)
        return cleaned

    def ask_for_reason(self, more_days: Sequence[Day]) -> bool:
        """Whether sending these days needs a reason that was not given; then the form has an error that asks for it.

        Only on a valid form.
        """
        first = Span(
            self.instance.chain_key,
            self.cleaned_data["done_on"],
            self.cleaned_data["starts_at"],
            self.cleaned_data["total_minutes"],
        )
        others = [Span(None, day.done_on, None, day.minutes) for day in more_days]
        self.exceptions = exceptions_of(self.enrolment, [first, *others], on=timezone.localdate())
        if self.is_sending and self.exceptions and not self.cleaned_data["exception_reason"]:
            self.add_error("exception_reason", _("Say why before you send it."))
            return True
        return False

    def content(self) -> ActivityContent:
        """What was typed, for the actions; only after is_valid()."""
        fields = {name: self.cleaned_data[name] for name in self._meta.fields or () if name in self.fields}
        fields["minutes"] = self.cleaned_data["total_minutes"]
        return ActivityContent(
            fields,
            list(self.cleaned_data["criteria"]),
            self.cleaned_data["reflection"].strip(),
            self.applied_content(),
        )

    def has_details(self) -> bool:
        """Whether something stands in, or is wrong with, the part below "More details"."""
        names = ("description", "carried_out_by", "place", "starts_at", "cost")
        if any(self[name].value() or self[name].errors for name in names):
            return True
        return self["is_paid"].value() is False

    def had_files(self) -> bool:
        """Whether files came with a post that failed: browsers do not keep them, so the page says so."""
        return bool(self.files) and bool(self.errors)


def initial_of(entry: ActivityEntry) -> dict[str, Any]:
    """Initial values of the form's own fields for an entry that exists."""
    reflection = getattr(entry, "reflection", None)
    return {
        "hours": entry.minutes // 60,
        "mins": entry.minutes % 60,
        "criteria": list(entry.criteria.values_list("pk", flat=True)),
        "reflection": reflection.text if reflection else "",
        "revision": entry.revision,
        **applied_initial(entry),
    }


LISTS = frozenset({"criteria"})


def initial_from(content: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Initial values out of what was once typed, by name of the control; an unknown name is ignored.

    A box that was not ticked is not in it, as in a post.
    """
    names = {*ActivityForm.base_fields} - {"evidence", "form_token", "revision"}
    boxes = {name for name in names if isinstance(ActivityForm.base_fields[name], forms.BooleanField)}
    typed = {name: content[name] for name in names if content.get(name)}
    values = {name: list(value) if name in LISTS else value[0] for name, value in typed.items()}
    return values | {name: name in typed for name in boxes}


TEXTS_COPIED = ("kind", "title", "strategy_id", "description", "carried_out_by", "place", "is_paid")


def copied_from(entry: ActivityEntry) -> dict[str, Any]:
    """Initial values for a new activity like an earlier one: all but the day, the reflection and the files.

    The goal stays while it is pursued.
    """
    values = {name.removesuffix("_id"): getattr(entry, name) for name in TEXTS_COPIED}
    if entry.goal is not None and entry.goal.is_pursued:
        values["goal"] = entry.goal_id
    texts = initial_of(entry)
    return values | {name: texts[name] for name in ("hours", "mins", "criteria")}


class AccessReasonForm(forms.Form):
    """Why an administrator needs to open what a learner wrote."""

    reason = forms.CharField(
        label=_("Why do you need to see it?"),
        help_text=_("Your reason is logged with your name and the time. Write no personal details."),
        max_length=200,
        error_messages={"required": _("Say why you need to see it.")},
    )


LISTED = [(value, word) for value, word in ActivityEntry.Status.choices if value != "superseded"]


class ActivityFilter(django_filters.FilterSet):  # type: ignore[misc]
    """The filters above a list of activities; what it does not know or understand it leaves out."""

    q = django_filters.CharFilter(method="by_words", label=_("Search"))
    kind = django_filters.ChoiceFilter(choices=ActivityEntry.Kind.choices, label=_("Type"))
    status = django_filters.ChoiceFilter(choices=LISTED, label=_("State"))
    criterion = django_filters.ModelChoiceFilter(
        field_name="criteria", queryset=Criterion.objects.none(), label=_("Criterion")
    )

    class Meta:
        model = ActivityEntry
        fields = ("q", "kind", "status", "criterion")

    def __init__(self, *args: Any, standing: Standing, choices: CriteriaChoices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.standing = standing
        self.filters["criterion"].queryset = Criterion.objects.filter(pk__in=[c.pk for c in choices.all])

    def by_words(self, rows: QuerySet[ActivityEntry], name: str, value: str) -> QuerySet[ActivityEntry]:
        return searchable(rows, value, standing=self.standing)

    @property
    def is_active(self) -> bool:
        """Whether any understood filter is set."""
        return any(self.form.cleaned_data.values()) if self.form.is_valid() else bool(self._understood())

    def _understood(self) -> dict[str, Any]:
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    @property
    def qs(self) -> QuerySet[ActivityEntry]:
        """The filtered rows: unknown values are ignored, the others still work."""
        self.form.is_valid()
        rows: QuerySet[ActivityEntry] = self.queryset.all()
        for name, value in self._understood().items():
            rows = self.filters[name].filter(rows, value)
        return rows
