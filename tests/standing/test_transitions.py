"""Every status × every move: legal ones work, others are refused and change nothing. Of two at once one wins."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.utils import timezone

from core.models import AuditEvent
from core.transitions import TransitionRefused, move
from downloads.models import EXPORT_LOOKS, EXPORT_MOVES, Export
from notifications.models import DELIVERY_MOVES, Delivery
from programmes import actions
from programmes.models import (
    ACTIVITY_MOVES,
    APPLICATION_MOVES,
    BREAK_MOVES,
    ENROLMENT_MOVES,
    GOAL_MOVES,
    IMPORT_MOVES,
    PROGRAMME_MOVES,
    ActivityEntry,
    ApplicationRecord,
    BreakInLearning,
    Enrolment,
    EvidenceFile,
    Goal,
    PeopleImport,
    Programme,
    Reflection,
)
from programmes.models.activities import ACTIVITY_LOOKS, OPEN_STATUSES
from programmes.models.applications import APPLICATION_LOOKS
from programmes.models.enrolments import BREAK_LOOKS, ENROLMENT_LOOKS
from programmes.models.goals import GOAL_LOOKS
from programmes.models.importing import IMPORT_LOOKS
from programmes.models.programmes import PROGRAMME_LOOKS
from standards.models import FRAMEWORK_MOVES, Framework
from tests.factories import programmes as f
from tests.worlds import World
from uploads.receiving import receive_upload

MOVES = {
    ActivityEntry: ACTIVITY_MOVES,
    ApplicationRecord: APPLICATION_MOVES,
    BreakInLearning: BREAK_MOVES,
    Delivery: DELIVERY_MOVES,
    Enrolment: ENROLMENT_MOVES,
    Export: EXPORT_MOVES,
    Framework: FRAMEWORK_MOVES,
    Goal: GOAL_MOVES,
    PeopleImport: IMPORT_MOVES,
    Programme: PROGRAMME_MOVES,
}

# By hand, from domain.md.
LEGAL = {
    ActivityEntry: """
        draft submitted
        submitted returned
        submitted approved
        submitted draft
        returned submitted
        approved superseded
    """,
    ApplicationRecord: """
        prompted submitted
        prompted not_applied
        submitted confirmed
        submitted returned
        returned submitted
        returned not_applied
        not_applied submitted
    """,
    BreakInLearning: """
        asked agreed
        asked refused
        asked withdrawn
        agreed withdrawn
    """,
    Goal: """
        draft proposed
        proposed agreed
        proposed draft
        agreed in_progress
        agreed dropped
        in_progress achieved
        in_progress partly_achieved
        in_progress dropped
    """,
    Enrolment: """
        invited onboarding
        invited withdrawn
        onboarding active
        onboarding withdrawn
        active on_break
        active completed
        active withdrawn
        on_break active
        on_break completed
        on_break withdrawn
    """,
    Delivery: """
        queued sent
        queued suppressed
        queued failed
        failed queued
    """,
    Export: """
        queued running
        running done
        running failed
    """,
    PeopleImport: """
        uploaded running
        uploaded discarded
        running done
    """,
    Framework: """
        draft published
        published archived
    """,
    Programme: """
        open archived
        archived open
    """,
}
PAIRS = {model: [tuple(line.split()) for line in text.strip().splitlines()] for model, text in LEGAL.items()}


def test_every_model_with_a_status_has_its_moves_here() -> None:
    found = {
        model
        for app in settings.PROJECT_APPS
        for model in apps.get_app_config(app).get_models()
        if hasattr(model, "Status")
    }
    assert found == set(MOVES)


@pytest.mark.parametrize("model", MOVES, ids=lambda model: model.__name__)
def test_move_table_is_the_one_of_the_design_and_names_every_status(model: Any) -> None:
    assert {str(state) for state in MOVES[model]} == set(model.Status.values)
    allowed = [(str(state), str(to)) for state, targets in MOVES[model].items() for to in targets]
    assert sorted(allowed) == sorted(PAIRS[model])


def test_every_status_has_a_look() -> None:
    assert {str(state) for state in ACTIVITY_LOOKS} == set(ActivityEntry.Status.values)
    assert {str(state) for state in APPLICATION_LOOKS} == set(ApplicationRecord.Status.values)
    assert {str(state) for state in BREAK_LOOKS} == set(BreakInLearning.Status.values)
    assert {str(state) for state in GOAL_LOOKS} == set(Goal.Status.values)
    assert {str(state) for state in ENROLMENT_LOOKS} == set(Enrolment.Status.values)
    assert {str(state) for state in EXPORT_LOOKS} == set(Export.Status.values)
    assert {str(state) for state in IMPORT_LOOKS} == set(PeopleImport.Status.values)
    assert {str(state) for state in PROGRAMME_LOOKS} == set(Programme.Status.values)


@pytest.mark.parametrize(("state", "to"), list(product(Enrolment.Status.values, repeat=2)))
def test_enrolment_moves_as_the_table_says(world: World, state: str, to: str) -> None:
    check_move(world.ours.enrolment, state, to)


@pytest.mark.parametrize(("state", "to"), list(product(Framework.Status.values, repeat=2)))
def test_framework_moves_as_the_table_says(world: World, state: str, to: str) -> None:
    check_move(world.ours.framework, state, to)


@pytest.mark.parametrize(("state", "to"), list(product(Programme.Status.values, repeat=2)))
def test_programme_moves_as_the_table_says(world: World, state: str, to: str) -> None:
    check_move(world.ours.programme, state, to)


@pytest.mark.parametrize(("state", "to"), list(product(BreakInLearning.Status.values, repeat=2)))
def test_break_moves_as_the_table_says(world: World, state: str, to: str) -> None:
    pause = f.BreakFactory(enrolment=world.ours.enrolment, refused=True, decided_by=world.ours.coach)
    check_move(pause, state, to)


def check_move(row: models.Model, state: str, to: str) -> None:
    model = type(row)
    model._base_manager.filter(pk=row.pk).update(status=state)
    row.refresh_from_db()
    if (state, to) in PAIRS[model]:
        move(row, to=to, moves=MOVES[model])
        expected = to
    else:
        with pytest.raises(TransitionRefused) as caught:
            move(row, to=to, moves=MOVES[model])
        assert (caught.value.current, caught.value.to) == (state, to)
        expected = state
    assert model._base_manager.get(pk=row.pk).status == row.status == expected


# Activities, through their actions ------------------------------------------------------


def change(world: World, entry: ActivityEntry) -> None:
    fields = {"kind": entry.kind, "title": "Changed", "done_on": entry.done_on, "minutes": 30}
    content = actions.ActivityContent(fields | {"strategy": entry.strategy}, world.ours.criteria, "Changed")
    actions.change_activity(entry=entry, content=content, revision=entry.revision, by=world.ours.learner)


def attach(world: World, entry: ActivityEntry) -> None:
    upload = receive_upload(SimpleUploadedFile("notes.txt", b"notes"))
    actions.attach_evidence(entry=entry, uploads=[upload], is_shared=True, by=world.ours.learner)


def remove(world: World, entry: ActivityEntry) -> None:
    evidence = EvidenceFile.objects.get(entry=entry)
    evidence.entry = entry
    actions.remove_evidence(evidence=evidence, by=world.ours.learner)


def submit(world: World, entry: ActivityEntry) -> None:
    actions.submit_activity(entry=entry, by=world.ours.learner)


def withdraw(world: World, entry: ActivityEntry) -> None:
    actions.withdraw_activity(entry=entry, by=world.ours.learner)


def delete(world: World, entry: ActivityEntry) -> None:
    actions.delete_activity(entry=entry, by=world.ours.learner)


def approve(world: World, entry: ActivityEntry) -> None:
    actions.approve_activity(entry=entry, by=world.ours.coach)


def send_back(world: World, entry: ActivityEntry) -> None:
    actions.return_activity(entry=entry, reason="Which part did you do?", by=world.ours.coach)


def amend(world: World, entry: ActivityEntry) -> None:
    actions.amend_activity(entry=entry, by=world.ours.learner)


Action = Callable[[World, ActivityEntry], None]
CHANGED, REFUSED, DENIED = actions.EntryChanged, TransitionRefused, PermissionDenied
GONE = ""
# What becomes of an entry in each status: the status that it has then, or what is raised. A replaced entry is as
# locked as a verified one.
ACTIONS: list[tuple[Action, dict[str, Any]]] = [
    (change, {"draft": "draft", "submitted": CHANGED, "returned": "returned", "approved": CHANGED}),
    (attach, {"draft": "draft", "submitted": CHANGED, "returned": "returned", "approved": CHANGED}),
    (remove, {"draft": "draft", "submitted": CHANGED, "returned": "returned", "approved": CHANGED}),
    (submit, {"draft": "submitted", "submitted": REFUSED, "returned": "submitted", "approved": REFUSED}),
    (withdraw, {"draft": REFUSED, "submitted": "draft", "returned": REFUSED, "approved": REFUSED}),
    (delete, {"draft": GONE, "submitted": REFUSED, "returned": REFUSED, "approved": REFUSED}),
    (approve, {"draft": DENIED, "submitted": "approved", "returned": REFUSED, "approved": REFUSED}),
    (send_back, {"draft": DENIED, "submitted": "returned", "returned": REFUSED, "approved": REFUSED}),
]
for _action, outcomes in ACTIONS:
    outcomes["superseded"] = outcomes["approved"]
ACTIONS.append((amend, dict.fromkeys(ActivityEntry.Status.values, REFUSED) | {"approved": "approved"}))


def entry_in(world: World, status: str) -> ActivityEntry:
    traits = {} if status == "draft" else {{"submitted": "sent"}.get(status, status): True}
    entry: ActivityEntry = f.ActivityFactory(
        enrolment=world.ours.enrolment, strategy=world.ours.strategy, **traits
    )
    entry.criteria.set(world.ours.criteria[:1])
    Reflection.objects.create(entry=entry, text="Mine")
    f.EvidenceFactory(entry=entry)
    return entry


def stored(entry: ActivityEntry) -> list[Any]:
    """All that the database says of the entry and of what happened to it."""
    return [
        ActivityEntry.objects.filter(pk=entry.pk).values().get(),
        sorted(entry.criteria.values_list("pk", flat=True)),
        list(Reflection.objects.filter(entry=entry).values()),
        list(EvidenceFile.objects.filter(entry=entry).values()),
        list(entry.events.values()),
        AuditEvent.objects.count(),
    ]


@pytest.mark.parametrize(
    ("action", "status", "outcome"),
    [(action, status, outcome) for action, outcomes in ACTIONS for status, outcome in outcomes.items()],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_activity_moves_as_the_table_says(world: World, action: Action, status: str, outcome: Any) -> None:
    entry = entry_in(world, status)
    before = stored(entry)
    if isinstance(outcome, str):
        action(world, entry)
        status_now = ActivityEntry.objects.filter(pk=entry.pk).values_list("status", flat=True).first()
        assert (status_now or GONE) == outcome
        # An amendment leaves its predecessor as it is, but for the audit row beside it.
        assert outcome == GONE or stored(entry) != before
        assert action is not amend or stored(entry)[:-1] == before[:-1]
        return
    with pytest.raises(outcome):
        action(world, entry)
    assert stored(entry) == before


def test_actions_are_tried_from_every_status() -> None:
    assert {action.__name__: set(outcomes) for action, outcomes in ACTIONS} == {
        action.__name__: set(ActivityEntry.Status.values) for action, _outcomes in ACTIONS
    }
    open_ones = {status for status, outcome in ACTIONS[0][1].items() if isinstance(outcome, str)}
    assert open_ones == OPEN_STATUSES


@pytest.mark.parametrize(
    ("status", "first", "second"),
    [
        ("draft", submit, submit),
        ("draft", submit, change),
        ("draft", submit, attach),
        ("draft", submit, remove),
        ("draft", change, change),
        ("draft", submit, delete),
        ("submitted", withdraw, withdraw),
        ("submitted", withdraw, approve),
        ("submitted", approve, withdraw),
        ("submitted", approve, approve),
        ("submitted", approve, send_back),
        ("submitted", send_back, approve),
        ("submitted", send_back, send_back),
        ("approved", amend, amend),
        ("returned", submit, change),
        ("returned", submit, remove),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_of_two_at_once_the_first_wins(world: World, status: str, first: Action, second: Action) -> None:
    """The loser's instance still says what was true when its page was opened."""
    entry = entry_in(world, status)
    stale = ActivityEntry.objects.get(pk=entry.pk)
    first(world, entry)
    before = stored(entry)
    with pytest.raises((TransitionRefused, actions.EntryChanged, actions.AmendedAlready)):
        second(world, stale)
    assert stored(entry) == before


def test_loser_learns_the_state_that_it_is_in_now(world: World) -> None:
    entry = entry_in(world, "submitted")
    stale = ActivityEntry.objects.get(pk=entry.pk)
    send_back(world, entry)
    with pytest.raises(TransitionRefused) as caught:
        approve(world, stale)
    assert (caught.value.current, caught.value.to) == ("returned", "approved")
    assert stale.status == "returned"


def test_mended_entry_goes_round_again(world: World) -> None:
    entry = entry_in(world, "submitted")
    first_sent = entry.submitted_at
    send_back(world, entry)
    submit(world, entry)
    assert entry.submitted_at > first_sent
    assert timezone.now() >= entry.submitted_at
    approve(world, entry)
    assert list(entry.events.order_by("pk").values_list("kind", flat=True)) == [
        "returned",
        "submitted",
        "approved",
    ]
