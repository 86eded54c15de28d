"""Forms for cohorts, for who is in them, and for who supports them."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Organisation, Team, User
from programmes.actions import Newcomer, Placement
from programmes.forms.fields import DayField, HoursField, PersonField
from programmes.models import Cohort, Enrolment
from programmes.queries.choices import employers_of, people_of, supporters_for

HOURS_A_WEEK = 80
NAME_ERROR = _("Give the cohort a name, such as Autumn 2026.")
CHOOSE = _("Choose from the list.")


class CohortForm(forms.Form):
    """A cohort's name and first day."""

    name = forms.CharField(label=_("Name"), max_length=120, error_messages={"required": NAME_ERROR})
    starts_on = DayField(
        label=_("First day"), help_text=_("Enrolments start on this day unless you say otherwise.")
    )


class EmployerForm(forms.Form):
    """The first question when somebody is enrolled: at which employer?"""

    employer = forms.ModelChoiceField(
        queryset=Organisation.objects.none(),
        label=_("At which employer?"),
        empty_label="---",
        error_messages={"required": _("Choose the employer."), "invalid_choice": CHOOSE},
    )

    def __init__(self, *args: Any, provider: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["employer"].queryset = employers_of(provider).order_by("name")  # type: ignore[attr-defined]


class PlacementForm(forms.Form):
    """When somebody learns, in which team, and with how many hours of work a week."""

    team = forms.ModelChoiceField(
        queryset=Team.objects.none(),
        label=_("Team"),
        required=False,
        empty_label=_("No team"),
        error_messages={"invalid_choice": CHOOSE},
    )
    starts_on = DayField(label=_("First day"))
    ends_on = DayField(label=_("Planned end"))
    contracted_minutes_a_week = HoursField(label=_("Contracted hours a week"), most=HOURS_A_WEEK)

    def __init__(self, *args: Any, employer: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = employer.teams.order_by("name")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last <= first:
            self.add_error("ends_on", _("The end has to come after the start."))
        return cleaned

    def placement(self) -> Placement:
        """What was typed, for the actions; only after is_valid()."""
        return Placement(**{name: self.cleaned_data[name] for name in Placement.__dataclass_fields__})


def placement_of(enrolment: Enrolment) -> dict[str, Any]:
    """Initial values of the form for an enrolment that exists."""
    return {name: getattr(enrolment, name) for name in Placement.__dataclass_fields__}


def placement_in(cohort: Cohort) -> dict[str, Any]:
    """Initial values for a new enrolment: from the cohort's first day, as long as the programme lasts."""
    weeks = cohort.programme.duration_weeks
    return {
        "starts_on": cohort.starts_on,
        "ends_on": cohort.starts_on + dt.timedelta(weeks=weeks, days=-1),
        "contracted_minutes_a_week": 40 * 60,
    }


class EnrolForm(PlacementForm):
    """A person of the employer who is not in the cohort yet, and their placement."""

    learner = PersonField(
        label=_("Who?"),
        empty_label="---",
        help_text=_("People of this employer who are not in the cohort yet."),
        error_messages={"required": _("Choose the person."), "invalid_choice": CHOOSE},
    )
    field_order = ("learner",)

    def __init__(self, *args: Any, cohort: Cohort, employer: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, employer=employer, **kwargs)
        people = people_of(employer, on=timezone.localdate(), or_invited=True)
        self.fields["learner"].offer(people.exclude(enrolments__cohort=cohort))  # type: ignore[attr-defined]


class NewcomerForm(forms.Form):
    """Whom to invite by e-mail."""

    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("The invitation goes to this address. Only its owner can accept it."),
        error_messages={"required": _("Enter an e-mail address.")},
    )
    display_name = forms.CharField(
        label=_("Full name"), min_length=2, max_length=120, error_messages={"required": _("Enter the name.")}
    )
    language = forms.ChoiceField(label=_("Language of the invitation"), choices=User.Language.choices)

    def newcomer(self) -> Newcomer:
        """What was typed, for the actions; only after is_valid()."""
        data = self.cleaned_data
        return Newcomer(data["email"], data["display_name"], data["language"])


class InviteForm(NewcomerForm, PlacementForm):
    """Somebody new at the employer, and their placement."""


class InviteSupportForm(NewcomerForm):
    """Somebody new at the employer who takes a support role."""

    starts_on = DayField(
        label=_("From"), help_text=_("Whoever has the role now keeps it until the day before.")
    )


class SupportForm(forms.Form):
    """Who takes a support role, and from when."""

    person = PersonField(
        label=_("Who?"),
        empty_label="---",
        error_messages={"required": _("Choose the person."), "invalid_choice": CHOOSE},
    )
    starts_on = DayField(
        label=_("From"), help_text=_("Whoever has the role now keeps it until the day before.")
    )

    def __init__(self, *args: Any, enrolment: Enrolment, role: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = supporters_for(enrolment, role, on=timezone.localdate())
        self.fields["person"].offer(people)  # type: ignore[attr-defined]

    def clean_starts_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["starts_on"]
        if day < timezone.localdate():
            raise ValidationError(_("Enter today or a later day: what was before stays as it was."))
        return day
