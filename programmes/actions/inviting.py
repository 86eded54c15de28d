"""People who are not at the employer yet: invited there by mail, and enrolled or named in the same step."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from people.actions import invite_person
from people.models import Membership, Organisation, Team, User
from people.permissions import Permission
from programmes.actions.enrolments import Placement, enrol_learner, guard_open
from programmes.actions.recording import require
from programmes.actions.support import change_support
from programmes.models import Cohort, Enrolment, SupportRole
from programmes.queries.choices import people_of


@dataclass(frozen=True)
class Newcomer:
    """Whom to invite: the address, the name and the language of the mail."""

    email: str
    display_name: str
    language: str


def _person(newcomer: Newcomer, employer: Organisation, *, team: Team | None, by: User) -> User:
    """The person with that address: as they are when they belong to the employer, else invited to it."""
    members = people_of(employer, on=timezone.localdate())
    person = members.filter(email=newcomer.email.strip().lower()).first()
    if person is not None:
        return person
    invitation = invite_person(
        email=newcomer.email,
        display_name=newcomer.display_name,
        language=newcomer.language,
        organisation=employer,
        role=Membership.Role.MEMBER.value,
        by=by,
        team=team,
    )
    return invitation.person


@transaction.atomic
def invite_learner(
    *, cohort: Cohort, newcomer: Newcomer, employer: Organisation, placement: Placement, by: User
) -> Enrolment:
    """Invite somebody to the employer and into the cohort. Raises as enrol_learner() does, and nothing is sent then."""
    require(by, Permission.ENROLMENT_CHANGE, cohort)
    guard_open(cohort, employer)
    person = _person(newcomer, employer, team=placement.team, by=by)
    return enrol_learner(cohort=cohort, learner=person, employer=employer, placement=placement, by=by)


@transaction.atomic
def invite_supporter(
    *, enrolment: Enrolment, role: str, newcomer: Newcomer, starts_on: dt.date, by: User
) -> SupportRole:
    """Invite a mentor or line manager to the learner's employer and name them from that day.

    Raises as change_support() does, and ValueError for a coach, who belongs to the provider.
    """
    require(by, Permission.ENROLMENT_CHANGE, enrolment)
    if role == SupportRole.Role.COACH:
        raise ValueError(role)
    person = _person(newcomer, enrolment.organisation, team=None, by=by)
    return change_support(enrolment=enrolment, role=role, person=person, starts_on=starts_on, by=by)
