"""The profile page, the language switch, and the person's language and time zone on every page."""

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from core.models import AuditEvent
from people.models import User
from tests.worlds import World

ClientOf = Callable[[User | None], Client]
PROFILE = {"display_name": "Ana Sample", "language": "en", "time_zone": "Europe/Madrid", "theme": ""}


def test_profile_is_saved_and_says_so(world: World, client_of: ClientOf) -> None:
    client = client_of(world.ours.learner)
    response = client.post(reverse("people:profile"), PROFILE | {"theme": "dark"}, follow=True)
    assert [str(message) for message in response.context["messages"]] == ["Your settings were saved."]
    assert '<html lang="en" data-bs-theme="dark">' in response.text
    assert User.objects.get(pk=world.ours.learner.pk).display_name == "Ana Sample"
    assert AuditEvent.objects.get().action == "person.change"


def test_refused_profile_keeps_what_was_typed_and_the_frame_as_it_is(
    world: World, client_of: ClientOf
) -> None:
    client = client_of(world.ours.learner)
    response = client.post(reverse("people:profile"), PROFILE | {"display_name": "X", "language": "es"})
    assert response.status_code == 200
    assert (response.context["user"].display_name, response.context["user"].language) == (
        world.ours.learner.display_name,
        "en",
    )
    assert response.context["form"]["display_name"].value() == "X"
    assert "Error:" in response.text.split("</title>")[0]
    assert AuditEvent.objects.count() == 0


def test_language_switch_is_remembered_for_the_person(world: World, client_of: ClientOf) -> None:
    client = client_of(world.ours.learner)
    client.post(reverse("people:language"), {"language": "es", "next": "/learner/"})
    assert User.objects.get(pk=world.ours.learner.pk).language == "es"
    assert '<html lang="es"' in client.get("/learner/").text
    assert '<html lang="es"' in client_of(User.objects.get(pk=world.ours.learner.pk)).get("/learner/").text


def test_language_switch_is_kept_in_a_cookie_for_a_visitor(client: Client, db: None) -> None:
    client.post(reverse("people:language"), {"language": "pl", "next": "/"})
    cookie = client.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert (cookie.value, cookie["max-age"]) == ("pl", 365 * 24 * 3600)
    assert '<html lang="pl"' in client.get("/").text


@pytest.mark.parametrize("language", ["de", "", "EN", "en-gb"])
def test_language_that_is_not_spoken_here_is_a_bad_request(client: Client, db: None, language: str) -> None:
    assert client.post(reverse("people:language"), {"language": language}).status_code == 400
    assert settings.LANGUAGE_COOKIE_NAME not in client.cookies


def test_language_of_the_person_goes_before_that_of_the_browser(world: World, client_of: ClientOf) -> None:
    User.objects.filter(pk=world.ours.learner.pk).update(language="pl")
    client = client_of(User.objects.get(pk=world.ours.learner.pk))
    assert '<html lang="pl"' in client.get("/learner/", headers={"accept-language": "es"}).text


@pytest.mark.parametrize(
    ("time_zone", "greeting"),
    [
        ("Europe/Madrid", "Good morning"),
        ("Asia/Tokyo", "Good evening"),
        ("Pacific/Kiritimati", "Good morning"),
    ],
)
def test_greeting_follows_the_clock_of_the_person(
    world: World, client_of: ClientOf, time_zone: str, greeting: str
) -> None:
    noon = dt.datetime.combine(world.ours.enrolment.starts_on, dt.time(10, 30), dt.UTC) + dt.timedelta(
        weeks=20
    )
    User.objects.filter(pk=world.ours.learner.pk).update(time_zone=time_zone)
    with time_machine.travel(noon, tick=False):
        client = client_of(User.objects.get(pk=world.ours.learner.pk))
        assert f"{greeting}, {world.ours.learner.display_name}" in client.get("/learner/").text


def test_today_is_the_day_of_the_person(world: World, client_of: ClientOf) -> None:
    """Half past eleven in the evening in London is tomorrow in Madrid already."""
    evening = dt.datetime.combine(world.ours.enrolment.starts_on, dt.time(23, 30), dt.UTC) + dt.timedelta(
        weeks=20
    )
    for time_zone, day in (("UTC", evening.date()), ("Asia/Tokyo", evening.date() + dt.timedelta(days=1))):
        User.objects.filter(pk=world.ours.learner.pk).update(time_zone=time_zone)
        with time_machine.travel(evening, tick=False):
            client = client_of(User.objects.get(pk=world.ours.learner.pk))
            form = client.get("/activities/new/").context["form"]
        assert form["done_on"].value() == day
