"""Amending a verified activity: a new version, verified again; hours count once at every moment."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django import conf
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import RestrictedError, Sum
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.transitions import TransitionRefused
from people.models import User
from programmes import actions
from programmes.models import (
    ActivityEntry,
    ActivityEvent,
    Enrolment,
    EvidenceFile,
    Reflection,
    UncountedReason,
)
from programmes.queries import activities as reads
from programmes.queries.amendments import Piece, difference_of, versions_of, words_changed
from programmes.queries.checks import Check, checks_of, exceptions_of_entry
from programmes.queries.evidence import room_of
from programmes.queries.progress import progress_of
from tests.factories import programmes as f
from tests.programmes.test_views import page, said
from tests.worlds import World

ClientOf = Callable[[User | None], Client]
Status = ActivityEntry.Status


def verified(world: World, **fields: Any) -> ActivityEntry:
    side = world.ours
    made = {"enrolment": side.enrolment, "strategy": side.strategy, "kind": "off_job", **fields}
    entry: ActivityEntry = f.ActivityFactory(approved=True, approved_by=side.coach, **made)
    entry.criteria.set(side.criteria[:1])
    return entry


def amended(world: World, entry: ActivityEntry, **fields: Any) -> ActivityEntry:
    """An amendment in draft, with a reason and other fields set."""
    amendment = actions.amend_activity(entry=entry, by=world.ours.learner)
    ActivityEntry.objects.filter(pk=amendment.pk).update(amendment_reason="The time was wrong.", **fields)
    amendment.refresh_from_db()
    return amendment


def sent(world: World, entry: ActivityEntry, **fields: Any) -> ActivityEntry:
    amendment = amended(world, entry, **fields)
    actions.submit_activity(entry=amendment, by=world.ours.learner)
    return amendment


def replaced(world: World, entry: ActivityEntry, **fields: Any) -> ActivityEntry:
    amendment = sent(world, entry, **fields)
    actions.approve_activity(entry=amendment, by=world.ours.coach)
    entry.refresh_from_db()
    return amendment


def counted(world: World) -> int:
    rows = ActivityEntry.objects.filter(enrolment=world.ours.enrolment)
    rows = rows.with_uncounted_reason(on=timezone.localdate()).filter(uncounted="")
    return int(rows.aggregate(total=Sum("minutes", default=0))["total"])


def row_of(entry: ActivityEntry) -> dict[str, Any]:
    return ActivityEntry.objects.filter(pk=entry.pk).values().get()


# Beginning one --------------------------------------------------------------------------


def test_amendment_is_a_draft_that_says_the_same(world: World) -> None:
    entry = verified(world, minutes=75, description="What I did", place="Hall", cost=3, is_paid=False)
    Reflection.objects.create(entry=entry, text="What I learned")
    before = row_of(entry)
    amendment = actions.amend_activity(entry=entry, by=world.ours.learner)
    told = {name: getattr(amendment, name) for name in ("minutes", "description", "place", "cost", "is_paid")}
    assert told == {name: before[name] for name in told}
    assert (amendment.status, amendment.amends_id) == ("draft", entry.pk)
    assert list(amendment.criteria.all()) == world.ours.criteria[:1]
    assert amendment.reflection.text == "What I learned"
    assert list(amendment.events.values_list("kind", flat=True)) == ["created"]
    assert row_of(entry) == before


def bytes_of(row: EvidenceFile) -> bytes:
    with row.file.storage.open(str(row.file.name)) as stored:
        content: bytes = stored.read()
    return content


def test_files_are_copied_with_their_bytes_and_each_row_owns_its_own(world: World) -> None:
    entry = verified(world)
    original = f.EvidenceFactory(entry=entry, file__data=b"the plan", original_name="plan.txt")
    f.EvidenceFactory(entry=entry, rejected=True)
    amendment = actions.amend_activity(entry=entry, by=world.ours.learner)
    copy = amendment.evidence.get()
    assert (copy.original_name, copy.status, bytes_of(copy)) == ("plan.txt", "clean", b"the plan")
    assert copy.file.name != original.file.name


def test_bytes_of_a_removed_copy_go_and_those_of_the_original_stay(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    entry = verified(world)
    original = f.EvidenceFactory(entry=entry, file__data=b"the plan", file__filename="plan.txt")
    copy = actions.amend_activity(entry=entry, by=world.ours.learner).evidence.get()
    storage, name = copy.file.storage, copy.file.name
    with django_capture_on_commit_callbacks(execute=True):
        actions.remove_evidence(evidence=copy, by=world.ours.learner)
    assert not storage.exists(name)
    assert bytes_of(original) == b"the plan"


def test_file_that_is_still_being_checked_is_checked_anew_in_the_copy(world: World) -> None:
    entry = verified(world)
    f.EvidenceFactory(entry=entry, checking=True, attempts=2)
    copy = actions.amend_activity(entry=entry, by=world.ours.learner).evidence.get()
    assert (copy.status, copy.claim, copy.attempts) == ("received", None, 0)


def stored_files() -> set[str]:
    return {str(path) for path in conf.settings.MEDIA_ROOT.rglob("*") if path.is_file()}


def test_without_the_bytes_nothing_is_made_and_nothing_is_left_over(world: World) -> None:
    entry = verified(world)
    f.EvidenceFactory(entry=entry)
    f.EvidenceFactory(entry=entry, file="ab/lost.txt")
    files = stored_files()
    with pytest.raises(ValidationError, match="cannot be copied at present"):
        actions.amend_activity(entry=entry, by=world.ours.learner)
    assert stored_files() == files
    assert not ActivityEntry.objects.filter(amends=entry).exists()


def test_files_of_an_answer_stay_with_the_answer(world: World) -> None:
    entry = verified(world)
    record = f.ApplicationFactory(entry=entry, sent=True)
    f.EvidenceFactory(entry=entry, application=record)
    amendment = actions.amend_activity(entry=entry, by=world.ours.learner)
    assert amendment.evidence.count() == 0


def test_second_call_names_the_amendment_that_is_there(world: World) -> None:
    entry = verified(world)
    first = actions.amend_activity(entry=entry, by=world.ours.learner)
    with pytest.raises(actions.AmendedAlready) as caught:
        actions.amend_activity(entry=entry, by=world.ours.learner)
    assert caught.value.amendment == first
    assert ActivityEntry.objects.filter(amends=entry).count() == 1


@pytest.mark.parametrize("status", ["completed", "withdrawn"])
def test_nothing_is_amended_once_the_programme_is_over(world: World, status: str) -> None:
    entry = verified(world)
    Enrolment.objects.filter(pk=entry.enrolment_id).update(status=status)
    with pytest.raises(ValidationError, match="over for you"):
        actions.amend_activity(entry=ActivityEntry.objects.get(pk=entry.pk), by=world.ours.learner)


@pytest.mark.parametrize("persona", ["coach", "mentor", "lead", "other_learner", "administrator"])
def test_only_its_learner_amends(world: World, persona: str) -> None:
    entry, person = verified(world), world.everybody()[persona]
    assert person is not None
    with pytest.raises(PermissionDenied):
        actions.amend_activity(entry=entry, by=person)


# Sending and verifying ------------------------------------------------------------------


def test_amendment_needs_a_reason_to_be_sent(world: World) -> None:
    amendment = actions.amend_activity(entry=verified(world), by=world.ours.learner)
    with pytest.raises(ValidationError) as caught:
        actions.submit_activity(entry=amendment, by=world.ours.learner)
    assert list(caught.value.error_dict) == ["amendment_reason"]


def test_old_version_is_replaced_with_the_approval_and_not_before(world: World) -> None:
    entry = verified(world, minutes=90)
    before = row_of(entry)
    amendment = sent(world, entry, minutes=60)
    assert (row_of(entry), counted(world)) == (before, 90)
    actions.approve_activity(entry=amendment, by=world.ours.coach)
    assert row_of(entry) == {**before, "status": "superseded"}
    assert (row_of(amendment)["status"], counted(world)) == ("approved", 60)
    assert list(entry.events.values_list("kind", flat=True)) == ["superseded"]


def test_returned_amendment_goes_round_again_while_the_old_one_counts(world: World) -> None:
    entry = verified(world, minutes=90)
    amendment = sent(world, entry, minutes=60)
    actions.return_activity(entry=amendment, reason="Which hour?", by=world.ours.coach)
    assert (row_of(entry)["status"], counted(world)) == ("approved", 90)
    actions.submit_activity(entry=amendment, by=world.ours.learner)
    actions.approve_activity(entry=amendment, by=world.ours.coach)
    assert counted(world) == 60


def test_deleted_draft_leaves_the_old_version_as_it_was(world: World) -> None:
    entry = verified(world)
    before = row_of(entry)
    amendment = actions.amend_activity(entry=entry, by=world.ours.learner)
    actions.delete_activity(entry=amendment, by=world.ours.learner)
    assert row_of(entry) == before
    actions.amend_activity(entry=entry, by=world.ours.learner)


def test_undone_approval_restores_the_old_version(world: World) -> None:
    entry = verified(world, minutes=90)
    record = f.ApplicationFactory(entry=entry, sent=True)
    before = row_of(entry)
    amendment = sent(world, entry, minutes=60)
    event = actions.approve_activity(entry=amendment, by=world.ours.coach)
    record.refresh_from_db()
    assert record.entry == amendment
    assert actions.undo_decisions(events=[event.pk], by=world.ours.coach) == [amendment]
    assert (row_of(entry), row_of(amendment)["status"], counted(world)) == (before, "submitted", 90)
    record.refresh_from_db()
    assert record.entry == entry
    (line,) = reads.history_of(entry, reader=world.ours.learner, has_reasons=True)
    assert line.sentence == (
        f"Replaced by an amended version, which {world.ours.coach} verified and undid at once"
    )


def test_approval_cannot_be_undone_once_its_entry_is_being_amended(world: World) -> None:
    entry = verified(world)
    ActivityEntry.objects.filter(pk=entry.pk).update(status="submitted", approved_at=None, approved_by=None)
    entry.refresh_from_db()
    event = actions.approve_activity(entry=entry, by=world.ours.coach)
    actions.amend_activity(entry=entry, by=world.ours.learner)
    assert actions.undo_decisions(events=[event.pk], by=world.ours.coach) == []
    assert row_of(entry)["status"] == "approved"
    event.refresh_from_db()
    assert event.undone_at is None


def test_amended_version_can_be_amended_again(world: World) -> None:
    entry = verified(world, minutes=90)
    second = replaced(world, entry, minutes=60)
    third = replaced(world, second, minutes=30)
    assert [row.pk for row in versions_of(entry, reader=world.ours.coach)] == [third.pk, second.pk, entry.pk]
    assert counted(world) == 30
    with pytest.raises(actions.AmendedAlready):
        actions.amend_activity(entry=entry, by=world.ours.learner)


def test_versions_go_with_the_enrolment_and_none_goes_alone(world: World) -> None:
    entry = verified(world)
    replaced(world, entry)
    with pytest.raises(RestrictedError), transaction.atomic():
        entry.delete()
    Enrolment.objects.get(pk=entry.enrolment_id).delete()
    assert not ActivityEntry.objects.filter(pk=entry.pk).exists()


# The application goes with the version that stands --------------------------------------


def test_answer_and_its_files_go_over_to_the_new_version(world: World) -> None:
    entry = verified(world)
    record = f.ApplicationFactory(entry=entry, confirmed=True, confirmed_by=world.ours.manager)
    file = f.EvidenceFactory(entry=entry, application=record)
    amendment = replaced(world, entry)
    record.refresh_from_db()
    file.refresh_from_db()
    assert (record.entry, record.status, file.entry) == (amendment, "confirmed", amendment)


ANSWERS = ["sent", "returned", "confirmed", "not_applied"]


@pytest.mark.parametrize("answer", ANSWERS)
def test_type_stays_once_the_application_was_answered(world: World, answer: str) -> None:
    entry = verified(world)
    f.ApplicationFactory(entry=entry, **{answer: True})
    amendment = amended(world, entry, kind="on_job")
    with pytest.raises(ValidationError) as caught:
        actions.submit_activity(entry=amendment, by=world.ours.learner)
    assert list(caught.value.error_dict) == ["kind"]


def test_type_may_change_while_the_question_is_open(world: World) -> None:
    entry = verified(world)
    record = f.ApplicationFactory(entry=entry)
    replaced(world, entry, kind="on_job")
    record.refresh_from_db()
    assert record.entry == entry


def test_answer_given_meanwhile_stops_the_approval_and_the_approver_is_told(
    world: World, client_of: ClientOf
) -> None:
    entry = verified(world)
    amendment = sent(world, entry, kind="on_job")
    f.ApplicationFactory(entry=entry, sent=True)
    response = client_of(world.ours.coach).post(page("activity_approve", amendment.pk), follow=True)
    assert said(response) == [
        f"“{amendment.title}” cannot be verified as it is, so return it. "
        "It was already said whether this was applied at work, so the type has to stay."
    ]
    assert [row_of(row)["status"] for row in (entry, amendment)] == ["approved", "submitted"]
    client_of(world.ours.coach).post(page("activities_decide"), {"ids": [amendment.pk], "do": "verify"})
    assert [row_of(row)["status"] for row in (entry, amendment)] == ["approved", "submitted"]


# Counting once --------------------------------------------------------------------------

STEPS = ["amend", "submit", "approve", "undo", "return", "delete", "withdraw"]


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(1, 300)), min_size=4, max_size=14))
def test_exactly_one_version_counts_whatever_happens(world: World, steps: list[tuple[str, int]]) -> None:
    with transaction.atomic():
        entry, event = verified(world, minutes=90), None
        for step, minutes in steps:
            newest = ActivityEntry.objects.filter(enrolment=entry.enrolment).order_by("-pk").first()
            assert newest is not None
            try:
                with transaction.atomic():
                    event = take(world, step, newest, minutes, event) or event
            except (TransitionRefused, ValidationError, PermissionDenied, actions.AmendedAlready):
                pass
            standing = ActivityEntry.objects.filter(enrolment=entry.enrolment, status=Status.APPROVED)
            (one,) = standing
            assert counted(world) == one.minutes
            progress = progress_of(Enrolment.objects.filter(pk=entry.enrolment_id), on=timezone.localdate())[
                0
            ]
            assert progress.off_job.counted + progress.off_job.waiting == one.minutes
            totals = reads.totals_of(
                ActivityEntry.objects.filter(enrolment=entry.enrolment).not_replaced(),
                on=timezone.localdate(),
            )
            assert totals.minutes == one.minutes
        transaction.set_rollback(True)


def take(
    world: World, step: str, entry: ActivityEntry, minutes: int, event: ActivityEvent | None
) -> ActivityEvent | None:
    """One step with the newest version; the event of a decision."""
    learner, coach = world.ours.learner, world.ours.coach
    if step == "amend":
        amended(world, entry, minutes=minutes)
    elif step == "submit":
        actions.submit_activity(entry=entry, by=learner)
    elif step == "withdraw":
        actions.withdraw_activity(entry=entry, by=learner)
    elif step == "delete":
        actions.delete_activity(entry=entry, by=learner)
    elif step == "approve":
        return actions.approve_activity(entry=entry, by=coach)
    elif step == "return":
        return actions.return_activity(entry=entry, reason="No", by=coach)
    elif event is not None:
        actions.undo_decisions(events=[event.pk], by=coach)
    return None


def test_waiting_amendment_says_why_it_does_not_count(world: World) -> None:
    amendment = sent(world, verified(world))
    row = ActivityEntry.objects.with_uncounted_reason(on=timezone.localdate()).get(pk=amendment.pk)
    assert row.uncounted == UncountedReason.AMENDMENT


def test_sums_of_lists_leave_an_open_amendment_out(world: World) -> None:
    entry = verified(world, minutes=90)
    sent(world, entry, minutes=60)
    rows, today = ActivityEntry.objects.filter(enrolment=entry.enrolment).not_replaced(), timezone.localdate()
    totals = reads.totals_of(rows, on=today)
    assert (totals.number, totals.off_job, totals.counted, totals.waiting) == (2, 90, 90, 0)
    week = reads.monday(entry.done_on)
    (shown,) = reads.weeks_of(entry.enrolment, rows, [week], on=today, missing=set())
    assert (len(shown.entries), shown.off_job) == (2, 90)
    progress = progress_of(Enrolment.objects.filter(pk=entry.enrolment_id), on=today)[0]
    assert (progress.off_job.waiting, progress.waiting_count) == (0, 1)


def test_day_is_as_long_as_the_longer_version(world: World) -> None:
    entry = verified(world, minutes=600)
    amendment = amended(world, entry, minutes=900)
    minutes_on = reads.minutes_on
    assert minutes_on(entry.enrolment, entry.done_on) == 900
    assert minutes_on(entry.enrolment, entry.done_on, but=amendment) == 0
    assert minutes_on(entry.enrolment, entry.done_on, but=entry) == 0
    other = f.ActivityFactory(enrolment=entry.enrolment, strategy=world.ours.strategy, minutes=30)
    assert minutes_on(entry.enrolment, entry.done_on, but=other) == 900


def test_amendment_is_not_held_against_its_own_predecessor(world: World) -> None:
    entry = verified(world, minutes=590, starts_at=dt.time(8))
    amendment = sent(world, entry)
    assert exceptions_of_entry(amendment, on=timezone.localdate()) == []
    found = checks_of([amendment], reader=world.ours.coach)[amendment.pk]
    assert found == [Check.NO_REFLECTION, Check.AMENDMENT]


def test_amendment_is_held_against_other_entries_as_any_entry_is(world: World) -> None:
    entry = verified(world, minutes=90, starts_at=dt.time(8), title="Same")
    f.ActivityFactory(
        enrolment=entry.enrolment,
        strategy=world.ours.strategy,
        sent=True,
        minutes=550,
        starts_at=dt.time(8),
        title="Same",
    )
    amendment = amended(world, entry)
    assert exceptions_of_entry(amendment, on=timezone.localdate()) == [Check.LONG_DAY, Check.OVERLAP]
    ActivityEntry.objects.filter(pk=amendment.pk).update(exception_reason="A fair")
    amendment.refresh_from_db()
    actions.submit_activity(entry=amendment, by=world.ours.learner)
    found = set(checks_of([amendment], reader=world.ours.coach)[amendment.pk])
    assert {Check.LONG_DAY, Check.OVERLAP, Check.SAME_TITLE} < found


def test_replaced_version_is_held_against_nothing(world: World) -> None:
    entry = verified(world, minutes=590, starts_at=dt.time(8), title="Same")
    replaced(world, entry, title="Other", done_on=entry.done_on - dt.timedelta(days=1))
    later = f.ActivityFactory(
        enrolment=entry.enrolment, strategy=world.ours.strategy, sent=True, starts_at=dt.time(8), title="Same"
    )
    assert exceptions_of_entry(later, on=timezone.localdate()) == []
    assert checks_of([later], reader=world.ours.coach)[later.pk] == [Check.NO_REFLECTION]
    assert reads.minutes_on(entry.enrolment, entry.done_on) == later.minutes


def test_week_left_by_an_amendment_is_missing_and_can_be_leave(world: World) -> None:
    today = timezone.localdate()
    entry = verified(world, done_on=today - dt.timedelta(weeks=3))
    week = reads.monday(entry.done_on)
    assert week not in reads.missing_weeks(entry.enrolment, on=today)
    replaced(world, entry, done_on=today - dt.timedelta(days=1), exception_reason="Late")
    assert week in reads.missing_weeks(entry.enrolment, on=today)
    actions.mark_leave(enrolment=entry.enrolment, week=week, by=world.ours.learner)


def test_last_entry_is_not_one_that_was_replaced(world: World) -> None:
    entry = verified(world)
    earlier = entry.done_on - dt.timedelta(days=5)
    replaced(world, entry, done_on=earlier)
    (progress,) = progress_of(Enrolment.objects.filter(pk=entry.enrolment_id), on=timezone.localdate())
    assert progress.last_done_on == earlier


def test_copies_of_a_replaced_version_take_no_room_twice(world: World) -> None:
    entry = verified(world)
    f.EvidenceFactory(entry=entry, size=1000)
    replaced(world, entry)
    assert room_of(entry.enrolment).used == 1000


# The difference -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", []),
        ("one two", "one two", [("same", "one two")]),
        ("", "new", [("added", "new")]),
        ("old", "", [("removed", "old")]),
        ("I cut four", "I cut six", [("same", "I cut "), ("removed", "four"), ("added", "six")]),
        ("a b", "a  b", [("same", "a"), ("removed", " "), ("added", "  "), ("same", "b")]),
        ("It works.", "It works. Always.", [("same", "It works."), ("added", " Always.")]),
        ("all of it", "none of that here", [("removed", "all of it"), ("added", "none of that here")]),
    ],
)
def test_texts_differ_by_word(old: str, new: str, expected: list[tuple[str, str]]) -> None:
    assert words_changed(old, new) == [Piece(*pair) for pair in expected]  # type: ignore[arg-type]


@given(old=st.text(max_size=80), new=st.text(max_size=80))
def test_pieces_put_both_texts_together_again(old: str, new: str) -> None:
    pieces = words_changed(old, new)
    assert "".join(piece.text for piece in pieces if piece.mark != "added") == old
    assert "".join(piece.text for piece in pieces if piece.mark != "removed") == new


def told(entry: ActivityEntry, reader: User) -> dict[str, list[tuple[str, str]]]:
    difference = difference_of(entry, reader=reader)
    assert difference is not None
    return {
        change.label: [(piece.mark, piece.text) for piece in change.pieces] for change in difference.changes
    }


def amended_in_everything(world: World, kind: str) -> ActivityEntry:
    side = world.ours
    entry = verified(world, kind=kind, minutes=90, description="I cut four", place="Hall")
    Reflection.objects.create(entry=entry, text="Hard")
    f.EvidenceFactory(entry=entry, original_name="old.txt")
    amendment = amended(world, entry, minutes=65, description="I cut six", place="", is_paid=False)
    amendment.criteria.set(side.criteria[1:2])
    Reflection.objects.filter(entry=amendment).update(text="Easy")
    amendment.evidence.all().delete()
    f.EvidenceFactory(entry=amendment, original_name="new.txt", sha256="1" * 64)
    actions.submit_activity(entry=amendment, by=side.learner)
    return ActivityEntry.objects.get(pk=amendment.pk)


FACTS = {
    "Time spent": [("removed", "1 h 30 min"), ("added", "1 h 5 min")],
    "Paid time": [("removed", "Yes"), ("added", "No")],
    "Criteria": [("removed", "A1 Criterion Alder 1"), ("added", "A2 Criterion Alder 2")],
}
DETAIL = {
    "What was done": [("same", "I cut "), ("removed", "four"), ("added", "six")],
    "Place": [("removed", "Hall")],
}
REFLECTION = {"What was learned": [("removed", "Hard"), ("added", "Easy")]}
FILES = {"Evidence": [("removed", "old.txt"), ("added", "new.txt")]}


@pytest.mark.parametrize(
    ("persona", "kind", "expected"),
    [
        ("learner", "off_job", FACTS | DETAIL | REFLECTION | FILES),
        ("coach", "off_job", FACTS | DETAIL | REFLECTION | FILES),
        ("mentor", "off_job", FACTS | DETAIL | FILES),
        ("lead", "off_job", FACTS | DETAIL | FILES),
        ("manager", "off_job", FACTS),
        ("manager", "on_job", FACTS | DETAIL | FILES),
    ],
)
def test_difference_shows_what_the_reader_may_see(
    world: World, persona: str, kind: str, expected: dict[str, Any]
) -> None:
    assert told(amended_in_everything(world, kind), getattr(world.ours, persona)) == expected


def test_texts_of_the_old_version_stay_hidden_where_only_the_new_one_is_open(world: World) -> None:
    """What was off the job is not the line manager's; amended to on the job, the new version is."""
    entry = verified(world, kind="off_job", description="oldsecret")
    amendment = sent(world, entry, kind="on_job", description="new")
    difference = difference_of(ActivityEntry.objects.get(pk=amendment.pk), reader=world.ours.manager)
    assert difference is not None
    assert difference.has_hidden
    assert [change.label for change in difference.changes] == ["Type"]


@pytest.mark.parametrize("persona", ["org_admin", "administrator", "outsider", "other_coach"])
def test_who_may_not_read_both_gets_no_difference(world: World, persona: str) -> None:
    amendment = sent(world, verified(world), minutes=60)
    person = world.everybody()[persona]
    assert person is not None
    assert difference_of(amendment, reader=person) is None
    assert versions_of(amendment, reader=person) == []


def test_draft_amendment_is_its_learners_alone(world: World, client_of: ClientOf) -> None:
    entry = verified(world)
    amended(world, entry, title="titleofthedraft")
    assert len(versions_of(entry, reader=world.ours.learner)) == 2
    assert versions_of(entry, reader=world.ours.coach) == [entry]
    text = client_of(world.ours.coach).get(page("activity_detail", entry.pk)).text
    assert "titleofthedraft" not in text
    assert "An amendment of this activity is under way" not in text


# Pages ----------------------------------------------------------------------------------


def form_of(entry: ActivityEntry, **fields: Any) -> dict[str, Any]:
    return {
        "kind": entry.kind,
        "title": entry.title,
        "done_on": entry.done_on.isoformat(),
        "strategy": entry.strategy_id,
        "hours": "1",
        "mins": "0",
        "criteria": [criterion.pk for criterion in entry.criteria.all()],
        "is_paid": "on",
        "revision": entry.revision,
        **fields,
    }


def test_amending_in_the_pages(world: World, client_of: ClientOf) -> None:
    entry, learner = verified(world, minutes=90, title="Stock count"), client_of(world.ours.learner)
    detail = learner.get(page("activity_detail", entry.pk)).text
    assert page("activity_amend", entry.pk) in detail
    assert "What this means" in learner.get(page("activity_amend", entry.pk)).text
    response = learner.post(page("activity_amend", entry.pk), follow=True)
    assert said(response) == ["The amendment was begun. Change it, say why, and send it."]
    assert "You are amending a verified activity." in response.text
    amendment = ActivityEntry.objects.get(amends=entry)
    url = page("activity_change", amendment.pk)
    missing = learner.post(url, form_of(amendment, send="1"))
    assert missing.context["form"].errors == {
        "amendment_reason": ["Say why you amend it before you send it."]
    }
    learner.post(url, form_of(amendment, send="1", amendment_reason="It was an hour."))
    shown = client_of(world.ours.coach).get(page("activity_detail", amendment.pk)).text
    for words in ("What the amendment changes", "It was an hour.", "1 h 30 min</del>", "1 h 0 min</ins>"):
        assert words in shown, words
    queue = client_of(world.ours.coach).get(reverse("dashboards:queue")).text
    assert "Amendment" in queue
    assert f'value="{amendment.pk}" aria-label="Select Stock count, {world.ours.learner}">' in queue
    client_of(world.ours.coach).post(page("activity_approve", amendment.pk))
    old = client_of(world.ours.coach).get(page("activity_detail", entry.pk)).text
    assert "Replaced by a newer version." in old
    assert page("activity_detail", amendment.pk) in old
    listed = learner.get(page("activity_list"))
    assert [row.pk for week in listed.context["weeks"] for row in week.entries] == [amendment.pk]
    assert 'value="superseded"' not in listed.text


def test_reason_is_asked_for_in_amendments_only(world: World, client_of: ClientOf) -> None:
    plain = f.ActivityFactory(enrolment=world.ours.enrolment, strategy=world.ours.strategy)
    response = client_of(world.ours.learner).get(page("activity_change", plain.pk))
    assert "amendment_reason" not in response.text


def test_page_says_no_where_there_is_nothing_to_amend(world: World, client_of: ClientOf) -> None:
    learner = client_of(world.ours.learner)
    draft = f.ActivityFactory(enrolment=world.ours.enrolment, strategy=world.ours.strategy)
    for method in (learner.get, learner.post):
        response = method(page("activity_amend", draft.pk), follow=True)
        assert said(response) == ["Only a verified activity is amended."]
    entry = verified(world)
    amendment = amended(world, entry)
    response = learner.post(page("activity_amend", entry.pk), follow=True)
    assert said(response) == ["There is an amendment of this activity already: here it is."]
    assert response.redirect_chain[-1][0] == page("activity_detail", amendment.pk)


def test_administrator_with_a_reason_for_one_version_is_shown_no_other(
    world: World, client_of: ClientOf
) -> None:
    entry = verified(world, description="oldsecret")
    amendment = replaced(world, entry, description="new")
    client = client_of(world.administrator)
    client.post(page("activity_detail", amendment.pk), {"reason": "Asked by the learner"})
    text = client.get(page("activity_detail", amendment.pk)).text
    assert "new" in text
    assert "oldsecret" not in text


def test_undo_in_the_pages_is_too_late_after_its_seconds(world: World, client_of: ClientOf) -> None:
    amendment = sent(world, verified(world))
    event = actions.approve_activity(entry=amendment, by=world.ours.coach)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=1)):
        assert actions.undo_decisions(events=[event.pk], by=world.ours.coach) == []
