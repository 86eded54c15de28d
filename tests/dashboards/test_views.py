"""The homes: where one gets to, what stands in the menu, and what each page says."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dashboards.context_processors import HOME_KEY, home_keys
from dashboards.queries import hats_of
from people.models import Membership, User
from programmes.models import Enrolment, SupportRole
from tests.factories import people as p
from tests.factories import programmes as f
from tests.worlds import World

ClientOf = Callable[[User | None], Client]
HOMES = {
    "learner": "learner", "coach": "queue", "mentor": "queue", "manager": "team", "lead": "lead",
    "org_admin": "organisation", "administrator": "site",
}  # fmt: skip


def give_roles(world: World) -> User:
    """Our manager is also a learner, a mentor, and administers their organisation."""
    side = world.ours
    f.EnrolmentFactory(cohort=world.theirs.cohort, learner=side.manager, organisation=side.employer)
    f.SupportRoleFactory(enrolment=side.enrolment, person=side.manager, role="mentor")
    p.MembershipFactory(person=side.manager, organisation=side.employer, role=Membership.Role.ORG_ADMIN)
    return side.manager


@pytest.mark.parametrize("persona", HOMES)
def test_home_is_that_of_the_role(world: World, client_of: ClientOf, persona: str) -> None:
    client = client_of(world.everybody()[persona])
    assert client.get("/")["Location"] == "/home/"
    assert client.get("/home/")["Location"] == reverse(f"dashboards:{HOMES[persona]}")


def test_who_has_no_role_is_told_so(world: World, client_of: ClientOf) -> None:
    response = client_of(world.outsider).get("/home/")
    assert (response.status_code, response.templates[0].name) == (200, "dashboards/no_home.html")
    assert response.context["shell"].homes == []


def test_with_several_roles_home_is_the_one_used_last(world: World, client_of: ClientOf) -> None:
    client = client_of(give_roles(world))
    assert client.get("/home/")["Location"] == "/learner/"
    for home in ("team", "organisation"):
        assert client.get(f"/{home}/").status_code == 200
        assert client.get("/profile/").context["shell"].items[0].url == f"/{home}/"
        assert client.get("/home/")["Location"] == f"/{home}/"


def test_home_of_a_role_that_ended_gives_way_to_the_next(world: World, client_of: ClientOf) -> None:
    person = give_roles(world)
    client = client_of(person)
    client.get("/team/")
    SupportRole.objects.filter(person=person, role="manager").update(
        ends_on=timezone.localdate() - dt.timedelta(days=1)
    )
    assert client.get("/home/")["Location"] == "/learner/"
    assert client.get("/team/").status_code == 403
    assert client.session[HOME_KEY] == "team"


def test_homes_are_offered_in_a_fixed_order(world: World) -> None:
    assert home_keys(hats_of(give_roles(world))) == ["learner", "queue", "team", "organisation"]


def test_menu_names_the_homes_and_the_current_one(world: World, client_of: ClientOf) -> None:
    client = client_of(give_roles(world))
    shell = client.get("/team/").context["shell"]
    assert [(home.label, home.url, home.is_current) for home in shell.homes] == [
        ("Learner", "/learner/", False),
        ("Workplace mentor", "/queue/", False),
        ("Line manager", "/team/", True),
        ("Organisation", "/organisation/", False),
    ]
    assert [(item.label, item.is_current) for item in shell.items] == [
        ("This week", True),
        ("Value so far", False),
        ("Standards", False),
        ("Ways of learning", False),
    ]
    assert (shell.organisation_name, shell.initials) == ("Sample Alder Ltd", "SA")
    assert "Your roles" in client.get("/team/").text
    assert "Your roles" not in client_of(world.ours.coach).get("/queue/").text


@pytest.mark.parametrize(
    ("persona", "items"),
    [
        (
            "learner",
            [
                ("Home", 0),
                ("Activities", 1),
                ("Goals", 0),
                ("Applied at work", 0),
                ("Standards", 0),
                ("Ways of learning", 0),
            ],
        ),
        ("coach", [("Queue", 3), ("Your learners", 0), ("Standards", 0), ("Ways of learning", 0)]),
        ("mentor", [("Queue", 3), ("Your learners", 0), ("Standards", 0), ("Ways of learning", 0)]),
        ("manager", [("This week", 3), ("Value so far", 0), ("Standards", 0), ("Ways of learning", 0)]),
        (
            "lead",
            [("Overview", 0), ("Programmes", 0), ("People", 0), ("Standards", 0), ("Ways of learning", 0)],
        ),
        ("org_admin", [("Organisation", 0), ("People", 0), ("Standards", 0), ("Ways of learning", 0)]),
        (
            "administrator",
            [("Site", 0), ("Programmes", 0), ("People", 0), ("Standards", 0), ("Ways of learning", 0)],
        ),
        ("outsider", [("Standards", 0)]),
    ],
)
def test_menu_counts_what_waits(
    world: World, client_of: ClientOf, persona: str, items: list[tuple[str, int]]
) -> None:
    made = {"enrolment": world.ours.enrolment, "strategy": world.ours.strategy}
    for kind, traits in (
        ("on_job", {"sent": True}),
        ("on_job", {"sent": True}),
        ("off_job", {"sent": True}),
        ("off_job", {"returned": True}),
        ("on_job", {"approved": True}),
    ):
        f.ActivityFactory(**made, kind=kind, **traits)
    f.ApplicationFactory(entry=f.ActivityFactory(**made, approved=True), sent=True)
    shell = client_of(world.everybody()[persona]).get("/profile/").context["shell"]
    assert [(item.label, item.count) for item in shell.items] == items


def test_frame_of_a_public_page_knows_nobody(client: Client, db: None) -> None:
    shell = client.get("/").context["shell"]
    assert (shell.homes, shell.items, shell.organisation_name, shell.initials) == ([], [], "", "")


# Pages ----------------------------------------------------------------------------------


def test_landing_sets_on_the_job_beside_off_the_job(client: Client, db: None) -> None:
    text = client.get("/").text
    for words in ("On the job", "Off the job"):
        assert words in text


def test_learner_home_shows_the_arithmetic(world: World, client_of: ClientOf) -> None:
    side, today = world.ours, timezone.localdate()
    Enrolment.objects.filter(pk=side.enrolment.pk).update(
        starts_on=today - dt.timedelta(days=139), ends_on=today + dt.timedelta(days=224)
    )
    f.ActivityFactory(
        enrolment=side.enrolment, strategy=side.strategy, approved=True, minutes=90, done_on=today
    )
    response = client_of(side.learner).get("/learner/")
    off = response.context["progress"].off_job
    assert (off.days.elapsed, off.days.planned, off.expected, off.counted) == (140, 364, 6000, 90)
    words = "<b>140</b> of <b>364</b> learning days × <b>260\u00a0h</b> planned = <b>100\u00a0h</b>."
    assert words in response.text
    assert "98.5\u00a0h behind" in response.text
    assert "Coach: Sample coach Alder" in response.text


def test_learner_home_of_a_second_programme(world: World, client_of: ClientOf) -> None:
    side = world.ours
    second = f.EnrolmentFactory(cohort=world.theirs.cohort, learner=side.learner, organisation=side.employer)
    client = client_of(side.learner)
    assert client.get(f"/learner/?enrolment={second.pk}").context["enrolment"] == second
    assert f'href="?enrolment={side.enrolment.pk}"' in client.get(f"/learner/?enrolment={second.pk}").text


def test_queue_shows_what_waits_and_the_caseload(world: World, client_of: ClientOf) -> None:
    side = world.ours
    f.ActivityFactory(enrolment=side.enrolment, strategy=side.strategy, sent=True, title="Waits")
    response = client_of(side.coach).get("/queue/")
    assert [entry.title for entry in response.context["page"]] == ["Waits"]
    assert [row.enrolment for row in response.context["caseload"]] == [side.enrolment]
    assert (response.context["learners"], response.context["companies"]) == ([side.enrolment], 1)
    empty = client_of(world.theirs.coach).get("/queue/")
    assert "All done" in empty.text
    assert "Nothing waits for you." in empty.text


@pytest.mark.parametrize(
    ("factory", "values"), [(f.GoalFactory, {"proposed": True}), (f.BreakFactory, {"asked": True})]
)
def test_queue_is_not_done_while_a_goal_or_a_break_waits(
    world: World, client_of: ClientOf, factory: Any, values: dict[str, Any]
) -> None:
    factory(enrolment=world.ours.enrolment, **values)
    queue = client_of(world.ours.coach).get("/queue/").text
    assert "Goals or breaks in learning wait for you." in queue
    assert "All done" not in queue
    assert "Nothing waits for you." not in queue


def test_learner_home_asks_for_nothing_during_a_break(world: World, client_of: ClientOf) -> None:
    client = client_of(world.ours.learner)
    Enrolment.objects.filter(pk=world.ours.enrolment.pk).update(status="on_break")
    home = client.get("/learner/").text
    assert "Nothing is expected of you during your break." in home
    assert "Log the next thing you learn." not in home


def test_team_page_is_of_the_managers_own_people(world: World, client_of: ClientOf) -> None:
    side = world.ours
    made = {"strategy": side.strategy, "enrolment": side.enrolment}
    f.ActivityFactory(**made, sent=True, kind="on_job", title="On the job, waits")
    f.ActivityFactory(**made, sent=True, kind="off_job", title="Off the job, waits")
    response = client_of(side.manager).get("/team/")
    assert [item.title for item in response.context["waiting"].items] == ["On the job, waits"]
    assert (response.context["waiting"].number, response.context["sums"].waiting) == (1, 2)
    assert "Off the job, waits" not in response.text
    assert world.theirs.learner.display_name not in response.text
    Enrolment.objects.filter(pk=side.enrolment.pk).update(status="completed")
    assert "Nobody in your team is learning yet" in client_of(side.manager).get("/team/").text


def test_lead_page_is_of_the_programmes_led(world: World, client_of: ClientOf) -> None:
    response = client_of(world.ours.lead).get("/lead/")
    assert list(response.context["programmes"]) == [world.ours.programme]
    assert [row.cohort for row in response.context["cohorts"]] == [world.ours.cohort]
    assert response.context["totals"].learners == 1
    assert world.theirs.programme.title not in response.text


def test_organisation_page_keeps_small_groups_back(world: World, client_of: ClientOf) -> None:
    side, today = world.ours, timezone.localdate()
    client = client_of(side.org_admin)
    made = {"strategy": side.strategy, "approved": True, "done_on": today}
    f.ActivityFactory(enrolment=side.enrolment, minutes=7 * 60, **made)
    text = client.get("/organisation/").text
    assert (text.count("kept back"), "7\u00a0h" in text) == (
        5,
        False,
    )  # four figures, and the sentence that says why
    for _number in range(4):
        f.EnrolmentFactory(cohort=side.cohort, organisation=side.employer)
    text = client.get("/organisation/").text
    assert (text.count("kept back"), "7\u00a0h" in text) == (1, True)
    assert world.theirs.learner.display_name not in text


def test_site_page_counts(world: World, client_of: ClientOf) -> None:
    context = client_of(world.administrator).get("/site/").context
    assert (context["people"], context["organisations"], context["programmes"], context["frameworks"]) == (
        14,
        4,
        2,
        2,
    )
