"""The page behind the link in the mail: who sees what, and that looking changes nothing."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from core.models import AuditEvent
from people import actions
from people.models import Invitation, Membership, User
from people.queries.invitations import token_of
from tests.factories.people import InvitationFactory
from tests.worlds import World

ClientOf = Callable[[User | None], Client]
PASSWORD = "a long enough password"
ANSWERS = {
    "display_name": "Eva New",
    "language": "es",
    "time_zone": "Europe/Madrid",
    "password1": PASSWORD,
    "password2": PASSWORD,
}


@pytest.fixture
def invitation(world: World) -> Invitation:
    made: Invitation = InvitationFactory(
        person__email="eva@sample.example",
        person__display_name="Eva Sample",
        organisation=world.ours.employer,
        invited_by=world.ours.org_admin,
        team=world.ours.team,
    )
    return made


def url_of(invitation: Invitation) -> str:
    return reverse("people:invitation", args=[token_of(invitation)])


def rows() -> list[Any]:
    models = (Invitation, Membership, User, AuditEvent)
    return [list(model.objects.order_by("pk").values()) for model in models]


def text_of(response: Any) -> str:
    """The page without what differs from one request to the next."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"|/invitations/[\w-]+/', "", response.text)


def test_looking_changes_nothing(client: Client, invitation: Invitation) -> None:
    before = rows()
    page = client.get(url_of(invitation))
    assert page.status_code == 200
    for shown in ("Sample Alder Ltd", "Member", "Team Alder", "Sample org_admin Alder", "eva@sample.example"):
        assert shown in page.text
    assert rows() == before


def test_new_person_is_in_with_one_form(client: Client, invitation: Invitation) -> None:
    response = client.post(url_of(invitation), ANSWERS, follow=True)
    assert response.redirect_chain[-1][0] == "/home/"
    assert client.session["_auth_user_id"] == str(invitation.person_id)
    assert '<html lang="es"' in response.text
    assert "Sample Alder Ltd" in next(str(message) for message in response.context["messages"])
    assert mail.outbox == []  # the address needs no second mail: the link came through it
    assert Membership.objects.filter(person=invitation.person, role="member").exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"password1": "short", "password2": "short"}, "password1"),
        ({"password1": "eva@sample.example", "password2": "eva@sample.example"}, "password1"),
        (
            {"password1": "Eva New Eva", "password2": "Eva New Eva", "display_name": "Eva New Eva"},
            "password1",
        ),
        ({"password2": "another password"}, "password2"),
        ({"display_name": ""}, "display_name"),
        ({"language": "de"}, "language"),
        ({"time_zone": "Europe/Nowhere"}, "time_zone"),
    ],
)
def test_refused_form_keeps_the_answers_and_opens_nothing(
    client: Client, invitation: Invitation, changed: dict[str, str], field: str
) -> None:
    before = rows()
    response = client.post(url_of(invitation), ANSWERS | changed)
    assert (response.status_code, list(response.context["form"].errors)) == (200, [field])
    assert rows() == before
    assert "_auth_user_id" not in client.session


def test_role_and_organisation_are_the_row_s_whatever_the_form_says(
    client: Client, world: World, invitation: Invitation
) -> None:
    extra = {
        "role": "org_admin",
        "organisation": world.theirs.employer.pk,
        "email": "other@sample.example",
        "is_administrator": "on",
    }
    client.post(url_of(invitation), ANSWERS | extra)
    person = User.objects.get(pk=invitation.person_id)
    assert (person.email, person.is_administrator) == ("eva@sample.example", False)
    assert list(Membership.objects.filter(person=person).values_list("organisation", "role")) == [
        (world.ours.employer.pk, "member")
    ]


def test_page_speaks_the_language_of_the_invitation_until_another_is_chosen(
    client: Client, invitation: Invitation
) -> None:
    Invitation.objects.update(language="pl")
    assert '<html lang="pl"' in client.get(url_of(invitation)).text
    client.post(reverse("people:language"), {"language": "es"})
    assert '<html lang="es"' in client.get(url_of(invitation)).text


def test_person_with_an_account_signs_in_first(
    client: Client, client_of: ClientOf, invitation: Invitation
) -> None:
    person = invitation.person
    person.set_password(PASSWORD)
    person.save()
    url = url_of(invitation)
    page = client.get(url)
    assert (page.context["form"], f"/accounts/login/?next={url}" in page.text) == (None, True)
    assert client.post(url, ANSWERS)["Location"] == f"/accounts/login/?next={url}"
    assert Invitation.objects.get().accepted_at is None
    own = client_of(person)
    assert "Accept the invitation" in own.get(url).text
    assert own.post(url)["Location"] == "/home/"
    assert Invitation.objects.get().accepted_at is not None


def test_link_of_somebody_else_says_how_to_go_on(
    world: World, client_of: ClientOf, invitation: Invitation
) -> None:
    client, before = client_of(world.ours.coach), rows()
    page = client.get(url_of(invitation))
    assert (page.status_code, invitation.email in page.text) == (403, False)
    assert "Sign out" in page.text
    assert client.post(url_of(invitation), ANSWERS).status_code == 403
    assert rows() == before
    out = client.post(reverse("account_logout"), {"next": url_of(invitation)})
    assert out["Location"] == url_of(invitation)


@pytest.mark.parametrize("what", ["used", "revoked", "expired", "resent"])
def test_closed_link_tells_a_stranger_no_more_than_an_unknown_one(
    client: Client, client_of: ClientOf, world: World, invitation: Invitation, what: str
) -> None:
    url, admin = url_of(invitation), world.ours.org_admin
    if what == "used":
        actions.open_account(invitation=invitation, account=actions.NewAccount("Eva", "en", "UTC", PASSWORD))
    elif what == "revoked":
        actions.revoke_invitation(invitation=invitation, by=admin)
    elif what == "resent":
        actions.resend_invitation(invitation=invitation, by=admin)
    else:
        past = invitation.created_at.replace(year=2020)
        Invitation.objects.update(created_at=past, expires_at=past.replace(year=2021))
    unknown = reverse("people:invitation", args=["x" * 43])
    for reader in (client, client_of(world.ours.coach)):
        for ask in (reader.get, reader.post):
            answers = [ask(address) for address in (url, unknown)]
            assert [answer.status_code for answer in answers] == [404, 404]
            assert text_of(answers[0]) == text_of(answers[1])


@pytest.mark.parametrize(
    ("state", "words"),
    [("accepted", "you belong to Sample Alder Ltd"), ("revoked", "has taken this invitation back")],
)
def test_the_invited_person_is_told_what_became_of_it(
    world: World, client_of: ClientOf, invitation: Invitation, state: str, words: str
) -> None:
    url = url_of(invitation)
    if state == "accepted":
        actions.accept_invitation(invitation=invitation, by=invitation.person)
    else:
        actions.revoke_invitation(invitation=invitation, by=world.ours.org_admin)
    page = client_of(invitation.person).get(url)
    assert (page.status_code, words in page.text) == (404, True)


@pytest.mark.parametrize("token", ["", "%00", "é" * 40, "x" * 5000, "%ED%A0%80"])
def test_nonsense_for_a_token_is_no_fault(client: Client, db: None, token: str) -> None:
    assert client.get(f"/invitations/{token}/").status_code in (400, 404)


def test_guessing_is_limited(client: Client, invitation: Invitation, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"invitation": "3/m/ip"}
    unknown = reverse("people:invitation", args=["x" * 43])
    assert [client.post(unknown).status_code for _try in range(4)] == [404, 404, 404, 429]
    assert client.post(url_of(invitation), ANSWERS).status_code == 429
    assert Invitation.objects.get().accepted_at is None
