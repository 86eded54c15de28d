"""People and organisations for tests: invented, recognisable as such."""

import datetime as dt

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from people.models import (
    Invitation,
    Membership,
    Organisation,
    Team,
    User,
    hash_of_token,
    new_token_seed,
)
from people.queries.invitations import token_from

LONG_AGO = dt.date(2020, 1, 1)


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person.{n}@sample.example")
    display_name = factory.Sequence(lambda n: f"Sample Person {n}")
    password = "!unusable"


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"Sample Company {n}")
    kind = Organisation.Kind.EMPLOYER


class TeamFactory(DjangoModelFactory):
    class Meta:
        model = Team

    organisation = factory.SubFactory(OrganisationFactory)
    name = factory.Sequence(lambda n: f"Team {n}")


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    person = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = Membership.Role.MEMBER
    starts_on = LONG_AGO


class InvitationFactory(DjangoModelFactory):
    """A pending invitation of a person who has no account yet; `token` is what its link carries."""

    class Meta:
        model = Invitation
        exclude = ("token",)

    person = factory.SubFactory(UserFactory)
    email = factory.SelfAttribute("person.email")
    display_name = factory.SelfAttribute("person.display_name")
    language = "en"
    organisation = factory.SubFactory(OrganisationFactory)
    role = Membership.Role.MEMBER
    token_seed = factory.LazyFunction(new_token_seed)
    token = factory.LazyAttribute(lambda made: token_from(made.token_seed))
    token_hash = factory.LazyAttribute(lambda made: hash_of_token(made.token))
    created_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyAttribute(lambda made: made.created_at + dt.timedelta(days=14))
