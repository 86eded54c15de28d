"""Two amendments in the sample: one verified, one that waits."""

import datetime as dt
from collections.abc import Sequence

from people.models import User
from programmes.actions.amending import COPIED
from programmes.management.commands._demo.content import read
from programmes.management.commands._demo.programmes import Course
from programmes.models import ActivityEntry, ActivityEvent

Status, Event = ActivityEntry.Status, ActivityEvent.Kind
MORE_MINUTES = 30
DAYS_BEFORE = 14


def write_amendments(courses: Sequence[Course], *, today: dt.date) -> int:
    """Amend one verified on-the-job entry of each of the first two enrolments; how many entries that were."""
    written = 0
    for course, is_verified in zip(courses, (True, False), strict=False):
        before = today - dt.timedelta(days=DAYS_BEFORE)
        verified = course.enrolment.activities.filter(status=Status.APPROVED, kind=ActivityEntry.Kind.ON_JOB)
        entry = verified.filter(approved_at__date__lt=before).order_by("-done_on", "-pk").first()
        if entry is not None:
            _amend(course, entry, is_verified=is_verified)
            written += 1
    return written


def _amend(course: Course, entry: ActivityEntry, *, is_verified: bool) -> None:
    assert entry.approved_at is not None
    assert entry.approved_by is not None
    started = entry.approved_at + dt.timedelta(days=1)
    sent, decided = started + dt.timedelta(minutes=5), started + dt.timedelta(days=1)
    amendment = ActivityEntry.objects.create(
        **{name: getattr(entry, name) for name in COPIED if name != "minutes"},
        minutes=entry.minutes + MORE_MINUTES,
        amends=entry,
        amendment_reason=read("amendments.json")["reason"][course.part.language],
        status=Status.APPROVED if is_verified else Status.SUBMITTED,
        submitted_at=sent,
        approved_at=decided if is_verified else None,
        approved_by=entry.approved_by if is_verified else None,
        organisation=entry.organisation,
        coach=entry.coach,
        manager=entry.manager,
        revision=2,
    )
    amendment.criteria.set(entry.criteria.all())
    ActivityEntry.objects.filter(pk=amendment.pk).update(created_at=started)
    learner, approver = course.enrolment.learner, entry.approved_by
    lines: list[tuple[ActivityEntry, str, User, dt.datetime]] = [
        (amendment, Event.CREATED, learner, started),
        (amendment, Event.SUBMITTED, learner, sent),
    ]
    if is_verified:
        lines += [
            (amendment, Event.APPROVED, approver, decided),
            (entry, Event.SUPERSEDED, approver, decided),
        ]
        ActivityEntry.objects.filter(pk=entry.pk).update(status=Status.SUPERSEDED)
    ActivityEvent.objects.bulk_create(
        ActivityEvent(entry=row, kind=kind, by=by, at=at) for row, kind, by, at in lines
    )
