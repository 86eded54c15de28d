"""Who belongs to an organisation and who is invited to: lists, filters, and what can be done there."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications.actions import deliver_due
from notifications.models import Delivery
from people.models import Invitation, Membership, Organisation, User
from tests.factories.people import InvitationFactory, MembershipFactory, TeamFactory, UserFactory
from tests.worlds import World

ClientOf = Callable[[User | None], Client]
DAY = dt.timedelta(days=1)


def page_url(name: str, organisation: Organisation, *more: int) -> str:
    return reverse(f"people:{name}", args=[organisation.pk, *more])


def names_on(response: Any) -> list[str]:
    rows = response.context["page"].object_list
    return [row.display_name if isinstance(row, Invitation) else row.person.display_name for row in rows]


@pytest.fixture
def admin(world: World, client_of: ClientOf) -> Client:
    return client_of(world.ours.org_admin)


def messages_of(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def test_people_are_those_of_the_organisation_who_belong_to_it_now(world: World, admin: Client) -> None:
    employer, today = world.ours.employer, timezone.localdate()
    MembershipFactory(organisation=employer, person__display_name="Gone Sample", ends_on=today - DAY)
    MembershipFactory(organisation=employer, person__display_name="Aaron Sample", ends_on=today)
    url = page_url("organisation_people", employer)
    now = [
        "Aaron Sample",
        *(f"Sample {name} Alder" for name in ("learner", "manager", "mentor", "org_admin")),
    ]
    assert names_on(admin.get(url)) == now
    assert names_on(admin.get(f"{url}?when=ended")) == ["Gone Sample"]
    assert names_on(admin.get(f"{url}?role=org_admin")) == ["Sample org_admin Alder"]
    assert names_on(admin.get(f"{url}?q=MENTOR.alder@")) == ["Sample mentor Alder"]
    assert "Nobody matches." in admin.get(f"{url}?q=nobody").text
    assert names_on(admin.get(f"{url}?when=never&role=king&page=99999999")) == now


def test_invitations_are_the_unanswered_ones_unless_others_are_asked_for(world: World, admin: Client) -> None:
    employer, now = world.ours.employer, timezone.now()
    url = page_url("organisation_invitations", employer)
    assert "No invitation waits for an answer" in admin.get(url).text
    fields = {
        "pending": {},
        "expired": {"created_at": now - 20 * DAY},
        "accepted": {"accepted_at": now},
        "revoked": {"revoked_at": now},
    }
    for name, given in fields.items():
        InvitationFactory(organisation=employer, person__display_name=name, **given)
    InvitationFactory(organisation=world.theirs.employer, person__display_name="theirs")
    assert names_on(admin.get(url)) == ["pending", "expired"]
    for name in fields:
        assert names_on(admin.get(f"{url}?state={name}")) == [name]
    assert names_on(admin.get(f"{url}?q=PEND")) == ["pending"]
    assert "No invitations match." in admin.get(f"{url}?q=nobody").text


def test_lead_sees_and_gives_the_roles_of_colleagues_only(world: World, client_of: ClientOf) -> None:
    provider = world.ours.provider
    for role in ("member", "coach", "programme_lead", "org_admin"):
        InvitationFactory(organisation=provider, role=role, person__display_name=role)
    client = client_of(world.ours.lead)
    assert client.get(reverse("people:organisation_list"))["Location"] == page_url(
        "organisation_people", provider
    )
    assert set(names_on(client.get(page_url("organisation_invitations", provider)))) == {"member", "coach"}
    hidden = Invitation.objects.get(role="org_admin")
    for name in ("invitation_resend", "invitation_revoke"):
        assert client.post(page_url(name, provider, hidden.pk)).status_code == 404
    form = {"email": "x@sample.example", "display_name": "Sample X", "role": "org_admin", "language": "en"}
    response = client.post(page_url("invitation_create", provider), form)
    assert list(response.context["form"].errors) == ["role"]


def test_invited_person_gets_the_mail(
    world: World, admin: Client, django_capture_on_commit_callbacks: Callable
) -> None:
    form = {
        "email": "Eva@Sample.example",
        "display_name": "Eva Sample",
        "role": "coach",
        "team": world.ours.team.pk,
        "language": "es",
    }
    with django_capture_on_commit_callbacks() as callbacks:
        response = admin.post(page_url("invitation_create", world.ours.employer), form, follow=True)
    assert (len(callbacks), messages_of(response)) == (1, ["eva@sample.example is invited."])
    assert names_on(response) == ["Eva Sample"]
    deliver_due()
    assert ([message.to for message in mail.outbox], Delivery.objects.get().status) == (
        [["eva@sample.example"]],
        "sent",
    )


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": "learner.alder@sample.example"}, "email"),
        ({"display_name": ""}, "display_name"),
        ({"role": ""}, "role"),
        ({"language": "de"}, "language"),
        ({"team": "theirs"}, "team"),
    ],
)
def test_refused_invitation_says_why_and_keeps_what_was_typed(
    world: World, admin: Client, changed: dict[str, Any], field: str
) -> None:
    if "team" in changed:
        changed = {"team": TeamFactory(organisation=world.theirs.employer).pk}
    form = {"email": "new@sample.example", "display_name": "Eva", "role": "member", "language": "es"}
    response = admin.post(page_url("invitation_create", world.ours.employer), form | changed)
    assert (response.status_code, list(response.context["form"].errors)) == (200, [field])
    assert not Invitation.objects.exists()


def test_whether_the_address_has_an_account_is_not_told(world: World, admin: Client) -> None:
    pages = []
    for email in (world.theirs.coach.email, "unheard@sample.example"):
        form = {"email": email, "display_name": "Some Name", "role": "member", "language": "es"}
        response = admin.post(page_url("invitation_create", world.ours.employer), form, follow=True)
        row = next(row for row in response.context["page"].object_list if row.email == email)
        pages.append((response.redirect_chain, row.display_name, row.get_role_display(), row.state))
    assert pages[0] == pages[1]


def test_invitation_is_sent_again_and_taken_back(world: World, admin: Client) -> None:
    invitation = InvitationFactory(organisation=world.ours.employer)
    old = invitation.token_hash
    admin.post(page_url("invitation_resend", world.ours.employer, invitation.pk))
    invitation.refresh_from_db()
    assert (invitation.token_hash == old, invitation.times_sent) == (False, 2)
    assert admin.get(page_url("invitation_revoke", world.ours.employer, invitation.pk)).status_code == 200
    invitation.refresh_from_db()
    assert invitation.revoked_at is None
    admin.post(page_url("invitation_revoke", world.ours.employer, invitation.pk))
    for name in ("invitation_resend", "invitation_revoke"):
        response = admin.post(page_url(name, world.ours.employer, invitation.pk), follow=True)
        assert messages_of(response)[-1] == "This invitation has been answered or taken back meanwhile."


@pytest.mark.parametrize("persona", ["org_admin", "administrator"])
def test_rows_of_another_organisation_are_not_reached_through_ours(
    world: World, client_of: ClientOf, persona: str
) -> None:
    admin = client_of(world.everybody()[persona])
    theirs, ours = world.theirs, world.ours
    invitation = InvitationFactory(organisation=theirs.employer)
    membership = Membership.objects.get(person=theirs.learner)
    for name, row in (
        ("invitation_resend", invitation),
        ("invitation_revoke", invitation),
        ("membership_end", membership),
    ):
        url = page_url(name, ours.employer, row.pk)
        assert admin.post(url, {"ends_on": "2030-01-01"}).status_code == 404
    invitation.refresh_from_db()
    membership.refresh_from_db()
    assert (invitation.revoked_at, invitation.times_sent, membership.ends_on) == (None, 1, None)


def test_membership_is_ended_with_a_date(world: World, admin: Client) -> None:
    membership = Membership.objects.get(person=world.ours.mentor)
    url, day = page_url("membership_end", world.ours.employer, membership.pk), timezone.localdate()
    for wrong in ("", "soon", "2019-12-31"):
        response = admin.post(url, {"ends_on": wrong})
        assert (response.status_code, "Error:" in response.text.split("</title>")[0]) == (200, True)
    response = admin.post(url, {"ends_on": day.isoformat()}, follow=True)
    assert messages_of(response) == ["The membership of Sample mentor Alder has a last day now."]
    membership.refresh_from_db()
    assert membership.ends_on == day
    again = admin.post(url, {"ends_on": day.isoformat()}, follow=True)
    assert messages_of(again) == ["This membership ends by then already."]


def test_own_membership_is_ended_by_somebody_else(world: World, admin: Client) -> None:
    own = Membership.objects.get(person=world.ours.org_admin)
    url = page_url("membership_end", world.ours.employer, own.pk)
    page = admin.get(url)
    assert ("Somebody else has to end it" in page.text, "ends_on" in page.text) == (True, False)
    admin.post(url, {"ends_on": timezone.localdate().isoformat()})
    own.refresh_from_db()
    assert own.ends_on is None


def test_administrator_chooses_among_all_organisations(world: World, client_of: ClientOf) -> None:
    page = client_of(world.administrator).get(reverse("people:organisation_list"))
    assert len(page.context["page"].object_list) == Organisation.objects.count()


def test_plain_member_has_no_such_page(world: World, client_of: ClientOf) -> None:
    for person in (world.ours.learner, UserFactory()):
        assert client_of(person).get(reverse("people:organisation_list")).status_code == 403
