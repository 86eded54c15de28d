"""Every action on an answer from every status: allowed ones work, others are refused and change nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core.models import AuditEvent
from core.transitions import TransitionRefused
from programmes import actions
from programmes.models import ApplicationRecord
from programmes.models.applications import OPEN_ANSWERS
from tests.factories import programmes as f
from tests.worlds import World
from uploads.receiving import receive_upload


def answer(world: World, record: ApplicationRecord) -> None:
    content = actions.ApplicationContent("I do it otherwise now.", timezone.localdate())
    actions.answer_application(
        record=record, content=content, revision=record.revision, by=world.ours.learner
    )


def send_answer(world: World, record: ApplicationRecord) -> None:
    actions.submit_application(record=record, by=world.ours.learner)


def put_off(world: World, record: ApplicationRecord) -> None:
    actions.put_off_application(record=record, by=world.ours.learner)


def decline(world: World, record: ApplicationRecord) -> None:
    actions.decline_application(record=record, reason="The machine was sold.", by=world.ours.learner)


def confirm(world: World, record: ApplicationRecord) -> None:
    actions.confirm_application(record=record, by=world.ours.manager)


def ask(world: World, record: ApplicationRecord) -> None:
    actions.return_application(record=record, question="How do you see it?", by=world.ours.mentor)


def add_file(world: World, record: ApplicationRecord) -> None:
    upload = receive_upload(SimpleUploadedFile("notes.txt", b"notes"))
    actions.attach_evidence(
        entry=record.entry, application=record, uploads=[upload], is_shared=True, by=world.ours.learner
    )


def take_file(world: World, record: ApplicationRecord) -> None:
    actions.remove_evidence(evidence=record.evidence.get(), by=world.ours.learner)


CHANGED, REFUSED, DENIED = actions.EntryChanged, TransitionRefused, PermissionDenied
Answering = Callable[[World, ApplicationRecord], None]
ANSWERED = {"submitted": CHANGED, "confirmed": CHANGED}
LATE = {"submitted": REFUSED, "confirmed": REFUSED}
# What becomes of an answer in each status: the status that it has then, or what is raised.
ANSWERING: list[tuple[Answering, dict[str, Any]]] = [
    (answer, {"prompted": "prompted", "returned": "returned", "not_applied": "not_applied"} | ANSWERED),
    (add_file, {"prompted": "prompted", "returned": "returned", "not_applied": "not_applied"} | ANSWERED),
    (take_file, {"prompted": "prompted", "returned": "returned", "not_applied": "not_applied"} | ANSWERED),
    (send_answer, {"prompted": "submitted", "returned": "submitted", "not_applied": "submitted"} | LATE),
    (put_off, {"prompted": "prompted", "returned": REFUSED, "not_applied": REFUSED} | LATE),
    (decline, {"prompted": "not_applied", "returned": "not_applied", "not_applied": REFUSED} | LATE),
    (
        confirm,
        {"prompted": DENIED, "returned": REFUSED, "not_applied": REFUSED}
        | {"submitted": "confirmed", "confirmed": REFUSED},
    ),
    (
        ask,
        {"prompted": DENIED, "returned": REFUSED, "not_applied": REFUSED}
        | {"submitted": "returned", "confirmed": REFUSED},
    ),
]


def answer_in(world: World, status: str) -> ApplicationRecord:
    """An answer with a text, a benefit and a file, which could be sent."""
    entry = f.ActivityFactory(enrolment=world.ours.enrolment, strategy=world.ours.strategy, approved=True)
    traits = {} if status == "prompted" else {{"submitted": "sent"}.get(status, status): True}
    texts = {"what_changed": "I plan with the team.", "applied_on": timezone.localdate()}
    record: ApplicationRecord = f.ApplicationFactory(entry=entry, **texts, **traits)
    f.BenefitFactory(record=record, measured=True)
    f.EvidenceFactory(entry=entry, application=record, is_held_back=not record.is_told)
    return record


def stored_answer(record: ApplicationRecord) -> list[Any]:
    return [
        ApplicationRecord.objects.filter(pk=record.pk).values().get(),
        list(record.benefits.values()),
        list(record.events.values()),
        list(record.evidence.values()),
        AuditEvent.objects.count(),
    ]


@pytest.mark.parametrize(
    ("action", "status", "outcome"),
    [(action, status, outcome) for action, outcomes in ANSWERING for status, outcome in outcomes.items()],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_application_moves_as_the_table_says(
    world: World, action: Answering, status: str, outcome: Any
) -> None:
    record = answer_in(world, status)
    before = stored_answer(record)
    if isinstance(outcome, str):
        action(world, record)
        assert ApplicationRecord.objects.get(pk=record.pk).status == outcome
        assert stored_answer(record) != before
        return
    with pytest.raises(outcome):
        action(world, record)
    assert stored_answer(record) == before


def test_answers_are_tried_from_every_status() -> None:
    assert {action.__name__: set(outcomes) for action, outcomes in ANSWERING} == {
        action.__name__: set(ApplicationRecord.Status.values) for action, _outcomes in ANSWERING
    }
    open_ones = {status for status, outcome in ANSWERING[0][1].items() if isinstance(outcome, str)}
    assert open_ones == OPEN_ANSWERS


@pytest.mark.parametrize(
    ("status", "first", "second"),
    [
        ("prompted", send_answer, send_answer),
        ("prompted", send_answer, answer),
        ("prompted", answer, answer),
        ("prompted", send_answer, decline),
        ("prompted", send_answer, put_off),
        ("prompted", send_answer, add_file),
        ("prompted", send_answer, take_file),
        ("prompted", decline, put_off),
        ("submitted", confirm, confirm),
        ("submitted", confirm, ask),
        ("submitted", ask, confirm),
        ("returned", send_answer, answer),
        ("returned", decline, decline),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_of_two_answers_at_once_the_first_wins(
    world: World, status: str, first: Answering, second: Answering
) -> None:
    record = answer_in(world, status)
    stale = ApplicationRecord.objects.get(pk=record.pk)
    first(world, record)
    before = stored_answer(record)
    with pytest.raises((TransitionRefused, actions.EntryChanged)):
        second(world, stale)
    assert stored_answer(record) == before
