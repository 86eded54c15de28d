"""Writes the sample's organisations, teams, people and memberships."""

import datetime as dt
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from people.models import Membership, Organisation, Team, User
from programmes.management.commands._demo.cast import Cast

PASSWORD = "sample-pass-2026"  # noqa: S105 - the published password of sample accounts, refused in production
BATCH = 2000


@dataclass(frozen=True)
class People:
    """Rows that were written: organisations by key, teams by (organisation key, name), people by e-mail."""

    organisations: dict[str, Organisation]
    teams: dict[tuple[str, str], Team]
    users: dict[str, User]


def write_people(cast: Cast, *, since: dt.date) -> People:
    """Write everybody of the cast; memberships hold from `since`. One hash of the password serves all."""
    organisations = {
        row["key"]: Organisation(name=row["name"], kind=row["kind"], country=row["country"])
        for row in cast.organisations
    }
    Organisation.objects.bulk_create(organisations.values(), batch_size=BATCH)
    teams = {
        (row["key"], name): Team(organisation=organisations[row["key"]], name=name)
        for row in cast.organisations
        for name in row["teams"]
    }
    Team.objects.bulk_create(teams.values(), batch_size=BATCH)
    users = _users(cast)
    User.objects.bulk_create(users.values(), batch_size=BATCH)
    addresses = [EmailAddress(user=u, email=u.email, verified=True, primary=True) for u in users.values()]
    EmailAddress.objects.bulk_create(addresses, batch_size=BATCH)
    people = People(organisations, teams, users)
    Membership.objects.bulk_create(_memberships(cast, people, since), batch_size=BATCH)
    return people


def _users(cast: Cast) -> dict[str, User]:
    password = make_password(PASSWORD)
    users = {
        row["email"]: User(
            email=row["email"],
            display_name=row["display_name"],
            language=row["language"],
            time_zone=row["time_zone"],
            is_administrator=row["is_administrator"],
            password=password,
        )
        for row in cast.staff
    }
    for part in cast.learners:
        users[part.email] = User(
            email=part.email,
            display_name=part.display_name,
            language=part.language,
            time_zone=part.time_zone,
            password=password,
        )
    return users


def _memberships(cast: Cast, people: People, since: dt.date) -> list[Membership]:
    held = [
        (row["email"], m["organisation"], m["team"], m["role"])
        for row in cast.staff
        for m in row["memberships"]
    ]
    held += [(p.email, p.organisation, p.team, Membership.Role.MEMBER) for p in cast.learners]
    return [
        Membership(
            person=people.users[email],
            organisation=people.organisations[organisation],
            team=people.teams[organisation, team] if team else None,
            role=role,
            starts_on=since,
        )
        for email, organisation, team, role in held
    ]
