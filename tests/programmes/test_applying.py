"""Applications from the prompt to the confirmation: through the actions, with what hangs on them."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core.models import AuditEvent
from people.models import User
from programmes import actions
from programmes.models import ActivityEntry, ApplicationEvent, ApplicationRecord, EvidenceFile
from programmes.queries.answering import content_of
from programmes.queries.applications import applications_for
from tests.factories import programmes as f
from tests.programmes.test_views import entry_of
from tests.worlds import World
from uploads.receiving import receive_upload

SAID = actions.ApplicationContent(
    "I plan the week with the team.",
    dt.date(2026, 1, 1),
    benefits=(actions.BenefitContent("team", "Fewer surprises."),),
)


def said_today(**fields: Any) -> actions.ApplicationContent:
    return actions.ApplicationContent(
        **{"what_changed": "I plan with the team.", "applied_on": timezone.localdate(), **fields}
    )


def content_for(entry: ActivityEntry, application: Any = None, **fields: Any) -> actions.ActivityContent:
    values = {
        "kind": entry.kind,
        "title": entry.title,
        "done_on": entry.done_on,
        "minutes": entry.minutes,
        "strategy": entry.strategy,
        **fields,
    }
    return actions.ActivityContent(values, list(entry.criteria.all()), "", application)


def change(world: World, entry: ActivityEntry, application: Any = None, **fields: Any) -> None:
    entry.refresh_from_db()
    content = content_for(entry, application, **fields)
    actions.change_activity(entry=entry, content=content, revision=entry.revision, by=world.ours.learner)


def record_of(entry: ActivityEntry) -> ApplicationRecord | None:
    return ApplicationRecord.objects.filter(entry=entry).first()


def status_of(entry: ActivityEntry) -> str:
    record = record_of(entry)
    return record.status if record else ""


# The prompt -------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "expected"), [("off_job", "prompted"), ("on_job", "")])
def test_approval_of_an_activity_off_the_job_asks(world: World, kind: str, expected: str) -> None:
    entry = entry_of(world, sent=True, kind=kind)
    actions.approve_activity(entry=entry, by=world.ours.coach)
    assert status_of(entry) == expected


def test_undone_approval_takes_the_prompt_back(world: World) -> None:
    entry = entry_of(world, sent=True)
    for _round in range(2):
        event = actions.approve_activity(entry=entry, by=world.ours.coach)
        assert status_of(entry) == "prompted"
        assert actions.undo_decisions(events=[event.pk], by=world.ours.coach) == [entry]
        assert status_of(entry) == ""
        entry.refresh_from_db()


def test_prompt_that_was_touched_stays(world: World) -> None:
    put_off, typed, filed = entries = [entry_of(world, sent=True) for _n in range(3)]
    events = [actions.approve_activity(entry=entry, by=world.ours.coach).pk for entry in entries]
    actions.put_off_application(record=record_of(put_off), by=world.ours.learner)
    actions.answer_application(
        record=record_of(typed), content=said_today(), revision=1, by=world.ours.learner
    )
    f.EvidenceFactory(entry=filed, application=record_of(filed), is_held_back=True)
    assert len(actions.undo_decisions(events=events, by=world.ours.coach)) == 3
    assert [status_of(entry) for entry in entries] == ["prompted"] * 3


@pytest.mark.parametrize("answer", ["submit", "decline"])
def test_approval_is_not_undone_once_the_learner_has_answered(world: World, answer: str) -> None:
    entry = entry_of(world, sent=True, done_on=timezone.localdate())
    event = actions.approve_activity(entry=entry, by=world.ours.coach)
    record = record_of(entry)
    if answer == "submit":
        actions.answer_application(record=record, content=said_today(), revision=1, by=world.ours.learner)
        actions.submit_application(record=record, by=world.ours.learner)
    else:
        actions.decline_application(record=record, reason="Sold.", by=world.ours.learner)
    assert actions.undo_decisions(events=[event.pk], by=world.ours.coach) == []
    entry.refresh_from_db()
    event.refresh_from_db()
    assert (entry.status, event.undone_at) == ("approved", None)


def test_answer_that_came_with_the_activity_does_not_hold_up_the_undo(world: World) -> None:
    entry = entry_of(world, done_on=timezone.localdate())
    change(world, entry, said_today())
    actions.submit_activity(entry=entry, by=world.ours.learner)
    event = actions.approve_activity(entry=entry, by=world.ours.coach)
    assert actions.undo_decisions(events=[event.pk], by=world.ours.coach) == [entry]
    assert status_of(entry) == "submitted"


# Said while logging -------------------------------------------------------------------------


def test_what_is_said_with_a_draft_is_a_draft_and_goes_with_it(world: World) -> None:
    side = world.ours
    day = timezone.localdate()
    fields = {
        "kind": "off_job",
        "title": "Course",
        "done_on": day,
        "minutes": 60,
        "strategy": side.strategy,
    }
    content = actions.ActivityContent(fields, side.criteria, "", said_today())
    first, second = actions.create_activities(
        enrolment=side.enrolment,
        content=content,
        more_days=[actions.Day(day, 30)],
        by=side.learner,
        token="9b2f1c52-1f6f-4f59-9b0a-0d2f6b1f7c11",
    )
    assert (status_of(first), status_of(second)) == ("prompted", "")
    assert content_of(first.application) == said_today()
    assert list(applications_for(side.manager)) == []
    actions.submit_activity(entry=first, by=side.learner)
    assert status_of(first) == "submitted"
    assert list(applications_for(side.manager)) == [record_of(first)]


def test_week_is_sent_with_what_was_said(world: World) -> None:
    day = timezone.localdate()
    entry = entry_of(world, done_on=day)
    change(world, entry, said_today())
    week = day - dt.timedelta(days=day.weekday())
    actions.submit_week(enrolment=world.ours.enrolment, week=week, by=world.ours.learner)
    assert status_of(entry) == "submitted"


@pytest.mark.parametrize(
    "half",
    [{"what_changed": ""}, {"applied_on": None}, {"applied_on": dt.date(2000, 1, 1)}],
    ids=["no text", "no day", "before the activity"],
)
def test_half_an_answer_stays_a_draft(world: World, half: dict[str, Any]) -> None:
    entry = entry_of(world)
    change(world, entry, said_today(**half))
    actions.submit_activity(entry=entry, by=world.ours.learner)
    assert status_of(entry) == "prompted"
    actions.approve_activity(entry=entry, by=world.ours.coach)
    assert content_of(record_of(entry)) == said_today(**half)


def test_what_is_no_longer_said_goes_with_its_files(
    world: World, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    for fields in ({}, {"kind": "on_job"}):
        entry = entry_of(world)
        change(world, entry, said_today())
        file = f.EvidenceFactory(entry=entry, application=record_of(entry), is_held_back=True)
        own = f.EvidenceFactory(entry=entry)
        with django_capture_on_commit_callbacks(execute=True):
            change(world, entry, None if not fields else said_today(), **fields)
        assert status_of(entry) == ""
        assert list(entry.evidence.all()) == [own]
        assert not file.file.storage.exists(file.file.name)


def test_activity_with_an_answer_that_was_sent_stays_off_the_job(world: World) -> None:
    entry = entry_of(world, returned=True)
    f.ApplicationFactory(entry=entry, sent=True)
    with pytest.raises(ValidationError) as caught:
        change(world, entry, kind="on_job")
    assert set(caught.value.error_dict) == {"kind"}
    change(world, entry, said_today(what_changed="Something else"), title="Mended")
    assert record_of(entry).what_changed == "I plan the week with the whole team now."


def test_measures_survive_a_change_of_the_activity(world: World) -> None:
    entry = entry_of(world)
    record = f.ApplicationFactory(entry=entry, what_changed="Before", evidence_note="On the wall")
    f.BenefitFactory(record=record, measured=True)
    f.BenefitFactory(record=record, level="individual")
    benefits = (actions.BenefitContent("team", "Said anew"),)
    change(world, entry, said_today(benefits=benefits))
    (kept,) = record.benefits.all()
    assert (kept.level, kept.text, kept.before, kept.unit) == ("team", "Said anew", 10, "hours_month")
    record.refresh_from_db()
    assert (record.what_changed, record.evidence_note) == ("I plan with the team.", "On the wall")


def test_amendment_has_no_answer_of_its_own(world: World) -> None:
    entry = entry_of(world, amends=entry_of(world, approved=True))
    change(world, entry, said_today())
    assert status_of(entry) == ""


def test_activity_taken_back_takes_its_answer_along(world: World) -> None:
    side = world.ours
    entry = entry_of(world, done_on=timezone.localdate())
    change(world, entry, said_today())
    file = f.EvidenceFactory(entry=entry, application=record_of(entry), is_held_back=True)
    actions.submit_activity(entry=entry, by=side.learner)
    file.refresh_from_db()
    assert file.is_held_back is False
    actions.withdraw_activity(entry=entry, by=side.learner)
    file.refresh_from_db()
    record = record_of(entry)
    assert (record.status, record.submitted_at, file.is_held_back) == ("prompted", None, True)
    assert record.events.get().undone_at is not None
    assert list(applications_for(side.manager)) == []


@pytest.mark.parametrize("state", ["returned", "confirmed"])
def test_activity_stays_once_somebody_decided_about_its_use(world: World, state: str) -> None:
    entry = entry_of(world, sent=True)
    f.ApplicationFactory(entry=entry, **{state: True})
    with pytest.raises(ValidationError):
        actions.withdraw_activity(entry=entry, by=world.ours.learner)
    entry.refresh_from_db()
    assert (entry.status, status_of(entry)) == ("submitted", state)


# The answer -----------------------------------------------------------------------------------


def prompted(world: World, **fields: Any) -> ApplicationRecord:
    entry = entry_of(world, approved=True, done_on=timezone.localdate() - dt.timedelta(days=20))
    record: ApplicationRecord = f.ApplicationFactory(entry=entry, **fields)
    return record


def test_answer_with_benefits_and_files_is_told_once_it_is_sent(world: World) -> None:
    side, record = world.ours, prompted(world)
    benefits = (
        actions.BenefitContent("individual", "Less stress."),
        actions.BenefitContent("team", "Faster.", "Time", "hours_month", 10, 4),
    )
    content = said_today(evidence_note="On the wall", benefits=benefits)
    actions.answer_application(record=record, content=content, revision=1, by=side.learner)
    upload = receive_upload(SimpleUploadedFile("notes.txt", b"notes"))
    (file,) = actions.attach_evidence(
        entry=record.entry, application=record, uploads=[upload], is_shared=True, by=side.learner
    )
    assert (content_of(record), file.is_held_back, file.application) == (content, True, record)
    event = actions.submit_application(record=record, by=side.learner)
    file.refresh_from_db()
    assert (record.status, file.is_held_back) == ("submitted", False)
    assert (event.kind, event.by, record.submitted_at) == ("submitted", side.learner, event.at)
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)) == [
        "application.change",
        "activity.attach",
        "application.submit",
    ]
    assert "plan" not in str(list(AuditEvent.objects.values()))


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"what_changed": "", "applied_on": None}, {"what_changed", "applied_on"}),
        ({"what_changed": " \n"}, {"what_changed"}),
        ({"applied_on": timezone.localdate() + dt.timedelta(days=2)}, {"applied_on"}),
        ({"applied_on": dt.date(2020, 1, 1)}, {"applied_on"}),
    ],
)
def test_half_an_answer_is_not_sent(world: World, fields: dict[str, Any], missing: set[str]) -> None:
    record = prompted(world)
    actions.answer_application(record=record, content=said_today(**fields), revision=1, by=world.ours.learner)
    with pytest.raises(ValidationError) as caught:
        actions.submit_application(record=record, by=world.ours.learner)
    assert set(caught.value.error_dict) == missing


def test_answer_about_a_draft_goes_with_the_draft(world: World) -> None:
    record = f.ApplicationFactory(
        entry=entry_of(world), what_changed="Something", applied_on=timezone.localdate()
    )
    with pytest.raises(ValidationError):
        actions.submit_application(record=record, by=world.ours.learner)
    with pytest.raises(ValidationError):
        actions.decline_application(record=record, reason="Sold.", by=world.ours.learner)
    record.refresh_from_db()
    assert record.status == "prompted"


def test_not_yet_is_said_once_a_day(world: World) -> None:
    record = prompted(world)
    for _click in range(2):
        actions.put_off_application(record=record, by=world.ours.learner)
    assert (record.put_off_on, record.revision) == (timezone.localdate(), 2)
    assert [event.kind for event in record.events.all()] == ["put_off"]


def test_not_used_needs_a_reason_and_hides_the_files(world: World) -> None:
    record = prompted(world)
    file = f.EvidenceFactory(entry=record.entry, application=record)
    with pytest.raises(ValidationError):
        actions.decline_application(record=record, reason=" ", by=world.ours.learner)
    actions.decline_application(record=record, reason=" Sold. ", by=world.ours.learner)
    file.refresh_from_db()
    assert (record.status, record.not_applied_reason, file.is_held_back) == ("not_applied", "Sold.", True)


def test_limits_are_those_of_the_answer_itself(world: World) -> None:
    record = prompted(world)
    for _file in range(10):
        f.EvidenceFactory(entry=record.entry, file="ab/sample.txt")
    add = {"entry": record.entry, "application": record, "is_shared": True, "by": world.ours.learner}
    uploads = [receive_upload(SimpleUploadedFile(f"{n}.txt", b"notes")) for n in range(11)]
    actions.attach_evidence(uploads=uploads[:10], **add)
    with pytest.raises(ValidationError):
        actions.attach_evidence(uploads=uploads[10:], **add)
    assert EvidenceFile.objects.filter(application=record).count() == 10


ACTS: dict[str, Callable[[ApplicationRecord, User], Any]] = {
    "answer": lambda record, by: actions.answer_application(
        record=record, content=SAID, revision=record.revision, by=by
    ),
    "submit": lambda record, by: actions.submit_application(record=record, by=by),
    "put_off": lambda record, by: actions.put_off_application(record=record, by=by),
    "decline": lambda record, by: actions.decline_application(record=record, reason="Sold.", by=by),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("persona", ["coach", "mentor", "manager", "lead", "org_admin", "administrator"])
def test_only_the_learner_answers(world: World, act: str, persona: str) -> None:
    record = prompted(world)
    with pytest.raises(PermissionDenied):
        ACTS[act](record, world.everybody()[persona])


# Decisions --------------------------------------------------------------------------------------


def sent(world: World) -> ApplicationRecord:
    record: ApplicationRecord = f.ApplicationFactory(entry=entry_of(world, approved=True), sent=True)
    return record


@pytest.mark.parametrize(
    "persona", ["learner", "coach", "lead", "org_admin", "administrator", "other_manager"]
)
def test_only_mentor_and_manager_decide(world: World, persona: str) -> None:
    record, person = sent(world), world.everybody()[persona]
    with pytest.raises(PermissionDenied):
        actions.confirm_application(record=record, by=person)
    with pytest.raises(PermissionDenied):
        actions.return_application(record=record, question="How?", by=person)


def test_nobody_confirms_their_own(world: World) -> None:
    side = world.ours
    f.SupportRoleFactory(enrolment=side.enrolment, person=side.learner, role="manager")
    with pytest.raises(PermissionDenied):
        actions.confirm_application(record=sent(world), by=side.learner)


def test_confirmation_names_who_and_when(world: World) -> None:
    record = sent(world)
    event = actions.confirm_application(record=record, by=world.ours.mentor)
    assert (record.status, record.confirmed_by, record.confirmed_at) == (
        "confirmed",
        world.ours.mentor,
        event.at,
    )
    row = AuditEvent.objects.get()
    assert (row.action, row.role, row.changes) == (
        "application.confirm",
        "mentor",
        {"status": ["submitted", "confirmed"]},
    )


def test_question_needs_words(world: World) -> None:
    with pytest.raises(ValidationError):
        actions.return_application(record=sent(world), question=" ", by=world.ours.manager)


@pytest.mark.parametrize("decision", ["confirm", "ask"])
def test_decision_is_undone_within_seconds(world: World, decision: str) -> None:
    record, manager = sent(world), world.ours.manager
    if decision == "confirm":
        event = actions.confirm_application(record=record, by=manager)
    else:
        event = actions.return_application(record=record, question="How?", by=manager)
    assert actions.undo_confirmations(events=[event.pk], by=world.ours.mentor) == []
    assert actions.undo_confirmations(events=[event.pk], by=manager) == [record]
    assert actions.undo_confirmations(events=[event.pk], by=manager) == []
    record.refresh_from_db()
    assert (record.status, record.confirmed_at, record.confirmed_by) == ("submitted", None, None)
    assert ApplicationEvent.objects.get().undone_at is not None


def test_undo_comes_too_late(world: World) -> None:
    manager = world.ours.manager
    event = actions.confirm_application(record=sent(world), by=manager)
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=13)):
        assert actions.undo_confirmations(events=[event.pk], by=manager) == []


def test_what_went_on_is_not_undone(world: World) -> None:
    record, side = sent(world), world.ours
    event = actions.return_application(record=record, question="How?", by=side.mentor)
    actions.submit_application(record=record, by=side.learner)
    assert actions.undo_confirmations(events=[event.pk], by=side.mentor) == []
    record.refresh_from_db()
    assert record.status == "submitted"


def test_question_that_was_answered_and_followed_by_another_is_not_undone(world: World) -> None:
    record, side = sent(world), world.ours
    first = actions.return_application(record=record, question="How?", by=side.mentor)
    actions.submit_application(record=record, by=side.learner)
    actions.return_application(record=record, question="Since when?", by=side.manager)
    assert actions.undo_confirmations(events=[first.pk], by=side.mentor) == []
    record.refresh_from_db()
    assert record.status == "returned"
