"""The life of an activity, through its actions."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from core.models import AuditEvent
from core.transitions import TransitionRefused
from programmes import actions
from programmes.actions import ActivityContent
from programmes.models import ActivityEntry, Enrolment
from tests.factories.programmes import ActivityFactory
from tests.worlds import World

STATUS = ActivityEntry.Status


def content_of(world: World, **fields: object) -> ActivityContent:
    values = {
        "kind": "off_job",
        "title": "Spreadsheet course",
        "done_on": timezone.localdate(),
        "strategy": world.ours.strategy,
        "minutes": 90,
        **fields,
    }
    return ActivityContent(values, world.ours.criteria[:1], "I can now group rows.")


def test_create_activity_writes_entry_texts_history_and_audit(world: World) -> None:
    entry = actions.create_activity(
        enrolment=world.ours.enrolment, content=content_of(world), by=world.ours.learner
    )
    assert entry.status == STATUS.DRAFT
    assert [c.code for c in entry.criteria.all()] == [world.ours.criteria[0].code]
    assert entry.reflection.text == "I can now group rows."
    assert list(entry.events.values_list("kind", "by")) == [("created", world.ours.learner.pk)]
    event = AuditEvent.objects.get()
    assert (event.action, event.role, event.changes) == (
        "activity.create",
        "learner",
        {"minutes": [None, 90]},
    )
    assert event.actor == event.subject == world.ours.learner.pseudonym.code


def test_create_activity_for_somebody_else_is_denied(world: World) -> None:
    with pytest.raises(PermissionDenied):
        actions.create_activity(
            enrolment=world.ours.enrolment, content=content_of(world), by=world.ours.coach
        )
    assert ActivityEntry.objects.count() == 0


@pytest.mark.parametrize("status", ["invited", "completed", "withdrawn"])
def test_create_activity_outside_a_running_enrolment_is_refused(world: World, status: str) -> None:
    Enrolment.objects.filter(pk=world.ours.enrolment.pk).update(status=status)
    world.ours.enrolment.refresh_from_db()
    with pytest.raises(ValidationError):
        actions.create_activity(
            enrolment=world.ours.enrolment, content=content_of(world), by=world.ours.learner
        )


def test_create_activity_past_24_hours_a_day_is_refused(world: World) -> None:
    today = timezone.localdate()
    ActivityFactory(
        enrolment=world.ours.enrolment, strategy=world.ours.strategy, done_on=today, minutes=23 * 60
    )
    with pytest.raises(ValidationError) as caught:
        actions.create_activity(
            enrolment=world.ours.enrolment, content=content_of(world, minutes=61), by=world.ours.learner
        )
    assert list(caught.value.error_dict) == ["hours"]
    actions.create_activity(
        enrolment=world.ours.enrolment, content=content_of(world, minutes=60), by=world.ours.learner
    )


def test_submit_activity_copies_todays_people(world: World) -> None:
    side = world.ours
    entry = actions.create_activity(enrolment=side.enrolment, content=content_of(world), by=side.learner)
    actions.submit_activity(entry=entry, by=side.learner)
    assert (entry.status, entry.organisation, entry.coach, entry.manager) == (
        STATUS.SUBMITTED,
        side.employer,
        side.coach,
        side.manager,
    )


def test_submit_activity_without_criterion_is_refused(world: World) -> None:
    entry = ActivityFactory(enrolment=world.ours.enrolment, strategy=world.ours.strategy)
    with pytest.raises(ValidationError):
        actions.submit_activity(entry=entry, by=world.ours.learner)
    entry.refresh_from_db()
    assert entry.status == STATUS.DRAFT


def test_approve_activity_locks_and_counts_it(world: World) -> None:
    entry = ActivityFactory(enrolment=world.ours.enrolment, strategy=world.ours.strategy, sent=True)
    actions.approve_activity(entry=entry, by=world.ours.coach)
    assert (entry.status, entry.approved_by) == (STATUS.APPROVED, world.ours.coach)
    counted = ActivityEntry.objects.with_uncounted_reason(on=timezone.localdate()).get(pk=entry.pk)
    assert counted.uncounted == ""
    with pytest.raises(actions.EntryChanged):
        actions.change_activity(
            entry=entry, content=content_of(world), revision=entry.revision, by=world.ours.learner
        )


def test_approve_activity_by_two_people_has_one_winner(world: World) -> None:
    entry = ActivityFactory(
        enrolment=world.ours.enrolment, strategy=world.ours.strategy, kind="on_job", sent=True
    )
    stale = ActivityEntry.objects.get(pk=entry.pk)
    actions.approve_activity(entry=entry, by=world.ours.coach)
    with pytest.raises(TransitionRefused):
        actions.return_activity(entry=stale, reason="Too short.", by=world.ours.manager)
    entry.refresh_from_db()
    assert (entry.status, entry.approved_by) == (STATUS.APPROVED, world.ours.coach)
    assert entry.events.filter(kind="returned").count() == 0


def test_approve_own_activity_is_denied_whatever_the_roles(world: World) -> None:
    side = world.ours
    Enrolment.objects.filter(pk=side.enrolment.pk).update(learner=side.coach)
    entry = ActivityFactory(
        enrolment=Enrolment.objects.get(pk=side.enrolment.pk), strategy=side.strategy, sent=True
    )
    with pytest.raises(PermissionDenied):
        actions.approve_activity(entry=entry, by=side.coach)


def test_return_activity_needs_a_reason(world: World) -> None:
    entry = ActivityFactory(enrolment=world.ours.enrolment, strategy=world.ours.strategy, sent=True)
    with pytest.raises(ValidationError):
        actions.return_activity(entry=entry, reason="  ", by=world.ours.coach)
    actions.return_activity(entry=entry, reason="Which part did you do?", by=world.ours.coach)
    assert entry.status == STATUS.RETURNED
    assert entry.events.get(kind="returned").reason == "Which part did you do?"


def test_change_activity_in_a_stale_window_is_refused(world: World) -> None:
    side = world.ours
    entry = actions.create_activity(enrolment=side.enrolment, content=content_of(world), by=side.learner)
    actions.change_activity(
        entry=entry, content=content_of(world, title="Second"), revision=1, by=side.learner
    )
    with pytest.raises(actions.EntryChanged):
        actions.change_activity(
            entry=entry, content=content_of(world, title="Third"), revision=1, by=side.learner
        )
    entry.refresh_from_db()
    assert (entry.title, entry.revision) == ("Second", 2)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        ({}, "draft"),
        ({"sent": True}, "waiting"),
        ({"returned": True}, "returned"),
        ({"approved": True}, ""),
        ({"approved": True, "is_paid": False}, "unpaid"),
        ({"approved": True, "done_on": dt.timedelta(days=1)}, "future"),
        ({"approved": True, "done_on": dt.timedelta(weeks=-30)}, "outside"),
        ({"approved": True, "done_on": dt.timedelta(weeks=-30), "is_paid": False}, "outside"),
        ({"approved": True, "done_on": dt.timedelta(days=-9), "is_paid": False}, "break"),
        ({"returned": True, "done_on": dt.timedelta(days=1)}, "returned"),
    ],
)
def test_uncounted_reason_is_the_first_that_applies(
    world: World, make: dict[str, object], expected: str
) -> None:
    today = timezone.localdate()
    side = world.ours
    side.enrolment.breaks.create(
        starts_on=today - dt.timedelta(days=10), ends_on=today - dt.timedelta(days=8)
    )
    shift = make.get("done_on", dt.timedelta(days=-1))
    entry = ActivityFactory(
        enrolment=side.enrolment, strategy=side.strategy, **{**make, "done_on": today + shift}
    )
    assert ActivityEntry.objects.with_uncounted_reason(on=today).get(pk=entry.pk).uncounted == expected
