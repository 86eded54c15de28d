"""Cohorts, enrolments and support roles by their leads: who can be chosen, every move, and what each leaves behind."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEvent
from core.transitions import TransitionRefused
from notifications.models import Delivery
from people.models import Invitation, Membership, User
from people.permissions import Permission, can
from programmes import actions
from programmes.models import BreakInLearning, Cohort, Enrolment, Partnership, Programme, SupportRole
from programmes.queries.choices import employers_of, supporters_for
from programmes.queries.progress import learning_days
from tests.factories import people as p
from tests.factories import programmes as f
from tests.worlds import World

ClientOf = Callable[[User | None], Client]
DAY = dt.timedelta(days=1)


@pytest.fixture
def lead(world: World, client_of: ClientOf) -> Client:
    return client_of(world.ours.lead)


@pytest.fixture
def today() -> dt.date:
    return timezone.localdate()


def url(name: str, *args: Any) -> str:
    return reverse(f"programmes:{name}", args=args)


def faults(response: Any) -> set[str]:
    assert response.status_code == 200
    return set(response.context["form"].errors)


def person_at(organisation: Any, role: str = "member") -> User:
    return p.MembershipFactory(organisation=organisation, role=role).person


# Cohorts --------------------------------------------------------------------------------


def test_cohort_is_made_changed_and_removed(world: World, lead: Client) -> None:
    programme = world.ours.programme
    made_at = url("cohort_create", programme.pk)
    assert faults(lead.post(made_at, {"name": world.ours.cohort.name, "starts_on": "2026-09-01"})) == {"name"}
    assert faults(lead.post(made_at, {"name": "", "starts_on": "soon"})) == {"name", "starts_on"}
    lead.post(made_at, {"name": "Autumn", "starts_on": "2026-09-01"})
    cohort = Cohort.objects.get(name="Autumn")
    lead.post(url("cohort_change", cohort.pk), {"name": "Winter", "starts_on": "2026-12-01"})
    cohort.refresh_from_db()
    assert (cohort.name, cohort.starts_on) == ("Winter", dt.date(2026, 12, 1))
    assert "Nobody is enrolled yet" in lead.get(url("cohort_detail", cohort.pk)).text
    assert lead.get(url("cohort_remove", cohort.pk)).status_code == 200
    lead.post(url("cohort_remove", cohort.pk))
    assert not Cohort.objects.filter(pk=cohort.pk).exists()
    kinds = AuditEvent.objects.order_by("pk").values_list("action", flat=True)
    assert list(kinds) == ["cohort.create", "cohort.change", "cohort.remove"]


def test_cohort_with_learners_stays(world: World, lead: Client) -> None:
    assert lead.get(url("cohort_remove", world.ours.cohort.pk)).status_code == 302
    lead.post(url("cohort_remove", world.ours.cohort.pk))
    assert Cohort.objects.filter(pk=world.ours.cohort.pk).exists()


def test_cohort_page_filters_by_name_employer_and_state(world: World, lead: Client) -> None:
    side = world.ours
    other = f.EnrolmentFactory(cohort=side.cohort, status="invited")
    page = url("cohort_detail", side.cohort.pk)

    def found(**query: str) -> set[int]:
        return {row.pk for row in lead.get(page, query).context["page"].object_list}

    assert found() == {side.enrolment.pk, other.pk}
    assert found(status="invited") == {other.pk}
    assert found(q="learner alder") == {side.enrolment.pk}
    assert found(q=other.organisation.name) == {other.pk}
    assert found(q="nobody") == set()
    assert found(status="nonsense", page="1" + "0" * 30) == {side.enrolment.pk, other.pk}


# Enrolling ------------------------------------------------------------------------------


def enrolled(today: dt.date, **fields: Any) -> dict[str, Any]:
    return {
        "starts_on": today.isoformat(),
        "ends_on": (today + 364 * DAY).isoformat(),
        "contracted_minutes_a_week": "37.5",
        "team": "",
        **fields,
    }


def test_employers_are_those_linked_and_those_with_learners(world: World) -> None:
    provider = world.ours.provider
    assert list(employers_of(provider)) == [world.ours.employer]
    linked = p.OrganisationFactory()
    Partnership.objects.create(provider=provider, employer=linked)
    assert set(employers_of(provider)) == {world.ours.employer, linked}


def test_lead_enrols_a_person_of_an_employer(world: World, lead: Client, today: dt.date) -> None:
    side = world.ours
    person = person_at(side.employer)
    page = url("enrolment_create", side.cohort.pk)
    assert "At which employer?" in lead.get(page).text
    assert "At which employer?" in lead.get(page, {"employer": world.theirs.employer.pk}).text
    page = f"{page}?employer={side.employer.pk}"
    form = lead.get(page).context["form"]
    assert set(form.fields["learner"].queryset) == {person, side.mentor, side.manager, side.org_admin}
    last = side.cohort.starts_on + dt.timedelta(weeks=52, days=-1)
    assert (form.initial["starts_on"], form.initial["ends_on"]) == (side.cohort.starts_on, last)

    assert faults(lead.post(page, enrolled(today, learner=world.theirs.learner.pk))) == {"learner"}
    assert faults(lead.post(page, enrolled(today, learner=person.pk, ends_on=today))) == {"ends_on"}
    foreign = world.theirs.team.pk
    assert faults(lead.post(page, enrolled(today, learner=person.pk, team=foreign))) == {"team"}
    response = lead.post(page, enrolled(today, learner=person.pk, team=side.team.pk))
    enrolment = Enrolment.objects.get(learner=person)
    assert response["Location"] == url("enrolment_detail", enrolment.pk)
    assert (enrolment.status, enrolment.team, enrolment.contracted_minutes_a_week) == (
        "invited",
        side.team,
        2250,
    )
    assert AuditEvent.objects.get().changes["status"] == [None, "invited"]
    again = lead.post(page, enrolled(today, learner=person.pk))
    assert faults(again) == {"learner"}


@pytest.mark.parametrize("wrong", ["outside the employer", "not a partner", "oneself"])
def test_action_refuses_whom_the_form_does_not_offer(world: World, today: dt.date, wrong: str) -> None:
    side = world.ours
    placement = actions.Placement(None, today, today + DAY, 60)
    who = {
        "outside the employer": (world.outsider, side.employer),
        "not a partner": (world.theirs.mentor, world.theirs.employer),
        "oneself": (side.lead, side.employer),
    }
    learner, employer = who[wrong]
    p.MembershipFactory(person=side.lead, organisation=side.employer)
    with pytest.raises(ValidationError):
        actions.enrol_learner(
            cohort=side.cohort, learner=learner, employer=employer, placement=placement, by=side.lead
        )
    with pytest.raises(PermissionDenied):
        actions.enrol_learner(
            cohort=side.cohort,
            learner=side.mentor,
            employer=side.employer,
            placement=placement,
            by=side.coach,
        )


def test_lead_invites_somebody_new_and_enrols_them(
    world: World, lead: Client, today: dt.date, django_capture_on_commit_callbacks: Any
) -> None:
    side = world.ours
    page = f"{url('enrolment_invite', side.cohort.pk)}?employer={side.employer.pk}"
    assert lead.get(page).status_code == 200
    new = {"email": "New.Person@sample.example", "display_name": "Sample New Person", "language": "pl"}
    assert faults(lead.post(page, enrolled(today, **{**new, "email": "nobody"}))) == {"email"}
    with django_capture_on_commit_callbacks() as callbacks:
        assert lead.post(page, enrolled(today, **new)).status_code == 302
    assert len(callbacks) == 1  # the mail goes now, not with the next minute
    invitation = Invitation.objects.get()
    assert (invitation.person.email, invitation.organisation, invitation.role) == (
        "new.person@sample.example",
        side.employer,
        "member",
    )
    assert Delivery.objects.filter(recipient=invitation.person).count() == 1
    enrolment = Enrolment.objects.get(learner=invitation.person)
    assert enrolment.status == "invited"
    assert not can(invitation.person, Permission.ORGANISATION_READ, side.employer)


def test_nothing_is_sent_when_the_enrolment_is_refused(world: World, lead: Client, today: dt.date) -> None:
    side = world.ours
    newcomer = actions.Newcomer("new@sample.example", "Sample New", "en")
    placement = actions.Placement(None, today, today + DAY, 60)
    given: dict[str, Any] = {"newcomer": newcomer, "placement": placement, "by": side.lead}
    with pytest.raises(ValidationError):
        actions.invite_learner(cohort=side.cohort, employer=world.theirs.employer, **given)
    Programme.objects.filter(pk=side.programme.pk).update(status="archived")
    with pytest.raises(ValidationError):
        actions.invite_learner(cohort=side.cohort, employer=side.employer, **given)
    assert (Invitation.objects.count(), User.objects.filter(email="new@sample.example").count()) == (0, 0)


def test_who_belongs_to_the_employer_already_is_enrolled_without_an_invitation(
    world: World, lead: Client, today: dt.date
) -> None:
    side = world.ours
    page = f"{url('enrolment_invite', side.cohort.pk)}?employer={side.employer.pk}"
    new = {"email": side.mentor.email.upper(), "display_name": "Anything", "language": "en"}
    lead.post(page, enrolled(today, **new))
    assert Enrolment.objects.get(learner=side.mentor).status == "invited"
    assert Invitation.objects.count() == 0


# The learner's answer -------------------------------------------------------------------


def test_invited_learner_sees_the_invitation_and_starts(
    world: World, client_of: ClientOf, today: dt.date
) -> None:
    side = world.ours
    person = person_at(side.employer)
    enrolment = f.EnrolmentFactory(
        cohort=side.cohort, organisation=side.employer, learner=person, status="invited"
    )
    f.SupportRoleFactory(enrolment=enrolment, person=side.coach, role="coach")
    client = client_of(person)
    assert client.get("/home/")["Location"] == "/learner/"
    home = client.get("/learner/")
    assert home.templates[0].name == "dashboards/invited.html"
    for text in (
        "You are invited to a programme",
        "Programme Alder",
        side.employer.name,
        side.coach.display_name,
    ):
        assert text in home.text
    assert client.get(url("activity_list")).status_code == 404
    assert client_of(side.mentor).post(url("enrolment_start", enrolment.pk)).status_code == 404

    response = client.post(url("enrolment_start", enrolment.pk))
    assert response["Location"] == f"/learner/?enrolment={enrolment.pk}"
    enrolment.refresh_from_db()
    assert enrolment.status == "active"
    steps = AuditEvent.objects.order_by("pk").values_list("action", "changes__status")
    assert list(steps) == [
        ("enrolment.accept", ["invited", "onboarding"]),
        ("enrolment.start", ["onboarding", "active"]),
    ]
    assert client.get("/learner/").templates[0].name == "dashboards/learner_home.html"
    assert client.post(url("enrolment_start", enrolment.pk))["Location"] == "/home/"


def test_programme_that_begins_later_is_accepted_now_and_started_then(
    world: World, client_of: ClientOf, today: dt.date
) -> None:
    enrolment = f.EnrolmentFactory(
        cohort=world.ours.cohort,
        organisation=world.ours.employer,
        learner=world.ours.mentor,
        status="invited",
        starts_on=today + DAY,
    )
    client = client_of(world.ours.mentor)
    client.post(url("enrolment_start", enrolment.pk))
    enrolment.refresh_from_db()
    assert enrolment.status == "onboarding"
    client.post(url("enrolment_start", enrolment.pk))
    enrolment.refresh_from_db()
    assert enrolment.status == "onboarding"
    assert "It begins on" in client.get(f"/learner/?enrolment={enrolment.pk}").text
    Enrolment.objects.filter(pk=enrolment.pk).update(starts_on=today)
    client.post(url("enrolment_start", enrolment.pk))
    enrolment.refresh_from_db()
    assert enrolment.status == "active"


def test_invitation_beside_a_running_programme_is_on_the_same_home(world: World, client_of: ClientOf) -> None:
    f.EnrolmentFactory(cohort=world.theirs.cohort, learner=world.ours.learner, status="invited")
    home = client_of(world.ours.learner).get("/learner/")
    assert home.templates[0].name == "dashboards/learner_home.html"
    assert "Programme Birch" in home.text


# What no browser sends ------------------------------------------------------------------

HUGE = "1" + "0" * 30


@pytest.mark.parametrize("pk", [HUGE, "0"])
def test_number_that_no_row_has_is_not_found(world: World, lead: Client, pk: str) -> None:
    for page in ("", "change/", "copy/", "archive/", "remove/", "leads/", "units/new/", "cohorts/new/"):
        assert lead.get(f"/programmes/{pk}/{page}").status_code == 404, page
    for page in (
        "units/{}/change/",
        "units/{}/criteria/",
        "cohorts/{}/",
        "cohorts/{}/enrol/",
        "enrolments/{}/",
    ):
        assert lead.get("/programmes/" + page.format(pk)).status_code == 404, page
    assert lead.post(f"/programmes/enrolments/{pk}/start/").status_code == 404


@pytest.mark.parametrize("odd", [HUGE, "-1", "abc", "9" * 5000, "'; --"])
def test_odd_choice_gives_the_form_again(world: World, lead: Client, today: dt.date, odd: str) -> None:
    side = world.ours
    page = url("enrolment_create", side.cohort.pk)
    assert lead.get(page, {"employer": odd}).context["employer"] is None
    page = f"{page}?employer={side.employer.pk}"
    assert faults(lead.post(page, enrolled(today, learner=odd, team=odd))) == {"learner", "team"}
    support = url("support_change", side.enrolment.pk, "mentor")
    assert faults(lead.post(support, {"person": odd, "starts_on": odd})) == {"person", "starts_on"}
    leads = url("programme_leads", side.programme.pk)
    assert faults(lead.post(leads, {"leads": [odd]})) == {"leads"}


def test_fields_that_a_form_does_not_have_are_ignored(world: World, lead: Client, today: dt.date) -> None:
    side = world.ours
    extra = {"status": "completed", "learner": world.theirs.learner.pk, "organisation": "1", "cohort": "1"}
    lead.post(url("enrolment_change", side.enrolment.pk), enrolled(today - 9 * DAY, **extra))
    row = Enrolment.objects.get(pk=side.enrolment.pk)
    assert (row.status, row.learner, row.organisation, row.cohort) == (
        "active",
        side.learner,
        side.employer,
        side.cohort,
    )


# Moves ----------------------------------------------------------------------------------


def test_lead_starts_for_the_learner(world: World, lead: Client) -> None:
    enrolment = f.EnrolmentFactory(cohort=world.ours.cohort, status="invited")
    lead.post(url("enrolment_start", enrolment.pk))
    assert Enrolment.objects.get(pk=enrolment.pk).status == "active"


def test_break_stops_the_clock_and_moves_the_end(world: World, lead: Client, today: dt.date) -> None:
    enrolment = world.ours.enrolment
    planned = enrolment.ends_on
    page = url("enrolment_break", enrolment.pk)
    for wrong in (
        {"starts_on": (today + DAY).isoformat()},
        {"starts_on": (enrolment.starts_on - DAY).isoformat()},
    ):
        assert faults(lead.post(page, wrong)) == {"starts_on"}
    assert faults(lead.post(page, {"starts_on": today - 9 * DAY, "ends_on": today - DAY})) == {"ends_on"}
    lead.post(page, {"starts_on": today - 9 * DAY, "ends_on": today + 10 * DAY, "reason": "Parental leave"})
    enrolment.refresh_from_db()
    assert (enrolment.status, enrolment.ends_on) == ("on_break", planned + 20 * DAY)
    audited = AuditEvent.objects.get(action="enrolment.break").changes
    assert audited["status"] == ["active", "on_break"]
    assert "Parental" not in str(audited)

    back = url("enrolment_back", enrolment.pk)
    assert faults(lead.post(back, {"back_on": today + DAY})) == {"back_on"}
    lead.post(back, {"back_on": today})
    enrolment.refresh_from_db()
    pause = BreakInLearning.objects.get(enrolment=enrolment)
    assert (enrolment.status, enrolment.ends_on) == ("active", planned + 9 * DAY)
    assert (pause.starts_on, pause.ends_on) == (today - 9 * DAY, today - DAY)
    assert learning_days(enrolment, [pause], on=today).planned == 52 * 7
    assert faults(lead.post(page, {"starts_on": today - 3 * DAY})) == {"starts_on"}


def test_open_break_moves_the_end_when_it_is_over(world: World, lead: Client, today: dt.date) -> None:
    enrolment = world.ours.enrolment
    planned = enrolment.ends_on
    lead.post(url("enrolment_break", enrolment.pk), {"starts_on": today - 4 * DAY})
    enrolment.refresh_from_db()
    assert (enrolment.status, enrolment.ends_on) == ("on_break", planned)
    lead.post(url("enrolment_back", enrolment.pk), {"back_on": today})
    enrolment.refresh_from_db()
    assert enrolment.ends_on == planned + 4 * DAY


def test_break_that_never_was_leaves_nothing(world: World, lead: Client, today: dt.date) -> None:
    enrolment = world.ours.enrolment
    planned = enrolment.ends_on
    lead.post(url("enrolment_break", enrolment.pk), {"starts_on": today, "ends_on": today + 6 * DAY})
    lead.post(url("enrolment_back", enrolment.pk), {"back_on": today})
    enrolment.refresh_from_db()
    assert (enrolment.status, enrolment.ends_on) == ("active", planned)
    assert BreakInLearning.objects.count() == 0


def test_completing_out_of_a_break_ends_the_break_today(world: World, lead: Client, today: dt.date) -> None:
    side = world.ours
    planned = side.enrolment.ends_on
    f.ActivityFactory(enrolment=side.enrolment, strategy=side.strategy, sent=True)
    lead.post(url("enrolment_break", side.enrolment.pk), {"starts_on": today})
    page = lead.get(url("enrolment_complete", side.enrolment.pk))
    assert "1 activity still waits to be verified." in page.text
    lead.post(url("enrolment_complete", side.enrolment.pk))
    enrolment = Enrolment.objects.get(pk=side.enrolment.pk)
    assert (enrolment.status, enrolment.ends_on) == ("completed", planned + DAY)
    assert BreakInLearning.objects.get().ends_on == today
    assert can(side.coach, Permission.PROGRESS_READ, enrolment)


def test_withdrawing_ends_support_with_today(world: World, lead: Client, today: dt.date) -> None:
    side = world.ours
    f.SupportRoleFactory(enrolment=side.enrolment, person=side.mentor, role="coach", starts_on=today + DAY)
    assert lead.get(url("enrolment_withdraw", side.enrolment.pk)).status_code == 200
    lead.post(url("enrolment_withdraw", side.enrolment.pk))
    assert Enrolment.objects.get(pk=side.enrolment.pk).status == "withdrawn"
    rows = SupportRole.objects.filter(enrolment=side.enrolment)
    assert [row.ends_on for row in rows] == [today] * 3


@pytest.mark.parametrize(
    ("status", "open_pages"),
    [
        ("invited", {"withdraw"}),
        ("onboarding", {"withdraw"}),
        ("active", {"break", "complete", "withdraw"}),
        ("on_break", {"back", "complete", "withdraw"}),
        ("completed", set()),
        ("withdrawn", set()),
    ],
)
def test_page_of_a_move_opens_only_from_states_that_allow_it(
    world: World, lead: Client, status: str, open_pages: set[str]
) -> None:
    pk = world.ours.enrolment.pk
    Enrolment.objects.filter(pk=pk).update(status=status)
    moves = ("break", "back", "complete", "withdraw")
    opened = {move for move in moves if lead.get(url(f"enrolment_{move}", pk)).status_code == 200}
    assert opened == open_pages
    for move in set(moves) - open_pages:
        assert lead.post(url(f"enrolment_{move}", pk), {}).status_code == 302
    assert Enrolment.objects.get(pk=pk).status == status
    assert AuditEvent.objects.count() == 0


def test_of_two_at_once_the_second_is_told(world: World) -> None:
    side = world.ours
    stale = Enrolment.objects.get(pk=side.enrolment.pk)
    actions.complete_enrolment(enrolment=side.enrolment, by=side.lead)
    with pytest.raises(TransitionRefused):
        actions.begin_break(
            enrolment=stale, starts_on=timezone.localdate(), ends_on=None, reason="", by=side.lead
        )
    assert BreakInLearning.objects.count() == 0


def test_nobody_changes_their_own_enrolment(world: World, client_of: ClientOf) -> None:
    side = world.ours
    p.MembershipFactory(person=side.learner, organisation=side.provider, role=Membership.Role.PROGRAMME_LEAD)
    f.ProgrammeRoleFactory(programme=side.programme, person=side.learner)
    client = client_of(side.learner)
    assert client.get(url("programme_detail", side.programme.pk)).status_code == 200
    assert client.get(url("enrolment_detail", side.enrolment.pk)).status_code == 403
    assert client.post(url("enrolment_complete", side.enrolment.pk)).status_code == 403
    with pytest.raises(PermissionDenied):
        actions.complete_enrolment(enrolment=side.enrolment, by=side.learner)


# Dates and support ----------------------------------------------------------------------


def test_dates_move_but_never_past_what_was_logged(world: World, lead: Client, today: dt.date) -> None:
    side = world.ours
    page = url("enrolment_change", side.enrolment.pk)
    f.ActivityFactory(enrolment=side.enrolment, strategy=side.strategy, done_on=today - 9 * DAY)
    too_late = enrolled(today, starts_on=today - DAY)
    assert "Something was logged on days" in lead.post(page, too_late).text
    assert lead.post(page, enrolled(today, starts_on=today - 9 * DAY)).status_code == 302
    enrolment = Enrolment.objects.get(pk=side.enrolment.pk)
    assert (enrolment.starts_on, enrolment.contracted_minutes_a_week) == (today - 9 * DAY, 2250)
    assert AuditEvent.objects.get().changes["contracted_minutes_a_week"] == [2400, 2250]
    Enrolment.objects.update(status="completed")
    assert "has ended" in lead.post(page, enrolled(today, starts_on=today - 9 * DAY)).text


def test_support_comes_from_fitting_memberships(world: World, today: dt.date) -> None:
    side = world.ours
    coach = person_at(side.provider, "coach")
    colleague = person_at(side.employer)
    person_at(side.provider)
    assert set(supporters_for(side.enrolment, "coach", on=today)) == {side.coach, coach}
    for role in ("mentor", "manager"):
        assert set(supporters_for(side.enrolment, role, on=today)) == {
            side.mentor,
            side.manager,
            side.org_admin,
            colleague,
        }


def test_change_of_support_is_a_new_row_and_access_follows(
    world: World, lead: Client, today: dt.date
) -> None:
    side = world.ours
    coach = person_at(side.provider, "coach")
    page = url("support_change", side.enrolment.pk, "coach")
    for person, day, wrong in (
        (side.mentor.pk, today, "person"),
        (world.theirs.coach.pk, today, "person"),
        (coach.pk, today - DAY, "starts_on"),
        (side.coach.pk, today, "person"),
    ):
        assert faults(lead.post(page, {"person": person, "starts_on": day.isoformat()})) == {wrong}
    lead.post(page, {"person": coach.pk, "starts_on": today.isoformat()})
    rows = SupportRole.objects.filter(enrolment=side.enrolment, role="coach").order_by("starts_on")
    assert [(row.person, row.ends_on) for row in rows] == [(side.coach, today - DAY), (coach, None)]
    assert can(coach, Permission.PROGRESS_READ, side.enrolment)
    assert not can(side.coach, Permission.PROGRESS_READ, side.enrolment)
    event = AuditEvent.objects.get(action="support.change")
    assert event.changes["role"] == [None, "coach"]

    later = person_at(side.provider, "coach")
    lead.post(page, {"person": later.pk, "starts_on": (today + 7 * DAY).isoformat()})
    assert can(coach, Permission.PROGRESS_READ, side.enrolment)
    lead.post(page, {"person": side.coach.pk, "starts_on": today.isoformat()})
    rows = SupportRole.objects.filter(enrolment=side.enrolment, role="coach").order_by("starts_on")
    assert [(row.person, row.ends_on) for row in rows] == [(side.coach, today - DAY), (side.coach, None)]
    assert lead.get(url("support_change", side.enrolment.pk, "friend")).status_code == 404


def test_lead_invites_a_mentor_whose_access_begins_when_they_joined(
    world: World, lead: Client, today: dt.date, django_capture_on_commit_callbacks: Any
) -> None:
    side = world.ours
    page = url("support_invite", side.enrolment.pk, "mentor")
    assert lead.get(url("support_invite", side.enrolment.pk, "coach")).status_code == 404
    new = {"email": "mentor.new@sample.example", "display_name": "Sample New Mentor", "language": "es"}
    assert faults(lead.post(page, {**new, "starts_on": today - DAY})) == {"starts_on"}
    assert Invitation.objects.count() == 0
    with django_capture_on_commit_callbacks() as callbacks:
        lead.post(page, {**new, "starts_on": today})
    assert len(callbacks) == 1
    person = User.objects.get(email="mentor.new@sample.example")
    assert (
        SupportRole.objects.filter(enrolment=side.enrolment, role="mentor", ends_on=None).get().person
        == person
    )
    assert not can(person, Permission.PROGRESS_READ, side.enrolment)
    p.MembershipFactory(person=person, organisation=side.employer)
    assert can(person, Permission.PROGRESS_READ, side.enrolment)


def test_enrolment_page_shows_support_breaks_and_what_can_happen(
    world: World, lead: Client, client_of: ClientOf
) -> None:
    side = world.ours
    side.enrolment.breaks.create(starts_on=side.enrolment.starts_on, ends_on=side.enrolment.starts_on)
    text = lead.get(url("enrolment_detail", side.enrolment.pk)).text
    for word in (side.coach.display_name, side.mentor.display_name, "Begin a break", "Breaks in learning"):
        assert word in text
    assert "See the activities" in text
    page = lead.get(url("enrolment_activities", side.enrolment.pk)).text
    assert url("enrolment_detail", side.enrolment.pk) in page
    page = client_of(side.coach).get(url("enrolment_activities", side.enrolment.pk)).text
    assert url("enrolment_detail", side.enrolment.pk) not in page
    assert (
        "See the activities"
        not in client_of(world.administrator).get(url("enrolment_detail", side.enrolment.pk)).text
    )
