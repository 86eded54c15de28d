"""Sending a week, taking back, deleting, weeks of leave."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from core.models import AuditEvent
from people.models import User
from programmes import actions
from programmes.models import ActivityEntry, BreakInLearning, Enrolment, EvidenceFile
from programmes.queries.activities import missing_weeks
from programmes.queries.progress import monday, progress_of
from tests.factories import programmes as f
from tests.programmes.test_views import entry_of, page, said
from tests.worlds import World

ClientOf = Callable[[User | None], Client]


def week(ago: int) -> dt.date:
    return monday(timezone.localdate()) - dt.timedelta(weeks=ago)


def test_a_week_is_sent_in_one_go_and_what_lacks_something_is_named(
    world: World, client_of: ClientOf
) -> None:
    learner, this = client_of(world.ours.learner), week(1)
    complete = [entry_of(world, title=f"Entry {n}", done_on=this + dt.timedelta(days=n)) for n in range(2)]
    lacking = entry_of(world, title="No criterion", done_on=this)
    lacking.criteria.clear()
    other_week = entry_of(world, title="Later", done_on=this + dt.timedelta(days=7))
    response = learner.post(page("week_submit", world.ours.enrolment.pk, this), follow=True)
    assert said(response) == [
        "Sent to be verified: 2 activities.",
        "Not sent, because something is missing: “No criterion”. Open it and send it from there.",
    ]
    assert {row.status for row in ActivityEntry.objects.filter(pk__in=[e.pk for e in complete])} == {
        "submitted"
    }
    assert {row.status for row in ActivityEntry.objects.filter(pk__in=[lacking.pk, other_week.pk])} == {
        "draft"
    }


def test_the_list_offers_to_send_the_drafts_of_a_week_to_their_learner_only(
    world: World, client_of: ClientOf
) -> None:
    entry_of(world, done_on=week(1))
    entry_of(world, done_on=week(1))
    entry_of(world, done_on=week(1), sent=True)
    url = page("week_submit", world.ours.enrolment.pk, week(1))
    own = client_of(world.ours.learner).get(page("activity_list")).text
    assert url in own
    assert "Send 2 drafts" in own
    assert (
        url not in client_of(world.ours.coach).get(page("enrolment_activities", world.ours.enrolment.pk)).text
    )


def test_a_week_that_is_none_is_not_there(world: World, client_of: ClientOf) -> None:
    learner = client_of(world.ours.learner)
    for wrong in ("2026-13-45", "x", str(week(1) + dt.timedelta(days=1))):
        for name in ("week_submit", "leave_mark"):
            assert learner.post(page(name, world.ours.enrolment.pk, wrong)).status_code == 404


def test_a_sent_activity_is_taken_back_and_leaves_every_queue(world: World, client_of: ClientOf) -> None:
    entry = entry_of(world)
    actions.submit_activity(entry=entry, by=world.ours.learner)
    response = client_of(world.ours.learner).post(page("activity_withdraw", entry.pk), follow=True)
    assert said(response) == [f"Taken back: “{entry.title}” is a draft again."]
    entry.refresh_from_db()
    assert (entry.status, entry.submitted_at, entry.organisation, entry.coach) == ("draft", None, None, None)
    assert client_of(world.ours.coach).get("/queue/").context["waiting_count"] == 0
    assert "Taken back by you" in response.text
    assert AuditEvent.objects.last().changes == {"status": ["submitted", "draft"]}


def test_what_somebody_decided_about_is_not_taken_back(world: World, client_of: ClientOf) -> None:
    entry = entry_of(world, approved=True)
    response = client_of(world.ours.learner).post(page("activity_withdraw", entry.pk), follow=True)
    assert said(response) == ["It can no longer be taken back. Its state now: Verified."]


def test_a_draft_is_deleted_with_its_files_after_a_question(
    world: World, client_of: ClientOf, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    learner, entry = client_of(world.ours.learner), entry_of(world)
    evidence = f.EvidenceFactory(entry=entry)
    stored = evidence.file.storage.path(evidence.file.name)
    assert "1 file" in learner.get(page("activity_delete", entry.pk)).text
    assert ActivityEntry.objects.count() == 1
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        response = learner.post(page("activity_delete", entry.pk), follow=True)
    assert said(response) == [f"Deleted: “{entry.title}”."]
    assert (ActivityEntry.objects.count(), EvidenceFile.objects.count()) == (0, 0)
    assert not evidence.file.storage.exists(stored)


def test_only_drafts_are_deleted(world: World, client_of: ClientOf) -> None:
    entry = entry_of(world, returned=True)
    for answer in (client_of(world.ours.learner).get, client_of(world.ours.learner).post):
        assert said(answer(page("activity_delete", entry.pk), follow=True)) == [
            "Only a draft can be deleted."
        ]
    assert ActivityEntry.objects.filter(pk=entry.pk).exists()


# Leave ----------------------------------------------------------------------------------


def expected_now(enrolment: Enrolment) -> int:
    rows = Enrolment.objects.filter(pk=enrolment.pk)
    return progress_of(rows, on=timezone.localdate())[0].off_job.expected


def test_a_week_of_leave_lowers_what_is_expected_and_can_be_undone(world: World, client_of: ClientOf) -> None:
    learner, enrolment = client_of(world.ours.learner), world.ours.enrolment
    before = expected_now(enrolment)
    assert week(2) in missing_weeks(enrolment, on=timezone.localdate())
    response = learner.post(page("leave_mark", enrolment.pk, week(2)), follow=True)
    assert said(response)[0].endswith("is marked as leave. What is expected by today went down.")
    assert "On leave this week." in response.text
    assert expected_now(enrolment) < before
    assert week(2) not in missing_weeks(enrolment, on=timezone.localdate())
    leave = BreakInLearning.objects.get()
    assert (leave.starts_on, leave.ends_on) == (week(2), week(2) + dt.timedelta(days=6))
    learner.post(page("leave_unmark", enrolment.pk, leave.pk))
    assert expected_now(enrolment) == before
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)) == [
        "leave.mark",
        "leave.unmark",
    ]


def test_leave_is_refused_where_it_cannot_be(world: World, client_of: ClientOf) -> None:
    learner, enrolment = client_of(world.ours.learner), world.ours.enrolment
    entry_of(world, done_on=week(1))
    enrolment.breaks.create(starts_on=week(3), ends_on=week(3))
    outside = monday(enrolment.starts_on) - dt.timedelta(weeks=1)
    texts = [
        said(learner.post(page("leave_mark", enrolment.pk, day), follow=True))
        for day in (week(1), week(3), outside)
    ]
    assert texts == [
        ["Something is logged in this week, so it cannot be leave."],
        ["This week is in a break already."],
        ["This week is not part of the programme."],
    ]
    assert BreakInLearning.objects.filter(is_leave=True).count() == 0


def test_an_agreed_break_is_not_ended_as_leave(world: World, client_of: ClientOf) -> None:
    pause = world.ours.enrolment.breaks.create(starts_on=week(3), ends_on=week(2))
    url = page("leave_unmark", world.ours.enrolment.pk, pause.pk)
    assert client_of(world.ours.learner).post(url).status_code == 404
    assert BreakInLearning.objects.filter(pk=pause.pk).exists()


def test_bytes_that_cannot_be_deleted_are_left_to_the_sweeper(
    world: World,
    client_of: ClientOf,
    django_capture_on_commit_callbacks: Callable[..., object],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = entry_of(world)
    storage = type(f.EvidenceFactory(entry=entry).file.storage)

    def fail(self: object, name: str) -> None:
        raise OSError("read only")

    monkeypatch.setattr(storage, "delete", fail)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        client_of(world.ours.learner).post(page("activity_delete", entry.pk))
    assert not ActivityEntry.objects.filter(pk=entry.pk).exists()
    assert "delete_bytes in on_commit()" in caplog.text
