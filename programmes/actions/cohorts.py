"""What happens to cohorts: made, changed, removed while nobody is in them."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from people.models import User
from people.permissions import Permission
from programmes.actions.recording import audit_change, changed_values, require
from programmes.models import Cohort, Programme


def _save(cohort: Cohort) -> None:
    try:
        with transaction.atomic():
            cohort.save()
    except IntegrityError as error:
        raise ValidationError({"name": _("This programme has a cohort of that name already.")}) from error


@transaction.atomic
def create_cohort(*, programme: Programme, name: str, starts_on: dt.date, by: User) -> Cohort:
    """A new run of an open programme. Raises ValidationError when it is archived or has one of that name."""
    require(by, Permission.COHORT_CHANGE, programme)
    if not Programme.objects.get(pk=programme.pk).is_open:
        raise ValidationError(_("This programme is archived. Open it again before you add to it."))
    cohort = Cohort(programme=programme, name=name, starts_on=starts_on)
    _save(cohort)
    audit_change(
        cohort,
        action="cohort.create",
        by=by,
        changes=changed_values({}, {"starts_on": starts_on, "name": name}),
    )
    return cohort


@transaction.atomic
def change_cohort(*, cohort: Cohort, name: str, starts_on: dt.date, by: User) -> None:
    """Rename a cohort or move its start; the dates of who is in it stay. Raises ValidationError as above."""
    require(by, Permission.COHORT_CHANGE, cohort)
    old = {"name": cohort.name, "starts_on": cohort.starts_on}
    cohort.name, cohort.starts_on = name, starts_on
    _save(cohort)
    changes = changed_values(old, {"name": name, "starts_on": starts_on})
    audit_change(cohort, action="cohort.change", by=by, changes=changes)


@transaction.atomic
def remove_cohort(*, cohort: Cohort, by: User) -> None:
    """Delete a cohort that nobody was ever in. Raises ValidationError otherwise."""
    require(by, Permission.COHORT_CHANGE, cohort)
    if cohort.enrolments.exists():
        raise ValidationError(_("There are learners in this cohort, so it has to stay."))
    audit_change(cohort, action="cohort.remove", by=by)
    cohort.delete()
