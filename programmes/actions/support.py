"""Who supports a learner: a change is a new row, and access follows the days of the rows."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import User
from people.permissions import Permission
from programmes.actions.enrolments import ENDED
from programmes.actions.recording import audit_change, end_before, require
from programmes.models import Enrolment, SupportRole
from programmes.queries.choices import supporters_for


@transaction.atomic
def change_support(
    *, enrolment: Enrolment, role: str, person: User, starts_on: dt.date, by: User
) -> SupportRole:
    """From that day on the person holds the role; whoever held it does so until the day before.

    Raises ValidationError for a day in the past, a person without a fitting membership, or one who holds it already.
    """
    require(by, Permission.ENROLMENT_CHANGE, enrolment)
    enrolment = (
        Enrolment.objects.select_for_update(of=("self",))
        .select_related("learner", "organisation", "cohort__programme__organisation")
        .get(pk=enrolment.pk)
    )
    today = timezone.localdate()
    if enrolment.status in ENDED:
        raise ValidationError(_("This enrolment has ended, so it cannot be changed any more."))
    if starts_on < today:
        raise ValidationError(
            {"starts_on": _("Enter today or a later day: what was before stays as it was.")}
        )
    if not supporters_for(enrolment, role, on=today).filter(pk=person.pk).exists():
        raise ValidationError({"person": _("This person has no membership that fits the role.")})
    rows = list(
        SupportRole.objects.filter(
            Q(ends_on=None) | Q(ends_on__gte=starts_on), enrolment=enrolment, role=role
        )
    )
    if any(row.person_id == person.pk and row.starts_on <= starts_on and row.ends_on is None for row in rows):
        raise ValidationError({"person": _("This person has the role already.")})
    for row in rows:
        end_before(row, starts_on)
    made = SupportRole.objects.create(enrolment=enrolment, role=role, person=person, starts_on=starts_on)
    changes = {"role": [None, role], "starts_on": [None, starts_on.isoformat()]}
    audit_change(enrolment, action="support.change", by=by, subject=enrolment.learner, changes=changes)
    return made
