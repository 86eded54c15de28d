"""Signing in and out, a new password, and how an account begins: django-allauth in our words."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext, override

from people.models import User
from people.tasks import clear_sessions
from tests.factories.people import UserFactory
from tests.worlds import World

ClientOf = Callable[[User | None], Client]
PASSWORD = "a long enough password"
LOGIN = "/accounts/login/"


@pytest.fixture
def person(db: None) -> User:
    made: User = UserFactory(email="ana@sample.example", display_name="Ana Sample")
    made.set_password(PASSWORD)
    made.save()
    EmailAddress.objects.create(user=made, email=made.email, verified=True, primary=True)
    return made


def sign_in(client: Client, **fields: str) -> Any:
    return client.post(LOGIN, {"login": "ana@sample.example", "password": PASSWORD, **fields})


def test_sign_in_leads_home(client: Client, person: User) -> None:
    response = sign_in(client)
    assert (response.status_code, response["Location"]) == (302, "/home/")
    assert client.session["_auth_user_id"] == str(person.pk)


def test_sign_in_takes_the_address_in_any_letters(client: Client, person: User) -> None:
    assert sign_in(client, login="ANA@Sample.Example").status_code == 302


def test_sign_in_leads_on_to_where_the_person_was_going(client: Client, person: User) -> None:
    assert client.get("/profile/")["Location"] == "/accounts/login/?next=/profile/"
    assert sign_in(client, next="/profile/")["Location"] == "/profile/"


@pytest.mark.parametrize("fields", [{"password": "another password"}, {"login": "nobody@sample.example"}])
def test_refused_sign_in_does_not_say_what_was_wrong(
    client: Client, person: User, fields: dict[str, str]
) -> None:
    response = sign_in(client, **fields)
    assert response.context["form"].non_field_errors() == ["The e-mail address or the password is not right."]
    assert "_auth_user_id" not in client.session


@pytest.mark.slow
def test_sign_in_is_limited_in_number(client: Client, person: User) -> None:
    for _attempt in range(5):
        sign_in(client, password="another password")
    response = sign_in(client)
    assert response.context["form"].non_field_errors() == [
        "Too many attempts. Wait a few minutes, then try again."
    ]
    assert "_auth_user_id" not in client.session


def test_sign_in_of_an_inactive_person_is_refused(client: Client, person: User) -> None:
    User.objects.update(is_active=False)
    response = sign_in(client)
    assert "_auth_user_id" not in client.session
    assert response.status_code in (200, 302)


def test_sign_in_waits_for_the_address_to_be_confirmed(client: Client, person: User) -> None:
    EmailAddress.objects.update(verified=False)
    response = sign_in(client)
    assert response["Location"] == reverse("account_email_verification_sent")
    assert [message.to for message in mail.outbox] == [["ana@sample.example"]]
    assert "_auth_user_id" not in client.session


def test_sign_out_is_by_post(client_of: ClientOf, person: User) -> None:
    client = client_of(person)
    assert client.get(reverse("account_logout")).status_code == 200
    assert "_auth_user_id" in client.session
    response = client.post(reverse("account_logout"), follow=True)
    assert "_auth_user_id" not in client.session
    assert response.redirect_chain == [("/", 302)]
    assert "You are signed out." in response.text


def test_sign_up_is_closed(client: Client, db: None) -> None:
    before = User.objects.count()
    fields = {"email": "new@sample.example", "password1": PASSWORD, "password2": PASSWORD}
    response = client.post(reverse("account_signup"), fields)
    assert response.templates[0].name == "account/signup_closed.html"
    assert User.objects.count() == before


def link_in(message: mail.EmailMessage) -> str:
    return re.search(r"http://testserver(/\S+)", str(message.body))[1]


def test_account_begins_with_a_new_password_through_the_reset_mail(
    client: Client, world: World, client_of: ClientOf
) -> None:
    """An administrator makes the account without a password: this is how its person gets in."""
    made = {
        "email": "new@sample.example",
        "display_name": "New Person",
        "language": "en",
        "is_active": "on",
        "time_zone": "UTC",
        "theme": "",
        "memberships-TOTAL_FORMS": "0",
        "memberships-INITIAL_FORMS": "0",
    }
    client_of(world.administrator).post("/admin/people/user/add/", made)
    client.post(reverse("account_reset_password"), {"email": "New@sample.example"})
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["new@sample.example"], "Choose a new password")
    form = client.get(link_in(message), follow=True)
    response = client.post(form.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD})
    assert response["Location"] == reverse("account_reset_password_from_key_done")
    assert sign_in(client, login="new@sample.example")["Location"] == "/home/"


def test_link_in_the_reset_mail_works_once(client: Client, person: User) -> None:
    client.post(reverse("account_reset_password"), {"email": person.email})
    link = link_in(mail.outbox[0])
    form = client.get(link, follow=True)
    client.post(
        form.request["PATH_INFO"],
        {"password1": "another long password", "password2": "another long password"},
    )
    again = client.get(link, follow=True)
    assert again.context["token_fail"] is True


def test_reset_answers_the_same_whether_there_is_such_a_person_or_not(client: Client, person: User) -> None:
    answers = [
        client.post(reverse("account_reset_password"), {"email": email})
        for email in (person.email, "nobody@sample.example")
    ]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [
        (302, reverse("account_reset_password_done"))
    ] * 2


@pytest.mark.parametrize("password", ["short", "password1234", "ana@sample.example", "Ana Sample"])
def test_weak_password_is_refused(client_of: ClientOf, person: User, password: str) -> None:
    fields = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    response = client_of(person).post(reverse("account_change_password"), fields)
    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["password1"]


@pytest.mark.parametrize("language", ["en", "es", "pl"])
def test_mail_is_in_the_language_of_its_reader(client: Client, person: User, language: str) -> None:
    User.objects.filter(pk=person.pk).update(language=language)
    client.post(reverse("account_reset_password"), {"email": person.email}, headers={"accept-language": "pl"})
    with override(language):
        assert mail.outbox[0].subject == gettext("Choose a new password")


def test_passwords_are_kept_as_argon2_of_the_chosen_strength(person: User) -> None:
    assert person.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_sessions_that_are_over_are_cleared(client_of: ClientOf, world: World) -> None:
    session = client_of(world.ours.learner).session
    session.set_expiry(-1)
    session.save()
    clear_sessions()
    assert not session.exists(session.session_key)
