"""The timeline: everything once, newest first, page by page, and of everything only what the reader may see."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dashboards.queries import timeline
from people.models import User
from people.permissions import roles_of, roles_remembered
from programmes.models import ActivityEntry
from tests.factories import programmes as f
from tests.worlds import World

ClientOf = Callable[[User | None], Client]
DAY = dt.timedelta(days=1)


def at(days_ago: int, hour: int = 9) -> dt.datetime:
    day = timezone.localdate() - days_ago * DAY
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour)))


def log(world: World, days_ago: int, **values: Any) -> ActivityEntry:
    day = timezone.localdate() - days_ago * DAY
    side = world.ours
    return f.ActivityFactory(enrolment=side.enrolment, strategy=side.strategy, done_on=day, **values)  # type: ignore[no-any-return]


def everything(world: World) -> None:
    """One of each: words of its own in each text."""
    side = world.ours
    entry = log(world, 40, approved=True, title="Seminar", kind="off_job")
    entry.criteria.set(side.criteria[:1])
    f.ActivityEventFactory(entry=entry, kind="returned", by=side.coach, reason="More, please", at=at(39))
    f.ActivityEventFactory(entry=entry, kind="approved", by=side.coach, at=at(38))
    f.ActivityEventFactory(entry=entry, kind="approved", by=side.mentor, at=at(38, 8), undone_at=at(38, 8))
    goal = f.GoalFactory(enrolment=side.enrolment, achieved=True, title="Ask well", outcome="It works")
    f.GoalEventFactory(goal=goal, kind="created", at=at(37))
    f.GoalEventFactory(goal=goal, kind="change_asked", by=side.manager, reason="Smaller", at=at(36))
    f.GoalEventFactory(goal=goal, kind="agreed", by=side.manager, at=at(35))
    f.GoalEventFactory(goal=goal, kind="closed", at=at(20))
    f.GoalCheckInFactory(goal=goal, checked_on=timezone.localdate() - 30 * DAY, progress=40, note="Half done")
    record = f.ApplicationFactory(entry=entry, confirmed=True)
    f.ApplicationEventFactory(record=record, kind="put_off", at=at(26))
    day = timezone.localdate()
    side.enrolment.breaks.create(starts_on=day - 60 * DAY, ends_on=day - 54 * DAY, is_leave=True)
    side.enrolment.breaks.create(starts_on=day - 50 * DAY, ends_on=day - 45 * DAY, reason="Moving house")
    f.ApplicationEventFactory(
        record=record, kind="returned", by=side.manager, reason="Since when?", at=at(14)
    )
    f.ApplicationEventFactory(record=record, kind="confirmed", by=side.manager, at=at(13))


def sentences(world: World, persona: str, **narrowed: Any) -> list[str]:
    page = timeline.page_of(world.ours.enrolment, getattr(world.ours, persona), **narrowed)
    return [item.sentence for item in page.items]


def url(world: World) -> str:
    return reverse("dashboards:timeline", args=[world.ours.enrolment.pk])


def test_everything_stands_there_once_newest_first(world: World) -> None:
    everything(world)
    assert sentences(world, "learner") == [
        "Planned end of the programme",
        "Use at work confirmed",
        "Question about the use at work",
        "Goal closed",
        "Not used at work yet",
        "Check-in: 40% of the way",
        "Goal agreed",
        "Change of a goal asked for",
        "Goal started",
        "Activity verified",
        "Activity returned",
        "Learned off the job",
        "Break in learning",
        "Leave",
        "First day of the programme",
    ]


def test_what_was_before_something_was_shown_is_its_learners_alone(world: World) -> None:
    everything(world)
    log(world, 5, title="A draft")
    f.GoalEventFactory(goal=f.GoalFactory(enrolment=world.ours.enrolment), at=at(4))
    own, coach = sentences(world, "learner"), sentences(world, "coach")
    assert sorted(set(own) - set(coach)) == ["Goal started", "Not used at work yet"]
    assert len(own) - len(coach) == 4  # the draft, the draft goal's start, and the two above


@pytest.mark.parametrize(
    ("persona", "kind", "is_shown"),
    [
        ("learner", "off_job", True), ("coach", "off_job", True), ("mentor", "off_job", True),
        ("lead", "off_job", True), ("manager", "off_job", False), ("manager", "on_job", True),
    ],
)  # fmt: skip
def test_reason_of_a_return_is_for_who_may_read_the_text(
    world: World, persona: str, kind: str, is_shown: bool
) -> None:
    entry = log(world, 3, returned=True, kind=kind)
    f.ActivityEventFactory(entry=entry, kind="returned", by=world.ours.coach, reason="Say more", at=at(2))
    page = timeline.page_of(world.ours.enrolment, getattr(world.ours, persona), kinds=["decisions"])
    assert [item.reason for item in page.items] == ["Say more" if is_shown else ""]


def test_entry_that_went_back_to_a_draft_takes_its_decisions_with_it(world: World) -> None:
    entry = log(world, 3)
    f.ActivityEventFactory(entry=entry, kind="returned", by=world.ours.coach, reason="Say more", at=at(2))
    assert "Activity returned" in sentences(world, "learner")
    assert "Activity returned" not in sentences(world, "coach")


@pytest.mark.parametrize(
    ("persona", "is_shown"),
    [("learner", True), ("coach", True), ("manager", True), ("lead", True), ("mentor", False)],
)
def test_breaks_are_for_who_may_read_them(
    world: World, client_of: ClientOf, persona: str, is_shown: bool
) -> None:
    everything(world)
    text = client_of(getattr(world.ours, persona)).get(url(world)).text
    assert ("Moving house" in text) is ("Break in learning" in text) is is_shown


def test_answer_about_a_draft_is_part_of_the_draft(world: World) -> None:
    record = f.ApplicationFactory(entry=log(world, 3), sent=True)
    f.ApplicationEventFactory(record=record, at=at(2))
    assert "Used at work" not in sentences(world, "coach")


def test_replaced_versions_are_there_too(world: World) -> None:
    log(world, 3, superseded=True, title="Old version")
    page = timeline.page_of(world.ours.enrolment, world.ours.coach, kinds=["activities"])
    assert [(item.title, item.tag.word) for item in page.items if item.tag] == [("Old version", "Replaced")]


KINDS = {
    "activities": ["Learned off the job"],
    "decisions": ["Activity verified", "Activity returned"],
    "goals": ["Goal closed", "Goal agreed", "Change of a goal asked for"],
    "check-ins": ["Check-in: 40% of the way"],
    "applied": ["Use at work confirmed", "Question about the use at work"],
    "breaks": ["Break in learning", "Leave"],
    "programme": ["Planned end of the programme", "First day of the programme"],
}


@pytest.mark.parametrize("kind", KINDS)
def test_kind_in_the_address_narrows_it(world: World, client_of: ClientOf, kind: str) -> None:
    assert set(KINDS) == set(timeline.KINDS)
    everything(world)
    page = client_of(world.ours.coach).get(url(world), {"kind": kind}).context["page"]
    assert [item.sentence for item in page.items] == KINDS[kind]


def test_criterion_in_the_address_narrows_it(world: World, client_of: ClientOf) -> None:
    everything(world)
    log(world, 1, sent=True, title="Of no criterion")
    client, (first, second, _third) = client_of(world.ours.coach), world.ours.criteria

    def found(criterion: Any) -> list[str]:
        page = client.get(url(world), {"criterion": criterion}).context["page"]
        return [item.sentence for item in page.items]

    assert found(first.pk) == [
        "Use at work confirmed", "Question about the use at work",
        "Activity verified", "Activity returned", "Learned off the job",
    ]  # fmt: skip
    assert found(second.pk) == []
    for odd in ("x", "9" * 30, "-1", str(world.theirs.criteria[0].pk)):
        assert found(odd)[1] == "Learned off the job"  # ignored: everything


# Pages ----------------------------------------------------------------------------------


def many(world: World) -> None:
    """Entries and events that share days and moments, so that the order hangs on more than the time."""
    for days_ago in range(1, 6):
        for _number in range(3):
            entry = log(world, days_ago, approved=True)
            f.ActivityEventFactory(entry=entry, kind="approved", by=world.ours.coach, at=at(days_ago, 0))
            f.ActivityEventFactory(
                entry=entry, kind="returned", by=world.ours.coach, reason="x", at=at(days_ago)
            )
        goal = f.GoalFactory(enrolment=world.ours.enrolment, in_progress=True)
        f.GoalCheckInFactory(goal=goal, checked_on=timezone.localdate() - days_ago * DAY)
        f.GoalEventFactory(goal=goal, kind="agreed", by=world.ours.coach, at=at(days_ago))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_pages_together_are_everything_once(world: World, size: int) -> None:
    many(world)
    whole = timeline.page_of(world.ours.enrolment, world.ours.coach, size=1000)
    assert (len(whole.items), whole.older) == (57, None)
    places = [item.place for item in whole.items]
    assert places == sorted(set(places), reverse=True)
    walked, before = [], None
    while True:
        page = timeline.page_of(world.ours.enrolment, world.ours.coach, before=before, size=size)
        assert len(page.items) <= size
        walked += [item.place for item in page.items]
        if page.older is None:
            break
        before = timeline.place_from(page.older_key)
        assert before == page.older
    assert walked == places


def test_file_holds_everything_that_the_filters_leave(
    world: World, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(world)
    monkeypatch.setattr(timeline, "CHUNK", 4)
    client = client_of(world.ours.lead)
    rows = client.get(url(world) + "?download=csv").content.decode("utf-8-sig").splitlines()
    assert len(rows) == 1 + 57
    rows = client.get(url(world) + "?download=csv&kind=check-ins").content.decode("utf-8-sig").splitlines()
    assert len(rows) == 1 + 5
    assert client.get(url(world) + "?download=xlsx").content.startswith(b"PK")


@pytest.mark.parametrize(
    "place",
    ["", "x", "1", "1.2", "9" * 40, "1.1.1 ", "-1.1.1", "1.1.-1", "١.1.1", "1.12.1", "1.1." + "9" * 19],
)
def test_place_that_makes_no_sense_is_the_newest(world: World, client_of: ClientOf, place: str) -> None:
    assert timeline.place_from(place) is None
    response = client_of(world.ours.coach).get(url(world), {"before": place})
    assert response.context["page"].items[0].sentence == "Planned end of the programme"


def test_place_of_another_age_finds_nothing_or_everything(world: World, client_of: ClientOf) -> None:
    client = client_of(world.ours.coach)
    assert client.get(url(world), {"before": "0.0.0"}).context["page"].items == []
    assert (
        len(client.get(url(world), {"before": "9999999999999999.9.999999999999999999"}).context["page"].items)
        == 2
    )


def test_page_costs_the_same_wherever_it_is_and_however_much_there_is(world: World) -> None:
    enrolment, coach = world.ours.enrolment, world.ours.coach

    def cost(before: timeline.Place | None = None) -> int:
        with roles_remembered(), CaptureQueriesContext(connection) as captured:
            roles_of(coach)
            before_it = len(captured)
            timeline.page_of(enrolment, coach, before=before, size=15)
        for query in captured.captured_queries[before_it:]:
            if "ORDER BY" in query["sql"]:
                assert query["sql"].endswith("LIMIT 16")
        return len(captured) - before_it

    many(world)
    first = cost()
    many(world)
    everything(world)
    page = timeline.page_of(enrolment, coach, size=40)
    assert (first, cost(), cost(page.older)) == (7, 7, 7)


def test_months_head_their_items(world: World) -> None:
    everything(world)
    page = timeline.page_of(world.ours.enrolment, world.ours.learner)
    assert [item for _month, items in page.months for item in items] == page.items
    assert all(
        timezone.localdate(item.place.moment).replace(day=1) == month
        for month, items in page.months
        for item in items
    )
    assert len({month for month, _items in page.months}) == len(page.months)


def test_htmx_gets_the_list_alone(world: World, client_of: ClientOf) -> None:
    headers = {"HX-Request": "true", "HX-Target": "timeline"}
    response = client_of(world.ours.coach).get(url(world), headers=headers)
    assert response.templates[0].name == "dashboards/_timeline.html"
    assert "head" not in response.context
