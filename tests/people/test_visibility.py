"""The page on who can see my data says what the rights are: it reads the same table."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from people.models import Membership, User
from people.permissions import (
    EVERY_ROW,
    GRANTS,
    Permission,
    Relation,
    access_of,
    standing_of,
)
from people.queries.visibility import ROLE_NAMES, Place, places_of
from programmes.models import (
    ActivityEntry,
    ApplicationRecord,
    BreakInLearning,
    Enrolment,
    EvidenceFile,
    Goal,
    Reflection,
    SupportRole,
)
from tests.factories import people as p
from tests.factories import programmes as f
from tests.worlds import World

ClientOf = Callable[[User | None], Client]
Lines = dict[str, dict[str, tuple[list[str], str]]]


def lines(place: Place) -> Lines:
    """By kind of data and role: names and condition."""
    return {
        kind.what: {
            viewer.role: ([person.display_name for person in viewer.people], viewer.condition)
            for viewer in kind.viewers
        }
        for kind in place.kinds
    }


def names_in(place: Place) -> set[str]:
    return {
        person.display_name for kind in place.kinds for viewer in kind.viewers for person in viewer.people
    }


def test_every_kind_of_data_is_said_with_who_sees_it(world: World) -> None:
    programme, employer = places_of(world.ours.learner)
    sent = "Once you have sent the activity."
    on_job = "Once you have sent the activity, and only if it was on the job."
    assert (programme.title, employer.title) == ("Programme Alder", "Sample Alder Ltd")
    assert lines(programme)["What you did in an activity, in your words"] == {
        "Coach": (["Sample coach Alder"], sent),
        "Workplace mentor": (["Sample mentor Alder"], sent),
        "Line manager": (["Sample manager Alder"], on_job),
        "Programme lead": (["Sample lead Alder"], sent),
    }
    assert lines(programme)["Your reflections"] == {"Coach": (["Sample coach Alder"], sent)}
    assert [kind.logged_roles for kind in programme.kinds] == [
        [],
        [],
        [],
        [],
        ["Administrator"],
        [],
        ["Programme lead", "Administrator"],
        [],
        [],
    ]
    assert list(lines(employer).values()) == [
        {
            "Organisation administrator": (["Sample org_admin Alder"], ""),
            "Administrator": (["Sample Administrator"], ""),
        }
    ]


@pytest.mark.parametrize(
    "model",
    [Enrolment, BreakInLearning, ActivityEntry, Reflection, EvidenceFile, ApplicationRecord, Goal],
)
def test_page_agrees_with_the_rights_themselves(world: World, model: type) -> None:
    """For every persona and permission: named on the page exactly if the rights open at least some rows."""
    place = places_of(world.ours.learner)[0]
    for shown in access_of(model).shown:
        named = {
            person.pk
            for kind in place.kinds
            if kind.what == str(shown.what)
            for viewer in kind.viewers
            for person in viewer.people
        }
        holding = {
            person.pk
            for name, person in world.everybody().items()
            if person is not None
            and name != "learner"
            and standing_of(person, world.ours.enrolment).holds(shown.permission)
        }
        assert named == holding, shown


def test_page_changes_with_the_table(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    learner = world.ours.learner
    monkeypatch.setitem(GRANTS, Permission.REFLECTION_READ, {Relation.MANAGER: EVERY_ROW})
    assert lines(places_of(learner)[0])["Your reflections"] == {
        "Line manager": (["Sample manager Alder"], "")
    }
    monkeypatch.setitem(GRANTS, Permission.REFLECTION_READ, {})
    assert lines(places_of(learner)[0])["Your reflections"] == {}
    monkeypatch.setitem(GRANTS, Permission.ACTIVITY_READ_LOGGED, {Relation.ORG_ADMIN: "sent"})
    assert places_of(learner)[0].kinds[4].logged_roles == ["Organisation administrator"]


def end_role(world: World) -> None:
    SupportRole.objects.filter(person=world.ours.coach).update(ends_on=timezone.localdate() - dt.timedelta(1))


def end_membership(world: World) -> None:
    Membership.objects.filter(person=world.ours.coach).update(ends_on=timezone.localdate() - dt.timedelta(1))


def make_inactive(world: World) -> None:
    User.objects.filter(pk=world.ours.coach.pk).update(is_active=False)


@pytest.mark.parametrize("end", [end_role, end_membership, make_inactive])
def test_who_lost_the_role_is_no_longer_named(world: World, end: Callable[[World], None]) -> None:
    learner, name = world.ours.learner, world.ours.coach.display_name
    assert name in names_in(places_of(learner)[0])
    end(world)
    assert name not in names_in(places_of(learner)[0])


def test_nobody_is_named_twice_and_never_oneself(world: World) -> None:
    side = world.ours
    for _again in range(2):
        f.SupportRoleFactory(enrolment=side.enrolment, person=side.coach, role="coach")
    p.MembershipFactory(person=side.learner, organisation=side.employer, role="org_admin")
    places = places_of(side.learner)
    assert side.learner.display_name not in set().union(*(names_in(place) for place in places))
    assert lines(places[0])["Your reflections"]["Coach"][0] == ["Sample coach Alder"]


def test_people_of_the_other_side_are_not_named(world: World) -> None:
    named = set().union(*(names_in(place) for place in places_of(world.ours.learner)))
    assert not {name for name in named if "Birch" in name}


def test_every_relation_has_a_name_and_every_condition_words() -> None:
    assert set(ROLE_NAMES) == set(Relation)
    for model in (Enrolment, ActivityEntry, Reflection, EvidenceFile, ApplicationRecord, Goal):
        paths = access_of(model)
        used = {name for shown in paths.shown for name in GRANTS[shown.permission].values() if name}
        assert used <= set(paths.condition_words), model


@pytest.mark.parametrize("persona", ["learner", "coach", "outsider", "administrator"])
def test_everybody_has_the_page(world: World, client_of: ClientOf, persona: str) -> None:
    page = client_of(world.everybody()[persona]).get(reverse("people:visibility"))
    assert page.status_code == 200
    assert ("You are in no programme" in page.text) == (persona in ("outsider", "administrator"))
