"""The second step for signing in, sessions, signing in with a code: django-allauth in our words."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import translation

from core.models import AuditEvent
from people import actions
from people.models import Membership, User
from tests.factories.people import UserFactory
from tests.worlds import World

ClientOf = Callable[[User | None], Client]
PASSWORD = "a long enough password"
SEED = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def person(db: None) -> User:
    made: User = UserFactory(email="ana@sample.example", display_name="Ana Sample")
    made.set_password(PASSWORD)
    made.save()
    EmailAddress.objects.create(user=made, email=made.email, verified=True, primary=True)
    return made


@pytest.fixture
def protected(person: User) -> User:
    """A person with an authenticator app and recovery codes."""
    TOTP.activate(person, SEED)
    RecoveryCodes.activate(person)
    return person


def code_of(seed: str) -> str:
    """What an authenticator app shows now."""
    return format_hotp_value(hotp_value(seed, int(time.time()) // 30))


def sign_in(client: Client, **fields: str) -> Any:
    known = {"login": "ana@sample.example", "password": PASSWORD}
    return client.post(reverse("account_login"), known | fields)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


# Setting it up --------------------------------------------------------------------------


def test_app_is_set_up_with_a_picture_that_the_policy_lets_be(client: Client, person: User) -> None:
    sign_in(client)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    assert '<svg class="wbl-qr"' in page.text
    assert not re.search(r'src="data:|style=|<script(?![^>]* src=)', page.text)
    seed = page.context["form"].secret
    response = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert list(response.context["form"].errors) == ["code"]
    response = client.post(reverse("mfa_activate_totp"), {"code": code_of(seed)}, follow=True)
    assert response.request["PATH_INFO"] == reverse("mfa_view_recovery_codes")
    assert len(response.context["unused_codes"]) == 10
    assert client.get(reverse("mfa_download_recovery_codes"))["Content-Disposition"].startswith("attachment")


def test_owner_is_told_by_mail_of_every_change(client: Client, protected: User) -> None:
    User.objects.update(language="es")
    sign_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code_of(SEED)})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("mfa_deactivate_totp"))
    new = "another long password"
    fields = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    client.post(reverse("account_change_password"), fields)
    told = ["The authenticator app was removed from your account", "Your password was changed"]
    with translation.override("es"):
        assert [message.subject for message in mail.outbox] == [translation.gettext(text) for text in told]
    assert {address for message in mail.outbox for address in message.to} == {"ana@sample.example"}
    assert all(len(message.alternatives) == 1 for message in mail.outbox)


def test_dead_mail_server_does_not_undo_the_change(
    client: Client, protected: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(self: mail.EmailMessage, *args: Any, **kwargs: Any) -> int:
        raise ConnectionRefusedError

    sign_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code_of(SEED)})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    monkeypatch.setattr(mail.EmailMessage, "send", refuse)
    assert client.post(reverse("mfa_deactivate_totp"))["Location"] == reverse("mfa_index")
    assert not Authenticator.objects.exists()
    assert "was not sent" in caplog.text


def test_seeds_are_encrypted_in_the_database(protected: User) -> None:
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert SEED not in stored
    assert Authenticator.objects.get(type="totp").wrap().validate_code(code_of(SEED)) is True
    seed = Authenticator.objects.get(type="recovery_codes").data["seed"]
    assert re.fullmatch(r"[0-9a-f]+", seed) is None


def test_setting_up_asks_once_more_who_one_is(client_of: ClientOf, person: User) -> None:
    for name in ("mfa_activate_totp", "mfa_add_webauthn"):
        response = client_of(person).get(reverse(name))
        assert response["Location"].startswith(reverse("account_reauthenticate"))


@pytest.mark.parametrize(
    "language", ["en", pytest.param("es", marks=pytest.mark.slow), pytest.param("pl", marks=pytest.mark.slow)]
)
def test_pages_render_in_every_language(client: Client, protected: User, language: str) -> None:
    User.objects.update(language=language)
    sign_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code_of(SEED)})
    key = Authenticator.objects.create(user=protected, type="webauthn", data={"name": "Sample key"})
    for name, args in (
        ("mfa_deactivate_totp", []),
        ("mfa_view_recovery_codes", []),
        ("mfa_generate_recovery_codes", []),
        ("mfa_list_webauthn", []),
        ("mfa_edit_webauthn", [key.pk]),
        ("mfa_remove_webauthn", [key.pk]),
        ("mfa_reauthenticate", []),
        ("mfa_index", []),
        ("usersessions_list", []),
        ("people:profile", []),
    ):
        page = client.get(reverse(name, args=args), follow=True)
        assert (page.status_code, f'<html lang="{language}"' in page.text) == (200, True), name


# Signing in -----------------------------------------------------------------------------


def test_password_alone_does_not_do(client: Client, protected: User) -> None:
    assert sign_in(client)["Location"] == reverse("mfa_authenticate")
    assert client.get("/home/").status_code == 302
    response = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert (response.context["form"].errors["code"], is_in(client)) == (
        ["The code is not right. Codes change every 30 seconds: try the next one."],
        False,
    )
    response = client.post(reverse("mfa_authenticate"), {"code": code_of(SEED)})
    assert (response["Location"], is_in(client)) == ("/home/", True)


def test_code_works_once(client: Client, protected: User) -> None:
    code = code_of(SEED)
    sign_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code})
    other = Client()
    sign_in(other)
    other.post(reverse("mfa_authenticate"), {"code": code})
    assert (is_in(client), is_in(other)) == (True, False)


def test_recovery_code_works_once(protected: User) -> None:
    code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    found = []
    for _attempt in range(2):
        client = Client()
        sign_in(client)
        client.post(reverse("mfa_authenticate"), {"code": code})
        found.append(is_in(client))
    assert found == [True, False]


def test_person_without_a_password_signs_in_with_a_code_from_their_mail(client: Client, person: User) -> None:
    person.set_unusable_password()
    person.save()
    assert reverse("account_request_login_code") in client.get(reverse("account_login")).text
    response = client.post(
        reverse("account_request_login_code"), {"email": "ANA@sample.example"}, follow=True
    )
    assert response.request["PATH_INFO"] == reverse("account_confirm_login_code")
    (message,) = mail.outbox
    assert (message.subject, message.to) == ("Your code to sign in", ["ana@sample.example"])
    code = re.search(r"^(\S{6,9})$", str(message.body), re.M)[1]
    client.post(reverse("account_confirm_login_code"), {"code": "WRONG"})
    assert not is_in(client)
    client.post(reverse("account_confirm_login_code"), {"code": code})
    assert is_in(client)


def test_code_from_the_mail_does_not_replace_the_second_step(client: Client, protected: User) -> None:
    client.post(reverse("account_request_login_code"), {"email": protected.email})
    code = re.search(r"^(\S{6,9})$", str(mail.outbox[0].body), re.M)[1]
    response = client.post(reverse("account_confirm_login_code"), {"code": code})
    assert (response["Location"], is_in(client)) == (reverse("mfa_authenticate"), False)


def test_asking_for_a_code_tells_nobody_whether_there_is_such_a_person(person: User) -> None:
    answers = []
    for email in (person.email, "nobody@sample.example"):
        response = Client().post(reverse("account_request_login_code"), {"email": email}, follow=True)
        answers.append((response.redirect_chain, response.status_code))
    assert answers[0] == answers[1]


# Sessions -------------------------------------------------------------------------------


def test_other_sessions_are_listed_and_ended(client: Client, person: User) -> None:
    other = Client(headers={"user-agent": "Sample Browser 1"})
    sign_in(other)
    sign_in(client)
    url = reverse("usersessions_list")
    assert "Sample Browser 1" in client.get(url).text
    client.post(url)
    assert other.get("/home/")["Location"].startswith(reverse("account_login"))
    assert client.get("/home/").status_code == 200
    assert UserSession.objects.count() == 1


# Where the site asks for it -------------------------------------------------------------

SEES_OTHERS = ("coach", "mentor", "manager", "lead", "org_admin", "administrator")


@pytest.mark.parametrize(
    "persona",
    ["learner", *(pytest.param(name, marks=pytest.mark.slow) for name in (*SEES_OTHERS, "outsider"))],
)
def test_second_step_is_required_of_who_sees_others_once_the_site_says_so(
    world: World, client_of: ClientOf, settings: Any, persona: str
) -> None:
    person = world.everybody()[persona]
    client = client_of(person)
    urls = [reverse("people:profile"), reverse("standards:framework_list")]
    assert [client.get(url).status_code for url in urls] == [200, 200]
    settings.MFA_REQUIRED = True
    led = [client.get(url).get("Location", "") for url in urls]
    assert led == [reverse("mfa_index") if persona in SEES_OTHERS else ""] * 2
    assert client.post(urls[0], {"display_name": "X"}).status_code == (302 if persona in SEES_OTHERS else 200)
    assert client.get(reverse("mfa_index")).status_code == 200
    assert client.post(reverse("people:language"), {"language": "es"})["Location"] == "/"
    TOTP.activate(person, SEED)
    assert [client.get(url).status_code for url in urls] == [200, 200]


def test_it_is_no_longer_required_when_the_role_has_ended(
    world: World, client_of: ClientOf, settings: Any
) -> None:
    settings.MFA_REQUIRED = True
    client = client_of(world.ours.coach)
    Membership.objects.filter(person=world.ours.coach).delete()
    assert client.get(reverse("people:profile")).status_code == 200


# When it is lost ------------------------------------------------------------------------


def test_administrator_removes_the_second_step_of_who_lost_it(
    world: World, protected: User, client_of: ClientOf
) -> None:
    url = reverse("admin:people_user_changelist")
    own = TOTP.activate(world.administrator, SEED).instance
    selected = [protected.pk, world.administrator.pk]
    client_of(world.administrator).post(url, {"action": "remove_second_step", "_selected_action": selected})
    assert list(Authenticator.objects.all()) == [own]
    assert AuditEvent.objects.get().action == "person.second_step.remove"


@pytest.mark.parametrize("persona", ["org_admin", "coach", "outsider"])
def test_nobody_else_removes_it(world: World, protected: User, persona: str) -> None:
    for by in (world.everybody()[persona], protected):
        with pytest.raises(PermissionDenied):
            actions.remove_second_step(person=protected, by=by)
    assert Authenticator.objects.count() == 2
