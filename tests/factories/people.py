"""People and organisations for tests: invented, recognisable as such."""

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from people.models import Membership, Organisation, Team, User

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
