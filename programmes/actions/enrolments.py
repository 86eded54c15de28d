"""What happens to an enrolment: a learner enrolled, started, on a break and back, at the end."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.transitions import TransitionRefused, move
from people.models import Organisation, Team, User
from people.permissions import Permission, standing_of
from programmes.actions.recording import audit_change, changed_values, require
from programmes.models import (
    ENROLMENT_MOVES,
    ActivityEntry,
    BreakInLearning,
    Cohort,
    Enrolment,
    Programme,
    SupportRole,
)
from programmes.queries.choices import employers_of, people_of

ENDED = frozenset({Enrolment.Status.COMPLETED, Enrolment.Status.WITHDRAWN})
DAY = dt.timedelta(days=1)


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
        _move(enrolment, Enrolment.Status.ONBOARDING, "enrolment.accept", by)
    if has_begun:
        _move(enrolment, Enrolment.Status.ACTIVE, "enrolment.start", by)


def _hold(enrolment: Enrolment) -> None:
    """Nobody else moves the enrolment until this transaction is over; the instance says what the row says."""
    Enrolment.objects.select_for_update(of=("self",)).get(pk=enrolment.pk)
    enrolment.refresh_from_db()


def _move(enrolment: Enrolment, to: str, action: str, by: User, **also: Any) -> None:
    was = {"status": enrolment.status} | {name: getattr(enrolment, name) for name in also}
    move(enrolment, to=to, moves=ENROLMENT_MOVES, **also)
    changes = changed_values(was, also) | {"status": [was["status"], enrolment.status]}
    _audit(enrolment, action, by, changes)


@transaction.atomic
def begin_break(
    *, enrolment: Enrolment, starts_on: dt.date, ends_on: dt.date | None, reason: str, by: User
) -> None:
    """Stop the clock from a day on; an agreed last day moves the planned end by the length of the break.

    Raises ValidationError for days that do not fit, TransitionRefused when the learner is not active.
    """
    require(by, Permission.ENROLMENT_CHANGE, enrolment)
    _hold(enrolment)
    today = timezone.localdate()
    if not enrolment.starts_on <= starts_on <= today:
        raise ValidationError({"starts_on": _("Enter a day between the start of the enrolment and today.")})
    if ends_on is not None and ends_on < today:
        raise ValidationError({"ends_on": _("Enter today or a later day, or leave it empty.")})
    earlier = BreakInLearning.objects.filter(enrolment=enrolment)
    if earlier.exclude(ends_on__lt=starts_on).exists():
        raise ValidationError({"starts_on": _("There was a break on that day already.")})
    length = (ends_on - starts_on) + DAY if ends_on else dt.timedelta()
    _move(
        enrolment,
        Enrolment.Status.ON_BREAK,
        "enrolment.break",
        by,
        ends_on=enrolment.ends_on + length,
    )
    BreakInLearning.objects.create(enrolment=enrolment, starts_on=starts_on, ends_on=ends_on, reason=reason)


@transaction.atomic
def end_break(*, enrolment: Enrolment, back_on: dt.date, by: User) -> None:
    """The learner is back from that day on; the planned end moves by the days that the break really had.

    Raises ValidationError for a day that does not fit, TransitionRefused when there is no break.
    """
    require(by, Permission.ENROLMENT_CHANGE, enrolment)
    _hold(enrolment)
    if enrolment.status != Enrolment.Status.ON_BREAK:
        raise TransitionRefused(current=enrolment.status, to=Enrolment.Status.ACTIVE)
    pause = current_break(enrolment)
    if back_on > timezone.localdate() or (pause is not None and back_on < pause.starts_on):
        raise ValidationError({"back_on": _("Enter a day between the start of the break and today.")})
    ends_on = _close(pause, enrolment, last=back_on - DAY)
    _move(enrolment, Enrolment.Status.ACTIVE, "enrolment.back", by, ends_on=ends_on)


def current_break(enrolment: Enrolment) -> BreakInLearning | None:
    """The break that an enrolment on a break is in: its latest."""
    return BreakInLearning.objects.filter(enrolment=enrolment).order_by("-starts_on").first()


def _close(pause: BreakInLearning | None, enrolment: Enrolment, *, last: dt.date) -> dt.date:
    """End the break on its real last day; the planned end of the enrolment that follows from it."""
    if pause is None:
        return enrolment.ends_on
    planned = (pause.ends_on - pause.starts_on) + DAY if pause.ends_on else dt.timedelta()
    real = max(last - pause.starts_on + DAY, dt.timedelta())
    if real:
        pause.ends_on = last
        pause.save(update_fields=["ends_on"])
    else:
        pause.delete()
    return enrolment.ends_on + real - planned


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
    _hold(enrolment)
    also: dict[str, Any] = {}
    if enrolment.status == Enrolment.Status.ON_BREAK:
        also["ends_on"] = _close(current_break(enrolment), enrolment, last=timezone.localdate())
    _move(enrolment, to, action, by, **also)
