"""What happens to an enrolment: a learner enrolled, started, at the end. Breaks are in programmes.actions.breaks."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.transitions import TransitionRefused
from people.models import Organisation, Team, User
from people.permissions import Permission, standing_of
from programmes.actions.breaks import (
    close_break,
    current_break,
    drop_breaks_to_come,
    hold,
    move_enrolment,
)
from programmes.actions.recording import audit_change, changed_values, require
from programmes.models import ActivityEntry, Cohort, Enrolment, Programme, SupportRole
from programmes.queries.choices import employers_of, people_of

ENDED = frozenset({Enrolment.Status.COMPLETED, Enrolment.Status.WITHDRAWN})


@dataclass(frozen=True)
class Placement:
    """Where in a company a learner is, and when: what a lead may change later."""

    team: Team | None
    starts_on: dt.date
    ends_on: dt.date
    contracted_minutes_a_week: int


@transaction.atomic
def enrol_learner(
    *, cohort: Cohort, learner: User, employer: Organisation, placement: Placement, by: User
) -> Enrolment:
    """Invite a person of an employer into a cohort: an enrolment that waits for the learner to start it.

    Raises ValidationError when the programme is archived, the provider does not work with the employer, the person
    does not belong there, or is in the cohort already.
    """
    require(by, Permission.ENROLMENT_CHANGE, cohort)
    guard_open(cohort, employer)
    today = timezone.localdate()
    if learner.pk == by.pk:
        raise ValidationError({"learner": _("You cannot enrol yourself.")})
    if not people_of(employer, on=today, or_invited=True).filter(pk=learner.pk).exists():
        raise ValidationError({"learner": _("This person does not belong to the employer today.")})
    _guard_placement(employer, placement)
    enrolment = Enrolment(cohort=cohort, learner=learner, organisation=employer, **_columns(placement))
    try:
        with transaction.atomic():
            enrolment.save(force_insert=True)
    except IntegrityError as error:
        raise ValidationError({"learner": _("This person is in the cohort already.")}) from error
    changes = changed_values({}, _columns(placement)) | {"status": [None, enrolment.status]}
    _audit(enrolment, "enrolment.create", by, changes)
    return enrolment


def guard_open(cohort: Cohort, employer: Organisation) -> None:
    """Raises ValidationError when the programme is archived or its provider does not work with the employer."""
    programme = Programme.objects.select_related("organisation").get(pk=cohort.programme_id)
    if not programme.is_open:
        raise ValidationError(_("This programme is archived. Open it again before you add to it."))
    if not employers_of(programme.organisation).filter(pk=employer.pk).exists():
        raise ValidationError(_("The training provider does not work with this employer yet."))


def _columns(placement: Placement) -> dict[str, Any]:
    return {name: getattr(placement, name) for name in Placement.__dataclass_fields__}


def _guard_placement(employer: Organisation, placement: Placement) -> None:
    if placement.team is not None and placement.team.organisation_id != employer.pk:
        raise ValidationError({"team": _("This team belongs to another organisation.")})
    if placement.ends_on <= placement.starts_on:
        raise ValidationError({"ends_on": _("The end has to come after the start.")})


def _audit(enrolment: Enrolment, action: str, by: User, changes: dict[str, Any]) -> None:
    audit_change(enrolment, action=action, by=by, subject=enrolment.learner, changes=changes)


@transaction.atomic
def change_enrolment(*, enrolment: Enrolment, placement: Placement, by: User) -> None:
    """Move the dates, the team or the contracted hours of an enrolment that has not ended.

    Raises ValidationError when it has, or when something that was logged would fall outside its days.
    """
    require(by, Permission.ENROLMENT_CHANGE, enrolment)
    enrolment = (
        Enrolment.objects.select_for_update(of=("self",)).select_related("learner").get(pk=enrolment.pk)
    )
    if enrolment.status in ENDED:
        raise ValidationError(_("This enrolment has ended, so it cannot be changed any more."))
    _guard_placement(enrolment.organisation, placement)
    entries = ActivityEntry.objects.filter(enrolment=enrolment).not_replaced()
    outside = entries.exclude(done_on__range=(placement.starts_on, placement.ends_on))
    if outside.exists():
        raise ValidationError(
            _(
                "Something was logged on days that would then be outside the programme. Choose days that hold it all."
            )
        )
    old = {name: getattr(enrolment, name) for name in _columns(placement)}
    for name, value in _columns(placement).items():
        setattr(enrolment, name, value)
    enrolment.save(update_fields=list(old))
    _audit(enrolment, "enrolment.change", by, changed_values(old, _columns(placement)))


@transaction.atomic
def start_enrolment(*, enrolment: Enrolment, by: User) -> None:
    """Accept the invitation, and begin when the first day has come; the learner does it, or the lead for them.

    Raises TransitionRefused when there is nothing to start, and ValidationError when it was accepted and the
    first day is still to come.
    """
    standing = standing_of(by, enrolment)
    if not (standing.may(Permission.ENROLMENT_START) or standing.may(Permission.ENROLMENT_CHANGE)):
        raise PermissionDenied
    has_begun = enrolment.starts_on <= timezone.localdate()
    if enrolment.status == Enrolment.Status.ONBOARDING and not has_begun:
        raise ValidationError(_("The first day is still to come."))
    if enrolment.status not in (Enrolment.Status.INVITED, Enrolment.Status.ONBOARDING):
        raise TransitionRefused(current=enrolment.status, to=Enrolment.Status.ACTIVE)
    if enrolment.status == Enrolment.Status.INVITED:
        move_enrolment(enrolment, Enrolment.Status.ONBOARDING, "enrolment.accept", by)
    if has_begun:
        move_enrolment(enrolment, Enrolment.Status.ACTIVE, "enrolment.start", by)


@transaction.atomic
def complete_enrolment(*, enrolment: Enrolment, by: User) -> None:
    """The learner has finished; nothing new can be logged, all stays to be read. Raises TransitionRefused."""
    _end(enrolment, Enrolment.Status.COMPLETED, "enrolment.complete", by)


@transaction.atomic
def withdraw_enrolment(*, enrolment: Enrolment, by: User) -> None:
    """The learner leaves before the end, or the invitation is taken back: support ends today.

    Raises TransitionRefused when the enrolment has ended already.
    """
    _end(enrolment, Enrolment.Status.WITHDRAWN, "enrolment.withdraw", by)
    today = timezone.localdate()
    roles = SupportRole.objects.filter(enrolment=enrolment)
    roles.filter(starts_on__gt=today).delete()
    roles.current(on=today).update(ends_on=today)


def _end(enrolment: Enrolment, to: str, action: str, by: User) -> None:
    require(by, Permission.ENROLMENT_CHANGE, enrolment)
    hold(enrolment)
    ends_on = enrolment.ends_on
    if enrolment.status == Enrolment.Status.ON_BREAK:
        ends_on = close_break(current_break(enrolment), enrolment, last=timezone.localdate())
    ends_on -= drop_breaks_to_come(enrolment)
    move_enrolment(enrolment, to, action, by, ends_on=ends_on)
