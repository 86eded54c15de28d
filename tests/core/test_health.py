"""The two probes: what they say, to whom, and what they leave untouched."""

import json

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from core import health


@pytest.fixture
def probe() -> Client:
    """As an orchestrator asks: plain HTTP, by an address that is no host of ours."""
    return Client(SERVER_NAME="10.1.2.3", SERVER_PORT="8000")


@pytest.fixture
def production_like(settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_REDIRECT_EXEMPT = [r"^(livez|readyz)$"]
    settings.ALLOWED_HOSTS = ["portal.sample.example"]


def test_livez_touches_neither_database_nor_cache(
    probe: Client, production_like: None, settings, django_assert_num_queries
) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    response = probe.get("/livez")  # without a mark for the database: a query would be an error
    assert (response.status_code, response.json()) == (200, {"process": "ok"})


def test_readyz_asks_database_and_redis(
    db: None, probe: Client, production_like: None, django_assert_num_queries
) -> None:
    health.newest_migrations()
    with django_assert_num_queries(1):
        response = probe.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"database": "ok", "redis": "ok"})
    assert "no-store" in response["Cache-Control"]
    assert response["X-Content-Type-Options"] == "nosniff"


def test_other_addresses_still_ask_for_the_host(db: None, probe: Client, production_like: None) -> None:
    assert probe.get("/").status_code in (301, 400)
    assert probe.get("/readyz/").status_code in (301, 400)


def test_readyz_without_redis_says_so_and_nothing_more(
    db: None, probe: Client, settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://user:hidden@127.0.0.1:1/0",
        }
    }
    response = probe.get("/readyz")
    assert (response.status_code, response.json()) == (503, {"database": "ok", "redis": "failed"})
    assert [record.check for record in caplog.records if record.name == "core.health"] == ["redis"]


def test_readyz_without_a_database_says_so_and_nothing_more(
    probe: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # No mark for the database: the first query of the check is refused with an error, as by a server that is away.
    response = probe.get("/readyz")
    assert (response.status_code, response.json()) == (503, {"database": "failed", "redis": "ok"})


def test_readyz_before_the_migrations_of_this_release_is_not_ready(db: None, probe: Client) -> None:
    MigrationRecorder(connection).migration_qs.filter(app="programmes").delete()
    response = probe.get("/readyz")
    assert (response.status_code, response.json()) == (503, {"database": "failed", "redis": "ok"})


def test_probes_leave_no_session_and_set_no_cookie(db: None, probe: Client) -> None:
    for address in ("/livez", "/readyz"):
        response = probe.get(address, headers={"accept-language": "pl", "cookie": "sessionid=made-up"})
        assert not response.cookies
        assert "Vary" not in response or "Cookie" not in response["Vary"]
        json.loads(response.content)
    assert Session.objects.count() == 0


def test_probes_take_no_post(db: None, probe: Client) -> None:
    assert [probe.post(address).status_code for address in ("/livez", "/readyz")] == [405, 405]
