"""Writes about people: guard, write, audit row and queued mail in one transaction."""

from people.actions.invitations import (
    InvitationClosed,
    NewAccount,
    accept_invitation,
    invite_person,
    open_account,
    resend_invitation,
    revoke_invitation,
    roles_to_give,
)
from people.actions.memberships import MembershipEnded, end_membership
from people.actions.profile import change_language, change_profile
from people.actions.second_step import remove_second_step

__all__ = [
    "InvitationClosed",
    "MembershipEnded",
    "NewAccount",
    "accept_invitation",
    "change_language",
    "change_profile",
    "end_membership",
    "invite_person",
    "open_account",
    "remove_second_step",
    "resend_invitation",
    "revoke_invitation",
    "roles_to_give",
]
