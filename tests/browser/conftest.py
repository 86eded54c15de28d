"""The portal with its sample data on a server of the run's own, and browsers that open it.

The data is made once for all tests of this folder: they look at it, and change only what is theirs. Each browser
notes what goes wrong in it; a test fails for a fault that nobody looked at.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import override_settings
from django.utils import timezone
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from people.models import User
from programmes.management.commands.load_demo import load
from tests.browser.actors import Actor, open_account
from tests.browser.checks import HEIGHT, RECORD_REPORTS, WIDTHS, Watch
from tests.browser.portal import Portal, sign_in_without_page
from tests.worlds import PERSONAS, Side, build_side

TIMEOUT_MS = 20_000  # the machine may be busy


@pytest.fixture(scope="package")
def portal(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    """The portal on a free port of this machine, with the sample data that leads up to today."""
    media = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media):
        load(learners=12, seed=2026, today=timezone.localdate())
        server = LiveServer("localhost")
    yield Portal(server.url, media)
    server.stop()
    with django_db_blocker.unblock():  # as pytest-django leaves the database to its next test
        call_command("flush", verbosity=0, interactive=False)
        connections.close_all()


@pytest.fixture(autouse=True)
def transactional_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """What a test writes is committed, because the server's own connections have to see it.

    Stands in for pytest-django's fixture, which would empty the database after every test. The name tells it to
    make a database for these tests, and to run them after those that roll back what they write.
    """
    with django_db_blocker.unblock():
        yield
        # While Playwright's loop runs, Django holds connections that it would not find again at the end.
        connections.close_all()


@pytest.fixture(autouse=True)
def private_files(portal: Portal) -> Iterator[None]:
    """Uploads land beside the sample data's files."""
    with override_settings(MEDIA_ROOT=portal.media):
        yield


@pytest.fixture(autouse=True)
def address(portal: Portal) -> Iterator[None]:
    """The portal answers to the address of the run's own server, and its mails lead there."""
    with override_settings(SITE_URL=portal.url, ALLOWED_HOSTS=[*settings.ALLOWED_HOSTS, "localhost"]):
        yield


@pytest.fixture
def open_browser(browser: Browser, portal: Portal) -> Iterator[Callable[..., Watch]]:
    """Makes a browser of somebody's own: signed in without the sign-in page, or a visitor's for None."""
    watches: list[Watch] = []

    def make(person: User | None = None, *, width: int = WIDTHS[0], **options: Any) -> Watch:
        viewport: Any = {"width": width, "height": HEIGHT}
        options = {"locale": "en-GB", "color_scheme": "light", "reduced_motion": "reduce"} | options
        context = browser.new_context(base_url=portal.url, viewport=viewport, **options)
        context.set_default_timeout(TIMEOUT_MS)
        context.add_init_script(RECORD_REPORTS)
        watch = Watch(context.new_page(), portal.url)
        if person is not None:
            sign_in_without_page(watch.page, portal, person)
        watches.append(watch)
        return watch

    yield make
    unseen = [fault for watch in watches for fault in watch.take()]
    for watch in watches:
        watch.page.context.close()
    assert unseen == []


@pytest.fixture
def side(request: pytest.FixtureRequest, language: str) -> Side:
    """A small company of the test's own, whose people all speak its language."""
    side = build_side(f"{request.function.__name__.rpartition('_')[2].title()}-{language}")
    for persona in PERSONAS:
        open_account(getattr(side, persona), language)
    return side


@pytest.fixture
def actor(open_browser: Callable[..., Watch], side: Side, language: str) -> Iterator[Callable[..., Actor]]:
    """Signs somebody of the company in; what is wrong with the pages that they look at fails the test at its end."""
    faults: list[str] = []

    def make(persona: str, **options: Any) -> Actor:
        one = Actor(open_browser, getattr(side, persona), language, faults, **options)
        one.sign_in()
        return one

    yield make
    assert not faults, "\n".join(["", *faults])
