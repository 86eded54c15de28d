"""One form for all that waits for a line manager: what is in it, what a post does, and what it must not do."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dashboards.queries.waiting import WAITING, everything_waiting, waiting_number
from people.models import User
from programmes.models import (
    ActivityEntry,
    ApplicationBenefit,
    ApplicationRecord,
    BreakInLearning,
    Enrolment,
    Goal,
    SupportRole,
)
from tests.factories import programmes as f
from tests.worlds import Side, World

ClientOf = Callable[[User | None], Client]
DAY = dt.timedelta(days=1)


def everything(side: Side) -> dict[str, Any]:
    """One thing of each kind that waits for the side's manager."""
    made = {"enrolment": side.enrolment, "strategy": side.strategy}
    today = timezone.localdate()
    return {
        "activity": f.ActivityFactory(**made, kind="on_job", sent=True, title="Set up the saw"),
        "application": f.ApplicationFactory(entry=f.ActivityFactory(**made, approved=True), sent=True),
        "goal": f.GoalFactory(enrolment=side.enrolment, proposed=True, title="Brief the shift"),
        "break": BreakInLearning.objects.create(
            enrolment=side.enrolment,
            starts_on=today + 7 * DAY,
            ends_on=today + 20 * DAY,
            status="asked",
            asked_by=side.learner,
            asked_at=timezone.now(),
        ),
    }


def keys_of(rows: dict[str, Any]) -> list[str]:
    return [f"{kind}-{row.pk}" for kind, row in rows.items()]


def states_of(rows: dict[str, Any]) -> list[str]:
    for row in rows.values():
        row.refresh_from_db()
    return [row.status for row in rows.values()]


WAIT = ["submitted", "submitted", "proposed", "asked"]
DONE = ["approved", "confirmed", "agreed", "agreed"]


def test_all_that_waits_is_one_list_the_oldest_first(world: World) -> None:
    side = world.ours
    rows = everything(side)
    Goal.objects.filter(pk=rows["goal"].pk).update(proposed_at=timezone.now() - 9 * DAY)
    everything(world.theirs)
    f.ActivityFactory(enrolment=side.enrolment, strategy=side.strategy, kind="off_job", sent=True)
    f.GoalFactory(enrolment=side.enrolment)
    found = everything_waiting(side.manager, on=timezone.localdate())
    assert found.items[0].kind.value == "goal"
    assert {item.key for item in found.items} == set(keys_of(rows))
    assert (found.number, found.minutes, waiting_number(side.manager)) == (4, 2, 4)
    assert {item.learner for item in found.items} == {side.learner.display_name}


@pytest.mark.parametrize(("number", "minutes"), [(0, 0), (1, 1), (2, 1), (3, 2), (7, 4)])
def test_minutes_are_half_a_minute_for_each_thing(world: World, number: int, minutes: int) -> None:
    for _one in range(number):
        f.GoalFactory(enrolment=world.ours.enrolment, proposed=True)
    assert everything_waiting(world.ours.manager, on=timezone.localdate()).minutes == minutes


def test_nothing_with_a_check_is_selected_beforehand(world: World) -> None:
    rows = everything(world.ours)
    ActivityEntry.objects.filter(pk=rows["activity"].pk).update(is_paid=False)
    ApplicationBenefit.objects.create(
        record=rows["application"], level="team", text="Less waste", measure="Waste", unit="eur_month",
        before=100, after=40,
    )  # fmt: skip
    Goal.objects.filter(pk=rows["goal"].pk).update(target_on=timezone.localdate() - DAY)
    found = everything_waiting(world.ours.manager, on=timezone.localdate())
    assert {item.kind.value: list(item.checks) for item in found.items} == {
        "activity": ["Not in paid working time"],
        "application": ["A figure to confirm"],
        "goal": ["The target date is past."],
        "break": ["It moves the planned end."],
    }
    assert found.selected == 0


def test_page_has_one_form_with_all_of_it(world: World, client_of: ClientOf) -> None:
    rows = everything(world.ours)
    text = client_of(world.ours.manager).get("/team/").text
    assert "4 things wait for you." in text
    assert "That is about 2 minutes, at 30 seconds each." in text
    assert text.count('action="/team/decide/"') == 1
    for key in keys_of(rows):
        assert f'name="ids" value="{key}"' in text
    assert text.count(' name="ids"') == 4
    assert "Approve selected (3)" in text
    for path in (
        f"/activities/{rows['activity'].pk}/",
        f"/activities/{rows['application'].entry_id}/application/",
        f"/goals/{rows['goal'].pk}/",
        f"/breaks/{rows['break'].pk}/decide/",
    ):
        assert f'href="{path}"' in text


def test_one_post_decides_about_every_kind_and_one_undoes_what_can_be_undone(
    world: World, client_of: ClientOf
) -> None:
    rows, client = everything(world.ours), client_of(world.ours.manager)
    response = client.post("/team/decide/", {"ids": keys_of(rows)})
    assert (response.status_code, response["Location"]) == (302, "/home/")
    assert states_of(rows) == DONE
    text = client.get("/team/").text
    for sentence in (
        "Verified: 1 entry.",
        "Confirmed: 1 application.",
        "Agreed: 1 goal.",
        "Agreed: 1 break.",
    ):
        assert sentence in text
    posted = {
        kind: rows[kind].events.order_by("-pk").first().pk for kind in ("activity", "application", "goal")
    }
    for kind, pk in posted.items():
        assert f'<input type="hidden" name="{kind}" value="{pk}">' in text
    client.post("/team/undo/", posted)
    assert states_of(rows) == [*WAIT[:3], "agreed"]
    assert "Undone: 3 things wait again." in client.get("/team/").text
    client.post("/team/undo/", posted)
    assert "It is too late to undo this." in client.get("/team/").text


def test_decision_is_by_the_person_and_in_the_history(world: World, client_of: ClientOf) -> None:
    rows = everything(world.ours)
    client_of(world.ours.manager).post("/team/decide/", {"ids": keys_of(rows)})
    states_of(rows)
    assert rows["activity"].approved_by == rows["application"].confirmed_by == world.ours.manager
    assert rows["goal"].agreed_by == rows["break"].decided_by == world.ours.manager


def test_who_was_slower_is_told_and_the_rest_goes_on(
    world: World, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody decides between the moment the rows are fetched and the moment that one of them is moved."""
    rows, client = everything(world.ours), client_of(world.ours.manager)
    fetched = ApplicationRecord.objects.filter(pk=rows["application"].pk)
    fetch = WAITING["application"]

    def meanwhile(user: User) -> Any:
        found = fetch(user)
        list(found)
        fetched.update(status="returned")
        return ApplicationRecord.objects.filter(pk=rows["application"].pk).select_related("entry__enrolment")

    monkeypatch.setitem(WAITING, "application", meanwhile)
    client.post("/team/decide/", {"ids": keys_of(rows)})
    monkeypatch.undo()
    assert states_of(rows) == ["approved", "returned", "agreed", "agreed"]
    text = client.get("/team/").text
    assert f"Somebody was faster: “{rows['application'].entry.title}” is no longer waiting." in text
    assert "Agreed: 1 goal." in text


def test_break_that_does_not_fit_any_more_is_told(world: World, client_of: ClientOf) -> None:
    rows, client = everything(world.ours), client_of(world.ours.manager)
    pause = rows["break"]
    BreakInLearning.objects.create(
        enrolment=world.ours.enrolment, starts_on=pause.starts_on, ends_on=pause.ends_on, status="agreed"
    )
    client.post("/team/decide/", {"ids": keys_of(rows)})
    assert states_of(rows) == [*DONE[:3], "asked"]
    words = "Break of Sample learner Alder: There is a break on one of these days already."
    assert words in client.get("/team/").text


# What a post must not do ------------------------------------------------------------------


def test_nothing_of_the_other_side_moves(world: World, client_of: ClientOf) -> None:
    theirs, client = everything(world.theirs), client_of(world.ours.manager)
    client.post("/team/decide/", {"ids": keys_of(theirs)})
    assert states_of(theirs) == WAIT
    assert "4 of what you selected are not waiting for you any more." in client.get("/team/").text


@pytest.mark.parametrize("persona", ["learner", "lead", "org_admin", "other_manager", "administrator"])
def test_who_may_not_decide_moves_nothing(world: World, client_of: ClientOf, persona: str) -> None:
    rows = everything(world.ours)
    client_of(world.everybody()[persona]).post("/team/decide/", {"ids": keys_of(rows)})
    moved = {"lead": [*WAIT[:3], "agreed"]}  # a lead may agree to breaks
    assert states_of(rows) == moved.get(persona, WAIT)


def test_each_kind_is_decided_by_whom_the_table_of_rights_names(world: World, client_of: ClientOf) -> None:
    rows = everything(world.ours)
    client_of(world.ours.mentor).post("/team/decide/", {"ids": keys_of(rows)})
    assert states_of(rows) == ["approved", "confirmed", "proposed", "asked"]
    client_of(world.ours.coach).post("/team/decide/", {"ids": keys_of(rows)})
    assert states_of(rows) == DONE


def test_nobody_decides_about_their_own(world: World, client_of: ClientOf) -> None:
    side = world.ours
    Enrolment.objects.filter(pk=side.enrolment.pk).update(learner=side.manager)
    rows = everything(side)
    client_of(side.manager).post("/team/decide/", {"ids": keys_of(rows)})
    assert states_of(rows) == WAIT


def test_drafts_and_off_the_job_entries_stay(world: World, client_of: ClientOf) -> None:
    side = world.ours
    made = {"enrolment": side.enrolment, "strategy": side.strategy}
    draft, off = (
        f.ActivityFactory(**made, kind="on_job"),
        f.ActivityFactory(**made, kind="off_job", sent=True),
    )
    goal = f.GoalFactory(enrolment=side.enrolment)
    prompt = f.ApplicationFactory(entry=f.ActivityFactory(**made, approved=True))
    keys = [f"activity-{draft.pk}", f"activity-{off.pk}", f"goal-{goal.pk}", f"application-{prompt.pk}"]
    client_of(side.manager).post("/team/decide/", {"ids": keys})
    rows = {"a": draft, "b": off, "c": goal, "d": prompt}
    assert states_of(rows) == ["draft", "submitted", "draft", "prompted"]


@pytest.mark.parametrize(
    "ids",
    [
        [],
        ["", "-", "activity-", "activity-x", "activity--1", "enrolment-1", "user-1", "activity-1 OR 1=1"],
        ["activity-99999999999999999999999", "goal-999999999999999999", "activity-１"],
        ["activity-1\x00", "\ud800", "goal-1" * 400],
    ],
)
def test_odd_keys_are_no_keys(world: World, client_of: ClientOf, ids: list[str]) -> None:
    rows, client = everything(world.ours), client_of(world.ours.manager)
    sent = [text.encode("utf-8", "replace").decode() for text in ids]
    assert client.post("/team/decide/", {"ids": sent}).status_code == 302
    assert states_of(rows) == WAIT
    assert "alert-danger" in client.get("/team/").text


def test_too_many_at_once_are_refused(world: World, client_of: ClientOf) -> None:
    rows, client = everything(world.ours), client_of(world.ours.manager)
    client.post("/team/decide/", {"ids": [*keys_of(rows), *(f"goal-{n}" for n in range(1, 101))]})
    assert states_of(rows) == WAIT
    assert "Choose 100 at most." in client.get("/team/").text


def test_undo_takes_back_own_decisions_of_the_last_seconds_alone(world: World, client_of: ClientOf) -> None:
    rows = everything(world.ours)
    client_of(world.ours.manager).post("/team/decide/", {"ids": keys_of(rows)})
    states_of(rows)
    posted = {kind: rows[kind].events.latest("pk").pk for kind in ("activity", "application", "goal")}
    for person in (world.ours.mentor, world.theirs.manager, world.outsider):
        client_of(person).post("/team/undo/", posted | {"break": "1", "user": "x"})
    assert states_of(rows) == DONE
    rows["goal"].events.update(at=timezone.now() - dt.timedelta(minutes=1))
    client_of(world.ours.manager).post("/team/undo/", posted)
    assert states_of(rows) == ["submitted", "submitted", "agreed", "agreed"]


def test_role_that_ended_yesterday_decides_nothing(world: World, client_of: ClientOf) -> None:
    rows = everything(world.ours)
    yesterday = timezone.localdate() - DAY
    SupportRole.objects.filter(person=world.ours.manager).update(ends_on=yesterday)
    client_of(world.ours.manager).post("/team/decide/", {"ids": keys_of(rows)})
    assert states_of(rows) == WAIT


def test_what_waits_is_a_file_too(world: World, client_of: ClientOf) -> None:
    everything(world.ours)
    response = client_of(world.ours.manager).get("/team/?download=csv&table=waiting")
    lines = response.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "What,Learner,Title,Waiting since,Look first"
    assert sorted(line.split(",")[0] for line in lines[1:]) == [
        "Activity",
        "Application at work",
        "Break in learning",
        "Goal",
    ]
