"""Where a learner stands: every threshold of the rule, both ways to lower it, and that the page says the same."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from dashboards.queries import worst_first
from people.models import User
from programmes.exporters import progress_table
from programmes.models import BreakInLearning, Enrolment
from programmes.queries.progress import Hours, LearningDays, Progress, progress_of
from programmes.queries.progress_status import RULE, Level, ProgressStatus, StatusRule, status_of, statuses_of
from tests.factories import programmes as f
from tests.worlds import World

ClientOf = Callable[[User | None], Client]
DAY = dt.timedelta(days=1)
START = dt.date(2026, 1, 5)
PLANNED = 1000 * 60
TODAY = START + 499 * DAY


def row(
    *,
    hours: float = 0,
    criteria: float = 0,
    time: float = 50,
    status: str = "active",
    last: int | None = 1,
    breaks: Sequence[BreakInLearning] = (),
    waiting: int = 0,
    total: int = 1000,
) -> Progress:
    """A learner `hours` and `criteria` points behind with `time` % of a thousand learning days gone, whose last entry
    was `last` days ago."""
    days = LearningDays(round(time * 10), 1000)
    expected = days.expected(PLANNED)
    counted = expected - round(hours * PLANNED / 100)
    off_job = Hours("off_job", counted, waiting, expected, PLANNED, days)
    enrolment = Enrolment(pk=1, starts_on=START, ends_on=START + 999 * DAY, status=status)
    return Progress(
        enrolment=enrolment,
        off_job=off_job,
        on_job=off_job,
        weekly=[],
        weekly_expected=0,
        criteria_touched=round((time - criteria) * total / 100),
        criteria_total=total,
        last_done_on=None if last is None else TODAY - last * DAY,
        waiting_count=0,
        days=days,
        breaks=breaks,
    )


def said(status: ProgressStatus) -> str:
    return status.why.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("one", "overdue", "level"),
    [
        ({}, 0, "on_track"),
        ({"hours": -20, "criteria": -20}, 0, "on_track"),
        # hours: up to 10 points, up to 20, beyond
        ({"hours": 9.9}, 0, "on_track"),
        ({"hours": 10}, 0, "on_track"),
        ({"hours": 10.1}, 0, "watch"),
        ({"hours": 20}, 0, "watch"),
        ({"hours": 20.1}, 0, "at_risk"),
        # criteria alike; the worse decides
        ({"criteria": 10}, 0, "on_track"),
        ({"criteria": 10.1}, 0, "watch"),
        ({"criteria": 20}, 0, "watch"),
        ({"criteria": 20.1}, 0, "at_risk"),
        ({"hours": 10.1, "criteria": 20.1}, 0, "at_risk"),
        ({"hours": 20.1, "criteria": -30}, 0, "at_risk"),
        # without criteria, or planned hours, that measure says nothing
        ({"total": 0, "criteria": 40}, 0, "on_track"),
        # one step worse for three weeks without an entry
        ({"last": 20}, 0, "on_track"),
        ({"last": 21}, 0, "watch"),
        ({"last": 21, "hours": 15}, 0, "at_risk"),
        ({"last": 21, "hours": 30}, 0, "at_risk"),
        ({"last": None}, 0, "watch"),  # nothing since the start
        # one step worse for an overdue goal, once for all of them; two for both
        ({}, 1, "watch"),
        ({}, 5, "watch"),
        ({"hours": 15}, 1, "at_risk"),
        ({"last": 21}, 1, "at_risk"),
        # before a quarter of the time, unless lowered
        ({"time": 24.9}, 0, "too_early"),
        ({"time": 25}, 0, "on_track"),
        ({"time": 24.9, "hours": 24}, 0, "too_early"),
        ({"time": 24.9, "last": 21}, 0, "watch"),
        ({"time": 24.9, "hours": 15}, 1, "at_risk"),
        ({"time": 24.9, "last": 21}, 1, "at_risk"),
        # who stands still
        ({"status": "on_break", "hours": 40, "last": 90}, 3, "on_break"),
        ({"status": "invited"}, 0, "not_started"),
        ({"status": "onboarding"}, 0, "not_started"),
        ({"status": "completed", "hours": 40}, 1, "ended"),
        ({"status": "withdrawn", "hours": 40}, 1, "ended"),
    ],
)
def test_status_is_what_the_rule_says(one: dict[str, Any], overdue: int, level: str) -> None:
    found = status_of(row(**one), on=TODAY, overdue=overdue)
    assert found.level == level
    assert found.reasons
    assert str(found.next_action.sentence)
    assert str(found.next_action.who)
    assert found.tag.word


def pause(first: int, last: int | None, **also: Any) -> BreakInLearning:
    """An agreed break in days before today."""
    ends_on = None if last is None else TODAY - last * DAY
    return BreakInLearning(starts_on=TODAY - first * DAY, ends_on=ends_on, **also)


@pytest.mark.parametrize(
    ("last", "breaks", "level"),
    [
        (60, [pause(50, 20)], "on_track"),  # back for 20 days
        (60, [pause(50, 21)], "watch"),
        (60, [pause(50, 1)], "on_track"),
        (5, [pause(50, 30)], "on_track"),
        (60, [pause(3, -3, is_leave=True)], "on_track"),  # in a week of leave nobody is missed
        (60, [pause(30, 24, is_leave=True)], "watch"),
        (60, [pause(3, -3)], "on_break"),  # begun, though no run of the task has moved the enrolment yet
        (60, [pause(3, None)], "on_break"),
        (60, [pause(-3, -9)], "watch"),  # one to come
    ],
)
def test_silence_is_counted_from_the_end_of_a_break(
    last: int, breaks: list[BreakInLearning], level: str
) -> None:
    assert status_of(row(last=last, breaks=breaks), on=TODAY, overdue=0).level == level


def test_silence_is_counted_from_the_start(db: None) -> None:
    for days, level in ((20, Level.TOO_EARLY), (21, Level.WATCH)):
        found = status_of(row(time=2, last=None), on=START + days * DAY, overdue=0)
        assert found.level is level
    assert status_of(row(time=0), on=START - DAY, overdue=0).level is Level.NOT_STARTED


@pytest.mark.parametrize(
    ("one", "overdue", "reasons"),
    [
        (
            {},
            0,
            "Off the job: 500 h counted, 500 h expected by today. "
            "Criteria with a verified activity: 500 of 1000 (50 %), with 50 % of the time gone.",
        ),
        (
            {"hours": 15},
            0,
            "Off the job: 150 h behind, which is 15 points (per cent of the 1,000 h planned).",
        ),
        (
            {"criteria": 15},
            0,
            "Criteria with a verified activity: 350 of 1000 (35 %), with 50 % of the time gone: 15 points behind.",
        ),
        ({"last": 30, "hours": 11, "criteria": 12}, 2,
         "Off the job: 110 h behind, which is 11 points (per cent of the 1,000 h planned). "
         "Criteria with a verified activity: 380 of 1000 (38 %), with 50 % of the time gone: 12 points behind. "
         "No entry for 30 days. 2 goals are more than 14 days overdue."),
        ({"last": 30}, 1, "No entry for 30 days. 1 goal is more than 14 days overdue."),
        ({"time": 10}, 0, "10 % of the time has gone. Before 25 % hours and criteria say little."),
    ],
)  # fmt: skip
def test_reasons_are_sentences_with_their_numbers(one: dict[str, Any], overdue: int, reasons: str) -> None:
    assert said(status_of(row(**one), on=TODAY, overdue=overdue)) == reasons


@pytest.mark.parametrize(
    ("one", "overdue", "who", "sentence"),
    [
        ({}, 0, "Learner", "Log what is learned each week."),
        ({"last": 21, "hours": 30}, 1, "Coach", "Ask what gets in the way and agree the next activity."),
        ({"hours": 15, "waiting": 60 * 60}, 0, "Coach, mentor or line manager",
         "Verify what waits: 60 h off the job count then."),
        ({"hours": 30, "waiting": 60}, 0, "Learner and coach", "Plan 300 h off the job for the coming weeks."),
        ({"hours": 30, "criteria": 20}, 0, "Learner and coach", "Plan 300 h off the job for the coming weeks."),
        ({"hours": 15, "criteria": 49.9}, 0, "Learner",
         "Choose an activity for one of the 999 criteria that have none yet."),
        ({}, 1, "Learner and coach", "Look at the overdue goal together: close it, or agree how it goes on."),
    ],
)  # fmt: skip
def test_next_action_names_what_helps_most_and_whose_move_it_is(
    one: dict[str, Any], overdue: int, who: str, sentence: str
) -> None:
    action = status_of(row(**one), on=TODAY, overdue=overdue).next_action
    assert (str(action.who), str(action.sentence).replace("\u00a0", " ")) == (who, sentence)


def test_sentences_are_written_in_the_language_of_whoever_reads_them() -> None:
    found = status_of(row(hours=15.5), on=TODAY, overdue=0)
    with translation.override("es"):
        in_spanish = found.why
    assert "15,5" in in_spanish
    assert "15.5" in found.why


# From rows --------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "level"), [(14, "on_track"), (15, "watch")])
def test_goal_lowers_after_more_than_fourteen_days(world: World, days: int, level: str) -> None:
    side, today = world.ours, timezone.localdate()
    f.GoalFactory(enrolment=side.enrolment, agreed=True, agreed_by=side.coach, target_on=today - days * DAY)
    f.GoalFactory(enrolment=side.enrolment, proposed=True, target_on=today - 90 * DAY)  # not agreed yet
    found = statuses_of([on_track(side.enrolment)], on=today)[side.enrolment.pk]
    assert found.level == level
    assert ("overdue" in found.why) is (level == "watch")


def on_track(enrolment: Enrolment) -> Progress:
    made = row(last=None)
    enrolment.starts_on = timezone.localdate() - DAY
    return Progress(**{**made.__dict__, "enrolment": enrolment})


def test_statuses_cost_one_query_for_any_number_of_rows(world: World) -> None:
    for number in (1, 3):
        rows = [on_track(f.EnrolmentFactory(cohort=world.ours.cohort)) for _one in range(number)]
        with CaptureQueriesContext(connection) as captured:
            assert len(statuses_of(rows, on=timezone.localdate())) == number
        assert len(captured) == 1


def test_worst_comes_first(world: World) -> None:
    side = world.ours
    f.EnrolmentFactory(cohort=side.cohort, status="on_break", learner__display_name="Sample On Break")
    recent = timezone.localdate() - 8 * DAY
    f.EnrolmentFactory(cohort=side.cohort, starts_on=recent, learner__display_name="Sample Recent")
    rows = worst_first(progress_of(Enrolment.objects.filter(cohort=side.cohort), on=timezone.localdate()))
    assert [(one.enrolment.learner.display_name, one.status.level.value) for one in rows if one.status] == [
        ("Sample learner Alder", "at_risk"),
        ("Sample Recent", "too_early"),
        ("Sample On Break", "on_break"),
    ]


@pytest.mark.parametrize(
    ("persona", "url"), [("coach", "/queue/"), ("manager", "/team/"), ("lead", "/lead/")]
)
def test_status_is_never_shown_without_reason_and_next_action(
    world: World, client_of: ClientOf, persona: str, url: str
) -> None:
    text = client_of(getattr(world.ours, persona)).get(url).text.replace("\u00a0", " ")
    for part in (
        "At risk",
        "Off the job: 100.7 h behind, which is 38.8 points (per cent of the 260 h planned).",
        "No entry for 140 days.",
        "Ask what gets in the way and agree the next activity.",
        *(("Next, Coach:", 'href="/how-we-see-progress/"') if persona == "coach" else ()),
    ):
        assert part in text, part


def test_files_have_the_status_with_reason_and_next_action(world: World) -> None:
    rows = progress_of(Enrolment.objects.filter(pk=world.ours.enrolment.pk), on=timezone.localdate())
    table = progress_table(rows, title="Learners")
    cells = dict(zip(table.headings, next(iter(table.rows)), strict=True))
    assert cells["Status"] == "At risk"
    assert "No entry for 140 days." in str(cells["Reasons"])
    assert (cells["Next action"], cells["Whose move it is"]) == (
        "Ask what gets in the way and agree the next activity.",
        "Coach",
    )


@pytest.mark.parametrize("rule", [RULE, StatusRule(11, 22, 33, 44, 26)])
def test_page_of_the_rule_says_the_thresholds_of_the_rule(
    world: World, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch, rule: StatusRule
) -> None:
    monkeypatch.setattr("programmes.views.balance.RULE", rule)
    text = client_of(world.outsider).get("/how-we-see-progress/").text
    for sentence in (
        f"At most {rule.on_track_points} points behind.",
        f"More than {rule.on_track_points} and at most {rule.watch_points} points behind.",
        f"More than {rule.watch_points} points behind.",
        f"Less than {rule.early_share} % of the learning days has gone",
        f"No entry for {rule.quiet_days} days",
        f"more than {rule.goal_days} days past its target date",
    ):
        assert sentence in text, sentence
