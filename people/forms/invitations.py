"""Forms around invitations."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.actions import NewAccount, roles_to_give
from people.forms.profile import time_zone_choices
from people.models import Membership, Organisation, Team, User


class OpenAccountForm(forms.ModelForm):
    """What a person who joins the portal says about themselves."""

    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zone_choices)
    password1 = forms.CharField(
        label=_("Choose a password"),
        help_text=_("At least 12 characters. Three or four words that only you put together are a good one."),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("The password once more"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = User
        fields = ("display_name", "language", "time_zone")
        labels = {"display_name": _("Your name"), "language": _("Language")}
        help_texts = {"display_name": _("As your coach and colleagues see it")}

    def clean_password2(self) -> str:
        first, second = self.cleaned_data.get("password1"), str(self.cleaned_data["password2"])
        if first and first != second:
            raise ValidationError(_("The two passwords differ."), code="differ")
        return second

    def _post_clean(self) -> None:
        """After the name is in the instance: a password that resembles it is refused."""
        super()._post_clean()  # type: ignore[misc]
        if password := self.cleaned_data.get("password1"):
            try:
                password_validation.validate_password(password, self.instance)
            except ValidationError as error:
                self.add_error("password1", error)

    def account(self) -> NewAccount:
        """The answers of a valid form."""
        data: dict[str, Any] = self.cleaned_data
        return NewAccount(data["display_name"], data["language"], data["time_zone"], data["password1"])


class InviteForm(forms.Form):
    """Whom to invite to an organisation, and as what."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)
    display_name = forms.CharField(label=_("Full name"), min_length=2, max_length=120)
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    team = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.objects.none(), required=False, empty_label=_("No team")
    )
    language = forms.ChoiceField(
        label=_("Language of the e-mail"),
        choices=User.Language.choices,
        help_text=_("The person can change it later."),
    )

    def __init__(self, *args: Any, organisation: Organisation, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        roles = roles_to_give(by, organisation)
        choices = [(value, label) for value, label in Membership.Role.choices if value in roles]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]
        self.fields["role"].initial = Membership.Role.MEMBER
        self.fields["language"].initial = by.language
        self.fields["team"].queryset = organisation.teams.all()  # type: ignore[attr-defined]
        if not organisation.teams.exists():
            del self.fields["team"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        held = Membership.objects.current(on=timezone.localdate()).filter(
            person__email=str(data.get("email", "")).lower(),
            organisation=self.organisation,
            role=data.get("role", ""),
        )
        if held.exists():
            self.add_error("email", _("This person belongs to the organisation in this role already."))
        return data


class EndMembershipForm(forms.Form):
    """The last day of a membership."""

    ends_on = forms.DateField(
        label=_("Last day"),
        help_text=_("On this day the person can still sign in to the organisation, the day after no longer."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "wbl-w-date"}),
    )
