"""The headers of every kind of answer, word for word."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from people.models import User
from tests.factories import programmes as f
from tests.worlds import World

ClientOf = Callable[[User | None], Client]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
)
EVERYWHERE = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def fails(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


urlpatterns = [path("fails/", fails), path("", include("wbl_portal.urls"))]


def directives(policy: str) -> set[str]:
    return {part.strip() for part in policy.split(";")}


def check(response: Any, policy: str = POLICY) -> None:
    found = {name: response.get(name) for name in EVERYWHERE}
    found["Content-Security-Policy"] = directives(found["Content-Security-Policy"])
    assert found == EVERYWHERE | {"Content-Security-Policy": directives(policy)}
    assert "Content-Security-Policy-Report-Only" not in response


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/", 200),
        ("/accounts/login/", 200),
        ("/nowhere/", 404),
        ("/learner/", 302),
        ("/admin/", 302),
        ("/language/", 405),
        ("/%00", 400),
        ("/nowhere", 404),
        ("/accounts/login", 301),
        ("/static/css/theme.css", 200),
        ("/static/img/favicon.svg", 200),
    ],
)
def test_headers_for_visitors(client: Client, db: None, address: str, status: int) -> None:
    response = client.get(address)
    if response.streaming:
        b"".join(response.streaming_content)
    assert response.status_code == status
    check(response)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/", 302),
        ("/learner/", 200),
        ("/activities/", 200),
        ("/queue/", 403),
        ("/activities/0/", 404),
        ("/nowhere/", 404),
        ("/language/", 405),
        ("/profile/", 200),
        ("/accounts/email/", 200),
        ("/standards/", 200),
    ],
)
def test_headers_of_signed_in_pages_keep_them_out_of_caches(
    world: World, client_of: ClientOf, address: str, status: int
) -> None:
    response = client_of(world.ours.learner).get(address)
    assert response.status_code == status
    check(response)
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))


def test_headers_of_a_form_that_comes_back_and_of_a_part_of_a_page(world: World, client_of: ClientOf) -> None:
    client = client_of(world.ours.learner)
    for response in (
        client.post("/activities/new/", {}),
        client.get("/activities/", headers={"HX-Request": "true"}),
    ):
        assert response.status_code == 200
        check(response)
        assert response["Cache-Control"] == "private, no-store"


def test_headers_of_a_missing_token(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    check(client.post("/language/"))


def test_headers_of_the_administration(world: World, client_of: ClientOf) -> None:
    response = client_of(world.administrator).get("/admin/")
    check(response)
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))


def test_headers_of_a_file_let_it_run_nothing(world: World, client_of: ClientOf) -> None:
    entry = f.ActivityFactory(enrolment=world.ours.enrolment, strategy=world.ours.strategy)
    evidence = f.EvidenceFactory(entry=entry)
    response = client_of(world.ours.learner).get(f"/evidence/{evidence.pk}/")
    b"".join(response.streaming_content)
    check(response, "default-src 'none'; sandbox")
    assert response["Content-Disposition"] == 'attachment; filename="sample.txt"'
    assert (response["Content-Type"], response["Cache-Control"]) == ("text/plain", "private, no-store")


@pytest.mark.urls(__name__)
def test_headers_and_page_of_a_failure(world: World, client_of: ClientOf) -> None:
    client = client_of(world.ours.learner)
    client.raise_request_exception = False
    response = client.get("/fails/")
    assert response.status_code == 500
    assert "Something went wrong on our side" in response.text
    assert "on purpose" not in response.text
    check(response)
    assert response["Cache-Control"] == "private, no-store"


def test_every_answer_has_an_id_of_its_own(client: Client, db: None) -> None:
    ids = [
        client.get("/")["X-Request-ID"],
        client.get("/")["X-Request-ID"],
        client.get("/%00")["X-Request-ID"],
    ]
    assert len(set(ids)) == 3


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(world: World, client: Client) -> None:
    person = world.ours.learner
    person.set_password("a long enough password")
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    client.post("/accounts/login/", {"login": person.email, "password": "a long enough password"})
    client.post("/language/", {"language": "es"})
    for name in (settings.SESSION_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME):
        cookie = client.cookies[name]
        assert (bool(cookie["httponly"]), cookie["samesite"]) == (True, "Lax"), name
