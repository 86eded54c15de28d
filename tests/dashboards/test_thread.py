"""The golden thread of a criterion: what each reader sees of it, what comes next, and the overview of all criteria."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dashboards.queries import thread
from people.models import User
from programmes.models import ActivityEntry
from standards.models import Criterion, Framework
from tests.factories import programmes as f
from tests.factories import standards as s
from tests.worlds import World

ClientOf = Callable[[User | None], Client]
DAY = dt.timedelta(days=1)


def log(world: World, **values: Any) -> ActivityEntry:
    """An entry of the learner's that names the first criterion, unless `criteria` says others."""
    side = world.ours
    criteria = values.pop("criteria", side.criteria[:1])
    entry: ActivityEntry = f.ActivityFactory(enrolment=side.enrolment, strategy=side.strategy, **values)
    entry.criteria.set(criteria)
    return entry


def goal(world: World, **values: Any) -> Any:
    made = f.GoalFactory(enrolment=world.ours.enrolment, **values)
    made.criteria.set(world.ours.criteria[:1])
    return made


def line(world: World, persona: str = "learner") -> thread.CriterionLine:
    return thread.line_of(world.ours.enrolment, getattr(world.ours, persona), world.ours.criteria[0])


def url(world: World, name: str = "thread", criterion: Criterion | None = None) -> str:
    args = [world.ours.enrolment.pk]
    if name == "thread":
        args.append((criterion or world.ours.criteria[0]).pk)
    return reverse(f"dashboards:{name}", args=args)


# How much there is ----------------------------------------------------------------------


def test_line_counts_goals_activities_and_answers(world: World) -> None:
    today = timezone.localdate()
    log(world, sent=True, minutes=30, done_on=today - 3 * DAY)
    verified = log(world, approved=True, minutes=45, done_on=today - 2 * DAY)
    log(world, superseded=True, minutes=500, done_on=today)
    log(world, approved=True, minutes=999, criteria=world.ours.criteria[1:2])
    f.ApplicationFactory(entry=verified, confirmed=True)
    goal(world, in_progress=True)
    goal(world, dropped=True)
    f.ActivityFactory(enrolment=world.theirs.enrolment, approved=True).criteria.set(world.ours.criteria[:1])
    found = line(world)
    assert (found.entries, found.verified, found.minutes, found.last_on) == (2, 1, 45, today - 2 * DAY)
    assert (found.goal_count, found.agreed_goals, found.answered, found.confirmed) == (2, 1, 1, 1)
    assert found.is_planned


@pytest.mark.parametrize(
    ("make", "state"),
    [
        (lambda world: None, "untouched"),
        (lambda world: log(world, sent=True), "touched"),
        (lambda world: goal(world, proposed=True), "touched"),
        (lambda world: f.ApplicationFactory(entry=log(world, approved=True), sent=True), "touched"),
        (lambda world: f.ApplicationFactory(entry=log(world, approved=True), confirmed=True), "applied"),
    ],
)
def test_state_of_a_criterion(world: World, make: Callable[[World], Any], state: str) -> None:
    make(world)
    assert line(world, "coach").state == state


def test_what_is_the_learners_alone_is_in_nobody_elses_line(world: World) -> None:
    log(world)
    goal(world)
    f.ApplicationFactory(entry=log(world, approved=True))
    assert [line(world, who).entries for who in ("learner", "coach", "mentor", "manager", "lead")] == [
        2, 1, 1, 1, 1,
    ]  # fmt: skip
    assert [line(world, who).goal_count for who in ("learner", "coach")] == [1, 0]
    assert [line(world, who).open_answers for who in ("learner", "coach")] == [1, 0]


def test_lines_are_of_the_programme_and_of_what_is_named_besides(world: World) -> None:
    first, second, third = world.ours.criteria  # the unit is mapped to the first two
    learner = world.ours.learner

    def found(user: User) -> list[tuple[Criterion, bool]]:
        return [(row.criterion, row.is_planned) for row in thread.lines_of(world.ours.enrolment, user)]

    assert found(learner) == [(first, True), (second, True)]
    log(world, criteria=[third])
    assert found(learner) == [(first, True), (second, True), (third, False)]
    assert found(world.ours.coach) == [(first, True), (second, True)]


def test_most_active_is_the_criterion_with_the_most_activities(world: World) -> None:
    first, second, _third = world.ours.criteria

    def most() -> thread.CriterionLine | None:
        return thread.most_active_line(thread.lines_of(world.ours.enrolment, world.ours.learner))

    log(world, criteria=[])
    assert most() is None
    log(world, criteria=[first, second])
    log(world, approved=True, minutes=45, criteria=[second])
    found = most()
    assert found is not None
    assert (found.criterion, found.entries, found.verified) == (second, 2, 1)


# Beads ----------------------------------------------------------------------------------

NOW: list[tuple[dict[str, Any], str, str]] = [
    ({}, "Goal", "Now: set a goal"),
    ({"goals": {"draft": 1}}, "Goal", "Now: propose the goal"),
    ({"goals": {"draft": 1, "proposed": 1}}, "Goal", "Now: waiting to be agreed"),
    ({"goals": {"dropped": 1}}, "Goal", "Now: set a goal"),
    ({"goals": {"agreed": 1}}, "Activities", "Now: log an activity"),
    ({"goals": {"agreed": 1}, "entries": 1}, "Activities", "Now: waiting to be verified"),
    ({"entries": 1}, "Goal", "Now: set a goal"),
    ({"entries": 1, "verified": 1}, "Applied at work", "Now: use it at work"),
    ({"verified": 1, "answers": {"prompted": 1}}, "Applied at work", "Now: say whether it is used"),
    ({"verified": 1, "answers": {"returned": 1}}, "Applied at work", "Now: answer the question"),
    ({"verified": 1, "answers": {"submitted": 1}}, "Applied at work", "Now: waiting to be confirmed"),
    ({"verified": 1, "answers": {"not_applied": 1}}, "Applied at work", "Now: use it at work"),
]


@pytest.mark.parametrize(("values", "title", "now"), NOW)
def test_thread_says_what_comes_next(world: World, values: dict[str, Any], title: str, now: str) -> None:
    made = thread.CriterionLine(world.ours.criteria[0], is_planned=True, **values)
    beads = thread.beads_of(made)
    assert [(bead.title, bead.now) for bead in beads if bead.is_now] == [(title, now)]
    assert [bead.title for bead in beads if bead.now] == [title]


def test_thread_has_all_its_beads_and_says_what_is_still_to_come(world: World) -> None:
    answers = {"confirmed": 2}
    made = thread.CriterionLine(
        world.ours.criteria[0], True, {"achieved": 1}, answers, entries=3, verified=2, minutes=90
    )
    beads = thread.beads_of(made, with_evidence=1)
    assert [(bead.title, bead.text, bead.is_done) for bead in beads] == [
        ("Criterion", "A1", True),
        ("Rating", "Not rated yet", False),
        ("Goal", "1 goal", True),
        ("Activities", "3 activities, 1.5\u00a0h verified, 1 with evidence", True),
        ("Project", "Still to come", False),
        ("Applied at work", "Used at work 2 times", True),
        ("Sign-off", "Still to come", False),
    ]
    assert not any(bead.is_now for bead in beads)


# The page -------------------------------------------------------------------------------


def test_page_shows_every_piece_with_a_way_to_it(world: World, client_of: ClientOf) -> None:
    entry = log(world, approved=True, title="A seminar")
    record = f.ApplicationFactory(entry=entry, confirmed=True, what_changed="I ask first.")
    record.benefits.create(level="team", text="Fewer calls")
    f.GoalCheckInFactory(goal=goal(world, in_progress=True, title="Ask well"), progress=30)
    text = client_of(world.ours.manager).get(url(world)).text
    for words in (
        "A seminar",
        "I ask first.",
        "Fewer calls",
        "Ask well",
        "30% of the way",
        "Framework Alder",
    ):
        assert words in text
    for address in (reverse("programmes:activity_detail", args=[entry.pk]), url(world, "criteria")):
        assert f'href="{address}"' in text


def test_areas_above_the_criterion_are_named_from_the_top(world: World, client_of: ClientOf) -> None:
    framework = world.ours.framework
    top = s.CriterionFactory(framework=framework, code="T", title="The top")
    area = s.CriterionFactory(framework=framework, parent=top, code="T1", title="The area")
    leaf = s.CriterionFactory(framework=framework, parent=area, code="T1.1", title="The leaf")
    assert [row.title for row in thread.parents_of(leaf)] == ["The top", "The area"]
    assert (
        "Framework Alder › The top › The area"
        in client_of(world.ours.coach).get(url(world, "thread", leaf)).text
    )


def test_criterion_of_elsewhere_is_not_found(world: World, client_of: ClientOf) -> None:
    """Only criteria of the learner's own standards have a thread here, and those that something readable names."""
    other = Framework.objects.create(code="X", title="X", status="published")
    stray = Criterion.objects.create(framework=other, code="X1", title="Stray")
    learner, coach = client_of(world.ours.learner), client_of(world.ours.coach)
    assert learner.get(url(world, "thread", stray)).status_code == 404
    entry = log(world, criteria=[stray])
    assert [reader.get(url(world, "thread", stray)).status_code for reader in (learner, coach)] == [200, 404]
    ActivityEntry.objects.filter(pk=entry.pk).update(
        status="submitted", submitted_at=timezone.now(), organisation=world.ours.employer
    )
    assert coach.get(url(world, "thread", stray)).status_code == 200


def test_criterion_is_reached_by_its_own_learners_readers_only(world: World, client_of: ClientOf) -> None:
    answers = {
        who: client_of(person).get(url(world)).status_code
        for who, person in world.everybody().items()
        if person
    }
    readers = {"learner", "coach", "mentor", "manager", "lead"}
    assert {who for who, status in answers.items() if status == 200} == readers
    assert {who for who, status in answers.items() if status == 403} == {"org_admin", "administrator"}


def test_evidence_is_counted_for_who_may_open_it(world: World, client_of: ClientOf) -> None:
    f.EvidenceFactory(entry=log(world, sent=True), is_shared=False)
    f.EvidenceFactory(entry=log(world, sent=True), is_held_back=True)
    texts = {
        who: client_of(getattr(world.ours, who)).get(url(world)).text
        for who in ("learner", "coach", "mentor")
    }
    assert "2 with evidence" in texts["learner"]
    assert "1 with evidence" in texts["coach"]
    assert "with evidence" not in texts["mentor"]


def test_activities_are_paged(world: World, client_of: ClientOf) -> None:
    for number in range(11):
        log(world, sent=True, title=f"Entry {number:02}", done_on=timezone.localdate() - number * DAY)
    response = client_of(world.ours.coach).get(url(world) + "?page=2")
    assert [entry.title for entry in response.context["page"]] == ["Entry 10"]


# The overview ---------------------------------------------------------------------------


def test_overview_marks_what_is_untouched_and_filters_by_state(world: World, client_of: ClientOf) -> None:
    first, second, _third = world.ours.criteria
    log(world, approved=True, minutes=90)
    client = client_of(world.ours.coach)
    text = client.get(url(world, "criteria")).text
    assert text.count("Nothing yet") == 3  # in the counts, in the filter, on one row
    for state, shown in (
        ("untouched", [second]),
        ("touched", [first]),
        ("applied", []),
        ("x", [first, second]),
    ):
        page = client.get(url(world, "criteria"), {"state": state}).context["page"]
        assert [row.criterion for row in page] == shown, state
    assert "No criteria match." in client.get(url(world, "criteria") + "?state=applied").text


def test_overview_of_a_programme_without_criteria_says_so(world: World, client_of: ClientOf) -> None:
    world.ours.programme.units.get().criteria.clear()
    assert "No criteria yet" in client_of(world.ours.coach).get(url(world, "criteria")).text


def test_overview_comes_as_a_file_with_its_filter(world: World, client_of: ClientOf) -> None:
    log(world, approved=True, minutes=90)
    response = client_of(world.ours.lead).get(url(world, "criteria") + "?state=touched&download=csv")
    rows = response.content.decode("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert rows[1].startswith("Framework Alder,A1,Criterion Alder 1,Begun,0,1,1.50,0,")


def test_home_shows_the_thread_and_leads_to_it(world: World, client_of: ClientOf) -> None:
    log(world, approved=True)
    text = client_of(world.ours.learner).get("/learner/").text
    assert f'href="{url(world)}"' in text
    assert f'href="{url(world, "criteria")}">See all 2 criteria' in text
    assert "Now: use it at work" in text


def test_activity_page_leads_to_the_threads_of_who_may_read_the_progress(
    world: World, client_of: ClientOf
) -> None:
    entry = log(world, sent=True)
    page = reverse("programmes:activity_detail", args=[entry.pk])
    assert f'href="{url(world)}"' in client_of(world.ours.mentor).get(page).text
    admin = client_of(world.administrator)
    admin.post(page, {"reason": "Asked by the learner"})
    text = admin.get(page).text
    assert "Criterion Alder 1" in text
    assert url(world) not in text
