"""A PostgreSQL of one's own for a longer run: durable like one in production, started, killed and started again."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import psycopg2

from tools import servers, valkey


class Cluster:
    """A private cluster in a temporary folder, on a port of the loopback address alone."""

    def __init__(self, settings: Mapping[str, str] | None = None) -> None:
        binaries = servers.postgres_binaries()
        if binaries is None:
            raise servers.ServerMissing("PostgreSQL's programs are needed: sudo apt-get install postgresql")
        self.binaries, self.settings = binaries, dict(settings or {})
        self.identity = servers.not_root()
        self.folder = Path(tempfile.mkdtemp(prefix="wbl-pg-"))
        if self.identity:
            os.chown(self.folder, self.identity["user"], self.identity["group"])
        self.data, self.port = self.folder / "data", free_port()
        self.process: subprocess.Popen[bytes] | None = None
        servers.initdb(binaries, self.data, self.identity)

    def start(self) -> None:
        """Start the server and wait until it takes connections, a recovery after a crash included."""
        settings = {"listen_addresses": "127.0.0.1", "port": str(self.port), "unix_socket_directories": ""}
        options = [
            part
            for key, value in (settings | {"max_connections": "60"} | self.settings).items()
            for part in ("-c", f"{key}={value}")
        ]
        end = time.monotonic() + 60
        while time.monotonic() < end:
            # After a kill it may find the memory of processes that are just ending, and refuses: so once more.
            if self.process is None or self.process.poll() is not None:
                self.process = self._start(options)
            with contextlib.suppress(psycopg2.OperationalError):
                psycopg2.connect(self.url("postgres"), connect_timeout=5).close()
                return
            time.sleep(0.05)
        raise servers.ServerMissing(f"The private PostgreSQL does not answer: see {self.folder / 'log'}")

    def _start(self, options: list[str]) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [self.binaries / "postgres", "-D", self.data, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
                preexec_fn=valkey.end_with_parent(signal.SIGINT),
                **self.identity,
            )

    def kill(self) -> None:
        """kill -9 for the server and every process of it at once, as when the power goes: nobody says goodbye."""
        assert self.process is not None
        for child in (self.process.pid, *children_of(self.process.pid)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Stop the server and remove all of it."""
        if self.process is not None:
            valkey.end(self.process, seconds=20)
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, name: str) -> str:
        """The address of one of its databases."""
        return f"postgres://wbl@127.0.0.1:{self.port}/{name}"

    def create(self, name: str) -> str:
        """Make an empty database and return its address."""
        connection = psycopg2.connect(self.url("postgres"))
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')
        connection.close()
        return self.url(name)


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def children_of(pid: int) -> list[int]:
    """The children of a process, from /proc; none where there is no /proc."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name in brackets may hold anything, so the fields are counted from its end.
            if int(path.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(path.parent.name))
    return found
