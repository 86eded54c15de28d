"""The lines of the logs: whole JSON, what is wanted in them, and nothing that a person wrote."""

import io
import json
import logging
import logging.config
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from core.logs import JsonFormatter, message_of
from people.models import User
from programmes.models import ActivityEntry
from tests.worlds import World

ClientOf = Callable[[User | None], Client]
SECRET = "Marzena's-private-remark"
EMAIL = "a.private.person@sample.example"


def fails(request: HttpRequest) -> HttpResponse:
    remark = request.POST.get("title", SECRET)
    try:
        int(remark)
    except ValueError as error:
        raise RuntimeError(f"{remark} of {EMAIL}") from error
    return HttpResponse()


def doubles(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        User.objects.create(email=EMAIL, display_name=SECRET)
        User.objects.create(email=EMAIL, display_name=SECRET)
    return HttpResponse()


urlpatterns = [
    path("fails/", fails, name="fails"),
    path("doubles/", doubles, name="doubles"),
    path("", include("wbl_portal.urls")),
]


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Everything that is logged, from DEBUG on, by the formatter of production."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    root, own = logging.getLogger(), logging.getLogger("django")
    before = root.level, own.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    own.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(before[0])
    own.setLevel(before[1])


def record(message: Any, *args: Any, name: str = "a.logger", **more: Any) -> logging.LogRecord:
    return logging.LogRecord(name, logging.INFO, __file__, 1, message, args, **{"exc_info": None, **more})


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (record("Booting worker with pid: %s", 12), "Booting worker with pid: 12"),
        (record("Not Found: %s", f"/{SECRET}"), "Not Found: …"),
        (record("%s %d%%", SECRET, 7), "… 7%"),
        (record("%d", SECRET), "%d"),
        (record("one %s, two %s", 1), "one %s, two %s"),
        (record("nothing to fill in: 100%"), "nothing to fill in: 100%"),
        (record(ValueError(SECRET)), "ValueError"),
        (
            record("Task %(name)s gave %(return_value)s", {"name": "people.x", "return_value": SECRET}),
            "Task people.x gave …",
        ),
        (record(f"Invalid HTTP_HOST header: {SECRET}", name="django.security.DisallowedHost"), "str"),
    ],
)
def test_message_keeps_numbers_and_loses_texts(made: logging.LogRecord, text: str) -> None:
    assert message_of(made) == text


def test_line_of_a_request_names_its_route(world: World, client_of: ClientOf, lines) -> None:
    entry = ActivityEntry.objects.filter(enrolment=world.ours.enrolment).first()
    address = f"/activities/?q={SECRET}" if entry is None else f"/activities/{entry.pk}/?q={SECRET}"
    response = client_of(world.ours.learner).get(address)
    (line,) = [line for line in lines() if line["logger"] == "portal.request"]
    assert line["route"] == response.resolver_match.view_name
    assert (line["method"], line["status"], line["message"], line["level"]) == ("GET", 200, "request", "INFO")
    assert line["request_id"] == response["X-Request-ID"]
    assert 0 < line["milliseconds"] < 60_000
    assert line["time"].endswith("+00:00")


def test_probes_that_pass_write_no_line_and_odd_methods_are_not_quoted(
    db: None, client: Client, lines
) -> None:
    client.get("/livez")
    client.get("/readyz")
    client.generic("SECRETWORD", "/livez")
    found = [line for line in lines() if line["logger"] == "portal.request"]
    assert [(line["method"], line["route"], line["status"]) for line in found] == [("other", "livez", 405)]


@pytest.mark.urls(__name__)
def test_failure_is_logged_with_its_places_and_without_what_was_typed(
    world: World, client_of: ClientOf, lines
) -> None:
    client = client_of(world.ours.learner)
    client.raise_request_exception = False
    assert client.post("/fails/?q=" + SECRET, {"title": SECRET, "email": EMAIL}).status_code == 500
    (line,) = [line for line in lines() if "traceback" in line]
    assert (line["error"], line["level"], line["logger"]) == ("RuntimeError", "ERROR", "django.request")
    places = "\n".join(line["traceback"])
    assert "test_logs.py" in places
    assert "int(remark)" in places  # the cause is there too
    assert places.index("ValueError") < places.index("RuntimeError")
    assert SECRET not in json.dumps(lines())
    assert EMAIL not in json.dumps(lines())


@pytest.mark.slow
@pytest.mark.urls(__name__)
def test_nothing_that_people_type_reaches_the_logs(world: World, client_of: ClientOf, lines) -> None:
    typed = {
        "title": SECRET,
        "description": SECRET,
        "reflection": SECRET,
        "login": EMAIL,
        "email": EMAIL,
        "password": SECRET,
        "display_name": SECRET,
        "reason": SECRET,
    }
    for person in (world.ours.learner, world.administrator, None):
        client = client_of(person)
        client.raise_request_exception = False
        for address in (
            "/activities/new/",
            "/activities/0/return/",
            "/accounts/login/",
            "/accounts/password/reset/",
            "/accounts/signup/",
            "/accounts/email/",
            "/profile/",
            "/admin/people/user/add/",
            "/doubles/",
            "/fails/",
            f"/{SECRET}/",
            f"/accounts/confirm-email/{SECRET}/",
            f"/activities/?q={SECRET}",
            "/%00" + SECRET,
        ):
            client.get(address)
            client.post(address, typed)
            client.get(address, headers={"host": SECRET, "referer": EMAIL, "x-forwarded-host": SECRET})
            Client(enforce_csrf_checks=True).post(address, typed, headers={"referer": SECRET})
    text = json.dumps(lines(), ensure_ascii=False)
    assert len(lines()) > 100
    assert any(line.get("error") == IntegrityError.__name__ for line in lines())
    assert {"django.request", "portal.request", "django.security.DisallowedHost"} <= {
        line["logger"] for line in lines()
    }
    assert SECRET not in text
    assert EMAIL not in text


def test_production_logs_by_this_formatter_and_sends_no_mail(settings) -> None:
    handlers, loggers = settings.LOGGING["handlers"], settings.LOGGING["loggers"]
    assert settings.LOGGING["formatters"]["json"] == {"()": "core.logs.JsonFormatter"}
    assert set(handlers) == {"console"}
    assert loggers["django"]["handlers"] == []
