"""What is private stays so on every page: reflections, drafts, and what was done off the job.

Each text is a word of its own, and every page that a persona can open is searched for it.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from people.models import User
from programmes.models import ActivityEntry, Goal, Reflection
from programmes.models.goals import CLOSED_GOALS
from tests.factories import programmes as f
from tests.worlds import PERSONAS, World

ClientOf = Callable[[User | None], Client]
OTHERS = tuple(f"other_{name}" for name in PERSONAS)
TEAM_AND_LEAD = (
    "/team/",
    "/team/?download=csv&table=waiting",
    "/team/value/",
    "/team/value/?download=csv",
    f"/team/month/{timezone.localdate():%Y-%m}/",
    "/lead/",
    "/lead/learners/",
    "/lead/cohorts/",
    "/lead/strategies/",
    "/lead/criteria/",
)
STATES: dict[str, dict[str, bool]] = {
    "draft": {}, "sent": {"sent": True}, "returned": {"returned": True}, "approved": {"approved": True},
}  # fmt: skip


def entries_with_words(world: World) -> dict[str, ActivityEntry]:
    """An entry of each state and kind; each of its texts is one word that says which it is."""
    side, entries = world.ours, {}
    for state, traits in STATES.items():
        for kind in ("on_job", "off_job"):
            name = f"{state}{kind.replace('_', '')}"
            entries[name] = entry = f.ActivityFactory(
                enrolment=side.enrolment,
                strategy=side.strategy,
                kind=kind,
                title=f"title{name}",
                description=f"description{name}",
                carried_out_by=f"carriedout{name}",
                place=f"place{name}",
                **traits,
            )
            entry.criteria.set(side.criteria[:1])
            Reflection.objects.create(entry=entry, text=f"reflection{name}")
            files = {"entry": entry, "file": "ab/sample.txt"}
            f.EvidenceFactory(**files, original_name=f"privatefile{name}.txt", is_shared=False)
            f.EvidenceFactory(**files, original_name=f"sharedfile{name}.txt")
            f.ActivityEventFactory(entry=entry)
            if state != "draft":
                f.ActivityEventFactory(entry=entry, kind="returned", by=side.coach, reason=f"reason{name}")
    return entries


def amendments_with_words(world: World) -> dict[str, ActivityEntry]:
    """A draft and a sent amendment of verified entries; each of their new texts is one word that says which it is."""
    side, found = world.ours, {}
    for state, traits in (("draft", {}), ("sent", {"sent": True})):
        for kind in ("on_job", "off_job"):
            name = f"{state}{kind.replace('_', '')}"
            made = {"enrolment": side.enrolment, "strategy": side.strategy, "kind": kind}
            old = f.ActivityFactory(**made, approved=True, approved_by=side.coach, title="Same")
            Reflection.objects.create(entry=old, text="Same")
            found[name] = entry = f.ActivityFactory(
                **made,
                **traits,
                amends=old,
                title=f"title{name}",
                description=f"description{name}",
                amendment_reason=f"why{name}",
            )
            Reflection.objects.create(entry=entry, text=f"reflection{name}")
            f.EvidenceFactory(entry=entry, original_name=f"sharedfile{name}.txt", sha256="1" * 64)
    return found


def answers_with_words(world: World) -> list[ActivityEntry]:
    """An answer in each state; what it says and its file are words that say which it is."""
    side, entries = world.ours, []
    for state in ("prompted", "sent", "returned", "confirmed", "not_applied"):
        name = state.replace("_", "")
        entry = f.ActivityFactory(
            enrolment=side.enrolment, strategy=side.strategy, approved=True, approved_by=side.coach
        )
        told = state in ("sent", "returned", "confirmed")
        record = f.ApplicationFactory(
            entry=entry,
            **{} if state == "prompted" else {state: True},
            what_changed=f"changed{name}",
            evidence_note=f"note{name}",
            not_applied_reason=f"whynot{name}",
        )
        f.BenefitFactory(record=record, text=f"benefit{name}", measured=True, measure=f"measure{name}")
        f.EvidenceFactory(
            entry=entry,
            application=record,
            file="ab/sample.txt",
            original_name=f"answerfile{name}.txt",
            is_held_back=not told,
        )
        f.ApplicationEventFactory(record=record, kind="put_off")
        entries.append(entry)
    return entries


GOAL_STATES = (
    "draft", "asked", "proposed", "agreed", "in_progress", "achieved", "partly_achieved", "dropped",
)  # fmt: skip


def goals_with_words(world: World) -> dict[str, Goal]:
    """A goal of each state, the same way; `asked` is a draft that somebody gave back. An activity hangs on each."""
    side, goals = world.ours, {}
    for state in GOAL_STATES:
        name = f"goal{state.replace('_', '')}"
        traits: dict[str, Any] = {} if state in ("draft", "asked") else {state: True}
        texts = {text: f"{text}{name}" for text in ("title", "why", "measure")}
        if state in CLOSED_GOALS:
            texts["outcome"] = f"outcome{name}"
        goals[name] = goal = f.GoalFactory(enrolment=side.enrolment, **traits, **texts)
        goal.criteria.set(side.criteria[:1])
        if goal.agreed_at:
            f.GoalCheckInFactory(goal=goal, note=f"note{name}")
        if state in ("asked", "proposed"):
            f.GoalEventFactory(goal=goal, kind="change_asked", by=side.coach, reason=f"reason{name}")
        if state == "proposed":
            f.GoalEventFactory(goal=goal, kind="proposed")
        f.ActivityFactory(enrolment=side.enrolment, strategy=side.strategy, goal=goal, sent=True)
    return goals


def pages_of_goals(world: World, goals: dict[str, Goal]) -> list[str]:
    enrolment = world.ours.enrolment.pk
    parts = ("", "change/", "close/", "delete/")
    own = [f"/goals/{goal.pk}/{page}" for goal in goals.values() for page in parts]
    lists = ["/goals/", "/goals/new/", f"/learners/{enrolment}/goals/", f"/learners/{enrolment}/activities/"]
    lists += [f"/learners/{enrolment}/{kind}/?download=csv" for kind in ("goals", "activities")]
    lists += [f"/learners/{enrolment}/goals/?q={word}" for word in ("title", "why", "measure")]
    entries = [f"/activities/{entry.pk}/" for entry in ActivityEntry.objects.all()]
    homes = ["/learner/", "/queue/", *TEAM_AND_LEAD, "/organisation/", "/site/", "/activities/"]
    return [*own, *lists, *entries, *homes, "/activities/new/"]


def pages_of(world: World, entries: dict[str, ActivityEntry]) -> list[str]:
    enrolment = world.ours.enrolment.pk
    own = [f"/activities/{entry.pk}/{page}" for entry in entries.values() for page in ("", "change/")]
    homes = ["/learner/", "/queue/", *TEAM_AND_LEAD, "/organisation/", "/site/", "/home/", "/activities/"]
    found = [f"/programmes/enrolments/{enrolment}/{page}" for page in ("", "complete/", "withdraw/")]
    found += [f"/learners/{enrolment}/activities/", "/activities/new/", "/standards/", "/profile/"]
    record = ["", "criteria/", f"criteria/{world.ours.criteria[0].pk}/", "timeline/", "ways/", "breaks/"]
    found += [f"/learners/{enrolment}/{part}" for part in record] + ["/caseload/"]
    cohort = world.ours.cohort.pk
    found += [
        f"{page}?{table}download=csv"
        for page in ("/lead/", f"/programmes/cohorts/{cohort}/")
        for table in ("", "table=activities&")
    ]
    searches = [
        f"/learners/{enrolment}/activities/?q={word}" for word in ("reflection", "description", "title")
    ]
    return [*own, *homes, *found, *searches]


def texts_seen(client: Client, pages: list[str]) -> str:
    """All that the pages answer, whatever their status, without what was asked for."""
    seen = []
    for page in pages:
        response = client.get(page)
        assert response.status_code < 500, page
        seen.append(response.text.replace('value="reflection"', "").replace('value="description"', ""))
    return "\n".join(seen)


def words(names: str, *kinds: str) -> set[str]:
    return {f"{kind}{name}" for name in names.split() for kind in kinds}


ALL = " ".join(f"{state}{kind}" for state in STATES for kind in ("onjob", "offjob"))
SENT = " ".join(name for name in ALL.split() if not name.startswith("draft"))
SENT_ON = " ".join(name for name in SENT.split() if name.endswith("onjob"))
SENT_OFF = " ".join(name for name in SENT.split() if name.endswith("offjob"))
TEXTS = ("description", "carriedout", "place")
EVERY_WORD = words(ALL, "title", *TEXTS, "reflection", "privatefile", "sharedfile") | words(SENT, "reason")

# By hand, from the table of trust.md.
MAY_SEE: dict[str, set[str]] = {
    "learner": EVERY_WORD,
    "coach": words(SENT, "title", *TEXTS, "reflection", "privatefile", "sharedfile", "reason"),
    "mentor": words(SENT, "title", *TEXTS, "sharedfile", "reason"),
    "manager": words(SENT, "title") | words(SENT_ON, *TEXTS, "privatefile", "sharedfile", "reason"),
    "lead": words(SENT, "title", *TEXTS, "privatefile", "sharedfile", "reason"),
}


AMENDMENTS = "draftonjob draftoffjob sentonjob sentoffjob"
AMENDED = words(AMENDMENTS, "title", "description", "why", "reflection", "sharedfile")
SENT_AMENDMENTS = "sentonjob sentoffjob"
MAY_SEE_OF_AMENDMENTS: dict[str, set[str]] = {
    "learner": AMENDED,
    "coach": words(SENT_AMENDMENTS, "title", "description", "why", "reflection", "sharedfile"),
    "mentor": words(SENT_AMENDMENTS, "title", "description", "why", "sharedfile"),
    "manager": words(SENT_AMENDMENTS, "title") | words("sentonjob", "description", "why", "sharedfile"),
    "lead": words(SENT_AMENDMENTS, "title", "description", "why", "sharedfile"),
}


@pytest.mark.slow
@pytest.mark.parametrize("persona", [*PERSONAS, "other_learner", "other_coach", "administrator", "outsider"])
def test_amendments_and_their_differences_show_what_the_reader_may_see(
    world: World, client_of: ClientOf, persona: str
) -> None:
    found = amendments_with_words(world)
    entries = found | {f"old{name}": entry.amends for name, entry in found.items() if entry.amends}
    seen = texts_seen(client_of(world.everybody()[persona]), pages_of(world, entries))
    assert {word for word in AMENDED if word in seen} == MAY_SEE_OF_AMENDMENTS.get(persona, set())


@pytest.mark.slow
@pytest.mark.parametrize("persona", [*PERSONAS, *OTHERS, "administrator", "outsider"])
def test_pages_show_the_texts_that_the_reader_may_see_and_no_others(
    world: World, client_of: ClientOf, persona: str
) -> None:
    entries = entries_with_words(world)
    seen = texts_seen(client_of(world.everybody()[persona]), pages_of(world, entries))
    assert {word for word in EVERY_WORD if word in seen} == MAY_SEE.get(persona, set())


@pytest.mark.slow
@pytest.mark.parametrize("persona", [*PERSONAS, *OTHERS, "administrator", "outsider"])
def test_draft_of_a_goal_is_found_by_nobody_but_its_learner(
    world: World, client_of: ClientOf, persona: str
) -> None:
    goals = goals_with_words(world)
    seen = texts_seen(client_of(world.everybody()[persona]), pages_of_goals(world, goals))
    every, shown = " ".join(goals), " ".join(name for name in goals if name not in ("goaldraft", "goalasked"))
    agreed = " ".join(name for name, goal in goals.items() if goal.agreed_at)
    closed = " ".join(name for name, goal in goals.items() if goal.closed_at)
    said = words(agreed, "note") | words(closed, "outcome")
    mine = words(every, "title", "why", "measure") | words("goalasked goalproposed", "reason") | said
    others = words(shown, "title", "why", "measure") | words("goalproposed", "reason") | said
    readers = ("coach", "mentor", "manager", "lead", "administrator")
    expected = {"learner": mine, **dict.fromkeys(readers, others)}.get(persona, set())
    assert {word for word in mine if word in seen} == expected


@pytest.mark.slow
def test_administrator_with_a_reason_sees_what_was_sent_but_no_reflection(
    world: World, client_of: ClientOf
) -> None:
    entries = entries_with_words(world)
    client = client_of(world.administrator)
    for entry in entries.values():
        client.post(f"/activities/{entry.pk}/", {"reason": "Asked by the learner"})
    seen = texts_seen(client, pages_of(world, entries))
    expected = words(SENT, "title", *TEXTS, "privatefile", "sharedfile", "reason")
    assert {word for word in EVERY_WORD if word in seen} == expected


@pytest.mark.parametrize(
    ("persona", "is_shown"), [("learner", True), ("coach", True), ("mentor", False), ("lead", False)]
)
def test_not_even_whether_there_is_a_reflection_is_shown_to_others(
    world: World, client_of: ClientOf, persona: str, is_shown: bool
) -> None:
    entry = f.ActivityFactory(enrolment=world.ours.enrolment, strategy=world.ours.strategy, sent=True)
    text = client_of(getattr(world.ours, persona)).get(f"/activities/{entry.pk}/").text
    assert ("No reflection yet." in text) is ("What was learned" in text) is is_shown


ANSWERS = "prompted sent returned confirmed notapplied"
SAID = ("changed", "note", "benefit", "measure", "answerfile")
EVERY_ANSWER = words(ANSWERS, *SAID, "whynot")
TOLD = words("sent returned confirmed", *SAID) | {"whynotnotapplied"}
MAY_READ_ANSWERS: dict[str, set[str]] = {
    "learner": words(ANSWERS, *SAID) | {"whynotnotapplied", "whynotprompted", "whynotreturned"},
    **dict.fromkeys(("coach", "mentor", "manager", "lead", "administrator"), TOLD),
}


@pytest.mark.slow
@pytest.mark.parametrize("persona", [*PERSONAS, *OTHERS, "administrator", "outsider"])
def test_answers_are_read_once_they_are_sent_and_their_drafts_by_nobody_else(
    world: World, client_of: ClientOf, persona: str
) -> None:
    """On every page and in every file: a draft, and what was said before somebody decided not to use it."""
    entries, enrolment = answers_with_words(world), world.ours.enrolment.pk
    lists = ["/applications/", f"/learners/{enrolment}/applications/"]
    pages = [
        f"/activities/{entry.pk}/{page}" for entry in entries for page in ("", "application/", "change/")
    ]
    pages += [*lists, *(f"{url}?download=csv" for url in lists), f"/learners/{enrolment}/activities/"]
    pages += ["/learner/", "/queue/", *TEAM_AND_LEAD, "/organisation/"]
    seen = texts_seen(client_of(world.everybody()[persona]), pages)
    assert {word for word in EVERY_ANSWER if word in seen} == MAY_READ_ANSWERS.get(persona, set())


FINDS: list[tuple[str, str, str]] = [
    ("learner", "reflection", ALL),
    ("learner", "description", ALL),
    ("coach", "reflection", SENT),
    ("coach", "description", SENT),
    ("mentor", "reflection", ""),
    ("manager", "reflection", ""),
    ("lead", "reflection", ""),
    ("manager", "description", ""),
    ("manager", "reason", ""),
    ("manager", "title", SENT),
    ("coach", "draft", ""),
]


@pytest.mark.parametrize(("persona", "word", "expected"), FINDS)
def test_search_finds_only_in_texts_that_the_reader_may_see(
    world: World, client_of: ClientOf, persona: str, word: str, expected: str
) -> None:
    """A hit in a text that is not shown would betray what is in it."""
    entries_with_words(world)
    response = client_of(getattr(world.ours, persona)).get(
        f"/learners/{world.ours.enrolment.pk}/activities/?q={word}"
    )
    shown = {entry.title for week in response.context["weeks"] for entry in week.entries}
    assert shown == words(expected, "title")
    assert response.context["totals"].number == len(expected.split())
    assert ("No activities match." in response.text) is (not expected)


@pytest.mark.slow
def test_file_opens_for_whom_the_table_says(world: World, client_of: ClientOf) -> None:
    entries = entries_with_words(world)
    expected: dict[str, Any] = {
        ("sentoffjob", False): {"learner", "coach", "lead"},
        ("sentoffjob", True): {"learner", "coach", "mentor", "lead"},
        ("sentonjob", False): {"learner", "coach", "manager", "lead"},
        ("sentonjob", True): {"learner", "coach", "mentor", "manager", "lead"},
        ("draftonjob", True): {"learner"},
    }
    stored = settings.MEDIA_ROOT / "ab" / "sample.txt"
    stored.parent.mkdir(parents=True)
    stored.write_bytes(b"sample text")
    clients = {name: client_of(person) for name, person in world.everybody().items()}
    for (name, is_shared), readers in expected.items():
        file = entries[name].evidence.get(is_shared=is_shared)
        opened = set()
        for persona, client in clients.items():
            response = client.get(f"/evidence/{file.pk}/")
            if response.status_code == 200:
                assert b"".join(response.streaming_content) == b"sample text"
                opened.add(persona)
        assert opened == readers, (name, is_shared)


BREAKS_ARE_FOR = {"learner", "coach", "manager", "lead"}


@pytest.mark.slow
@pytest.mark.parametrize("persona", [*PERSONAS, *OTHERS, "administrator", "outsider"])
def test_reason_and_answer_of_a_break_are_for_those_who_read_breaks(
    world: World, client_of: ClientOf, persona: str
) -> None:
    """Asked for and refused ones, each text a word of its own; on the pages of breaks and on all others."""
    side = world.ours
    asked = f.BreakFactory(enrolment=side.enrolment, asked=True, reason="reasonasked")
    f.BreakFactory(
        enrolment=side.enrolment,
        refused=True,
        decided_by=side.coach,
        reason="reasonrefused",
        answer="answerrefused",
    )
    pages = [f"/learners/{side.enrolment.pk}/breaks/", f"/breaks/{asked.pk}/decide/"]
    client = client_of(world.everybody()[persona])
    seen = texts_seen(client, [*pages, *pages_of(world, {}), f"/learners/{side.enrolment.pk}/hours/"])
    found = {word for word in ("reasonasked", "reasonrefused", "answerrefused") if word in seen}
    expected = {"reasonasked", "reasonrefused", "answerrefused"} if persona in BREAKS_ARE_FOR else set()
    assert found == expected
