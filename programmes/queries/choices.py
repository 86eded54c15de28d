"""Whom a lead may choose: employers of the provider, their people, and who fits a support role."""

import datetime as dt

from django.db.models import Q, QuerySet

from people.models import Invitation, Membership, Organisation, User
from programmes.models import Enrolment, Partnership, SupportRole


def employers_of(provider: Organisation) -> QuerySet[Organisation]:
    """Employers that the provider works with: linked to it, or with somebody in one of its programmes."""
    linked = Partnership.objects.filter(provider=provider).values("employer")
    known = (
        Enrolment.objects.filter(cohort__programme__organisation=provider).order_by().values("organisation")
    )
    employers = Organisation.objects.filter(kind=Organisation.Kind.EMPLOYER)
    return employers.filter(pk__in=linked) | employers.filter(pk__in=known)


def people_of(
    organisation: Organisation, *, on: dt.date, role: str = "", or_invited: bool = False
) -> QuerySet[User]:
    """People who can sign in and belong to the organisation on that day, with that membership role if one is given.

    With `or_invited` also those who have not answered an invitation to it yet.
    """
    wanted = {"organisation": organisation} | ({"role": role} if role else {})
    belongs = Q(pk__in=Membership.objects.current(on=on).filter(**wanted).values("person"))
    if or_invited:
        belongs |= Q(pk__in=Invitation.objects.unanswered().filter(**wanted).values("person"))
    return User.objects.filter(belongs, is_active=True)


def home_of(role: str, enrolment: Enrolment) -> Organisation:
    """Where somebody in that support role belongs: a coach to the provider, mentor and manager to the employer."""
    if role == SupportRole.Role.COACH:
        return enrolment.cohort.programme.organisation
    return enrolment.organisation


def supporters_for(enrolment: Enrolment, role: str, *, on: dt.date) -> QuerySet[User]:
    """Who may hold that support role for the enrolment from that day: a fitting membership, and not the learner.

    Somebody invited to the employer may be named already: their access begins when they have joined.
    """
    if role == SupportRole.Role.COACH:
        people = people_of(home_of(role, enrolment), on=on, role=Membership.Role.COACH.value)
    else:
        people = people_of(home_of(role, enrolment), on=on, or_invited=True)
    return people.exclude(pk=enrolment.learner_id)


def leads_for(provider: Organisation, *, on: dt.date) -> QuerySet[User]:
    """Who may lead the provider's programmes on that day."""
    return people_of(provider, on=on, role=Membership.Role.PROGRAMME_LEAD.value)
