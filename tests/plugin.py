"""Pytest plugin: the environment of the tests, set before Django reads its settings.

Finds the PostgreSQL and the Redis to run on (tools/servers.py), or SQLite with WBL_TEST_DB=sqlite; makes sure of
Chromium before the first browser test; lets no test reach the outside network.
"""

from __future__ import annotations

import atexit
import os
import socket
from collections.abc import Callable, Generator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from tools import chromium, messages, servers, vendor

ROOT = Path(__file__).resolve().parent.parent
found: list[servers.Server] = []
give_back: list[Callable[[], None]] = []


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(args: list[str]) -> Generator[None]:
    """As a wrapper this runs before pytest-django's hook of the same name, which loads the settings."""
    if not {"--help", "-h", "--version", "-V", "--markers", "--fixtures"} & set(args):
        try:
            generate()
            prepare()
        except servers.ServerMissing as error:
            raise pytest.UsageError(str(error)) from None
    return (yield)


def generate() -> None:
    """Make what git ignores, as set-up does: Bootstrap's files, compiled messages, the folder of static files."""
    (ROOT / "staticfiles").mkdir(exist_ok=True)
    vendor.main()
    messages.compile_all(ROOT / "locale")


def prepare() -> None:
    """Find the servers and set the environment. Raises ServerMissing with one line."""
    on_sqlite = os.environ.get("WBL_TEST_DB") == "sqlite"
    given = given_servers()
    slot = servers.take_slot()
    give_back.append(slot.release)
    redis = servers.redis_server(slot, given["REDIS_URL"])
    _keep(redis)
    if on_sqlite:
        database = servers.Server("sqlite://:memory:", "SQLite in memory, as WBL_TEST_DB says")
    else:
        database = servers.postgres(f"wbl_{slot.number}", given["DATABASE_URL"])
    _keep(database)
    os.environ.update(
        WBL_PROFILE="test",
        SECRET_KEY="only-for-tests-" + "0" * 50,
        SITE_URL="http://testserver",
        DATABASE_URL=database.url,
        REDIS_URL=redis.url,
    )


def given_servers() -> dict[str, str | None]:
    """What the environment said before the run: the processes of a run in parallel inherit what it was set to, and
    each has to find servers of its own, or one would empty the other's cache.
    """
    names = ("DATABASE_URL", "REDIS_URL")
    if "PYTEST_XDIST_WORKER" not in os.environ:
        for name in names:
            os.environ[f"WBL_GIVEN_{name}"] = os.environ.get(name, "")
    return {name: os.environ.get(f"WBL_GIVEN_{name}") or None for name in names}


def _keep(server: servers.Server) -> None:
    found.append(server)
    give_back.insert(0, server.stop)


@atexit.register  # also when pytest never got as far as to configure itself
def pytest_unconfigure() -> None:
    """Give back what prepare() took, in the opposite order."""
    while give_back:
        give_back.pop(0)()


def pytest_report_header() -> list[str]:
    """What the run is on."""
    return ["servers: " + "; ".join(server.origin for server in found)] if found else []


def pytest_collection_finish(session: pytest.Session) -> None:
    """Before the first browser test: Chromium, or one line that says how to get it, and a failure."""
    if session.config.option.collectonly or not any(
        item.get_closest_marker("browser") for item in session.items
    ):
        return
    try:
        chromium.find_or_install()
    except RuntimeError as error:
        pytest.exit(str(error), returncode=1)
    # Playwright's synchronous interface is an event loop underneath, in which Django refuses its database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


class Browser:
    """Fixtures that stand in for Playwright's: registered last, so they win."""

    @pytest.fixture(scope="session")
    @classmethod
    def browser_type_launch_args(cls, browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
        """Playwright's own download of a browser is not used: it drives the Chromium of this machine."""
        return {**browser_type_launch_args, **chromium.launch_options()}

    @pytest.fixture(scope="session")
    @classmethod
    def base_url(cls) -> None:
        """Addresses in the tests are whole ones. (Playwright's own fixture is of a kind that pytest deprecates.)"""


def pytest_configure(config: pytest.Config) -> None:
    """Register what has to come after the plugins that installed packages bring."""
    config.pluginmanager.register(Browser(), "wbl-browser")


@pytest.fixture(autouse=True, scope="session")
def only_this_machine() -> Generator[None]:
    """No test touches the outside network: a connection to anywhere else is an error."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and not _is_here(str(address[0])):
            raise RuntimeError(f"A test may not connect to {address[0]}: it is not this machine.")
        connect(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded)
    yield
    patch.undo()


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
