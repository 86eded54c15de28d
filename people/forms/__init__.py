"""Forms about people."""

from people.forms.invitations import OpenAccountForm
from people.forms.profile import ProfileForm, time_zone_choices

__all__ = ["OpenAccountForm", "ProfileForm", "time_zone_choices"]
