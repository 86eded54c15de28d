"""Activities on their way to whoever verifies them: sent, sent by the week, taken back."""

import datetime as dt
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.transitions import TransitionRefused, move
from people.models import User
from people.permissions import Permission
from programmes.actions.amending import guard_amendment
from programmes.actions.applying import send_with_entry, take_back_with_entry
from programmes.actions.goals import start_with_activity
from programmes.actions.recording import audit, require, write_history
from programmes.models import ACTIVITY_MOVES, ActivityEntry, ActivityEvent, Enrolment, SupportRole
from programmes.queries.checks import exceptions_of_entry

Status = ActivityEntry.Status


def _people_of(enrolment_id: int) -> dict[str, int]:
    """Who supports the enrolment today, by role; who only covers for somebody is not named."""
    roles = SupportRole.objects.filter(enrolment=enrolment_id, covers=None).current(on=timezone.localdate())
    return dict(roles.order_by("starts_on").values_list("role", "person_id"))


def _guard_complete(entry: ActivityEntry) -> None:
    if not entry.criteria.exists():
        raise ValidationError({"criteria": _("Choose at least one criterion before you send it.")})
    guard_amendment(entry)
    if not entry.exception_reason and exceptions_of_entry(entry, on=timezone.localdate()):
        raise ValidationError({"exception_reason": _("Say why before you send it.")})


@transaction.atomic
def submit_activity(*, entry: ActivityEntry, by: User) -> None:
    """Send a draft or a mended entry to be verified, with what was said of its use at work.

    Copies who it is for: later changes do not rewrite it.

    Raises ValidationError when something needed is missing, TransitionRefused when it was sent already.
    """
    require(by, Permission.ACTIVITY_CHANGE, entry)
    _guard_complete(entry)
    was, people = entry.status, _people_of(entry.enrolment_id)
    move(
        entry,
        to=Status.SUBMITTED,
        moves=ACTIVITY_MOVES,
        submitted_at=timezone.now(),
        revision=F("revision") + 1,
        organisation=entry.enrolment.organisation,
        coach_id=people.get(SupportRole.Role.COACH),
        manager_id=people.get(SupportRole.Role.MANAGER),
    )
    send_with_entry(entry, by=by)
    write_history(entry, ActivityEvent.Kind.SUBMITTED, by)
    audit(entry, action="activity.submit", by=by, changes={"status": [was, entry.status]})
    start_with_activity(entry.goal, by)


@transaction.atomic
def withdraw_activity(*, entry: ActivityEntry, by: User) -> None:
    """Take a sent entry back while nobody has decided about it, with what was said of its use at work.

    Raises TransitionRefused when somebody has decided, ValidationError when only about its use at work.
    """
    require(by, Permission.ACTIVITY_CHANGE, entry)
    move(
        entry,
        to=Status.DRAFT,
        moves=ACTIVITY_MOVES,
        revision=F("revision") + 1,
        submitted_at=None,
        organisation=None,
        coach=None,
        manager=None,
    )
    take_back_with_entry(entry, by=by)
    write_history(entry, ActivityEvent.Kind.WITHDRAWN, by)
    audit(
        entry, action="activity.withdraw", by=by, changes={"status": [Status.SUBMITTED.value, entry.status]}
    )


@dataclass(frozen=True)
class WeekSent:
    """What came of sending a week: the entries sent, and those that lack something."""

    sent: list[ActivityEntry] = field(default_factory=list)
    incomplete: list[ActivityEntry] = field(default_factory=list)


def submit_week(*, enrolment: Enrolment, week: dt.date, by: User) -> WeekSent:
    """Send every draft of the week that starts on the Monday `week`; each on its own, so one that lacks something
    holds up no other.
    """
    drafts = ActivityEntry.objects.filter(
        enrolment=enrolment,
        status=Status.DRAFT,
        done_on__gte=week,
        done_on__lt=week + dt.timedelta(weeks=1),
    )
    outcome = WeekSent()
    for entry in drafts.select_related("enrolment__learner", "enrolment__organisation").order_by(
        "done_on", "pk"
    ):
        try:
            submit_activity(entry=entry, by=by)
        except ValidationError:
            outcome.incomplete.append(entry)
        except TransitionRefused:  # sent from another window meanwhile: as wanted
            continue
        else:
            outcome.sent.append(entry)
    return outcome
