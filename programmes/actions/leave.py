"""A week of leave: a short break in learning that the learner marks without asking."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from people.models import User
from people.permissions import Permission
from programmes.actions.recording import audit, require
from programmes.models import ActivityEntry, BreakInLearning, Enrolment
from programmes.models.enrolments import OPEN_ENROLMENTS

HOLDING_DAYS = (BreakInLearning.Status.ASKED, BreakInLearning.Status.AGREED)


@transaction.atomic
def mark_leave(*, enrolment: Enrolment, week: dt.date, by: User) -> BreakInLearning:
    """Mark the week that starts on the Monday `week` as leave: its days are no learning days.

    The target of every week stays; what is expected by today goes down. Raises ValidationError when the week is not
    one of the programme's, has entries, or lies in a break already.
    """
    require(by, Permission.LEAVE_MARK, enrolment)
    first, last = max(week, enrolment.starts_on), min(week + dt.timedelta(days=6), enrolment.ends_on)
    if week.weekday() != 0 or first > last or enrolment.status not in OPEN_ENROLMENTS:
        raise ValidationError(_("This week is not part of the programme."))
    logged = ActivityEntry.objects.filter(enrolment=enrolment, done_on__range=(first, last))
    if logged.not_replaced().exists():
        raise ValidationError(_("Something is logged in this week, so it cannot be leave."))
    breaks = BreakInLearning.objects.filter(enrolment=enrolment).touching(first, last)
    if breaks.filter(status__in=HOLDING_DAYS).exists():
        raise ValidationError(_("This week is in a break already."))
    pause = BreakInLearning.objects.create(enrolment=enrolment, starts_on=first, ends_on=last, is_leave=True)
    audit(pause, action="leave.mark", by=by, changes={"is_leave": [False, True]})
    return pause


@transaction.atomic
def unmark_leave(*, pause: BreakInLearning, by: User) -> None:
    """The week is no leave after all."""
    require(by, Permission.LEAVE_MARK, pause.enrolment)
    audit(pause, action="leave.unmark", by=by, changes={"is_leave": [True, False]})
    BreakInLearning.objects.filter(pk=pause.pk, is_leave=True).delete()
