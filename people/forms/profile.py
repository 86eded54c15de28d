"""Forms about oneself."""

import zoneinfo
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from people.models import User

AREAS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def time_zone_choices() -> list[tuple[str, str]]:
    """Named zones of places, and UTC; the machine's old aliases are left out."""
    names = sorted(name for name in zoneinfo.available_timezones() if name.split("/")[0] in AREAS)
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


class ProfileForm(forms.ModelForm):
    """Name, language, time zone and colours of the person who is signed in."""

    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zone_choices)

    class Meta:
        model = User
        fields = ("display_name", "language", "time_zone", "theme")
        labels = {
            "display_name": _("Your name"),
            "language": _("Language"),
            "theme": _("Colours"),
        }
        help_texts = {"display_name": _("As your coach and colleagues see it")}
        widgets = {"theme": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["theme"].choices = User.Theme.choices  # type: ignore[attr-defined]
        self.fields["theme"].required = False
