"""Who supports an enrolment, has done and will do; and the invitations that wait for a person."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from people.models import User
from programmes.models import Enrolment, SupportRole


@dataclass(frozen=True)
class Support:
    """One support role of an enrolment: who holds it now, and rows of before, later and of
    cover, the latest first.
    """

    role: str
    label: str
    current: SupportRole | None
    others: Sequence[SupportRole]


def support_of(enrolment: Enrolment, *, on: dt.date) -> list[Support]:
    """The three support roles of an enrolment as of that day."""
    rows = list(enrolment.support_roles.select_related("person").order_by("-starts_on", "-pk"))
    found = []
    for role in SupportRole.Role:
        held = [row for row in rows if row.role == role]
        own = [row for row in held if row.covers_id is None]
        now = [row for row in own if row.starts_on <= on and (row.ends_on is None or row.ends_on >= on)]
        current = now[0] if now else None
        others = [row for row in held if row is not current]
        found.append(Support(role.value, str(role.label), current, others))
    return found


@dataclass(frozen=True)
class Waiting:
    """An enrolment that its learner has not started yet; `is_startable` once a click on it does something."""

    enrolment: Enrolment
    coach: User | None
    is_startable: bool


def invitations_of(learner: User, *, on: dt.date) -> list[Waiting]:
    """What waits for the person to start: invitations, and programmes accepted whose first day has come."""
    waiting = [Enrolment.Status.INVITED, Enrolment.Status.ONBOARDING]
    found = Enrolment.objects.filter(learner=learner, status__in=waiting).order_by("starts_on", "pk")
    rows = list(found.select_related("cohort__programme__organisation", "organisation"))
    if not rows:
        return []
    roles = SupportRole.objects.current(on=on).filter(
        enrolment__in=rows, role=SupportRole.Role.COACH, covers=None
    )
    coaches = {row.enrolment_id: row.person for row in roles.select_related("person")}
    return [
        Waiting(
            row,
            coaches.get(row.pk),
            row.status == Enrolment.Status.INVITED or row.starts_on <= on,
        )
        for row in rows
    ]
