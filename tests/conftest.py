"""Fixtures of all tests: the two worlds, a client for each persona, private files in a folder of the run's own."""

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from people.models import User
from tests.worlds import World, build_world

built: list[World] = []


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests commit what they write and empty the database at their end: nothing comes after them."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Makes the worlds once, committed; every test rolls back what it changes."""
    with django_db_blocker.unblock():
        built.append(build_world())


@pytest.fixture
def world(db: None) -> World:
    """The two worlds; a copy, so that no test sees what another did to an instance."""
    return copy.deepcopy(built[0])


@pytest.fixture
def client_of() -> Callable[[User | None], Client]:
    """A browser of the person, signed in; of a visitor for None."""

    def make(person: User | None) -> Client:
        client = Client()
        if person is not None:
            client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return make


@pytest.fixture(autouse=True)
def private_files(settings: Any, tmp_path: Path) -> None:
    """Uploads of a test land in its own folder."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Every test starts in English, whatever an earlier one activated."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Rate limits start anew."""
    cache.clear()
