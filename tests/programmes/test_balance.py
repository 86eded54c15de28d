"""Planned hours by a rule: every figure worked out by hand, and what never happens whatever the days."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.models import AuditEvent
from people.models import User
from programmes import actions
from programmes.models import ActivityEntry, BalanceRule, BreakInLearning, Enrolment, Programme
from programmes.queries.balance import in_words, planned_minutes, rule_for, rules_beside, try_rule
from programmes.queries.effects import effects_of_plan, effects_of_rule
from programmes.queries.learning_days import learning_days
from programmes.queries.progress import progress_of, progress_of_rows
from tests.factories import programmes as f
from tests.worlds import World

ClientOf = Callable[[User | None], Client]
DAY = dt.timedelta(days=1)
MONDAY = dt.date(2026, 1, 5)
HALF_DAY, FULL = 20 * 60, 40 * 60
PROGRAMME = Programme(off_job_minutes=260 * 60, on_job_minutes=520 * 60)
SMALL = Programme(off_job_minutes=150 * 60, on_job_minutes=50 * 60)


def rule(basis: str, **numbers: Any) -> BalanceRule:
    return BalanceRule(**{"basis": basis, "kind": "off_job", "name": "Rule"} | numbers)


def learner(start: dt.date, days: int, contracted: int = FULL) -> Enrolment:
    return Enrolment(starts_on=start, ends_on=start + (days - 1) * DAY, contracted_minutes_a_week=contracted)


def away(start: dt.date, first: int, last: int | None, **also: Any) -> BreakInLearning:
    """A break from one day of the programme to another, counted from 1; open without the last."""
    ends_on = None if last is None else start + (last - 1) * DAY
    return BreakInLearning(starts_on=start + (first - 1) * DAY, ends_on=ends_on, **also)


CONTRACTED = rule("contracted", share_low=Decimal(20))
WEEKLY = rule("weekly", minutes_a_week=360, leave_weeks_a_year=Decimal("5.6"))
PUBLISHED = rule("total", minimum_minutes=187 * 60)
SPAIN = rule("duration", kind="on_job", share_low=Decimal(25), share_high=Decimal(35))
CUSTOM = rule("custom", minutes_a_week=300)
LEAP = dt.date(2024, 1, 1)
FUTURE = dt.date(2031, 3, 3)


@pytest.mark.parametrize(
    ("chosen", "somebody", "programme", "breaks", "low", "high", "sentence"),
    [
        # 52 weeks x 40 h x 20 % = 416 h
        (CONTRACTED, learner(MONDAY, 364), PROGRAMME, [], 24960, None,
         "52 weeks × 40 h a week × 20 % = 416 h planned."),
        (CONTRACTED, learner(MONDAY, 364, HALF_DAY), PROGRAMME, [], 12480, None,
         "52 weeks × 20 h a week × 20 % = 208 h planned."),
        # a leap year has 366 days: 366 / 7 x 2400 x 0.2 = 25 097.14 min
        (CONTRACTED, learner(LEAP, 366), PROGRAMME, [], 25097, None,
         "52.29 weeks × 40 h a week × 20 % = 418.3 h planned."),
        (CONTRACTED, learner(dt.date(2023, 1, 1), 365), PROGRAMME, [], 25029, None,  # 25 028.57
         "52.14 weeks × 40 h a week × 20 % = 417.2 h planned."),
        # 104 x (1 - 5.6/52) x 6 = 556.8 h
        (WEEKLY, learner(MONDAY, 728), PROGRAMME, [], 33408, None,
         "104 weeks × (1 − 5.6/52) × 6 h = 556.8 h planned."),
        (WEEKLY, learner(MONDAY, 364, HALF_DAY), PROGRAMME, [], 16704, None,
         "52 weeks × (1 − 5.6/52) × 6 h = 278.4 h planned."),
        # a part week: 10 / 7 x 0.892308 x 360 = 458.90
        (WEEKLY, learner(MONDAY, 10), PROGRAMME, [], 459, None,
         "1.43 weeks × (1 − 5.6/52) × 6 h = 7.7 h planned."),
        (WEEKLY, learner(FUTURE, 728), PROGRAMME, [], 33408, None,  # a start in the future changes nothing
         "104 weeks × (1 − 5.6/52) × 6 h = 556.8 h planned."),
        (WEEKLY, learner(LEAP, 366), PROGRAMME, [], 16796, None,  # 52.2857 x 0.892308 x 360 = 16 795.78
         "52.29 weeks × (1 − 5.6/52) × 6 h = 279.9 h planned."),
        # a break of 28 days that moved the end by 28 days leaves the plan as it was
        (WEEKLY, learner(MONDAY, 364 + 28), PROGRAMME, [away(MONDAY, 100, 127)], 16704, None,
         "52 weeks × (1 − 5.6/52) × 6 h = 278.4 h planned."),
        # a week of leave takes nothing out: it is in the 5.6 weeks already
        (WEEKLY, learner(MONDAY, 364), PROGRAMME, [away(MONDAY, 8, 14, is_leave=True)], 16704, None,
         "52 weeks × (1 − 5.6/52) × 6 h = 278.4 h planned."),
        # days that two breaks share count once (21), and of a break over the end only what lies inside (7)
        (CUSTOM, learner(MONDAY, 364), PROGRAMME,
         [away(MONDAY, 1, 14), away(MONDAY, 8, 21), away(MONDAY, 358, 400)], 14400, None,
         "48 weeks × 5 h a week = 240 h planned."),
        # an open break takes nothing out before its end is known
        (CUSTOM, learner(MONDAY, 364), PROGRAMME, [away(MONDAY, 100, None)], 15600, None,
         "52 weeks × 5 h a week = 260 h planned."),
        (PUBLISHED, learner(MONDAY, 364), PROGRAMME, [], 15600, None,
         "260 h planned for the programme, never fewer than 187 h."),
        (PUBLISHED, learner(MONDAY, 364), SMALL, [], 11220, None,
         "150 h for the programme, but never fewer than 187 h: 187 h planned."),
        (rule("total", total_minutes=400 * 60), learner(MONDAY, 364), SMALL, [], 24000, None,
         "400 h planned for the programme."),
        (SPAIN, learner(MONDAY, 364), PROGRAMME, [], 11700, 16380,
         "25 to 35 % of 780 h in all: between 195 h and 273 h planned."),
        (SPAIN, learner(MONDAY, 364), SMALL, [], 3000, 4200,
         "25 to 35 % of 200 h in all: between 50 h and 70 h planned."),
        (rule("duration", share_low=Decimal("12.5"), share_high=Decimal("33.33")), learner(MONDAY, 7), SMALL, [],
         1500, 4000, "12.5 to 33.33 % of 200 h in all: between 25 h and 66.7 h planned."),
        (None, learner(MONDAY, 364), PROGRAMME, [], 15600, None,
         "260 h planned: the same for everybody in the programme."),
    ],
)  # fmt: skip
def test_planned_minutes_follow_the_rule(
    chosen: BalanceRule | None, somebody: Enrolment, programme: Programme, breaks: list[BreakInLearning],
    low: int, high: int | None, sentence: str,
) -> None:  # fmt: skip
    kind = chosen.kind if chosen else "off_job"
    planned = planned_minutes(chosen, somebody, programme, breaks, kind=kind)
    said = planned.sentence.replace("\u00a0", " ")
    assert (planned.low, planned.high, said) == (low, high, sentence)


def test_rule_about_one_kind_leaves_the_other_as_the_programme_says() -> None:
    planned = planned_minutes(WEEKLY, learner(MONDAY, 364), PROGRAMME, [], kind="on_job")
    assert (planned.low, planned.rule) == (520 * 60, None)


def test_sentence_is_in_the_readers_language_with_its_numbers() -> None:
    planned = planned_minutes(WEEKLY, learner(MONDAY, 728), PROGRAMME, [], kind="off_job")
    with translation.override("es"):
        assert "5,6/52" in planned.sentence
        assert "556,8" in planned.sentence


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (CONTRACTED, "20 % of the contracted hours, for every week of the programme."),
        (WEEKLY, "6 h for every week of the programme, with 5.6 weeks of leave a year taken out."),
        (PUBLISHED, "The planned hours of the programme, and never fewer than 187 h."),
        (rule("total", total_minutes=6000), "100 h over the whole programme."),
        (rule("total", total_minutes=6000, minimum_minutes=60),
         "100 h over the whole programme, and never fewer than 1 h."),
        (SPAIN, "Between 25 % and 35 % of all hours of the programme, on and off the job together."),
        (CUSTOM, "5 h for every week of the programme."),
    ],
)  # fmt: skip
def test_every_rule_can_be_said_in_words(one: BalanceRule, words: str) -> None:
    assert in_words(one).replace("\u00a0", " ") == words


def test_presets_are_there_with_their_source(db: None) -> None:
    rows = BalanceRule.objects.filter(organisation=None).order_by("code")
    assert list(rows.values_list("code", "family", "starts_from", "starts_until")) == [
        ("england-contracted", "england", None, dt.date(2022, 7, 31)),
        ("england-published", "england", dt.date(2025, 8, 1), None),
        ("england-weekly", "england", dt.date(2022, 8, 1), dt.date(2025, 7, 31)),
        ("spain-general", "spain", None, None),
    ]
    assert {row.source_url.split("/")[2] for row in rows} == {"www.gov.uk", "www.boe.es"}
    for row in rows:
        for language in ("en", "es", "pl"):
            assert getattr(row, f"name_{language}")
            assert getattr(row, f"note_{language}")


@pytest.mark.parametrize(
    ("start", "code"),
    [
        (dt.date(2022, 7, 31), "england-contracted"),
        (dt.date(2022, 8, 1), "england-weekly"),
        (dt.date(2025, 7, 31), "england-weekly"),
        (dt.date(2025, 8, 1), "england-published"),
        (dt.date(2099, 1, 1), "england-published"),
    ],
)
def test_rule_of_the_family_in_whose_days_an_enrolment_starts_holds(
    db: None, start: dt.date, code: str
) -> None:
    for chosen in BalanceRule.objects.filter(family="england"):
        programme = f.ProgrammeFactory.build(balance_rule=chosen)
        found = rule_for(programme, start, rules_beside([programme]))
        assert found is not None
        assert found.code == code


def test_chosen_rule_holds_where_none_of_its_family_does(world: World) -> None:
    first = dt.date(2026, 1, 1)
    own = f.RuleFactory(organisation=world.ours.provider, family="england", starts_from=first)
    programme = f.ProgrammeFactory.build(balance_rule=own)
    # A preset of the same name is another family: it belongs to nobody.
    assert rule_for(programme, first - DAY, rules_beside([programme])) == own


@pytest.mark.parametrize(
    "numbers",
    [
        {"basis": "contracted"},
        {"basis": "weekly", "minutes_a_week": 360, "leave_weeks_a_year": None},
        {"basis": "weekly", "minutes_a_week": None},
        {"basis": "total"},
        {"basis": "duration", "share_low": 25},
        {"basis": "duration", "share_low": 35, "share_high": 25},
        {"basis": "custom", "minutes_a_week": None},
        {"basis": "contracted", "share_low": 101},
        {"leave_weeks_a_year": 53},
        {"starts_from": dt.date(2026, 1, 2), "starts_until": dt.date(2026, 1, 1)},
    ],
)
def test_database_refuses_a_rule_without_its_numbers(db: None, numbers: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        f.RuleFactory(**numbers)


# In progress and on pages ----------------------------------------------------------------


def test_progress_follows_the_rule_with_both_bounds(world: World) -> None:
    side = world.ours
    Programme.objects.filter(pk=side.programme.pk).update(
        balance_rule=BalanceRule.objects.get(code="spain-general")
    )
    f.ActivityFactory(
        enrolment=side.enrolment, strategy=side.strategy, kind="on_job", minutes=1000, approved=True
    )
    (row,) = progress_of(Enrolment.objects.filter(pk=side.enrolment.pk), on=timezone.localdate())
    # 141 of 364 days; 25 % of 780 h are 11 700 min, 35 % are 16 380
    assert (row.on_job.planned, row.on_job.most, row.on_job.expected) == (11700, 16380, 4532)
    assert (row.on_job.behind, row.on_job.tag.word) == (3532, "58.9\u00a0h behind")
    assert (row.off_job.planned, row.off_job.most) == (15600, None)


@pytest.mark.parametrize(
    ("minutes", "word"),
    [
        (11700, "On track"),
        (16380, "On track"),
        (16440, "1\u00a0h above the upper bound"),
        (11640, "1\u00a0h behind"),
    ],
)
def test_state_is_on_track_inside_the_bounds(world: World, minutes: int, word: str) -> None:
    side, today = world.ours, timezone.localdate()
    Programme.objects.filter(pk=side.programme.pk).update(
        balance_rule=BalanceRule.objects.get(code="spain-general")
    )
    day = side.enrolment.ends_on
    made = {"enrolment": side.enrolment, "strategy": side.strategy, "kind": "on_job", "approved": True}
    for number in range(20):
        f.ActivityFactory(**made, minutes=minutes // 20, done_on=today - number * DAY, approved_by=side.coach)
    (row,) = progress_of(Enrolment.objects.filter(pk=side.enrolment.pk), on=day)
    assert (row.on_job.counted, row.on_job.tag.word) == (minutes, word)


def test_gauge_names_the_arithmetic_of_the_rule_and_leads_to_its_page(
    world: World, client_of: ClientOf
) -> None:
    side = world.ours
    Programme.objects.filter(pk=side.programme.pk).update(
        balance_rule=f.RuleFactory(name="Six hours", note="Ask the lead.", source_url="https://a.example/r")
    )
    client = client_of(side.learner)
    page = client.get("/learner/").text.replace("\u00a0", " ")
    assert "52 weeks × (1 − 5.6/52) × 6 h = 278.4 h planned." in page
    assert f"/learners/{side.enrolment.pk}/hours/" in page
    explained = client.get(f"/learners/{side.enrolment.pk}/hours/").text.replace("\u00a0", " ")
    for text in ("Six hours", "Ask the lead.", "https://a.example/r", "278.4 h", "520 h planned: the same"):
        assert text in explained, text


def example(**also: Any) -> dict[str, Any]:
    return {"example_start": "2026-01-05", "example_weeks": "104", "example_contracted": "37.5", **also}


def test_lead_sees_a_rule_tried_on_an_example_before_it_is_saved(world: World, client_of: ClientOf) -> None:
    side = world.ours
    weekly = f.RuleFactory(name="Six hours")
    url = f"/programmes/{side.programme.pk}/hours/"
    client = client_of(side.lead)
    assert "Six hours" in client.get(url).text
    posted = example(rule=str(weekly.pk), revision="1")
    preview = client.post(url, posted).text.replace("\u00a0", " ")
    # 556.8 h, of which a quarter and a half
    for text in (
        "104 weeks × (1 − 5.6/52) × 6 h = 556.8 h planned.",
        "139.2 h",
        "278.4 h",
        "1 enrolment is running in this programme.",
        "Expected hours off the job today change from 100.7 h to 107.9 h for the person in the middle.",
    ):
        assert text in preview, text
    assert Programme.objects.get(pk=side.programme.pk).balance_rule is None
    response = client.post(url, {**posted, "confirm": "1"}, follow=True)
    assert "The planned hours were changed." in response.text
    assert Programme.objects.get(pk=side.programme.pk).balance_rule == weekly
    client.post(url, {**posted, "rule": "", "revision": "2", "confirm": "1"})
    assert Programme.objects.get(pk=side.programme.pk).balance_rule is None


def test_page_that_is_behind_changes_nothing(world: World, client_of: ClientOf) -> None:
    side = world.ours
    url = f"/programmes/{side.programme.pk}/hours/"
    posted = example(rule=str(f.RuleFactory().pk), revision="7", confirm="1")
    response = client_of(side.lead).post(url, posted)
    assert "It was changed in another window" in response.text
    assert Programme.objects.get(pk=side.programme.pk).balance_rule is None


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        ({"rule": "999999"}, "Choose from the list."),
        ({"example_weeks": "0"}, "Enter a whole number of weeks, such as 10."),
        ({"example_start": "soon"}, "Enter a date, such as 2026-11-19."),
    ],
)
def test_fault_in_the_choice_is_said_and_nothing_saved(
    world: World, client_of: ClientOf, fault: dict[str, str], text: str
) -> None:
    url = f"/programmes/{world.ours.programme.pk}/hours/"
    response = client_of(world.ours.lead).post(url, example(rule="", revision="1", confirm="1") | fault)
    assert text in response.text
    assert Programme.objects.get(pk=world.ours.programme.pk).revision == 1


OWN = {
    "source_language": "en",
    "name_en": "Our five hours",
    "kind": "off_job",
    "basis": "custom",
    "minutes_a_week": "5",
    "share_low": "20",
    "revision": "1",
}


def test_lead_writes_a_rule_of_their_own(world: World, client_of: ClientOf) -> None:
    side = world.ours
    url = f"/programmes/{side.programme.pk}/hours/new/"
    client = client_of(side.lead)
    assert client.get(url).status_code == 200
    preview = client.post(url, example(**OWN)).text.replace("\u00a0", " ")
    assert "104 weeks × 5 h a week = 520 h planned." in preview
    assert not BalanceRule.objects.filter(organisation=side.provider).exists()
    client.post(url, example(**OWN, confirm="1"))
    written = BalanceRule.objects.get(organisation=side.provider)
    assert (written.name_en, written.minutes_a_week, written.share_low) == ("Our five hours", 300, None)
    assert (written.family, written.source_language) == (written.code, "en")
    assert Programme.objects.get(pk=side.programme.pk).balance_rule == written
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)) == [
        "balance.write",
        "programme.balance",
    ]
    later = {**OWN, "name_en": "Six from 2027", "follows": str(written.pk), "revision": "2"}
    client.post(url, example(**later, starts_from="2027-01-01", confirm="1"))
    follower = BalanceRule.objects.get(name_en="Six from 2027")
    assert (follower.family, follower.starts_from) == (written.code, dt.date(2027, 1, 1))


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        ({"name_en": ""}, "Write this text in English"),
        ({"basis": "weekly"}, "This number is needed for the way you chose."),
        ({"basis": "duration", "share_high": "10"}, "The upper bound is below the lower one."),
        ({"share_low": "101"}, "Enter a number between 0 and 100, such as 5.6."),
        ({"leave_weeks_a_year": "many"}, "Enter a number between 0 and 52, such as 5.6."),
        (
            {"starts_from": "2026-02-01", "starts_until": "2026-01-01"},
            "The last day comes before the first.",
        ),
        ({"source_url": "javascript:alert(1)"}, "Enter a valid URL."),
        ({"follows": "999999"}, "Choose from the list."),
    ],
)
def test_fault_in_an_own_rule_is_said_and_nothing_saved(
    world: World, client_of: ClientOf, fault: dict[str, str], text: str
) -> None:
    url = f"/programmes/{world.ours.programme.pk}/hours/new/"
    response = client_of(world.ours.lead).post(url, example(**OWN) | fault | {"confirm": "1"})
    assert text in response.text
    assert not BalanceRule.objects.exclude(organisation=None).exists()


def test_rule_of_another_provider_is_neither_offered_nor_taken(world: World, client_of: ClientOf) -> None:
    side = world.ours
    foreign = f.RuleFactory(organisation=world.theirs.provider, name="Their own rule")
    assert "Their own rule" not in client_of(side.lead).get(f"/programmes/{side.programme.pk}/hours/").text
    with pytest.raises(ValidationError):
        actions.choose_rule(programme=side.programme, rule=foreign, revision=1, by=side.lead)
    with pytest.raises(PermissionDenied):
        actions.choose_rule(programme=side.programme, rule=None, revision=1, by=world.theirs.lead)
    with pytest.raises(PermissionDenied):
        actions.choose_rule(programme=side.programme, rule=None, revision=1, by=side.coach)


def test_example_says_which_rule_of_the_family_holds(db: None) -> None:
    chosen = BalanceRule.objects.get(code="england-published")
    off_job, _on_job = try_rule(chosen, PROGRAMME, learner(dt.date(2024, 1, 1), 364))
    assert off_job.rule is not None
    assert (off_job.rule.code, off_job.planned.low) == ("england-weekly", 16704)
    assert [(step.share, step.low) for step in off_job.steps] == [(25, 4176), (50, 8352), (100, 16704)]


def test_effects_of_a_plan_respect_the_rule(world: World) -> None:
    """Other planned hours of the programme change nothing for somebody whose rule does not use them."""
    side, today = world.ours, timezone.localdate()
    side.programme.balance_rule = f.RuleFactory()
    side.programme.save()
    effects = effects_of_plan(side.programme, {"off_job_minutes": 60}, on=today)
    assert "from 107.9\u00a0h to 107.9\u00a0h" in effects.sentences[0]
    assert effects_of_rule(side.programme, side.programme.balance_rule, on=today).sentences == [
        "The planned hours of nobody change."
    ]


def test_rules_cost_the_same_for_any_number_of_rows(world: World) -> None:
    """Also where the enrolments were loaded without them."""
    Programme.objects.filter(pk=world.ours.programme.pk).update(balance_rule=f.RuleFactory())
    numbers = []
    for _more in range(2):
        f.EnrolmentFactory(cohort=world.ours.cohort)
        rows = list(Enrolment.objects.filter(cohort=world.ours.cohort).select_related("cohort__programme"))
        with CaptureQueriesContext(connection) as captured:
            assert len(progress_of_rows(rows, on=timezone.localdate())) == len(rows)
        numbers.append(len(captured))
    assert numbers[0] == numbers[1]


# What never happens ------------------------------------------------------------------------

days = st.integers(min_value=-40, max_value=440)
a_break = st.tuples(days, st.one_of(st.none(), st.integers(min_value=0, max_value=120)), st.booleans())


@given(
    start=st.dates(min_value=dt.date(2019, 1, 1), max_value=dt.date(2032, 1, 1)),
    length=st.integers(min_value=2, max_value=800),
    breaks=st.lists(a_break, max_size=5),
    chosen=st.sampled_from([CONTRACTED, WEEKLY, PUBLISHED, CUSTOM, None]),
)
@settings(max_examples=60, deadline=None)
def test_expected_hours_never_fall_as_time_passes(
    start: dt.date, length: int, breaks: list[Any], chosen: BalanceRule | None
) -> None:
    somebody = learner(start, length)
    rows = [
        away(start, first, None if more is None else first + more, is_leave=is_leave)
        for first, more, is_leave in breaks
    ]
    planned = planned_minutes(chosen, somebody, PROGRAMME, rows, kind="off_job").low
    seen = [
        learning_days(somebody, rows, on=start + shift * DAY).expected(planned)
        for shift in range(-5, length + 60, 7)
    ]
    assert seen == sorted(seen)
    assert seen[0] == 0
    assert seen[-1] <= planned


ENTRY = st.tuples(
    st.integers(min_value=-20, max_value=200),
    st.integers(min_value=1, max_value=600),
    st.sampled_from(["draft", "sent", "returned", "approved"]),
    st.sampled_from(["on_job", "off_job"]),
    st.booleans(),
)


@pytest.mark.slow
@given(rows=st.lists(ENTRY, max_size=12), breaks=st.lists(a_break, max_size=3))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_hours_never_count_twice(world: World, rows: list[Any], breaks: list[Any]) -> None:
    """Each entry is in one bucket: counted, or uncounted for one reason; counted ones lie in one week."""
    side, today = world.ours, timezone.localdate()
    start = side.enrolment.starts_on
    with transaction.atomic():
        for first, more, is_leave in breaks:
            pause = away(start, first, None if more is None else first + more, is_leave=is_leave)
            pause.enrolment = side.enrolment
            pause.save()
        for shift, minutes, state, kind, is_paid in rows:
            f.ActivityFactory(
                enrolment=side.enrolment,
                strategy=side.strategy,
                done_on=start + shift * DAY,
                minutes=minutes,
                kind=kind,
                is_paid=is_paid,
                **({} if state == "draft" else {state: True}),
                **({"approved_by": side.coach} if state == "approved" else {}),
            )
        own = ActivityEntry.objects.filter(enrolment=side.enrolment).with_uncounted_reason(on=today)
        (row,) = progress_of(Enrolment.objects.filter(pk=side.enrolment.pk), on=today, weeks=60)
        buckets = [(entry.uncounted, entry.kind, entry.minutes) for entry in own]
        transaction.set_rollback(True)
    assert len(buckets) == len(rows)
    counted = {
        kind: sum(minutes for reason, of, minutes in buckets if not reason and of == kind)
        for kind in ("off_job", "on_job")
    }
    assert (row.off_job.counted, row.on_job.counted) == (counted["off_job"], counted["on_job"])
    assert sum(row.weekly) == counted["off_job"]
    waiting = sum(minutes for reason, of, minutes in buckets if reason == "waiting" and of == "off_job")
    assert row.off_job.waiting == waiting
