"""Invitations: made, sent again, taken back, accepted."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audit import record_event
from notifications.actions import queue_delivery
from people.models import (
    INVITATION_DAYS,
    Invitation,
    Membership,
    Organisation,
    Team,
    User,
    hash_of_token,
    new_token_seed,
    pseudonym_of,
)
from people.permissions import Permission, can
from people.queries.invitations import token_from

LETTER = "invitation"


class InvitationClosed(Exception):
    """The invitation was accepted, taken back or sent anew meanwhile, or its time is over."""


@dataclass(frozen=True)
class NewAccount:
    """What a person who joins the portal says about themselves; the password is checked by the form."""

    display_name: str
    language: str
    time_zone: str
    password: str


def roles_to_give(by: User, organisation: Organisation) -> list[str]:
    """The roles in the organisation in which the person may invite somebody, today."""
    if can(by, Permission.MEMBERSHIP_CHANGE, organisation):
        return list(Membership.Role.values)
    if can(by, Permission.INVITATION_CREATE, organisation):
        return [Membership.Role.MEMBER, Membership.Role.COACH]
    return []


@transaction.atomic
def invite_person(
    *,
    email: str,
    display_name: str,
    language: str,
    organisation: Organisation,
    role: str,
    by: User,
    team: Team | None = None,
) -> Invitation:
    """Ask a person to join an organisation in a role, and queue the mail. `.person` is their row in User.

    The person is found by e-mail, or made: without a password, the address unconfirmed, so that only the link in
    the mail leads in. An unanswered invitation of the same person to the same role is sent anew instead of made
    twice. The membership (`role` is a value of Membership.Role) begins when the person accepts.

    For every role but that of a plain member raises PermissionDenied when `by` may not give it. A plain member sees
    nobody's data: whoever calls this for an enrolment has asked for the right to enrol instead. Raises
    ValidationError for a team of another organisation, ValueError for an unknown role or language.
    """
    if role not in Membership.Role.values or language not in User.Language.values:
        raise ValueError(role, language)
    if role != Membership.Role.MEMBER and role not in roles_to_give(by, organisation):
        raise PermissionDenied
    if team is not None and team.organisation_id != organisation.pk:
        raise ValidationError({"team": _("This team belongs to another organisation.")})
    email = email.strip().lower()
    person, _is_new = User.objects.get_or_create(
        email=email,
        defaults={"display_name": display_name, "language": language, "password": make_password(None)},
    )
    waiting = Invitation.objects.unanswered().filter(person=person, organisation=organisation, role=role)
    fields = {"display_name": display_name, "language": language, "team": team, "invited_by": by}
    if (invitation := waiting.first()) is not None:
        _renew(invitation, **fields)
    else:
        invitation = Invitation.objects.create(
            person=person, organisation=organisation, role=role, email=email, **fields, **_token()
        )
    _send(invitation, by, "invitation.create")
    return invitation


@transaction.atomic
def resend_invitation(*, invitation: Invitation, by: User) -> None:
    """Send a new link, valid from now; the old one dies. Raises InvitationClosed when it was answered."""
    _require_right_to_give(invitation, by)
    _renew(invitation)
    _send(invitation, by, "invitation.resend")


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, by: User) -> None:
    """Take the invitation back. Raises InvitationClosed when it was answered."""
    _require_right_to_give(invitation, by)
    rows = Invitation.objects.unanswered().filter(pk=invitation.pk)
    if not rows.update(revoked_at=timezone.now()):
        raise InvitationClosed
    _audit(invitation, by, "invitation.revoke")


@transaction.atomic
def accept_invitation(*, invitation: Invitation, by: User) -> None:
    """The invited person, signed in, joins. Raises PermissionDenied for anybody else, InvitationClosed."""
    if by.pk != invitation.person_id or not by.is_active:
        raise PermissionDenied
    _accept(invitation, by)


@transaction.atomic
def open_account(*, invitation: Invitation, account: NewAccount) -> User:
    """The invited person, who has no account yet, makes it theirs and joins; returns them.

    The link came by mail, so the address is confirmed. Raises InvitationClosed, also when the account was opened
    meanwhile: then the way in is to sign in.
    """
    # As needs_account() says it, in the one UPDATE: of two who open the account at once the second changes nothing.
    unopened = User.objects.filter(
        pk=invitation.person_id,
        password__startswith=UNUSABLE_PASSWORD_PREFIX,
        last_login=None,
        is_active=True,
    )
    if not unopened.update(
        display_name=account.display_name,
        language=account.language,
        time_zone=account.time_zone,
        password=make_password(account.password),
    ):
        raise InvitationClosed
    person = User.objects.get(pk=invitation.person_id)
    EmailAddress.objects.filter(user=person).delete()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    _accept(invitation, person)
    return person


def _accept(invitation: Invitation, by: User) -> None:
    """Of two at once, and of two links to one invitation, one wins. Role and organisation are the row's."""
    rows = Invitation.objects.pending(at=timezone.now())
    if not rows.filter(pk=invitation.pk, token_hash=invitation.token_hash).update(accepted_at=timezone.now()):
        raise InvitationClosed
    invitation.refresh_from_db()
    today = timezone.localdate()
    key = {"person": by, "organisation": invitation.organisation, "role": invitation.role}
    if not Membership.objects.current(on=today).filter(**key).exists():
        Membership.objects.create(**key, team=invitation.team, starts_on=today)
    _audit(invitation, by, "invitation.accept")


def _token() -> dict[str, Any]:
    seed = new_token_seed()
    return {
        "token_seed": seed,
        "token_hash": hash_of_token(token_from(seed)),
        "expires_at": timezone.now() + dt.timedelta(days=INVITATION_DAYS),
    }


def _renew(invitation: Invitation, **fields: Any) -> None:
    rows = Invitation.objects.unanswered().filter(pk=invitation.pk)
    if not rows.update(times_sent=F("times_sent") + 1, **_token(), **fields):
        raise InvitationClosed
    invitation.refresh_from_db()


def _send(invitation: Invitation, by: User, action: str) -> None:
    queue_delivery(
        rule=LETTER, object_id=invitation.pk, recipient=invitation.person, step=invitation.times_sent
    )
    _audit(invitation, by, action)


def _require_right_to_give(invitation: Invitation, by: User) -> None:
    if invitation.role not in roles_to_give(by, invitation.organisation):
        raise PermissionDenied


def _audit(invitation: Invitation, by: User, action: str) -> None:
    record_event(
        action=action, on=invitation, actor=pseudonym_of(by), subject=pseudonym_of(invitation.person)
    )
