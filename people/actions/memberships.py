"""Memberships: ended."""

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.audit import record_event
from people.models import Membership, User, pseudonym_of
from people.permissions import Permission, can


class MembershipEnded(Exception):
    """Somebody else ended the membership meanwhile."""


@transaction.atomic
def end_membership(*, membership: Membership, on: dt.date, by: User) -> None:
    """Let the membership end with the day `on`. All access that hangs on it ends the day after.

    Raises PermissionDenied for who may not, ValidationError for a day before its first and for one's own,
    MembershipEnded when it ends by then already.
    """
    if not can(by, Permission.MEMBERSHIP_CHANGE, membership):
        raise PermissionDenied
    if membership.person_id == by.pk:
        raise ValidationError(
            _("Somebody else has to end your own membership, so that nobody locks themselves out.")
        )
    if on < membership.starts_on:
        raise ValidationError({"ends_on": _("The last day cannot be before the first.")})
    rows = Membership.objects.filter(Q(ends_on=None) | Q(ends_on__gt=on), pk=membership.pk)
    if not rows.update(ends_on=on):
        raise MembershipEnded
    membership.refresh_from_db()
    subject = pseudonym_of(membership.person)
    record_event(
        action="membership.end",
        on=membership,
        actor=pseudonym_of(by),
        subject=subject,
        changes={"ends_on": None},
    )
