"""Verifying several at once, preset reasons, undo within seconds, cover."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from people.models import Membership, User
from people.permissions import Permission, can
from programmes import actions
from programmes.models import ActivityEntry, ActivityEvent, SupportRole
from programmes.queries.activities import recent_decisions, waiting_for
from programmes.queries.support import support_of
from tests.factories import people as p
from tests.factories import programmes as f
from tests.programmes.test_views import entry_of, page, said
from tests.worlds import World

ClientOf = Callable[[User | None], Client]


def decide(client: Client, entries: list[ActivityEntry], **fields: Any) -> Any:
    data = {"ids": [entry.pk for entry in entries], "do": "verify", **fields}
    return client.post(page("activities_decide"), data, follow=True)


def statuses(*entries: ActivityEntry) -> list[str]:
    found = dict(ActivityEntry.objects.values_list("pk", "status"))
    return [found[entry.pk] for entry in entries]


def undo(client: Client, *events: ActivityEvent) -> Any:
    return client.post(page("decision_undo"), {"events": [event.pk for event in events]}, follow=True)


# Several at once ------------------------------------------------------------------------


def test_what_is_clear_is_selected_and_what_wants_a_look_is_not(world: World, client_of: ClientOf) -> None:
    clear = entry_of(world, sent=True, kind="on_job", title="Clear")
    odd = entry_of(world, sent=True, kind="on_job", title="Odd", is_paid=False)
    text = client_of(world.ours.mentor).get(reverse("dashboards:queue")).text
    assert f'value="{clear.pk}" aria-label="Select Clear, {world.ours.learner}" checked' in text
    assert f'value="{odd.pk}" aria-label="Select Odd, {world.ours.learner}">' in text
    assert "Verify 1 entry<" in text
    assert "Not in paid working time" in text


def test_several_are_verified_in_one_go(world: World, client_of: ClientOf) -> None:
    entries = [entry_of(world, sent=True, minutes=90) for _n in range(3)]
    response = decide(client_of(world.ours.coach), entries[:2])
    assert statuses(*entries) == ["approved", "approved", "submitted"]
    assert "Verified: 2 entries, 3\u00a0h." in said(response)[0]
    assert response.context["waiting_count"] == 1


def test_nobody_decides_about_what_is_not_theirs(world: World, client_of: ClientOf) -> None:
    off_job = entry_of(world, sent=True, kind="off_job")
    theirs = f.ActivityFactory(enrolment=world.theirs.enrolment, sent=True)
    draft = entry_of(world)
    for person in (world.ours.manager, world.ours.learner, world.outsider):
        decide(client_of(person), [off_job, theirs, draft])
    decide(client_of(world.ours.coach), [theirs, draft])
    assert statuses(off_job, theirs, draft) == ["submitted", "submitted", "draft"]


@pytest.mark.parametrize("ids", [[], ["x"], ["9" * 40], ["-1"], ["1"] * 101])
def test_nonsense_in_the_selection_is_told(world: World, client_of: ClientOf, ids: list[str]) -> None:
    response = client_of(world.ours.coach).post(
        page("activities_decide"), {"ids": ids, "do": "verify"}, follow=True
    )
    assert response.status_code == 200
    assert len(said(response)) == 1


def test_several_go_back_with_one_reason_that_everybody_reads_in_their_language(
    world: World, client_of: ClientOf
) -> None:
    coach, entries = client_of(world.ours.coach), [entry_of(world, sent=True) for _n in range(2)]
    asked = decide(coach, entries, do="return")
    assert "Return 2 entries" in asked.text
    assert "(optional)" not in asked.text  # one of the two is needed
    refused = decide(coach, entries, do="return", preset="", reason=" ")
    assert refused.context["form"].errors == {
        "reason": ["Say what is missing, so that the entry can be mended."]
    }
    assert statuses(*entries) == ["submitted", "submitted"]
    decide(coach, entries, do="return", preset="hours", reason="Two hours?")
    assert statuses(*entries) == ["returned", "returned"]
    event = entries[0].events.get()
    assert event.full_reason == "Please check the time it took.\nTwo hours?"
    with translation.override("es"):
        assert event.full_reason != "Please check the time it took.\nTwo hours?"
        assert event.full_reason.endswith("\nTwo hours?")


def test_of_two_approvers_the_slower_one_is_told(world: World, client_of: ClientOf) -> None:
    entries = [entry_of(world, sent=True, kind="on_job", title=f"Entry {n}") for n in range(2)]
    rows = list(waiting_for(world.ours.coach))
    actions.approve_activity(entry=rows[0], by=world.ours.mentor)
    response = decide(client_of(world.ours.coach), entries)
    assert statuses(*entries) == ["approved", "approved"]
    assert "Verified: “Entry" in said(response)[-1]


def test_the_queue_of_one_learner(world: World, client_of: ClientOf) -> None:
    second = f.EnrolmentFactory(cohort=world.ours.cohort, organisation=world.ours.employer)
    f.SupportRoleFactory(enrolment=second, person=world.ours.coach, role="coach")
    entry_of(world, sent=True, title="Of the first")
    f.ActivityFactory(enrolment=second, sent=True, title="Of the second")
    coach = client_of(world.ours.coach)
    shown = coach.get("/queue/", {"learner": second.pk}).context
    assert [row.title for row in shown["entries"]] == ["Of the second"]
    assert shown["waiting_count"] == 2
    for nonsense in ("x", world.theirs.enrolment.pk, "9" * 30):
        assert len(coach.get("/queue/", {"learner": nonsense}).context["entries"]) == 2


# Undo -----------------------------------------------------------------------------------


def test_a_decision_is_undone_within_seconds(world: World, client_of: ClientOf) -> None:
    coach, entries = client_of(world.ours.coach), [entry_of(world, sent=True) for _n in range(2)]
    response = decide(coach, entries)
    assert "Undo" in response.text
    response = undo(coach, *ActivityEvent.objects.filter(kind="approved"))
    assert said(response) == ["Undone: 2 entries wait again."]
    assert statuses(*entries) == ["submitted", "submitted"]
    entries[0].refresh_from_db()
    assert (entries[0].approved_at, entries[0].approved_by) == (None, None)
    assert recent_decisions(world.ours.enrolment) == []
    history = client_of(world.ours.learner).get(page("activity_detail", entries[0].pk)).text
    assert "Verified by Sample coach Alder, and undone at once" in history


def test_a_return_is_undone_and_its_reason_is_gone_from_the_learners_pages(
    world: World, client_of: ClientOf
) -> None:
    entry = entry_of(world, sent=True)
    event = actions.return_activity(entry=entry, reason="A slip", by=world.ours.coach)
    undo(client_of(world.ours.coach), event)
    assert statuses(entry) == ["submitted"]
    assert "A slip" not in client_of(world.ours.learner).get(reverse("dashboards:learner")).text


def test_undo_ends_after_ten_seconds_and_a_little(world: World) -> None:
    entry = entry_of(world, sent=True)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        event = actions.approve_activity(entry=entry, by=world.ours.coach)
        clock.shift(dt.timedelta(seconds=13))
        assert actions.undo_decisions(events=[event.pk], by=world.ours.coach) == []
        clock.shift(dt.timedelta(seconds=-2))
        assert actions.undo_decisions(events=[event.pk], by=world.ours.coach) == [entry]


def test_undo_is_for_ones_own_latest_decision_once(world: World, client_of: ClientOf) -> None:
    entry = entry_of(world, sent=True, kind="on_job")
    event = actions.return_activity(entry=entry, preset="date", by=world.ours.coach)
    assert said(undo(client_of(world.ours.mentor), event)) == ["It is too late to undo this."]
    actions.submit_activity(entry=entry, by=world.ours.learner)
    assert actions.undo_decisions(events=[event.pk], by=world.ours.coach) == []
    newer = actions.approve_activity(entry=entry, by=world.ours.coach)
    assert actions.undo_decisions(events=[event.pk], by=world.ours.coach) == []
    assert len(actions.undo_decisions(events=[newer.pk], by=world.ours.coach)) == 1
    assert actions.undo_decisions(events=[newer.pk], by=world.ours.coach) == []
    assert statuses(entry) == ["submitted"]


# Cover ----------------------------------------------------------------------------------


@pytest.fixture
def colleague(world: World) -> User:
    person: User = p.MembershipFactory(
        organisation=world.ours.provider, role=Membership.Role.COACH, person__display_name="Sample Colleague"
    ).person
    return person


def set_cover(client: Client, world: World, colleague: User, first: int, last: int, **fields: Any) -> Any:
    today = timezone.localdate()
    data = {
        "to": colleague.pk,
        "starts_on": today + dt.timedelta(days=first),
        "ends_on": today + dt.timedelta(days=last),
        "enrolments": [world.ours.enrolment.pk],
        **fields,
    }
    return client.post(page("cover"), data, follow=True)


def test_a_colleague_sees_and_verifies_between_the_dates_and_no_longer(
    world: World, client_of: ClientOf, colleague: User
) -> None:
    entry = entry_of(world, sent=True)
    response = set_cover(client_of(world.ours.coach), world, colleague, 1, 7)
    assert said(response) == ["Sample Colleague covers for you with 1 learner."]
    answers = []
    for days in (0, 1, 7, 8):
        with time_machine.travel(timezone.now() + dt.timedelta(days=days)):
            answers.append(can(colleague, Permission.ACTIVITY_APPROVE, entry))
            assert can(world.ours.coach, Permission.ACTIVITY_APPROVE, entry)
    assert answers == [False, True, True, False]
    with time_machine.travel(timezone.now() + dt.timedelta(days=2)):
        text = client_of(colleague).get(reverse("dashboards:queue")).text
        assert "Cover for Sample coach Alder until" in text
        actions.approve_activity(entry=entry, by=colleague)


def test_what_is_sent_during_cover_is_still_for_the_coach(world: World, colleague: User) -> None:
    today = timezone.localdate()
    actions.set_cover(
        enrolments=[world.ours.enrolment], to=colleague, starts_on=today, ends_on=today, by=world.ours.coach
    )
    entry = entry_of(world)
    actions.submit_activity(entry=entry, by=world.ours.learner)
    assert entry.coach == world.ours.coach


def test_cover_can_be_ended_by_who_set_it(world: World, client_of: ClientOf, colleague: User) -> None:
    coach, entry = client_of(world.ours.coach), entry_of(world, sent=True)
    set_cover(coach, world, colleague, 0, 7)
    cover = SupportRole.objects.get(person=colleague)
    assert client_of(colleague).post(page("cover_end", cover.pk)).status_code == 404
    with time_machine.travel(timezone.now() + dt.timedelta(days=1)):
        assert can(colleague, Permission.ACTIVITY_APPROVE, entry)
        coach.post(page("cover_end", cover.pk))
        assert not can(colleague, Permission.ACTIVITY_APPROVE, entry)
    assert SupportRole.objects.get(person=colleague).ends_on == timezone.localdate()


@pytest.mark.parametrize(
    ("first", "last", "field"), [(-1, 3, "starts_on"), (3, 2, "ends_on"), (0, 184, "ends_on")]
)
def test_impossible_dates_are_refused(
    world: World, client_of: ClientOf, colleague: User, first: int, last: int, field: str
) -> None:
    response = set_cover(client_of(world.ours.coach), world, colleague, first, last)
    assert list(response.context["form"].errors) == [field]
    assert not SupportRole.objects.filter(person=colleague).exists()


def test_cover_stays_inside_the_provider_and_ones_own_learners(
    world: World, client_of: ClientOf, colleague: User
) -> None:
    coach = client_of(world.ours.coach)
    for wrong in ({"to": world.theirs.coach.pk}, {"to": world.ours.coach.pk}, {"to": world.ours.lead.pk}):
        assert list(set_cover(coach, world, colleague, 0, 1, **wrong).context["form"].errors) == ["to"]
    foreign = set_cover(coach, world, colleague, 0, 1, enrolments=[world.theirs.enrolment.pk])
    assert list(foreign.context["form"].errors) == ["enrolments"]
    today = timezone.localdate()
    with pytest.raises(ValidationError):
        actions.set_cover(
            enrolments=[world.ours.enrolment],
            to=world.theirs.coach,
            starts_on=today,
            ends_on=today,
            by=world.ours.coach,
        )
    assert SupportRole.objects.filter(covers__isnull=False).count() == 0


def test_the_same_cover_twice_is_refused_and_cover_is_not_handed_on(
    world: World, client_of: ClientOf, colleague: User
) -> None:
    set_cover(client_of(world.ours.coach), world, colleague, 0, 7)
    again = set_cover(client_of(world.ours.coach), world, colleague, 5, 9)
    assert list(again.context["form"].errors) == ["to"]
    assert client_of(colleague).get(page("cover")).context["enrolments"].count() == 0


def test_cover_does_not_take_the_coachs_place_on_the_pages(
    world: World, client_of: ClientOf, colleague: User
) -> None:
    set_cover(client_of(world.ours.coach), world, colleague, 0, 3)
    today = timezone.localdate()
    (support,) = [row for row in support_of(world.ours.enrolment, on=today) if row.role == "coach"]
    assert support.current is not None
    assert support.current.person == world.ours.coach
    assert [row.person for row in support.others] == [colleague]
    home = client_of(world.ours.learner).get(reverse("dashboards:learner"))
    assert home.context["coach"] == world.ours.coach
