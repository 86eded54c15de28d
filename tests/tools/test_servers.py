"""Finding servers for the tests: in the order that is promised, and with a line that says what is missing."""

import stat
from collections.abc import Generator
from pathlib import Path

import psycopg2
import pytest
import redis

from tools import debian, servers, valkey


def without(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """A machine where these ways to a server lead nowhere."""
    for name in names:
        monkeypatch.setattr(servers, name, lambda *_args, **_more: None)


def test_the_given_database_is_taken_without_asking_it() -> None:
    given = "postgres://somebody@somewhere/wbl"
    assert servers.postgres("wbl_1", given) == servers.Server(given, "DATABASE_URL", servers.Server.stop)


def test_a_given_database_that_is_no_postgresql_is_refused() -> None:
    with pytest.raises(servers.ServerMissing, match="WBL_TEST_DB=sqlite"):
        servers.postgres("wbl_1", "sqlite:///db.sqlite3")


def test_no_postgresql_at_all_is_one_line_with_the_reasons(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    without(monkeypatch, "postgres_binaries")
    monkeypatch.setattr(debian, "install", lambda *_packages: False)
    monkeypatch.setenv("PGHOST", str(tmp_path))
    with pytest.raises(servers.ServerMissing) as raised:
        servers.postgres("wbl_1")
    assert "\n" not in str(raised.value)
    assert "DATABASE_URL=" in str(raised.value)
    assert "no PostgreSQL is installed" in str(raised.value)


def test_debians_package_is_the_last_resort(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    without(monkeypatch, "running_postgres")

    def start(*_args: object, **_more: object) -> servers.Server | None:
        return servers.Server("x", "y") if asked else None

    def install(*packages: str) -> bool:
        asked.extend(packages)
        return True

    monkeypatch.setattr(servers, "private_postgres", start)
    monkeypatch.setattr(debian, "install", install)
    assert servers.postgres("wbl_1").url == "x"
    assert asked == ["postgresql"]


@pytest.mark.slow
def test_a_private_cluster_takes_databases_and_goes_away() -> None:
    if servers.postgres_binaries() is None:
        pytest.fail("no initdb on this machine: install PostgreSQL's server (Debian: postgresql)")
    reasons: list[str] = []
    server = servers.private_postgres("wbl_1", reasons=reasons)
    assert server is not None, reasons
    folder = server.url.split("/", 3)[3].rsplit("/", 1)[0]
    try:
        assert stat.S_IMODE(Path(folder).stat().st_mode) == 0o700
        connection = psycopg2.connect(host=folder, user="wbl", dbname="postgres")
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE made_here")
            cursor.execute("SELECT lower('ŻÓŁĆ')")
            assert cursor.fetchone() == ("żółć",)
        connection.close()
    finally:
        server.stop()
    assert not Path(folder).exists()


def test_the_newest_installed_postgresql_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    for version, names in {
        "9": ["initdb", "postgres"],
        "15": ["initdb", "postgres"],
        "17": ["initdb"],
    }.items():
        (tmp_path / version / "bin").mkdir(parents=True)
        for name in names:
            (tmp_path / version / "bin" / name).touch()
    # tmp_path itself may hold digits, so the versions are told apart from the end of the path.
    assert servers.postgres_binaries([f"{tmp_path}/*/bin"]) == tmp_path / "15" / "bin"


def test_a_slot_is_held_by_one_run_at_a_time(tmp_path: Path) -> None:
    first, second = servers.take_slot(tmp_path), servers.take_slot(tmp_path)
    assert (first.number, second.number) == (1, 2)
    first.release()
    third = servers.take_slot(tmp_path)
    assert third.number == 1
    third.note("a")
    third.note("b")
    assert third.read() == "b"
    second.release()
    third.release()


def test_more_runs_than_slots_is_a_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "SLOTS", 0)
    with pytest.raises(servers.ServerMissing, match="Too many runs"):
        servers.take_slot(tmp_path)


@pytest.fixture
def slot(tmp_path: Path) -> Generator[servers.Slot]:
    slot = servers.take_slot(tmp_path / "slots")
    yield slot
    slot.release()


@pytest.fixture
def client() -> Generator[redis.Redis]:
    """A client of a Redis that no other test uses."""
    server = servers.private_valkey()
    client = redis.Redis.from_url(server.url)
    yield client
    client.close()
    server.stop()


def test_somebodys_keys_are_left_alone(client: redis.Redis, slot: servers.Slot) -> None:
    client.set("theirs", "1")
    assert servers.claim(client, "redis://a/14", slot) is False
    assert client.keys() == [b"theirs"]


def test_an_empty_database_is_claimed_and_taken_over_after_a_crash(
    client: redis.Redis, slot: servers.Slot, tmp_path: Path
) -> None:
    assert servers.claim(client, "redis://a/14", slot) is True
    client.set("ours", "1")
    slot.release()
    again = servers.take_slot(tmp_path / "slots")
    assert servers.claim(client, "redis://b/14", again) is False
    assert servers.claim(client, "redis://a/14", again) is True
    assert client.keys() == []
    again.release()


def test_no_redis_on_this_machine_means_valkey(monkeypatch: pytest.MonkeyPatch, slot: servers.Slot) -> None:
    without(monkeypatch, "running_redis")
    server = servers.redis_server(slot)
    try:
        assert server.url.startswith("unix://")
        client = redis.Redis.from_url(server.url)
        assert client.ping() is True
        client.close()
    finally:
        server.stop()
    assert valkey.answers(Path(server.url.removeprefix("unix://"))) is False


def test_valkey_keeps_its_data_over_a_stop(tmp_path: Path) -> None:
    path = tmp_path / "valkey.sock"
    for found in (None, b"1"):
        process = valkey.start(path, tmp_path / "data", keep=True)
        try:
            valkey.wait(path, process)
            client = redis.Redis.from_url(f"unix://{path}")
            assert client.get("kept") == found
            client.set("kept", "1")
            client.close()
        finally:
            valkey.end(process)
