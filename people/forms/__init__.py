"""Forms about people."""

from people.forms.filters import InvitationFilter, MembershipFilter
from people.forms.invitations import EndMembershipForm, InviteForm, OpenAccountForm
from people.forms.profile import ProfileForm, time_zone_choices

__all__ = [
    "EndMembershipForm",
    "InvitationFilter",
    "InviteForm",
    "MembershipFilter",
    "OpenAccountForm",
    "ProfileForm",
    "time_zone_choices",
]
