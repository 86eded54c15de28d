"""What is said of using something at work while the activity is being logged: short, and optional."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programmes.forms.fields import DayField
from programmes.models import ActivityEntry, ApplicationBenefit, ApplicationRecord
from programmes.queries.answering import (
    LEVELS,
    ApplicationContent,
    BenefitContent,
    drafted_with,
    missing_in,
    record_of,
)

Level = ApplicationBenefit.Level
YES, NOT_YET, NO = "yes", "not_yet", "no"


def _benefit_field(label: Any, hint: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def benefit_fields() -> dict[str, forms.CharField]:
    """A field for each who may benefit, by level."""
    return {
        Level.INDIVIDUAL.value: _benefit_field(
            Level.INDIVIDUAL.label, _("New skill, time saved, more confidence")
        ),
        Level.TEAM.value: _benefit_field(Level.TEAM.label, _("Easier handover, shared know-how")),
        Level.ORGANISATION.value: _benefit_field(
            Level.ORGANISATION.label, _("Cost, quality, customers, safety")
        ),
    }


def what_changed_field() -> forms.CharField:
    """What somebody does differently: needed for a "yes", so it is not called optional."""
    field = forms.CharField(
        label=_("What do you do differently at work?"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field.is_one_of_several = True  # type: ignore[attr-defined]
    return field


def applied_on_field() -> DayField:
    """Since when they do it; needed for a "yes" as well."""
    field = DayField(label=_("Since when?"), required=False)
    field.is_one_of_several = True  # type: ignore[attr-defined]
    return field


_BENEFITS = benefit_fields()


class AppliedPart(forms.Form):
    """The part of the form of an activity; only an activity off the job has it, whatever else is posted."""

    applied = forms.ChoiceField(
        label=_("Have you used it at work?"),
        help_text=_("This is where learning pays off. “Not yet” is a fine answer: we ask again in 2 weeks."),
        choices=[(YES, _("Yes")), (NOT_YET, _("Not yet"))],
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose an answer from the list.")},
    )
    what_changed = what_changed_field()
    applied_on = applied_on_field()
    benefit_individual = _BENEFITS["individual"]
    benefit_team = _BENEFITS["team"]
    benefit_organisation = _BENEFITS["organisation"]

    instance: ActivityEntry
    cleaned_data: dict[str, Any]

    def asks_if_applied(self) -> bool:
        """Whether the form asks: not about an amendment, and not once an answer was sent."""
        if self.instance.amends_id:
            return False
        record = record_of(self.instance) if self.instance.pk else None
        return record is None or record.status == ApplicationRecord.Status.PROMPTED

    def check_applied(self, cleaned: dict[str, Any], *, is_sending: bool) -> None:
        """What is hidden is not looked at; what is sent has to be whole."""
        names = ("applied", "what_changed", "applied_on", *(f"benefit_{level}" for level in LEVELS))
        if cleaned.get("kind") != ActivityEntry.Kind.OFF_JOB or cleaned.get("applied") != YES:
            for name in set(names) & set(self.errors):
                if cleaned.get("kind") == ActivityEntry.Kind.ON_JOB or name != "applied":
                    del self.errors[name]
            return
        content, done_on = self._said(cleaned), cleaned.get("done_on")
        if not is_sending or done_on is None or not self.asks_if_applied():
            return
        for name, message in missing_in(content, done_on=done_on, on=timezone.localdate()).items():
            if name not in self.errors:
                self.add_error(name, message)

    @staticmethod
    def _said(cleaned: dict[str, Any]) -> ApplicationContent:
        texts = {level: (cleaned.get(f"benefit_{level}") or "").strip() for level in LEVELS}
        return ApplicationContent(
            what_changed=(cleaned.get("what_changed") or "").strip(),
            applied_on=cleaned.get("applied_on"),
            benefits=tuple(BenefitContent(level, text) for level, text in texts.items() if text),
        )

    def applied_content(self) -> ApplicationContent | None:
        """What was said, None when nothing; only after is_valid()."""
        is_off_job = self.cleaned_data["kind"] == ActivityEntry.Kind.OFF_JOB
        if not is_off_job or self.cleaned_data.get("applied") != YES:
            return None
        return self._said(self.cleaned_data) or None

    def benefit_rows(self) -> list[forms.BoundField]:
        """The fields for the benefits, for the template."""
        return [self[f"benefit_{level}"] for level in LEVELS]


def applied_initial(entry: ActivityEntry) -> dict[str, Any]:
    """Initial values of the part for an entry that exists."""
    content = drafted_with(entry)
    if content is None:
        return {}
    return {
        "applied": YES,
        "what_changed": content.what_changed,
        "applied_on": content.applied_on,
        **{f"benefit_{benefit.level}": benefit.text for benefit in content.benefits},
    }
