"""Who may do what, by hand: the table of trust.md for every permission, every persona and every state of a row.

A persona that is not named in a line is refused, and so are the twins of the other organisation, outsiders and
visitors. `can()` and `.permitted_to()` are both held to the same table.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import product

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from people.models import Membership, User
from people.permissions import GRANTS, NEVER_OWN, Permission, Relation, can, roles_remembered, standing_of
from programmes.models import (
    ActivityEntry,
    EvidenceFile,
    ProgrammeRole,
    Reflection,
    StrategyGuide,
    SupportRole,
)
from standards.models import Framework
from tests.factories import people as p
from tests.factories import programmes as f
from tests.worlds import PERSONAS, Side, World

P = Permission
EVERYBODY = (*PERSONAS, *(f"other_{name}" for name in PERSONAS), "administrator", "outsider", "visitor")
STATES = ("draft", "submitted", "returned", "approved", "superseded")
KINDS = ("on_job", "off_job")

# "sent" stands for every state but draft; "any" for all values in its place.
TABLE: dict[Permission, dict[str, str]] = {
    P.ENROLMENT_READ: {"enrolment": "learner coach mentor manager org_admin lead administrator"},
    P.PROGRESS_READ: {"enrolment": "learner coach mentor manager lead"},
    P.ACTIVITY_CREATE: {"enrolment": "learner"},
    P.ACTIVITY_READ: {
        "activity draft any": "learner",
        "activity sent on_job": "learner coach mentor manager lead",
        "activity sent off_job": "learner coach mentor manager lead",
    },
    P.ACTIVITY_READ_DETAIL: {
        "activity draft any": "learner",
        "activity sent on_job": "learner coach mentor manager lead",
        "activity sent off_job": "learner coach mentor lead",
    },
    P.ACTIVITY_READ_LOGGED: {
        "activity draft any": "",
        "activity sent any": "administrator",
    },
    P.ACTIVITY_CHANGE: {"activity draft any": "learner", "activity sent any": "learner"},
    P.ACTIVITY_APPROVE: {
        "activity draft any": "",
        "activity sent on_job": "coach mentor manager",
        "activity sent off_job": "coach",
    },
    P.APPLICATION_READ: {
        "application prompted": "learner",
        "application answered": "learner coach mentor manager lead administrator",
    },
    P.APPLICATION_CHANGE: {"application prompted": "learner", "application answered": "learner"},
    P.APPLICATION_CONFIRM: {"application prompted": "", "application answered": "mentor manager"},
    P.GOAL_CREATE: {"enrolment": "learner"},
    P.GOAL_READ: {
        "goal draft": "learner",
        "goal shown": "learner coach mentor manager lead administrator",
    },
    P.GOAL_CHANGE: {"goal draft": "learner", "goal shown": "learner"},
    P.GOAL_AGREE: {"goal draft": "", "goal shown": "coach manager"},
    P.LEAVE_MARK: {"enrolment": "learner coach"},
    P.BREAK_READ: {
        "enrolment": "learner coach manager lead",
        "break any_state": "learner coach manager lead",
    },
    P.BREAK_ASK: {"enrolment": "learner"},
    P.BREAK_AGREE: {"break any_state": "coach manager lead"},
    P.BREAK_END: {"enrolment": "coach lead administrator"},
    P.COVER_SET: {"enrolment": "coach"},
    P.REFLECTION_READ: {
        "activity draft any": "learner",
        "activity sent any": "learner coach",
        "reflection draft any": "learner",
        "reflection sent any": "learner coach",
    },
    P.REFLECTION_CHANGE: {
        "activity draft any": "learner",
        "activity sent any": "learner",
        "reflection draft any": "learner",
        "reflection sent any": "learner",
    },
    P.EVIDENCE_READ: {
        "evidence draft any any any": "learner",
        "evidence sent on_job shared clean": "learner coach mentor manager",
        "evidence sent on_job private clean": "learner coach manager",
        "evidence sent off_job shared clean": "learner coach mentor",
        "evidence sent off_job private clean": "learner coach",
        "evidence sent any any unclean": "learner",
        "answerfile told shared": "learner coach mentor manager",
        "answerfile told private": "learner coach manager",
        "answerfile held shared": "learner",
        "answerfile held private": "learner",
    },
    P.EVIDENCE_READ_LOGGED: {
        "evidence draft any any any": "",
        "evidence sent any any clean": "lead administrator",
        "evidence sent any any unclean": "",
        "answerfile told shared": "lead administrator",
        "answerfile told private": "lead administrator",
        "answerfile held shared": "",
        "answerfile held private": "",
    },
    P.EVIDENCE_CHANGE: {
        "evidence draft any any any": "learner",
        "evidence sent any any any": "learner",
        **{f"answerfile {place}": "learner" for place in ("told shared", "told private")},
        **{f"answerfile {place}": "learner" for place in ("held shared", "held private")},
    },
    P.ENROLMENT_CHANGE: {"enrolment": "lead administrator", "cohort": "lead administrator"},
    P.ENROLMENT_START: {"enrolment": "learner"},
    P.PROGRAMME_CREATE: {"employer": "", "provider": "lead administrator"},
    P.PROGRAMME_CHANGE: {"programme": "lead administrator", "unit": "lead administrator"},
    P.COHORT_CHANGE: {"programme": "lead administrator", "cohort": "lead administrator"},
    P.PROGRAMME_READ: {"programme": "lead administrator"},
    P.PROGRAMME_WATCH: {"programme": "lead"},
    P.ORGANISATION_READ: {
        "employer": "learner mentor manager org_admin administrator",
        "provider": "coach lead administrator",
        "team": "learner mentor manager org_admin administrator",
    },
    P.ORGANISATION_READ_TOTALS: {
        "employer": "org_admin administrator",
        "provider": "administrator",
        "team": "org_admin administrator",
    },
    P.INVITATION_CREATE: {
        "employer": "org_admin administrator",
        "provider": "lead administrator",
        "invitation": "org_admin administrator",
    },
    P.MEMBERSHIP_CHANGE: {
        "employer": "org_admin administrator",
        "provider": "administrator",
        "membership": "org_admin administrator",
        "invitation": "org_admin administrator",
    },
    P.FRAMEWORK_READ: {
        "framework draft": "administrator",
        "framework published": "MEMBERS administrator",
        "framework archived": "MEMBERS administrator",
    },
    P.FRAMEWORK_READ_DRAFT: {
        "framework draft": "administrator",
        "framework published": "administrator",
        "framework archived": "administrator",
    },
    P.TEMPLATE_CHANGE: {
        "framework draft": "administrator",
        "framework published": "administrator",
        "framework archived": "administrator",
    },
    P.STRATEGY_READ: {"strategy": "MEMBERS administrator"},
    P.STRATEGY_CHANGE: {
        "employer": "",
        "provider": "lead administrator",
        "guide": "lead administrator",
        "strategy": "administrator",
    },
}
MEMBERS = " ".join((*PERSONAS, *(f"other_{name}" for name in PERSONAS)))
"""A framework belongs to nobody: everybody with a membership reads it, on both sides."""

VERIFIED = ("approved", "superseded")
UNCLEAN = ("received", "checking", "rejected")
ANY = {1: STATES, 2: KINDS, 3: ("shared", "private"), 4: (*UNCLEAN, "clean")}
ANSWERS = ("submitted", "returned", "confirmed", "not_applied")
GOALS = ("proposed", "agreed", "in_progress", "achieved", "partly_achieved", "dropped")
BREAKS = ("asked", "agreed", "refused", "withdrawn")
SEVERAL = {
    "sent": STATES[1:],
    "unclean": UNCLEAN,
    "answered": ANSWERS,
    "shown": GOALS,
    "any_state": BREAKS,
}
Rows = dict[str, models.Model]


def expanded(lines: dict[str, str]) -> dict[str, frozenset[str]]:
    """The lines with `sent`, `unclean` and `any` written out; two lines for one row are a fault."""
    found: dict[str, frozenset[str]] = {}
    for line, personas in lines.items():
        words = [
            ANY[place] if word == "any" else SEVERAL.get(word, (word,))
            for place, word in enumerate(line.split())
        ]
        for label in map(" ".join, product(*words)):
            assert label not in found, label
            found[label] = frozenset(personas.replace("MEMBERS", MEMBERS).split())
    return found


EXPECTED = {permission: expanded(lines) for permission, lines in TABLE.items()}


def rows_of(side: Side) -> Rows:
    """A row in every state that the table knows, by the label used there."""
    built = [
        (
            f"{state} {kind}",
            f.ActivityFactory.build(
                enrolment=side.enrolment,
                strategy=side.strategy,
                kind=kind,
                status=state,
                submitted_at=timezone.now(),
                organisation=side.employer,
                approved_at=timezone.now() if state in VERIFIED else None,
                approved_by=side.coach if state in VERIFIED else None,
            ),
        )
        for state, kind in product(STATES, KINDS)
    ]
    ActivityEntry.objects.bulk_create([entry for _label, entry in built])
    rows: Rows = {f"activity {label}": entry for label, entry in built}
    rows |= {f"reflection {label}": Reflection(entry=entry, text="Mine") for label, entry in built}
    for (label, entry), shared, state in product(built, (True, False), ANY[4]):
        rows[f"evidence {label} {'shared' if shared else 'private'} {state}"] = f.EvidenceFactory.build(
            entry=entry,
            **{} if state == "rejected" else {"file": "ab/c.txt"},
            **{} if state == "clean" else {state: True},
            is_shared=shared,
            uploaded_by=side.learner,
        )
    for model in (Reflection, EvidenceFile):
        model.objects.bulk_create([row for row in rows.values() if isinstance(row, model)])
    rows |= {f"goal {state}": goal_in(side, state) for state in ("draft", *GOALS)}
    rows |= {f"break {state}": f.BreakFactory(enrolment=side.enrolment, **{state: True}) for state in BREAKS}
    for state in ("prompted", *ANSWERS):
        rows[f"application {state}"] = application_in(side, state)
    return rows | {
        **dict(answer_files(side)),
        "enrolment": side.enrolment,
        "programme": side.programme,
        "unit": side.programme.units.get(),
        "cohort": side.cohort,
        "employer": side.employer,
        "provider": side.provider,
        "team": side.team,
        "strategy": side.strategy,
        "guide": StrategyGuide.objects.create(
            strategy=side.strategy, organisation=side.provider, summary="Ours"
        ),
        "membership": Membership.objects.get(person=side.mentor),
        "invitation": p.InvitationFactory(organisation=side.employer),
    }


def goal_in(side: Side, state: str) -> models.Model:
    traits = {} if state == "draft" else {state: True}
    agreed = {} if state in ("draft", "proposed") else {"agreed_by": side.coach}
    goal: models.Model = f.GoalFactory(enrolment=side.enrolment, **traits, **agreed)
    return goal


def application_in(side: Side, state: str) -> models.Model:
    entry = f.ActivityFactory(enrolment=side.enrolment, strategy=side.strategy)
    trait = {"submitted": "sent"}.get(state, state)
    by = {"confirmed_by": side.manager} if state == "confirmed" else {}
    row: models.Model = f.ApplicationFactory(
        entry=entry, **{} if state == "prompted" else {trait: True}, **by
    )
    return row


def answer_files(side: Side) -> Iterator[tuple[str, models.Model]]:
    """Files of answers about verified activities off the job: told, and held back with a draft."""
    for told, shared in product((True, False), repeat=2):
        entry = f.ActivityFactory(
            enrolment=side.enrolment, strategy=side.strategy, approved=True, approved_by=side.coach
        )
        record = f.ApplicationFactory(entry=entry, **{"sent": True} if told else {})
        file: models.Model = f.EvidenceFactory(
            entry=entry, application=record, file="ab/c.txt", is_held_back=not told, is_shared=shared
        )
        yield f"answerfile {'told' if told else 'held'} {'shared' if shared else 'private'}", file


def frameworks_of() -> Rows:
    states = ("draft", "published", "archived")
    rows = [Framework(code=f"FW-{status}", title=status, status=status) for status in states]
    return {f"framework {row.status}": row for row in Framework.objects.bulk_create(rows)}


def asked(permission: Permission, rows: Rows) -> Iterator[tuple[str, models.Model]]:
    """The rows to which the permission applies: those of the models that its part of the table names."""
    kinds = {line.split()[0] for line in TABLE[permission]}
    for label, row in rows.items():
        if label.split()[0] in kinds:
            yield label, row


def test_table_names_every_permission_and_grants_grants_every_one() -> None:
    assert list(TABLE) == list(Permission)
    assert set(GRANTS) == set(Permission)


def test_table_has_a_line_for_every_row(world: World) -> None:
    rows = rows_of(world.ours) | frameworks_of()
    for permission in Permission:
        assert set(EXPECTED[permission]) == {label for label, _row in asked(permission, rows)}, permission


def test_table_names_personas_of_every_relation(world: World) -> None:
    assert set(world.everybody()) == set(EVERYBODY)
    named = {"lead": "programme_lead"}
    bearing = {Relation(named.get(name, name)) for name in (*PERSONAS, "administrator")}
    assert bearing | {Relation.MEMBER} == set(Relation)


TWINS = tuple(pytest.param(f"other_{name}", marks=pytest.mark.slow) for name in PERSONAS if name != "coach")


@pytest.mark.parametrize(
    "persona", [*PERSONAS, "other_coach", *TWINS, "administrator", "outsider", "visitor"]
)
def test_access_in_python_and_in_sql_is_what_the_table_says(world: World, persona: str) -> None:
    """SQL is asked over the rows of both sides at once: the other side's are those of the persona's twin."""
    user = world.everybody()[persona] or AnonymousUser()
    rows = rows_of(world.ours) | frameworks_of()
    every = rows | {f"theirs {label}": row for label, row in rows_of(world.theirs).items()}
    labels = {(type(row), row.pk): label for label, row in every.items()}
    with roles_remembered():  # as within one request
        standings = {label: standing_of(user, row) for label, row in rows.items()}
    for permission in Permission:
        ours, theirs = granted(permission, persona), granted(permission, twin_of(persona))
        in_python = {label for label, _row in asked(permission, rows) if standings[label].may(permission)}
        in_sql = {
            labels[model, pk]
            for model in {type(row) for _label, row in asked(permission, rows)}
            for pk in model._default_manager.all().permitted_to(user, permission).values_list("pk", flat=True)
            if (model, pk) in labels
        }
        assert in_python == ours, permission
        assert in_sql == ours | {f"theirs {label}" for label in theirs if f"theirs {label}" in every}, (
            permission
        )


def granted(permission: Permission, persona: str) -> set[str]:
    """The rows on which the table gives the permission to the persona."""
    return {label for label, personas in EXPECTED[permission].items() if persona in personas}


def twin_of(persona: str) -> str:
    """Who stands to the other side as the persona stands to ours."""
    if persona in ("administrator", "outsider", "visitor"):
        return persona
    return persona.removeprefix("other_") if persona.startswith("other_") else f"other_{persona}"


def test_can_is_the_answer_of_the_standing(world: World) -> None:
    entry = f.ActivityFactory(enrolment=world.ours.enrolment, strategy=world.ours.strategy, sent=True)
    assert can(world.ours.coach, P.ACTIVITY_APPROVE, entry) is True
    assert can(world.ours.manager, P.ACTIVITY_APPROVE, entry) is False
    assert can(AnonymousUser(), P.ACTIVITY_READ, entry) is False


def test_holds_asks_for_some_of_the_rows_behind_an_enrolment(world: World) -> None:
    side = world.ours
    holders = {
        name for name in PERSONAS if standing_of(getattr(side, name), side.enrolment).holds(P.REFLECTION_READ)
    }
    assert holders == {"learner", "coach"}


# Own records ----------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["coach", "mentor", "manager"])
def test_nobody_approves_their_own_record_whatever_their_other_roles(world: World, role: str) -> None:
    side = world.ours
    entry = f.ActivityFactory(enrolment=side.enrolment, strategy=side.strategy, kind="on_job", sent=True)
    f.SupportRoleFactory(enrolment=side.enrolment, person=side.learner, role=role)
    p.MembershipFactory(person=side.learner, organisation=side.provider, role=Membership.Role.COACH)
    assert Relation(role) in standing_of(side.learner, entry).relations
    assert can(side.learner, P.ACTIVITY_APPROVE, entry) is False
    assert list(ActivityEntry.objects.permitted_to(side.learner, P.ACTIVITY_APPROVE)) == []


def test_administrator_does_not_approve_even_what_somebody_else_did(world: World) -> None:
    entry = f.ActivityFactory(enrolment=world.ours.enrolment, strategy=world.ours.strategy, sent=True)
    assert can(world.administrator, P.ACTIVITY_APPROVE, entry) is False
    never = {P.ACTIVITY_APPROVE, P.APPLICATION_CONFIRM, P.GOAL_AGREE, P.ENROLMENT_CHANGE}
    assert never | {P.BREAK_AGREE, P.BREAK_END} == NEVER_OWN


# Days -----------------------------------------------------------------------------------

TODAY = dt.timedelta()
DAY = dt.timedelta(days=1)


def may_read(user: User, entry: ActivityEntry) -> bool:
    """Whether both ways to ask say so; a fault when they differ."""
    user = User.objects.get(pk=user.pk)
    answers = {
        can(user, P.ACTIVITY_READ, entry),
        ActivityEntry.objects.permitted_to(user, P.ACTIVITY_READ).filter(pk=entry.pk).exists(),
    }
    (answer,) = answers
    return answer


@pytest.mark.parametrize("role", ["coach", "mentor", "manager"])
@pytest.mark.parametrize(
    ("starts", "ends", "expected"),
    [
        (-DAY, None, True),
        (TODAY, TODAY, True),
        (-3 * DAY, -DAY, False),
        (DAY, None, False),
        (-DAY, DAY, True),
    ],
)
def test_support_role_holds_on_its_days(
    world: World, role: str, starts: dt.timedelta, ends: dt.timedelta | None, expected: bool
) -> None:
    side, today = world.ours, timezone.localdate()
    entry = f.ActivityFactory(enrolment=side.enrolment, strategy=side.strategy, sent=True)
    days = {"starts_on": today + starts, "ends_on": None if ends is None else today + ends}
    SupportRole.objects.filter(enrolment=side.enrolment, role=role).update(**days)
    assert may_read(getattr(side, role), entry) is expected


@pytest.mark.parametrize("persona", ["coach", "mentor", "manager", "lead"])
@pytest.mark.parametrize("days", [{"ends_on": -DAY}, {"starts_on": DAY}])
def test_supporter_whose_membership_does_not_hold_today_sees_nothing(
    world: World, persona: str, days: dict[str, dt.timedelta]
) -> None:
    side, today = world.ours, timezone.localdate()
    entry = f.ActivityFactory(enrolment=side.enrolment, strategy=side.strategy, sent=True)
    person = getattr(side, persona)
    assert may_read(person, entry) is True
    Membership.objects.filter(person=person).update(**{name: today + shift for name, shift in days.items()})
    assert may_read(person, entry) is False


def test_membership_of_another_organisation_does_not_carry_the_role(world: World) -> None:
    """A coach belongs to the provider, mentor and manager to the employer: elsewhere their role is void."""
    side = world.ours
    entry = f.ActivityFactory(enrolment=side.enrolment, strategy=side.strategy, sent=True)
    Membership.objects.filter(person=side.coach).update(organisation=side.employer)
    Membership.objects.filter(person=side.mentor).update(organisation=world.theirs.employer)
    Membership.objects.filter(person=side.manager).update(organisation=side.provider)
    Membership.objects.filter(person=side.lead).update(organisation=world.theirs.provider)
    readers = {name for name in PERSONAS if may_read(getattr(side, name), entry)}
    assert readers == {"learner"}


@pytest.mark.parametrize("days", [{"ends_on": -DAY}, {"starts_on": DAY}])
def test_programme_role_holds_on_its_days(world: World, days: dict[str, dt.timedelta]) -> None:
    side, today = world.ours, timezone.localdate()
    entry = f.ActivityFactory(enrolment=side.enrolment, strategy=side.strategy, sent=True)
    ProgrammeRole.objects.update(**{name: today + shift for name, shift in days.items()})
    assert may_read(side.lead, entry) is False
    assert can(side.lead, P.PROGRAMME_WATCH, side.programme) is False


def test_organisation_administrator_is_one_on_the_days_of_that_membership(world: World) -> None:
    side = world.ours
    assert can(side.org_admin, P.ENROLMENT_READ, side.enrolment) is True
    held = Membership.objects.filter(person=side.org_admin)
    held.update(role=Membership.Role.MEMBER)
    assert can(side.org_admin, P.ENROLMENT_READ, side.enrolment) is False
    held.update(role=Membership.Role.ORG_ADMIN, ends_on=timezone.localdate() - DAY)
    assert can(side.org_admin, P.ENROLMENT_READ, side.enrolment) is False


@pytest.mark.parametrize("persona", [*PERSONAS, "administrator"])
def test_inactive_person_may_nothing(world: World, persona: str) -> None:
    user = world.everybody()[persona]
    user.is_active = False
    rows = rows_of(world.ours)
    for label in ("enrolment", "activity approved on_job", "programme", "employer"):
        standing = standing_of(user, rows[label])
        assert [permission for permission in Permission if standing.may(permission)] == []
    for permission in Permission:
        for model in {type(row) for _label, row in asked(permission, rows)}:
            assert not model._default_manager.all().permitted_to(user, permission).exists()


def end_support_role(side: Side) -> None:
    SupportRole.objects.filter(person=side.coach).update(ends_on=timezone.localdate() - DAY)


def end_membership(side: Side) -> None:
    Membership.objects.filter(person=side.coach).update(ends_on=timezone.localdate() - DAY)


@pytest.mark.parametrize("end", [end_support_role, end_membership])
def test_access_ends_at_the_next_request(
    world: World, client_of: Callable[[User], Client], end: Callable[[Side], None]
) -> None:
    side = world.ours
    entry = f.ActivityFactory(enrolment=side.enrolment, strategy=side.strategy, sent=True)
    evidence = f.EvidenceFactory(entry=entry)
    pages = [
        reverse("programmes:activity_detail", args=[entry.pk]),
        reverse("programmes:enrolment_activities", args=[side.enrolment.pk]),
        reverse("programmes:evidence_read", args=[evidence.pk]),
        reverse("dashboards:queue"),
    ]
    client = client_of(side.coach)
    assert answers(client, pages) == [200, 200, 200, 200]
    end(side)
    assert answers(client, pages) == [404, 404, 404, 403]


def answers(client: Client, pages: list[str]) -> list[int]:
    found = []
    for page in pages:
        response = client.get(page)
        if response.streaming:
            b"".join(response.streaming_content)
        found.append(response.status_code)
    return found


def test_person_made_inactive_is_signed_out_at_the_next_request(
    world: World, client_of: Callable[[User], Client]
) -> None:
    client = client_of(world.ours.learner)
    assert client.get(reverse("dashboards:learner")).status_code == 200
    User.objects.filter(pk=world.ours.learner.pk).update(is_active=False)
    response = client.get(reverse("dashboards:learner"))
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/learner/")
