"""Forms around invitations."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from people.actions import NewAccount
from people.forms.profile import time_zone_choices
from people.models import User


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
