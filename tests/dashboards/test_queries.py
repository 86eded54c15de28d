"""What the homes show: hats, next actions, threads, teams, and totals that point at nobody."""

import datetime as dt
from typing import Any

import pytest

from dashboards import queries
from dashboards.queries import Group, Hats
from dashboards.queries.organisation import GoalCounts
from people.models import Membership, Organisation, User
from people.permissions import Relation
from programmes.models import ActivityEntry, BreakInLearning, Enrolment, Programme, ProgrammeRole, SupportRole
from programmes.queries.applications import Rate
from programmes.queries.progress import progress_of
from tests.factories import people as p
from tests.factories import programmes as f
from tests.worlds import PERSONAS, World

DAY, WEEK = dt.timedelta(days=1), dt.timedelta(weeks=1)
START = dt.date(2026, 1, 5)  # a Monday
TODAY = dt.date(2026, 2, 18)  # the Wednesday of week 7


# Hats -----------------------------------------------------------------------------------

HATS = {
    "learner": {"is_learner"},
    "coach": {"is_coach"},
    "mentor": {"is_mentor"},
    "manager": {"is_manager"},
    "lead": {"is_programme_lead"},
    "org_admin": {"is_org_admin"},
    "administrator": {"is_administrator"},
    "outsider": set(),
}


def hats_worn(user: User) -> set[str]:
    hats = queries.hats_of(User.objects.get(pk=user.pk))
    return {name for name in Hats.__annotations__ if name.startswith("is_") and getattr(hats, name)}


@pytest.mark.parametrize("persona", HATS)
def test_every_role_is_one_hat(world: World, persona: str) -> None:
    assert hats_worn(world.everybody()[persona]) == HATS[persona]


def test_person_wears_all_hats_that_they_have(world: World) -> None:
    side = world.ours
    f.EnrolmentFactory(cohort=world.theirs.cohort, learner=side.manager, organisation=side.employer)
    f.SupportRoleFactory(enrolment=side.enrolment, person=side.manager, role="mentor")
    p.MembershipFactory(person=side.manager, organisation=side.employer, role=Membership.Role.ORG_ADMIN)
    User.objects.filter(pk=side.manager.pk).update(is_administrator=True)
    expected = {"is_learner", "is_mentor", "is_manager", "is_org_admin", "is_administrator"}
    assert hats_worn(side.manager) == expected


def test_who_may_lead_but_leads_nothing_yet_has_the_home_where_programmes_are_made(world: World) -> None:
    ProgrammeRole.objects.filter(person=world.ours.lead).delete()
    assert hats_worn(world.ours.lead) == {"is_programme_lead"}


def test_hat_goes_with_its_role(world: World) -> None:
    side, yesterday = world.ours, dt.date(2026, 1, 1)
    SupportRole.objects.update(ends_on=yesterday)
    Membership.objects.filter(person__in=[side.lead, side.org_admin]).update(ends_on=yesterday)
    assert [hats_worn(getattr(side, name)) for name in PERSONAS] == [{"is_learner"}, *[set()] * 5]


def test_invitation_alone_makes_nobody_a_learner_yet(world: World) -> None:
    Enrolment.objects.filter(pk=world.ours.enrolment.pk).update(status="invited")
    assert hats_worn(world.ours.learner) == {"is_invited"}


def test_hats_name_an_organisation_for_the_menu(world: World) -> None:
    assert queries.hats_of(world.ours.learner).organisation_name == "Sample Alder Ltd"
    assert queries.hats_of(world.ours.coach).organisation_name == "Sample Alder Training"
    assert queries.hats_of(world.outsider).organisation_name == ""
    assert (
        queries.hats_of(world.ours.coach).is_supporter
        is queries.hats_of(world.ours.mentor).is_supporter
        is True
    )
    assert queries.hats_of(world.ours.manager).is_supporter is False


# Next actions ---------------------------------------------------------------------------


@pytest.fixture
def enrolment(world: World) -> Enrolment:
    Enrolment.objects.filter(pk=world.ours.enrolment.pk).update(
        starts_on=START, ends_on=START + 52 * WEEK - DAY
    )
    world.ours.enrolment.refresh_from_db()
    return world.ours.enrolment


def log(world: World, **fields: Any) -> ActivityEntry:
    values = {"enrolment": world.ours.enrolment, "strategy": world.ours.strategy, "done_on": TODAY, **fields}
    entry: ActivityEntry = f.ActivityFactory(**values)
    return entry


def log_every_week(world: World) -> None:
    for number in range(7):
        log(world, done_on=START + number * WEEK, approved=True)


def test_nothing_to_do_when_all_is_logged_and_nothing_came_back(world: World, enrolment: Enrolment) -> None:
    log_every_week(world)
    todo = queries.learner_todo(enrolment, on=TODAY)
    assert (todo.returned, todo.drafts, todo.missing_weeks, todo.this_week_is_empty, todo.number) == (
        [], [], [], False, 0,
    )  # fmt: skip


def test_returned_entries_come_with_their_latest_reason_oldest_first(
    world: World, enrolment: Enrolment
) -> None:
    log_every_week(world)
    for days in range(4):
        entry = log(world, title=f"{days} days ago", done_on=TODAY - days * DAY, returned=True)
        for hours, reason in ((2, "First"), (1, f"Latest {days}")):
            at = dt.datetime(2026, 2, 18, 12 - hours, tzinfo=dt.UTC)
            f.ActivityEventFactory(entry=entry, kind="returned", by=world.ours.coach, reason=reason, at=at)
    todo = queries.learner_todo(enrolment, on=TODAY)
    assert [(entry.title, entry.return_reason) for entry in todo.returned] == [
        ("3 days ago", "Latest 3"),
        ("2 days ago", "Latest 2"),
        ("1 days ago", "Latest 1"),
    ]
    assert todo.number == 3


def test_missing_weeks_are_the_last_two_and_this_one(world: World, enrolment: Enrolment) -> None:
    log(world, done_on=START + 5 * WEEK, approved=True)
    todo = queries.learner_todo(enrolment, on=TODAY)
    assert [(week.number, week.starts_on, week.is_missing) for week in todo.missing_weeks] == [
        (5, START + 4 * WEEK, True),
        (4, START + 3 * WEEK, True),
    ]
    assert (todo.this_week_is_empty, todo.number) == (True, 3)
    log(world, done_on=TODAY - 2 * DAY, approved=True)
    assert queries.learner_todo(enrolment, on=TODAY).this_week_is_empty is False


@pytest.mark.parametrize("status", ["onboarding", "on_break", "completed", "withdrawn"])
def test_weeks_are_asked_for_while_the_learner_is_active(enrolment: Enrolment, status: str) -> None:
    enrolment.status = status
    todo = queries.learner_todo(enrolment, on=TODAY)
    assert (list(todo.missing_weeks), todo.this_week_is_empty) == ([], False)


@pytest.mark.parametrize(
    ("day", "is_empty"), [(START - DAY, False), (START, True), (START + 52 * WEEK, False)]
)
def test_this_week_is_asked_for_within_the_programme(
    enrolment: Enrolment, day: dt.date, is_empty: bool
) -> None:
    assert queries.learner_todo(enrolment, on=day).this_week_is_empty is is_empty


def test_drafts_are_the_latest_two(world: World, enrolment: Enrolment) -> None:
    log_every_week(world)
    for days in range(3):
        log(world, title=f"{days} days ago", done_on=TODAY - days * DAY)
    todo = queries.learner_todo(enrolment, on=TODAY)
    assert [entry.title for entry in todo.drafts] == ["0 days ago", "1 days ago"]
    assert todo.number == 2


# Teams ----------------------------------------------------------------------------------


def test_supported_are_those_under_way_in_one_of_the_roles(world: World) -> None:
    side = world.ours
    second = f.EnrolmentFactory(cohort=side.cohort, organisation=side.employer, status="on_break")
    over = f.EnrolmentFactory(cohort=side.cohort, organisation=side.employer, status="completed")
    for enrolment in (second, over):
        f.SupportRoleFactory(enrolment=enrolment, person=side.manager, role="manager")
    team = queries.supported_by(side.manager, Relation.MANAGER)
    assert set(team) == {side.enrolment, second}
    assert list(queries.supported_by(side.manager, Relation.COACH, Relation.MENTOR)) == []
    assert list(queries.supported_by(side.coach, Relation.COACH, Relation.MENTOR)) == [side.enrolment]
    assert list(queries.supported_by(world.outsider, Relation.MANAGER)) == []


def test_furthest_behind_come_first_then_by_name(world: World) -> None:
    side = world.ours
    rows = {}
    for name, weeks in (("Berta", 10), ("Carl", 30), ("Ada", 10)):
        rows[name] = f.EnrolmentFactory(
            cohort=side.cohort,
            learner__display_name=name,
            starts_on=TODAY - weeks * WEEK,
            organisation=side.employer,
        )
    found = progress_of(Enrolment.objects.filter(pk__in=[row.pk for row in rows.values()]), on=TODAY)
    ordered = queries.worst_first(found)
    assert [row.enrolment.learner.display_name for row in ordered] == ["Carl", "Ada", "Berta"]


def test_sums_of_a_team_are_sums_of_its_rows(world: World, enrolment: Enrolment) -> None:
    second = f.EnrolmentFactory(
        cohort=world.ours.cohort, organisation=world.ours.employer, starts_on=START, ends_on=enrolment.ends_on
    )
    BreakInLearning.objects.create(enrolment=second, starts_on=START, ends_on=START + 6 * DAY)
    log(world, minutes=60, approved=True)
    log(world, minutes=30, approved=True, enrolment=second, kind="on_job")
    log(world, minutes=15, sent=True, enrolment=second)
    sums = queries.team_sums(
        progress_of(Enrolment.objects.filter(pk__in=[enrolment.pk, second.pk]), on=TODAY)
    )
    # 45 of 364 days x 260 h = 1 929 min; 38 of 357 days x 260 h = 1 661 min (1 660.5); twice that on the job
    assert (sums.people, sums.off_counted, sums.on_counted, sums.waiting) == (2, 60, 30, 1)
    assert (sums.off_expected, sums.on_expected) == (1929 + 1661, 3857 + 3321)
    nobody = queries.team_sums([])
    assert (nobody.people, nobody.off_expected) == (0, 0)


# Totals ---------------------------------------------------------------------------------


def groups_of(*people: int) -> list[Group]:
    return [
        Group(Programme(pk=number, code=f"p{number}"), size, 60 * size, 120 * size)
        for number, size in enumerate(people, start=1)
    ]


@pytest.mark.parametrize(
    ("people", "hidden"),
    [
        ([], []),
        ([5], []),
        ([4], [1]),
        ([5, 7, 20], []),
        (
            [4, 7, 20],
            [1, 2],
        ),  # one small group could be worked out from the sum: the next smallest goes with it
        ([20, 4, 7], [2, 3]),
        ([4, 1, 20], [1, 2]),  # together five: nobody can be picked out
        ([2, 2, 20], [1, 2, 3]),  # together four: one more goes
        ([2, 2, 20, 9], [1, 2, 4]),
        ([1, 1, 1, 1], [1, 2, 3, 4]),
        ([0, 6], [1, 2]),
    ],
)
def test_small_groups_are_kept_back_with_what_would_give_them_away(
    people: list[int], hidden: list[int]
) -> None:
    groups = queries.hide_small(groups_of(*people))
    assert [group.programme.pk for group in groups if group.is_hidden] == hidden
    for group, size in zip(groups, people, strict=True):
        assert group.people == size
        shown = (None, None) if group.is_hidden else (60 * size, 120 * size)
        assert (group.off_minutes, group.on_minutes) == shown


def test_totals_of_an_organisation_are_of_its_own_learners(world: World, enrolment: Enrolment) -> None:
    side = world.ours
    for number in range(5):
        status = "on_break" if number else "completed"
        row = f.EnrolmentFactory(
            cohort=side.cohort,
            organisation=side.employer,
            starts_on=START,
            ends_on=enrolment.ends_on,
            status=status,
        )
        log(world, enrolment=row, minutes=60, approved=True)
        log(world, enrolment=row, minutes=30, approved=True, kind="on_job")
        log(world, enrolment=row, minutes=600, sent=True)
    for status in ("invited", "withdrawn"):
        row = f.EnrolmentFactory(
            cohort=side.cohort, organisation=side.employer, status=status, starts_on=START
        )
        log(world, enrolment=row, minutes=600, approved=True)
    elsewhere = f.EnrolmentFactory(cohort=side.cohort, starts_on=START)
    log(world, enrolment=elsewhere, minutes=600, approved=True)
    (group,) = queries.organisation_groups(side.employer, on=TODAY)
    assert (group.programme, group.people, group.off_minutes, group.on_minutes) == (
        side.programme,
        6,
        300,
        150,
    )
    assert (group.rate, group.goals) == (Rate(0, 300), GoalCounts(0, 0))
    (small,) = queries.organisation_groups(elsewhere.organisation, on=TODAY)
    assert (small.rate, small.goals) == (None, None)
    assert (small.people, small.is_hidden) == (1, True)
    assert queries.organisation_groups(p.OrganisationFactory(), on=TODAY) == []


def test_totals_of_applications_and_goals(world: World, enrolment: Enrolment) -> None:
    side = world.ours
    for _number in range(4):
        f.EnrolmentFactory(cohort=side.cohort, organisation=side.employer)
    gone = f.EnrolmentFactory(cohort=side.cohort, organisation=side.employer, status="withdrawn")
    f.ApplicationFactory(entry=log(world, minutes=60, approved=True), confirmed=True)
    f.ApplicationFactory(entry=log(world, minutes=30, approved=True), sent=True)
    f.ApplicationFactory(entry=log(world, minutes=500, approved=True, enrolment=gone), confirmed=True)
    for state in ("draft", "proposed", "agreed", "in_progress", "achieved", "partly_achieved", "dropped"):
        f.GoalFactory(enrolment=enrolment, **({} if state == "draft" else {state: True}))
    f.GoalFactory(enrolment=gone, agreed=True)
    (group,) = queries.organisation_groups(side.employer, on=TODAY)
    assert (group.rate, group.goals) == (Rate(60, 90), GoalCounts(2, 2))


def test_person_in_two_cohorts_of_a_programme_is_one_person(world: World) -> None:
    side = world.ours
    again = f.CohortFactory(programme=side.programme)
    f.EnrolmentFactory(cohort=again, learner=side.learner, organisation=side.employer)
    assert [group.people for group in queries.organisation_groups(side.employer, on=TODAY)] == [1]


def test_organisations_are_those_that_the_person_administers(world: World) -> None:
    assert list(queries.administered_by(world.ours.org_admin)) == [world.ours.employer]
    assert list(queries.administered_by(world.administrator)) == []
    assert list(queries.administered_by(world.ours.learner)) == []
    assert Organisation.objects.count() == 4
