"""One learner's record: parts with addresses of their own, only those that the reader may see, and nothing private."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dashboards.queries import ways
from dashboards.queries.record import waits_for
from people.models import User
from programmes.models import Enrolment, Reflection
from programmes.views.record import PARTS
from tests.factories import people as p
from tests.factories import programmes as f
from tests.worlds import PERSONAS, World

ClientOf = Callable[[User | None], Client]
OTHERS = tuple(f"other_{name}" for name in PERSONAS)
READERS = ("learner", "coach", "mentor", "manager", "lead")
DAY = dt.timedelta(days=1)
PART_ALONE = {"HX-Request": "true", "HX-Target": "record"}


def address(world: World, part: str) -> str:
    return reverse(PARTS[part].url_name, args=[world.ours.enrolment.pk])


def log(world: World, **values: Any) -> Any:
    return f.ActivityFactory(enrolment=world.ours.enrolment, strategy=world.ours.strategy, **values)


# Parts ----------------------------------------------------------------------------------


@pytest.mark.parametrize("part", PARTS)
def test_part_is_a_page_and_a_piece_for_htmx(world: World, client_of: ClientOf, part: str) -> None:
    client, url = client_of(world.ours.coach), address(world, part)
    page = client.get(url)
    assert page.templates[0].name == "programmes/record.html"
    assert f'<a id="tab-{part}" href="{url}" hx-get="{url}"' in page.text
    assert page.text.split("<main")[1].count('aria-current="page"') == 2  # the tab and the breadcrumb
    piece = client.get(url, headers=PART_ALONE)
    assert piece.templates[0].name == "programmes/record_part.html"
    title = f"<title>{PARTS[part].word} – {world.ours.learner.display_name} – WBL Portal</title>"
    for answer in (page, piece):
        assert title in answer.text
    assert "<h1" not in piece.text
    assert f'hx-indicator="#loading" aria-current="page">{PARTS[part].word}</a>' in piece.text


@pytest.mark.parametrize(
    "headers",
    [
        {"HX-Request": "true", "HX-Target": "record", "HX-History-Restore-Request": "true"},
        {"HX-Request": "true", "HX-Target": "record", "HX-Boosted": "true"},
        {"HX-Request": "true", "HX-Target": "something"},
    ],
)
def test_whoever_does_not_ask_for_the_piece_gets_the_page(
    world: World, client_of: ClientOf, headers: dict[str, str]
) -> None:
    """Going back in the history must not show a piece without its page."""
    for part in PARTS:
        text = client_of(world.ours.coach).get(address(world, part), headers=headers).text
        assert "<h1>Sample learner Alder</h1>" in text


@pytest.mark.parametrize("persona", READERS)
def test_tabs_are_those_that_the_reader_may_see(world: World, client_of: ClientOf, persona: str) -> None:
    client = client_of(getattr(world.ours, persona))
    shown = {tab.key for tab in client.get(address(world, "overview")).context["tabs"]}
    assert shown == set(PARTS) - ({"breaks"} if persona == "mentor" else set())
    statuses = {part: client.get(address(world, part)).status_code for part in PARTS}
    assert {part for part, status in statuses.items() if status == 200} == shown
    assert {status for part, status in statuses.items() if part not in shown} <= {403}


TABLES = {
    "programmes_goalcheckin", "programmes_goal", "programmes_goal_criteria", "programmes_applicationrecord",
    "programmes_activityevent", "programmes_applicationevent", "programmes_activityentry", "programmes_goalevent",
    "programmes_breakinlearning", "programmes_learningstrategy", "programmes_activityentry_criteria",
    "programmes_applicationbenefit",
}  # fmt: skip
ASKED = {
    "goals": {"programmes_goalcheckin", "programmes_goal", "programmes_goal_criteria", "programmes_activityentry"},
    "ways": {"programmes_activityentry", "programmes_applicationrecord", "programmes_learningstrategy"},
    "breaks": {"programmes_breakinlearning"},
    "criteria": {
        "programmes_activityentry", "programmes_activityentry_criteria", "programmes_goal", "programmes_goal_criteria",
        "programmes_applicationrecord",
    },
}  # fmt: skip


@pytest.mark.parametrize("part", ASKED)
def test_parts_that_are_not_shown_ask_nothing(world: World, client_of: ClientOf, part: str) -> None:
    log(world, approved=True)
    f.GoalCheckInFactory(goal=f.GoalFactory(enrolment=world.ours.enrolment, in_progress=True))
    client = client_of(world.ours.coach)
    with CaptureQueriesContext(connection) as captured:
        client.get(address(world, part), headers=PART_ALONE)
    asked = {table for table in TABLES for query in captured if f'"{table}"' in query["sql"]}
    assert asked == ASKED[part]


def test_filters_of_the_activities_get_the_list_alone(world: World, client_of: ClientOf) -> None:
    log(world, sent=True)
    headers = {"HX-Request": "true", "HX-Target": "weeks"}
    response = client_of(world.ours.coach).get(address(world, "activities"), headers=headers)
    assert response.templates[0].name == "programmes/_activity_weeks.html"


def test_administrator_reads_goals_outside_the_record(world: World, client_of: ClientOf) -> None:
    response = client_of(world.administrator).get(address(world, "goals"))
    assert (response.status_code, response.templates[0].name) == (200, "programmes/goal_list.html")
    assert "tab-overview" not in response.text


def test_head_says_who_it_is_and_who_supports(world: World, client_of: ClientOf) -> None:
    text = client_of(world.ours.manager).get(address(world, "overview")).text
    for words in (
        "Programme Alder",
        "Sample Alder Ltd",
        "Coach: Sample coach Alder",
        "Workplace mentor: Sample mentor",
    ):
        assert words in text
    world.ours.enrolment.support_roles.all().delete()
    assert (
        "Nobody supports this learner today."
        in client_of(world.ours.lead).get(address(world, "overview")).text
    )


def test_head_never_shows_a_status_without_reason_and_next_action(world: World, client_of: ClientOf) -> None:
    response = client_of(world.ours.coach).get(address(world, "timeline"))
    status = response.context["head"].progress.status
    assert status.tag.word == "At risk"
    for words in (status.tag.word, str(status.reasons[0]), str(status.next_action.sentence)):
        assert words in response.text


# What waits, ways -----------------------------------------------------------------------


def test_what_waits_is_what_the_reader_may_decide(world: World) -> None:
    log(world, sent=True, kind="off_job")
    log(world, sent=True, kind="on_job")
    f.GoalFactory(enrolment=world.ours.enrolment, proposed=True)
    f.GoalFactory(enrolment=world.theirs.enrolment, proposed=True)
    f.ApplicationFactory(entry=log(world, approved=True), sent=True)

    def waits(persona: str) -> list[str]:
        return [one.sentence for one in waits_for(world.ours.enrolment, getattr(world.ours, persona))]

    one, two = "1 activity waits for you to verify it.", "2 activities wait for you to verify them."
    goal = "1 goal waits for you to agree to it."
    answer = "1 use at work waits for you to confirm it."
    assert {who: waits(who) for who in READERS} == {
        "learner": [],
        "coach": [two, goal],
        "mentor": [one, answer],
        "manager": [one, goal, answer],
        "lead": [],
    }


def test_ways_add_up_verified_time_and_what_is_used(world: World) -> None:
    other = f.StrategyFactory(name="Another")
    log(world, approved=True, minutes=60, kind="off_job")
    f.ApplicationFactory(entry=log(world, approved=True, minutes=30, kind="off_job"), confirmed=True)
    f.ApplicationFactory(entry=log(world, approved=True, minutes=20, kind="off_job"), sent=True)
    f.ActivityFactory(
        enrolment=world.ours.enrolment, strategy=other, approved=True, minutes=90, kind="on_job"
    )
    for traits in ({}, {"sent": True}, {"returned": True}, {"superseded": True}):
        log(world, minutes=1000, **traits)
    found = ways.ways_of(world.ours.enrolment, world.ours.manager)
    assert [
        (row.strategy.name, row.number, row.on_job, row.off_job, row.applied, row.share) for row in found.rows
    ] == [
        (world.ours.strategy.name, 3, 0, 110, 30, 55),
        ("Another", 1, 90, 0, 0, 45),
    ]
    assert (found.minutes, found.on_job, found.off_job, found.applied, found.longest) == (
        200,
        90,
        110,
        30,
        110,
    )


@pytest.mark.parametrize(
    ("part", "whole", "share"),
    [(0, 0, 0), (0, 5, 0), (1, 3, 33), (1, 2, 50), (2, 3, 67), (1, 200, 1), (7, 7, 100)],
)
def test_share_in_whole_per_cent(part: int, whole: int, share: int) -> None:
    assert ways.percent(part, whole) == share


def test_ways_come_as_a_file(world: World, client_of: ClientOf) -> None:
    log(world, approved=True, minutes=90, kind="off_job")
    response = client_of(world.ours.learner).get(address(world, "ways") + "?download=csv")
    assert response.content.decode("utf-8-sig").splitlines()[1] == "Strategy Alder,1,1.50,0.00,100,0.00"
    assert client_of(world.ours.learner).get(address(world, "overview") + "?download=csv").status_code == 404


# The caseload ---------------------------------------------------------------------------


def caseload(world: World, number: int) -> list[Enrolment]:
    """That many more learners of the coach, at companies of their own."""
    made = []
    for place in range(number):
        learner = p.UserFactory(display_name=f"Sample Extra {place:02}")
        made.append(f.EnrolmentFactory(cohort=world.ours.cohort, learner=learner))
        f.SupportRoleFactory(enrolment=made[-1], person=world.ours.coach, role="coach")
    return made


def test_caseload_is_paged_and_the_queue_shows_those_to_look_at_first(
    world: World, client_of: ClientOf
) -> None:
    caseload(world, 30)
    client = client_of(world.ours.coach)
    queue = client.get("/queue/")
    assert (len(queue.context["caseload"]), queue.context["caseload_count"]) == (8, 31)
    assert f'href="{reverse("dashboards:caseload")}">See all 31 learners' in queue.text
    first = client.get("/caseload/")
    assert (len(first.context["page"]), first.context["page"].paginator.count) == (25, 31)
    assert [row.enrolment for row in first.context["page"]][:8] == [
        row.enrolment for row in queue.context["caseload"]
    ]
    assert len(client.get("/caseload/?page=2").context["page"]) == 6
    rows = client.get("/caseload/?download=csv").content.decode("utf-8-sig").splitlines()
    assert len(rows) == 1 + 31


def test_caseload_narrows_by_company_and_status(world: World, client_of: ClientOf) -> None:
    first, second = caseload(world, 2)
    Enrolment.objects.filter(pk=first.pk).update(status="on_break")
    client = client_of(world.ours.coach)

    def shown(**wanted: Any) -> set[Enrolment]:
        return {row.enrolment for row in client.get("/caseload/", wanted).context["page"]}

    everybody = {world.ours.enrolment, first, second}
    assert shown() == everybody
    assert shown(company=second.organisation_id) == {second}
    assert shown(status="on_break") == {first}
    assert shown(status="on_break", company=second.organisation_id) == set()
    assert shown(status="odd", company="x", page="\u0663") == everybody
    assert shown(company=world.theirs.employer.pk) == everybody
    assert (
        "No learners match."
        in client.get(f"/caseload/?status=on_break&company={second.organisation_id}").text
    )


def test_caseload_of_nobody_says_so(world: World, client_of: ClientOf) -> None:
    Enrolment.objects.filter(pk=world.ours.enrolment.pk).update(status="completed")
    assert "No learner yet" in client_of(world.ours.coach).get("/caseload/").text


# Private --------------------------------------------------------------------------------


def plant(world: World) -> None:
    """Words of their own in all that is private or part of something not sent yet."""
    side = world.ours
    for kind in ("on_job", "off_job"):
        name = kind.replace("_", "")
        draft = log(world, kind=kind, title=f"draft{name}", description=f"drafttext{name}")
        sent = log(world, kind=kind, returned=True, title=f"sent{name}", description=f"senttext{name}")
        f.ActivityEventFactory(entry=sent, kind="returned", by=side.coach, reason=f"reason{name}")
        for entry in (draft, sent):
            entry.criteria.set(side.criteria[:1])
            Reflection.objects.create(entry=entry, text=f"reflection{entry.title}")
    verified = log(world, kind="off_job", approved=True, title="verified")
    prompted = f.ApplicationFactory(entry=verified, what_changed="promptedtext")
    prompted.benefits.create(level="team", text="promptedbenefit")
    f.ApplicationEventFactory(record=prompted, kind="put_off")
    withdrawn = f.ApplicationFactory(
        entry=log(world, kind="off_job", title="withdrawntitle"), sent=True, what_changed="withdrawntext"
    )
    f.ApplicationEventFactory(record=withdrawn)
    f.EvidenceFactory(entry=verified, application=prompted, is_held_back=True, original_name="heldback.txt")
    answered = f.ApplicationFactory(
        entry=log(world, kind="off_job", approved=True, title="answered"),
        confirmed=True,
        what_changed="saidtext",
    )
    answered.benefits.create(level="individual", text="saidbenefit")
    for entry in (verified, withdrawn.entry, answered.entry):
        entry.criteria.set(side.criteria[:1])
    for name, traits in (("draftgoal", {}), ("sharedgoal", {"in_progress": True})):
        goal = f.GoalFactory(enrolment=side.enrolment, title=name, why=f"why{name}", **traits)
        goal.criteria.set(side.criteria[:1])
        f.GoalEventFactory(goal=goal, kind="change_asked", by=side.coach, reason=f"asked{name}")
        f.GoalCheckInFactory(goal=goal, note=f"note{name}")
    side.enrolment.breaks.create(
        starts_on=timezone.localdate() - 40 * DAY,
        ends_on=timezone.localdate() - 30 * DAY,
        reason="breakreason",
    )


SHARED = {"sentonjob", "sentoffjob", "verified", "answered", "saidtext", "saidbenefit"} | {
    "sharedgoal", "askedsharedgoal", "notesharedgoal",
}  # fmt: skip
OWN = {"draftonjob", "draftoffjob", "promptedtext", "promptedbenefit", "draftgoal", "askeddraftgoal"} | {
    "notedraftgoal", "withdrawntitle",
}  # fmt: skip
REASONS = {"reasononjob", "reasonoffjob"}
NOWHERE = {
    "drafttextonjob", "senttextonjob", "reflectiondraftonjob", "reflectionsentonjob", "heldback", "withdrawntext",
}  # fmt: skip
"""Texts of an activity stand on its own page alone; a file is never named here."""
WORDS = SHARED | OWN | REASONS | NOWHERE | {"breakreason"}
MAY_SEE: dict[str, set[str]] = {
    "learner": SHARED | OWN | REASONS | {"breakreason"},
    "coach": SHARED | REASONS | {"breakreason"},
    "mentor": SHARED | REASONS,
    "manager": SHARED | {"reasononjob", "breakreason"},
    "lead": SHARED | REASONS | {"breakreason"},
}


@pytest.mark.slow
@pytest.mark.parametrize("persona", [*PERSONAS, *OTHERS, "outsider"])
def test_record_shows_what_the_reader_may_see_and_nothing_else(
    world: World, client_of: ClientOf, persona: str
) -> None:
    plant(world)
    client = client_of(world.everybody()[persona])
    pages = [address(world, part) for part in PARTS]
    pages += [reverse("dashboards:thread", args=[world.ours.enrolment.pk, world.ours.criteria[0].pk])]
    pages += [
        f"{address(world, part)}?download=csv"
        for part in ("activities", "goals", "applied", "criteria", "timeline")
    ]
    seen = []
    for page in pages:
        response = client.get(page)
        assert response.status_code in ({200, 403} if persona in PERSONAS else {404}), page
        seen.append(response.content.decode())
    text = "\n".join(seen)
    found = {word for word in WORDS if word in text}
    assert found == MAY_SEE.get(persona, set())


def test_record_says_once_that_its_learner_is_on_a_break(world: World, client_of: ClientOf) -> None:
    enrolment = world.ours.enrolment
    client = client_of(world.ours.coach)
    Enrolment.objects.filter(pk=enrolment.pk).update(status="on_break")
    assert client.get(address(world, "overview")).text.count("On break") == 1
    Enrolment.objects.filter(pk=enrolment.pk).update(status="withdrawn")
    assert "Withdrawn" in client.get(address(world, "overview")).text
