"""Cover: a coach hands learners to a colleague between two dates, and keeps them."""

import datetime as dt
from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import Membership, User
from people.permissions import Permission
from programmes.actions.recording import audit, require
from programmes.models import Enrolment, SupportRole

LONGEST_COVER = dt.timedelta(days=183)


def _guard_dates(starts_on: dt.date, ends_on: dt.date) -> None:
    if starts_on < timezone.localdate():
        raise ValidationError({"starts_on": _("Cover starts today or later.")})
    if ends_on < starts_on:
        raise ValidationError({"ends_on": _("The last day is before the first.")})
    if ends_on - starts_on > LONGEST_COVER:
        raise ValidationError(
            {"ends_on": _("Cover lasts half a year at most. For longer, change the coach.")}
        )


@transaction.atomic
def set_cover(
    *, enrolments: Collection[Enrolment], to: User, starts_on: dt.date, ends_on: dt.date, by: User
) -> list[SupportRole]:
    """Let `to` act as coach of the enrolments from the first day to the last, beside the coach `by`.

    Raises ValidationError for impossible dates, for who is no coach at the provider, and where the same person covers
    the same learner in that time already.
    """
    _guard_dates(starts_on, ends_on)
    covers = []
    for enrolment in enrolments:
        require(by, Permission.COVER_SET, enrolment)
        provider = enrolment.cohort.programme.organisation_id
        at_provider = Membership.objects.filter(person=to, role=Membership.Role.COACH, organisation=provider)
        if to == by or not at_provider.current(on=starts_on).exists():
            raise ValidationError({"to": _("Choose a colleague who is a coach at the same provider.")})
        own = SupportRole.objects.filter(
            enrolment=enrolment, person=by, role=SupportRole.Role.COACH, covers=None
        ).current(on=starts_on)
        covered = own.first()
        if covered is None:
            raise ValidationError({"enrolments": _("You are no longer the coach of one of these learners.")})
        same = covered.covered_by.filter(person=to, starts_on__lte=ends_on, ends_on__gte=starts_on)
        if same.exists():
            raise ValidationError(
                {"to": _("This colleague covers one of these learners in that time already.")}
            )
        row = SupportRole.objects.create(
            enrolment=enrolment,
            person=to,
            role=SupportRole.Role.COACH,
            starts_on=starts_on,
            ends_on=ends_on,
            covers=covered,
        )
        audit(row, action="cover.set", by=by, changes={"person": None})
        covers.append(row)
    return covers


@transaction.atomic
def end_cover(*, cover: SupportRole, by: User) -> None:
    """End a cover: as of yesterday, or as if it had never been when it has not begun before today."""
    require(by, Permission.COVER_SET, cover.enrolment)
    audit(cover, action="cover.end", by=by, changes={"ends_on": None})
    today = timezone.localdate()
    if cover.starts_on >= today:
        cover.delete()
    else:
        SupportRole.objects.filter(pk=cover.pk).update(ends_on=today - dt.timedelta(days=1))
