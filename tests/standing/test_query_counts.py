"""Pages ask the database as often for three rows as for one; the exact number is written down, so that a change of it
is on purpose."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people.models import User
from programmes.models import (
    ActivityEntry,
    ActivityEvent,
    Enrolment,
    EvidenceFile,
    Goal,
    PeopleImport,
    Programme,
    StrategyGuide,
    SupportRole,
)
from standards.models import Criterion, Framework, Level, Scale
from tests.factories import downloads as d
from tests.factories import people as p
from tests.factories import programmes as f
from tests.factories import standards as s
from tests.worlds import Side, World

Places = Iterable[int]
Grow = Callable[[Side, Places], None]
KINDS_AND_STATES: list[tuple[str, dict[str, Any]]] = [
    ("on_job", {}),
    ("on_job", {"sent": True}),
    ("on_job", {"approved": True}),
    ("off_job", {"sent": True}),
    ("off_job", {"returned": True}),
    ("off_job", {"approved": True}),
]


def add_entries(side: Side, enrolment: Enrolment, weeks_ago: int) -> None:
    """Entries of one week in every state, with all that a row can show; strategy and people of their own."""
    strategy, day = f.StrategyFactory(), timezone.localdate() - dt.timedelta(weeks=weeks_ago, days=1)
    fields = {"enrolment": enrolment, "strategy": strategy, "minutes": 30, "done_on": day}
    rows = ActivityEntry.objects.bulk_create(
        f.ActivityFactory.build(
            kind=kind, **fields, **({"approved_by": side.coach} if "approved" in traits else {}), **traits
        )
        for kind, traits in KINDS_AND_STATES
    )
    people = User.objects.bulk_create(p.UserFactory.build() for _row in rows)
    named = ActivityEntry.criteria.through
    named.objects.bulk_create(
        named(activityentry=row, criterion=found) for row in rows for found in side.criteria
    )
    EvidenceFile.objects.bulk_create(f.EvidenceFactory.build(entry=row, file="ab/sample.txt") for row in rows)
    ActivityEvent.objects.bulk_create(
        f.ActivityEventFactory.build(entry=row, kind=kind, by=person, reason="More")
        for row, person in zip(rows, people, strict=True)
        for kind in ("returned", "approved")
    )


def entries(side: Side, places: Places) -> None:
    """Entries of the world's learner, two weeks apart, so that there are missing weeks between them."""
    for place in places:
        add_entries(side, side.enrolment, 2 * place)


def learners(side: Side, places: Places) -> None:
    """Learners of companies and teams of their own, supported by the same people, each with entries."""
    for place in places:
        employer = p.OrganisationFactory()
        enrolment = f.EnrolmentFactory(
            cohort=side.cohort, organisation=employer, team=p.TeamFactory(organisation=employer)
        )
        for role in ("coach", "mentor", "manager"):
            p.MembershipFactory(person=getattr(side, role), organisation=employer)
            f.SupportRoleFactory(enrolment=enrolment, person=getattr(side, role), role=role)
        enrolment.breaks.create(starts_on=enrolment.starts_on, ends_on=enrolment.starts_on)
        add_entries(side, enrolment, place)


def covers(side: Side, places: Places) -> None:
    """Learners of the coach, each covered by a colleague."""
    today = timezone.localdate()
    for place in places:
        learners(side, [place])
        covered = SupportRole.objects.filter(person=side.coach, role="coach").latest("pk")
        colleague = p.MembershipFactory(organisation=side.provider, role="coach").person
        f.SupportRoleFactory(
            enrolment=covered.enrolment, person=colleague, covers=covered, starts_on=today, ends_on=today
        )


def programmes(side: Side, places: Places) -> None:
    """Programmes that the lead leads, with units, and learners of the one organisation in them."""
    for _place in places:
        programme = f.ProgrammeFactory(organisation=side.provider)
        f.ProgrammeRoleFactory(programme=programme, person=side.lead)
        f.UnitFactory(programme=programme).criteria.set(side.criteria)
        cohort = f.CohortFactory(programme=programme)
        add_entries(side, f.EnrolmentFactory(cohort=cohort, organisation=side.employer), 1)


def enrolments(side: Side, places: Places) -> None:
    """Programmes that the learner is in besides the first."""
    for _place in places:
        cohort = f.CohortFactory(programme__organisation=side.provider)
        f.EnrolmentFactory(cohort=cohort, learner=side.learner, organisation=side.employer)


def frameworks(side: Side, places: Places) -> None:
    """Published frameworks with a criterion each."""
    for place in places:
        framework = Framework.objects.create(code=f"More-{place}", title="More", status="published")
        Criterion.objects.create(framework=framework, code="1", title="One")


def criteria(side: Side, places: Places) -> None:
    """Areas with a criterion each, and levels."""
    scale, _is_new = Scale.objects.get_or_create(code="S", defaults={"name": "Scale"})
    Framework.objects.filter(pk=side.framework.pk).update(scale=scale)
    for place in places:
        Level.objects.create(scale=scale, order=place + 1, label=f"Level {place}")
        area = Criterion.objects.create(framework=side.framework, code=f"X{place}", title="Area")
        Criterion.objects.create(framework=side.framework, parent=area, code=f"X{place}.1", title="Below")


def files(side: Side, places: Places) -> None:
    """Files, criteria and events of one entry."""
    entry = ActivityEntry.objects.filter(pk=ONE_ENTRY).first() or f.ActivityFactory(
        pk=ONE_ENTRY, enrolment=side.enrolment, strategy=side.strategy, kind="on_job", sent=True
    )
    for place in places:
        entry.criteria.add(side.criteria[place])
        f.EvidenceFactory(entry=entry, file="ab/sample.txt")
        f.EvidenceFactory(entry=entry, file="ab/sample.txt", is_shared=False)
        f.ActivityEventFactory(entry=entry, by=p.UserFactory())


def versions(side: Side, places: Places) -> None:
    """Earlier versions of one entry, the latest of which it amends, each with criteria and files."""
    made = {"enrolment": side.enrolment, "strategy": side.strategy, "approved_by": side.coach}
    latest = ActivityEntry.objects.filter(status="approved").first()
    for place in places:
        ActivityEntry.objects.filter(pk=ONE_ENTRY).delete()
        ActivityEntry.objects.filter(enrolment=side.enrolment).update(status="superseded")
        latest = f.ActivityFactory(**made, approved=True, amends=latest, minutes=30 + place)
        entry = f.ActivityFactory(
            pk=ONE_ENTRY, enrolment=side.enrolment, strategy=f.StrategyFactory(), sent=True
        )
        ActivityEntry.objects.filter(pk=ONE_ENTRY).update(amends=latest)
        latest.criteria.set(side.criteria[: place + 1])
        f.EvidenceFactory(entry=latest, file="ab/sample.txt")
        f.EvidenceFactory(entry=entry, file="ab/sample.txt", sha256="1" * 64)


def members(side: Side, places: Places) -> None:
    """Memberships with teams, and invitations by people of their own."""
    for _place in places:
        team = p.TeamFactory(organisation=side.employer)
        p.MembershipFactory(organisation=side.employer, team=team)
        p.InvitationFactory(organisation=side.employer, team=team, invited_by=p.UserFactory())


def goals(side: Side, places: Places) -> None:
    """Goals of the learner in several states, with check-ins, people who decided and activities towards them."""
    for _place in places:
        for state in ("proposed", "in_progress", "achieved"):
            goal = f.GoalFactory(enrolment=side.enrolment, **{state: True})
            add_goal_parts(side, goal)
        draft = f.GoalFactory(enrolment=side.enrolment)
        f.GoalEventFactory(goal=draft, kind="change_asked", by=p.UserFactory(), reason="More")


def add_goal_parts(side: Side, goal: Goal) -> None:
    """Criteria, two check-ins, an event of somebody else and an activity."""
    goal.criteria.set(side.criteria)
    for progress in (20, 40):
        f.GoalCheckInFactory(goal=goal, progress=progress, by=p.UserFactory())
    f.GoalEventFactory(goal=goal, kind="agreed", by=p.UserFactory())
    f.ActivityFactory(enrolment=side.enrolment, strategy=side.strategy, goal=goal, approved=True)


def one_goal(side: Side, places: Places) -> None:
    """What hangs on one goal."""
    goal = Goal.objects.filter(pk=ONE_ENTRY).first() or f.GoalFactory(
        pk=ONE_ENTRY, enrolment=side.enrolment, in_progress=True
    )
    for _place in places:
        add_goal_parts(side, goal)


def team_goals(side: Side, places: Places) -> None:
    """Learners of the coach and the manager, each with goals that wait and goals that are pursued."""
    for place in places:
        learners(side, [place])
        enrolment = Enrolment.objects.latest("pk")
        for state in ("proposed", "in_progress"):
            goal = f.GoalFactory(enrolment=enrolment, **{state: True})
            goal.criteria.set(side.criteria)
            f.GoalCheckInFactory(goal=goal)


def goal_templates(side: Side, places: Places) -> None:
    """Templates of the one framework with their criteria."""
    for _place in places:
        s.GoalTemplateFactory(framework=side.framework).criteria.set(side.criteria)


def units(side: Side, places: Places) -> None:
    """Units of the one programme, each with its criteria, and cohorts with somebody in them."""
    for place in places:
        f.UnitFactory(programme=side.programme, order=place + 2).criteria.set(side.criteria)
        f.EnrolmentFactory(cohort=f.CohortFactory(programme=side.programme), organisation=side.employer)


def ways(side: Side, places: Places) -> None:
    """Ways of learning in words of the provider, each learned by people who use it, and goals of the learner."""
    for _place in places:
        strategy = f.StrategyFactory(suits=["people"])
        StrategyGuide.objects.create(strategy=strategy, organisation=side.provider, summary="Ours")
        f.GoalFactory(enrolment=side.enrolment, in_progress=True).criteria.set(side.criteria)
        for _n in range(5):
            enrolment = f.EnrolmentFactory(cohort=side.cohort, organisation=side.employer)
            f.SupportRoleFactory(enrolment=enrolment, person=side.coach, role="coach")
            for way in (strategy, side.strategy):
                entry = f.ActivityFactory(enrolment=enrolment, strategy=way, approved=True)
                f.ApplicationFactory(entry=entry, confirmed=True)


def support(side: Side, places: Places) -> None:
    """Breaks and former supporters of the one enrolment, and people who could take over."""
    day = dt.timedelta(days=1)
    for place in places:
        start = side.enrolment.starts_on + place * 10 * day
        side.enrolment.breaks.create(starts_on=start, ends_on=start + day)
        person = p.MembershipFactory(organisation=side.provider, role="coach").person
        f.SupportRoleFactory(enrolment=side.enrolment, person=person, starts_on=start, ends_on=start + day)


def asked_breaks(side: Side, places: Places) -> None:
    """Breaks that the coach's learners asked for."""
    for place in places:
        learners(side, [place])
        newest = Enrolment.objects.latest("pk")
        f.BreakFactory(enrolment=newest, asked=True, starts_on=timezone.localdate())


def ruled(side: Side, places: Places) -> None:
    """Learners in a programme whose hours follow a rule, one of several of its family."""
    for place in places:
        rule = f.RuleFactory(family="f", starts_from=dt.date(2020 + place, 1, 1))
        Programme.objects.filter(pk=side.programme.pk).update(balance_rule=rule)
        learners(side, [place])


def rules(side: Side, places: Places) -> None:
    """Rules of the provider's own."""
    for _place in places:
        f.RuleFactory(organisation=side.provider, source_url="https://sample.example/rule")


def invitations(side: Side, places: Places) -> None:
    """Programmes to which the learner is invited, with a coach each."""
    for _place in places:
        cohort = f.CohortFactory(programme__organisation=side.provider)
        made = f.EnrolmentFactory(
            cohort=cohort, learner=side.learner, organisation=side.employer, status="invited"
        )
        f.SupportRoleFactory(enrolment=made, person=side.coach, role="coach")


def applications(side: Side, places: Places) -> None:
    """Answers in every state, with benefits and people of their own, and prompts that are due."""
    day = timezone.localdate() - dt.timedelta(days=70)
    for _place in places:
        for traits in ({}, {"sent": True}, {"returned": True}, {"confirmed": True}, {"not_applied": True}):
            entry = f.ActivityFactory(
                enrolment=side.enrolment,
                strategy=f.StrategyFactory(),
                done_on=day,
                approved=True,
                approved_by=side.coach,
            )
            record = f.ApplicationFactory(entry=entry, **traits)
            f.BenefitFactory(record=record, measured=True)
            f.ApplicationEventFactory(record=record, kind="returned", by=p.UserFactory(), reason="How?")


def exports(side: Side, places: Places) -> None:
    """Files of the lead."""
    for _place in places:
        d.ExportFactory(owner=side.lead, ready=True)
        d.ExportFactory(owner=side.lead)


def lists(side: Side, places: Places) -> None:
    """Lists of people that the lead sent, with employers of their own."""
    for _place in places:
        f.PeopleImportFactory(cohort=side.cohort, uploaded_by=side.lead)


def lines(side: Side, places: Places) -> None:
    """Lines of one list, each for a person who is enrolled already, with a coach and a team."""
    made = {"cohort": side.cohort, "employer": side.employer, "uploaded_by": side.lead, "rows": []}
    found = PeopleImport.objects.filter(pk=ONE_ENTRY).first() or f.PeopleImportFactory(pk=ONE_ENTRY, **made)
    for place in places:
        team = p.TeamFactory(organisation=side.employer)
        coach = p.MembershipFactory(organisation=side.provider, role="coach").person
        enrolment = f.EnrolmentFactory(cohort=side.cohort, organisation=side.employer)
        f.SupportRoleFactory(enrolment=enrolment, person=side.coach)
        said = {"line": place + 2, "name": "Sample", "email": enrolment.learner.email}
        found.rows.append(said | {"team": team.name, "coach": coach.email})
    found.save()


def record(side: Side, places: Places) -> None:
    """All that a learner's record shows: activities, goals, answers, breaks, each with what hangs on it."""
    day = dt.timedelta(days=1)
    for place in places:
        add_entries(side, side.enrolment, 2 * place)
        applications(side, [place])
        for entry in side.enrolment.activities.filter(criteria=None):
            entry.criteria.set(side.criteria)
        goal = f.GoalFactory(enrolment=side.enrolment, in_progress=True)
        goal.criteria.set(side.criteria)
        add_goal_parts(side, goal)
        f.GoalEventFactory(goal=goal, kind="agreed", by=p.UserFactory())
        start = side.enrolment.starts_on + place * 10 * day
        f.BreakFactory(
            enrolment=side.enrolment, starts_on=start, ends_on=start + day, decided_by=p.UserFactory()
        )
        area = Criterion.objects.create(framework=side.framework, code=f"R{place}", title="Area")
        below = Criterion.objects.create(
            framework=side.framework, parent=area, code=f"R{place}.1", title="Below"
        )
        side.programme.units.get().criteria.add(below)
        person = p.MembershipFactory(organisation=side.provider, role="coach").person
        f.SupportRoleFactory(enrolment=side.enrolment, person=person)


ONE_ENTRY = 1_000_000
LIST = "/learners/{enrolment}/activities/"
THIS_MONTH = f"/team/month/{timezone.localdate():%Y-%m}/"
PAGES: list[tuple[str, str, Grow, int]] = [
    ("/home/", "learner", entries, 6),
    ("/learner/", "learner", entries, 30),
    ("/learner/", "learner", enrolments, 28),
    ("/activities/", "learner", entries, 20),
    ("/activities/?q=activity", "learner", entries, 17),
    ("/activities/new/", "learner", criteria, 17),
    (f"/activities/{ONE_ENTRY}/", "learner", files, 17),
    (f"/activities/{ONE_ENTRY}/", "coach", files, 22),
    (f"/activities/{ONE_ENTRY}/", "coach", versions, 30),
    (LIST, "coach", entries, 29),
    (LIST, "manager", entries, 30),
    (f"{LIST}?kind=on_job&status=approved", "coach", entries, 26),
    ("/queue/", "coach", learners, 26),
    ("/cover/", "coach", covers, 12),
    ("/team/", "manager", learners, 36),
    ("/lead/", "lead", learners, 30),
    ("/lead/", "lead", programmes, 30),
    ("/learner/", "learner", applications, 30),
    ("/applications/", "learner", applications, 12),
    ("/learners/{enrolment}/applications/", "manager", applications, 23),
    ("/queue/", "mentor", applications, 20),
    ("/team/", "manager", applications, 34),
    ("/team/value/", "manager", applications, 20),
    (THIS_MONTH, "manager", learners, 21),
    ("/lead/learners/", "lead", learners, 26),
    ("/lead/cohorts/", "lead", learners, 19),
    ("/lead/strategies/", "lead", learners, 19),
    ("/lead/criteria/", "lead", programmes, 19),
    ("/organisation/", "org_admin", programmes, 14),
    ("/site/", "administrator", programmes, 11),
    ("/profile/who-sees-my-data/", "learner", enrolments, 15),
    ("/organisations/", "administrator", learners, 8),
    ("/organisations/{employer}/people/", "org_admin", members, 12),
    ("/organisations/{employer}/invitations/", "org_admin", members, 11),
    ("/learner/", "learner", invitations, 30),
    ("/programmes/", "lead", programmes, 11),
    ("/programmes/{programme}/", "lead", units, 18),
    ("/programmes/units/{unit}/criteria/", "lead", units, 13),
    ("/programmes/units/{unit}/criteria/", "lead", criteria, 12),
    ("/programmes/cohorts/{cohort}/", "lead", learners, 12),
    ("/programmes/enrolments/{enrolment}/", "lead", support, 10),
    ("/programmes/enrolments/{enrolment}/support/coach/", "lead", support, 9),
    ("/learners/{enrolment}/breaks/", "coach", support, 19),
    ("/queue/", "coach", asked_breaks, 26),
    ("/queue/", "coach", ruled, 27),
    ("/lead/", "lead", ruled, 32),
    ("/learners/{enrolment}/hours/", "learner", support, 14),
    ("/programmes/{programme}/hours/", "lead", rules, 8),
    ("/ways/", "learner", ways, 15),
    ("/ways/", "coach", ways, 17),
    ("/ways/{strategy}/", "learner", ways, 16),
    ("/ways/find/?need=people", "learner", ways, 13),
    ("/programmes/cohorts/{cohort}/import/", "lead", lists, 11),
    (f"/programmes/cohorts/import/{ONE_ENTRY}/", "lead", lines, 16),
    ("/files/", "lead", exports, 8),
    ("/goals/", "learner", goals, 13),
    ("/goals/", "learner", goal_templates, 13),
    ("/goals/new/", "learner", goal_templates, 15),
    (f"/goals/{ONE_ENTRY}/", "learner", one_goal, 13),
    (f"/goals/{ONE_ENTRY}/", "coach", one_goal, 15),
    ("/learners/{enrolment}/goals/", "manager", goals, 23),
    ("/learner/", "learner", goals, 31),
    ("/activities/", "learner", goals, 20),
    ("/activities/new/", "learner", goals, 20),
    ("/queue/", "coach", team_goals, 27),
    ("/team/", "manager", team_goals, 38),
    ("/standards/{framework}/goals/", "administrator", goal_templates, 9),
    ("/caseload/", "coach", learners, 17),
    ("/learners/{enrolment}/", "coach", record, 23),
    ("/learners/{enrolment}/goals/", "coach", record, 22),
    ("/learners/{enrolment}/applications/", "coach", record, 22),
    ("/learners/{enrolment}/criteria/", "coach", record, 23),
    ("/learners/{enrolment}/criteria/{criterion}/", "manager", record, 27),
    ("/learners/{enrolment}/timeline/", "coach", record, 26),
    ("/learners/{enrolment}/timeline/?kind=goals", "learner", record, 18),
    ("/learners/{enrolment}/ways/", "coach", record, 20),
    ("/learners/{enrolment}/breaks/", "coach", record, 19),
    ("/standards/", "learner", frameworks, 9),
    ("/standards/{framework}/", "learner", criteria, 10),
]
# Further readers of the same pages, for the long run.
MORE_PAGES: list[tuple[str, str, Grow, int]] = [
    ("/team/", "manager", entries, 36),
    ("/queue/", "mentor", learners, 24),
    ("/queue/", "coach", entries, 26),
    (LIST, "lead", entries, 26),
    (f"/activities/{ONE_ENTRY}/", "lead", files, 16),
    (f"/activities/{ONE_ENTRY}/", "mentor", files, 20),
]


def queries_of(client: Client, url: str) -> list[str]:
    """What the page asks when nothing of it is kept from an earlier visit."""
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        client.get(url)
    return [query["sql"] for query in captured]


@pytest.mark.parametrize(
    ("url", "persona", "grow", "number"),
    [*PAGES, *(pytest.param(*page, marks=pytest.mark.slow) for page in MORE_PAGES)],
    ids=[f"{url} {persona} {grow.__name__}" for url, persona, grow, _number in PAGES + MORE_PAGES],
)
def test_page_asks_as_often_for_three_rows_as_for_one(
    world: World, client_of: Callable[[User], Client], url: str, persona: str, grow: Grow, number: int
) -> None:
    side = world.ours
    rows = {"enrolment": side.enrolment, "framework": side.framework, "employer": side.employer}
    rows["strategy"] = side.strategy
    rows["criterion"] = side.criteria[0]
    rows |= {"programme": side.programme, "cohort": side.cohort, "unit": side.programme.units.get()}
    url = url.format(**{name: row.pk for name, row in rows.items()})
    client = client_of(world.everybody()[persona])
    grow(side, range(1))
    assert client.get(url).status_code in (200, 302)  # the first visit remembers the home in use
    of_one = queries_of(client, url)
    grow(side, range(1, 3))
    of_three = queries_of(client, url)
    assert (len(of_one), len(of_three)) == (number, number), "\n".join(of_three)
