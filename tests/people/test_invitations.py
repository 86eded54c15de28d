"""Invitations: who may make them, what they carry, and that each is accepted once by the right person."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.models import AuditEvent
from notifications.actions import deliver_due
from notifications.models import Delivery
from people import actions
from people.models import Invitation, Membership, Team, User, hash_of_token, pseudonym_of
from people.queries.invitations import invitation_of, needs_account, token_of
from tests.factories.people import InvitationFactory, MembershipFactory, UserFactory
from tests.worlds import World

Role, State = Membership.Role, Invitation.State
ACCOUNT = actions.NewAccount("Eva New", "pl", "Europe/Warsaw", "a long enough password")


def invite(world: World, **fields: Any) -> Invitation:
    side = world.ours
    known = {
        "email": "Eva@Sample.example ",
        "display_name": "Eva Sample",
        "language": "es",
        "organisation": side.employer,
        "role": Role.MEMBER,
        "by": side.org_admin,
    }
    return actions.invite_person(**(known | fields))


def test_invited_person_is_made_and_cannot_get_in_without_the_link(world: World) -> None:
    invitation = invite(world, team=world.ours.team)
    person = User.objects.get(email="eva@sample.example")
    assert invitation.person == person
    assert (person.display_name, person.language, person.has_usable_password()) == ("Eva Sample", "es", False)
    assert not EmailAddress.objects.filter(user=person).exists()
    assert not Membership.objects.filter(person=person).exists()
    assert (invitation.email, invitation.state, invitation.team) == (
        "eva@sample.example",
        State.PENDING,
        world.ours.team,
    )
    assert invitation.expires_at - invitation.created_at >= dt.timedelta(days=13, hours=23)


def test_person_is_found_by_address_and_stays_as_they_are(world: World) -> None:
    mentor = world.theirs.mentor
    invitation = invite(world, email=mentor.email.upper(), display_name="Other Name")
    assert invitation.person == mentor
    assert User.objects.get(pk=mentor.pk).display_name == mentor.display_name
    assert (
        invitation.display_name == "Other Name"
    )  # the page of those who invite tells no more than they typed


def test_mail_is_queued_with_the_invitation_and_carries_the_only_token(world: World) -> None:
    invitation = invite(world)
    row = Delivery.objects.get()
    assert (row.rule, row.object_id, row.recipient, row.step) == (
        "invitation",
        str(invitation.pk),
        invitation.person,
        1,
    )
    deliver_due()
    token = token_of(invitation)
    assert f"http://testserver/invitations/{token}/" in mail.outbox[0].body
    assert invitation_of(token) == invitation
    stored = [str(value) for value in Invitation.objects.values().get().values()]
    assert token not in stored
    assert hash_of_token(token) in stored


def test_nothing_is_queued_when_the_change_is_taken_back(world: World) -> None:
    with transaction.atomic():
        invite(world)
        transaction.set_rollback(True)
    assert not Delivery.objects.exists()


def test_token_cannot_be_worked_out_without_the_secret_key(world: World, settings: Any) -> None:
    invitation = invite(world)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another-key" * 6
    assert token_of(invitation) is None
    settings.SECRET_KEY_FALLBACKS = [old]
    assert invitation_of(token_of(invitation) or "") == invitation


def test_second_invitation_to_the_same_role_is_the_first_sent_anew(world: World) -> None:
    first = invite(world)
    token = token_of(first)
    again = invite(world, display_name="Eva Second")
    assert (again.pk, again.times_sent, again.display_name) == (first.pk, 2, "Eva Second")
    assert invitation_of(token) is None
    assert Delivery.objects.count() == 2
    other = invite(world, role=Role.COACH)
    assert other.pk != first.pk
    with pytest.raises(IntegrityError), transaction.atomic():
        InvitationFactory(person=first.person, organisation=first.organisation, role=first.role)


@pytest.mark.parametrize(
    ("persona", "at", "expected"),
    [
        ("org_admin", "employer", set(Role.values)),
        ("administrator", "employer", set(Role.values)),
        ("administrator", "provider", set(Role.values)),
        ("lead", "provider", {Role.MEMBER, Role.COACH}),
        ("lead", "employer", set()),
        ("org_admin", "provider", set()),
        ("coach", "provider", set()),
        ("manager", "employer", set()),
        ("other_org_admin", "employer", set()),
        ("other_lead", "provider", set()),
        ("outsider", "employer", set()),
    ],
)
def test_roles_that_one_may_give(world: World, persona: str, at: str, expected: set[str]) -> None:
    by, organisation = world.everybody()[persona], getattr(world.ours, at)
    assert set(actions.roles_to_give(by, organisation)) == expected
    for role in set(Role.values) - {Role.MEMBER} - expected:
        with pytest.raises(PermissionDenied):
            invite(world, by=by, organisation=organisation, role=role)
    assert not Invitation.objects.exists()


def test_plain_member_is_invited_by_whoever_the_caller_let_enrol(world: World) -> None:
    assert invite(world, by=world.ours.lead).role == Role.MEMBER


def test_nonsense_is_refused(world: World) -> None:
    with pytest.raises(ValidationError):
        invite(world, team=Team.objects.create(organisation=world.theirs.employer, name="Away"))
    with pytest.raises(ValueError, match="king"):
        invite(world, role="king", by=world.administrator)
    with pytest.raises(ValueError, match="de"):
        invite(world, language="de")
    assert not Invitation.objects.exists()


# Accepting ------------------------------------------------------------------------------


def test_new_person_opens_their_account_and_joins(world: World) -> None:
    invitation = invite(world, role=Role.COACH, team=world.ours.team)
    person = actions.open_account(invitation=invitation, account=ACCOUNT)
    assert (person.display_name, person.language, person.time_zone) == ("Eva New", "pl", "Europe/Warsaw")
    assert person.check_password(ACCOUNT.password)
    assert EmailAddress.objects.filter(user=person).values_list("email", "verified", "primary").get() == (
        "eva@sample.example",
        True,
        True,
    )
    membership = Membership.objects.get(person=person)
    assert (membership.organisation, membership.role, membership.team, membership.starts_on) == (
        world.ours.employer,
        Role.COACH,
        world.ours.team,
        timezone.localdate(),
    )
    assert needs_account(person) is False
    assert invitation.state == State.ACCEPTED


def test_person_who_has_an_account_joins_with_it(world: World) -> None:
    mentor = world.theirs.mentor
    invitation = invite(world, email=mentor.email)
    actions.accept_invitation(invitation=invitation, by=mentor)
    assert set(Membership.objects.filter(person=mentor).values_list("organisation", flat=True)) == {
        world.theirs.employer.pk,
        world.ours.employer.pk,
    }


def test_nobody_else_accepts(world: World) -> None:
    invitation = invite(world)
    for by in (world.ours.org_admin, world.administrator, world.outsider):
        with pytest.raises(PermissionDenied):
            actions.accept_invitation(invitation=invitation, by=by)
    invitation.person.is_active = False
    with pytest.raises(PermissionDenied):
        actions.accept_invitation(invitation=invitation, by=invitation.person)
    assert Invitation.objects.get().state == State.PENDING


def test_account_that_is_there_already_is_not_opened_anew(world: World) -> None:
    """The link alone must not set the password of somebody who has one, or who has signed in."""
    invitation = invite(world)
    User.objects.filter(pk=invitation.person_id).update(last_login=timezone.now())
    with pytest.raises(actions.InvitationClosed):
        actions.open_account(invitation=invitation, account=ACCOUNT)
    User.objects.filter(pk=invitation.person_id).update(last_login=None, password="argon2$usable")
    with pytest.raises(actions.InvitationClosed):
        actions.open_account(invitation=invitation, account=ACCOUNT)
    assert User.objects.get(pk=invitation.person_id).password == "argon2$usable"
    User.objects.filter(pk=invitation.person_id).update(password="!", is_active=False)
    with pytest.raises(actions.InvitationClosed):
        actions.open_account(invitation=invitation, account=ACCOUNT)


def test_of_two_who_open_the_account_at_once_one_wins(world: World) -> None:
    first = invite(world)
    second = invite(world, role=Role.COACH)
    actions.open_account(invitation=first, account=ACCOUNT)
    for stale in (first, second):
        with pytest.raises(actions.InvitationClosed):
            actions.open_account(invitation=stale, account=ACCOUNT)
    assert Membership.objects.filter(person=first.person).count() == 1


def test_of_two_acceptances_at_once_one_wins(world: World) -> None:
    invitation = invite(world, email=world.outsider.email)
    stale = Invitation.objects.get(pk=invitation.pk)
    actions.accept_invitation(invitation=invitation, by=world.outsider)
    with pytest.raises(actions.InvitationClosed):
        actions.accept_invitation(invitation=stale, by=world.outsider)
    assert Membership.objects.filter(person=world.outsider).count() == 1
    assert AuditEvent.objects.filter(action="invitation.accept").count() == 1


def test_member_already_gets_no_second_membership(world: World) -> None:
    mentor = world.ours.mentor
    actions.accept_invitation(invitation=invite(world, email=mentor.email), by=mentor)
    assert Membership.objects.filter(person=mentor).count() == 1


@pytest.mark.parametrize("what", ["expired", "revoked", "resent"])
def test_closed_link_opens_nothing(world: World, what: str) -> None:
    invitation = invite(world)
    stale = Invitation.objects.get(pk=invitation.pk)
    when = timezone.now()
    if what == "expired":
        when += dt.timedelta(days=14, minutes=1)
    elif what == "revoked":
        actions.revoke_invitation(invitation=invitation, by=world.ours.org_admin)
    else:
        actions.resend_invitation(invitation=invitation, by=world.ours.org_admin)
    with time_machine.travel(when, tick=False), pytest.raises(actions.InvitationClosed):
        actions.open_account(invitation=stale, account=ACCOUNT)
    assert needs_account(User.objects.get(pk=invitation.person_id)) is True
    assert not Membership.objects.filter(person=invitation.person).exists()


def test_answered_invitation_is_neither_sent_again_nor_taken_back(world: World) -> None:
    invitation = invite(world, email=world.outsider.email)
    actions.accept_invitation(invitation=invitation, by=world.outsider)
    for action in (actions.resend_invitation, actions.revoke_invitation):
        with pytest.raises(actions.InvitationClosed):
            action(invitation=invitation, by=world.ours.org_admin)


@pytest.mark.parametrize("persona", ["lead", "manager", "other_org_admin", "outsider"])
def test_invitation_of_an_employer_is_managed_by_its_administrator(world: World, persona: str) -> None:
    invitation = invite(world)
    for action in (actions.resend_invitation, actions.revoke_invitation):
        with pytest.raises(PermissionDenied):
            action(invitation=invitation, by=world.everybody()[persona])


def test_trail_names_who_did_what_and_no_address(world: World) -> None:
    invitation = invite(world)
    actions.resend_invitation(invitation=invitation, by=world.ours.org_admin)
    actions.revoke_invitation(invitation=invitation, by=world.administrator)
    rows = AuditEvent.objects.order_by("pk")
    assert [(row.action, row.actor) for row in rows] == [
        ("invitation.create", pseudonym_of(world.ours.org_admin)),
        ("invitation.resend", pseudonym_of(world.ours.org_admin)),
        ("invitation.revoke", pseudonym_of(world.administrator)),
    ]
    assert {row.subject for row in rows} == {pseudonym_of(invitation.person)}
    assert "sample.example" not in str(list(rows.values()))


# Memberships ----------------------------------------------------------------------------


def test_membership_ends_with_its_last_day(world: World) -> None:
    membership, day = Membership.objects.get(person=world.ours.mentor), timezone.localdate()
    stale = Membership.objects.get(pk=membership.pk)
    actions.end_membership(membership=membership, on=day, by=world.ours.org_admin)
    assert membership.ends_on == day
    with pytest.raises(actions.MembershipEnded):
        actions.end_membership(membership=stale, on=day, by=world.administrator)
    assert AuditEvent.objects.get().action == "membership.end"


def test_membership_is_not_ended_before_it_began_or_by_oneself(world: World) -> None:
    own = Membership.objects.get(person=world.ours.org_admin)
    new = MembershipFactory(
        person=UserFactory(), organisation=world.ours.employer, starts_on=timezone.localdate()
    )
    for membership, day in ((own, timezone.localdate()), (new, new.starts_on - dt.timedelta(days=1))):
        with pytest.raises(ValidationError):
            actions.end_membership(membership=membership, on=day, by=world.ours.org_admin)


@pytest.mark.parametrize("persona", ["lead", "manager", "mentor", "other_org_admin", "outsider"])
def test_membership_is_ended_by_the_administrator_of_the_organisation(world: World, persona: str) -> None:
    membership = Membership.objects.get(person=world.ours.learner)
    with pytest.raises(PermissionDenied):
        actions.end_membership(membership=membership, on=timezone.localdate(), by=world.everybody()[persona])
