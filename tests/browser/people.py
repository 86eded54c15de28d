"""Who looks at the pages: the people of the sample data, and those that it has none of, made at first need."""

from collections.abc import Callable

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.hashers import make_password
from django.urls import reverse
from django.utils import timezone

from people.models import Invitation, Membership, Organisation, User
from people.queries.invitations import token_of
from programmes.models import Cohort, Enrolment
from tests.browser.actors import PASSWORD
from tests.browser.portal import sample_person
from tests.factories.people import InvitationFactory, MembershipFactory, UserFactory
from tests.factories.programmes import EnrolmentFactory

SEED = "JBSWY3DPEHPK3PXP"


def sample_enrolment() -> Enrolment:
    """The sample learner's."""
    enrolment: Enrolment = Enrolment.objects.filter(learner=sample_person("learner")).earliest("pk")
    return enrolment


def sample_cohort() -> Cohort:
    """The one that the sample learner is in."""
    return sample_enrolment().cohort


def sample_employer() -> Organisation:
    """The one that the sample organisation administrator looks after."""
    membership = Membership.objects.filter(person=sample_person("orgadmin"), role=Membership.Role.ORG_ADMIN)
    return membership.select_related("organisation").earliest("pk").organisation


def sample_invitation(person: User) -> Invitation:
    """The person's open invitation to the sample employer."""
    open_ones = Invitation.objects.pending(at=timezone.now()).filter(person=person)
    invitation: Invitation = open_ones.first() or InvitationFactory(
        person=person, organisation=sample_employer(), invited_by=sample_person("orgadmin")
    )
    return invitation


def link_of(invitation: Invitation) -> str:
    """The address that the mail with the invitation leads to."""
    return reverse("people:invitation", args=[token_of(invitation)])


def _newcomer(person: User) -> None:
    EnrolmentFactory(learner=person, cohort=sample_cohort())


def _invited(person: User) -> None:
    EnrolmentFactory(learner=person, cohort=sample_cohort(), status=Enrolment.Status.INVITED)


def _beginning_lead(person: User) -> None:
    provider = sample_cohort().programme.organisation
    MembershipFactory(person=person, organisation=provider, role=Membership.Role.PROGRAMME_LEAD)


def _careful(person: User) -> None:
    User.objects.filter(pk=person.pk).update(password=make_password(PASSWORD))
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)


def _protected(person: User) -> None:
    _careful(person)
    TOTP.activate(person, SEED)
    RecoveryCodes.activate(person)


def _keyholder(person: User) -> None:
    """With a key that no device made: its pages can be seen, but nobody can sign in with it."""
    _protected(person)
    Authenticator.objects.create(
        user=person, type=Authenticator.Type.WEBAUTHN, data={"name": "Sample key", "credential": {}}
    )


def _guest(person: User) -> None:
    sample_invitation(person)


def _nobody(person: User) -> None:
    """Without any role."""


MADE: dict[str, Callable[[User], None]] = {
    "newcomer": _newcomer,
    "invited": _invited,
    "beginning-lead": _beginning_lead,
    "careful": _careful,
    "protected": _protected,
    "keyholder": _keyholder,
    "guest": _guest,
    "nobody": _nobody,
}


def made(name: str) -> User:
    """One of MADE, from now on there."""
    email = f"{name}@sample.example"
    if not User.objects.filter(email=email).exists():
        MADE[name](UserFactory(email=email))
    return User.objects.get(email=email)


def person_of(role: str) -> User | None:
    """The person of that name; what follows a dot only tells pages of one person apart."""
    name = role.partition(".")[0]
    if name == "visitor":
        return None
    return made(name) if name in MADE else sample_person(name)
