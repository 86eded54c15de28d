"""Who covers for whom."""

import datetime as dt

from django.db.models import QuerySet

from people.models import User
from people.permissions import Permission, Relation
from programmes.models import Enrolment, SupportRole


def to_be_covered(coach: User, *, on: dt.date) -> QuerySet[Enrolment]:
    """The enrolments under way whose coach the person is, and not only as cover."""
    own = SupportRole.objects.filter(person=coach, role=Relation.COACH.value, covers=None).current(on=on)
    rows: QuerySet[Enrolment] = Enrolment.objects.permitted_to(coach, Permission.COVER_SET)
    rows = rows.filter(pk__in=own.values("enrolment")).under_way()  # type: ignore[attr-defined]
    return rows.select_related("learner", "organisation", "cohort__programme")


def covers_set_by(coach: User, *, on: dt.date) -> list[SupportRole]:
    """The covers for the coach that run or are planned, the next to end first."""
    rows = SupportRole.objects.filter(covers__person=coach, ends_on__gte=on)
    rows = rows.select_related("person", "enrolment__learner", "enrolment__organisation")
    return list(rows.order_by("ends_on", "enrolment__learner__display_name", "pk"))


def covered_today(person: User, *, on: dt.date) -> dict[int, SupportRole]:
    """The enrolments that the person looks after only as cover, by enrolment."""
    rows = SupportRole.objects.filter(person=person, covers__isnull=False).current(on=on)
    return {row.enrolment_id: row for row in rows.select_related("covers__person")}
