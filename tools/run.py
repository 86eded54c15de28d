"""Run the whole portal on this machine: broker, web server and worker, until Ctrl-C.

The embedded default needs no server installed: SQLite and Valkey, all data below var/. What the children print goes
to var/log/. If one of them ends, all are stopped and the end of its log is shown.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType
from typing import IO, Any

import environ

from tools import valkey

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
LOGS = VAR / "log"
PYTHON = sys.executable
LONGEST_SOCKET_PATH = 100  # the kernel takes 107 bytes
POLITE_SECONDS = 8


class Stop(Exception):
    """The run ends; the text, if any, says why."""


class Children:
    """The processes of this run, in the order in which they were started."""

    def __init__(self) -> None:
        self.running: list[tuple[str, subprocess.Popen[bytes], Path]] = []

    def add(self, name: str, process: subprocess.Popen[bytes]) -> None:
        """Watch a process whose output is in var/log/<name>.log."""
        self.running.append((name, process, LOGS / f"{name}.log"))

    def start(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        """Start a command in a session of its own, so that a Ctrl-C reaches only us and we stop it in order."""
        with (LOGS / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=valkey.end_with_parent(),
            )
        self.add(name, process)

    def check(self) -> None:
        """Raise Stop when one of them has ended."""
        for name, process, log in self.running:
            if process.poll() is not None:
                lines = log.read_text(errors="replace").splitlines()[-20:] if log.exists() else []
                raise Stop(
                    "\n".join([f"{name} ended with status {process.returncode}. The end of {log}:", *lines])
                )

    def stop(self) -> None:
        """Stop them, the last started first: politely, then by force."""
        for _name, process, _log in reversed(self.running):
            if process.poll() is None:
                process.terminate()
            try:
                process.wait(POLITE_SECONDS)
            except subprocess.TimeoutExpired:
                # Not yet reaped, so its number, which is also its group's, is still its own.
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def main() -> int:
    """Run until a signal; 1 when the portal could not start or a part of it ended."""
    signal.signal(signal.SIGTERM, _on_signal)
    signal.signal(signal.SIGINT, _on_signal)
    children = Children()
    try:
        for folder in (VAR, LOGS, VAR / "mail", VAR / "media"):
            folder.mkdir(parents=True, exist_ok=True)
        lock = (VAR / "run.lock").open("w")  # held until this process ends
        run(children, lock)
    except Stop as reason:
        failed = bool(str(reason))
        print(
            f"\n{reason}" if failed else "\nStopping ...",
            file=sys.stderr if failed else sys.stdout,
            flush=True,
        )
        return 1 if failed else 0
    finally:
        # A second Ctrl-C must not leave children behind: stopping takes seconds and ends by itself.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        children.stop()
    return 0


def run(children: Children, lock: IO[str]) -> None:
    """Start everything, say where it is, and watch it. Raises Stop at the end."""
    port = read_port(os.environ.get("PORT", "8000"))
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Stop(
            f"The portal already runs from {ROOT}: stop that one first (Ctrl-C where it runs)."
        ) from None
    ensure_free(port)
    environment = read_environment(port)
    if "REDIS_URL" not in environment:
        environment["REDIS_URL"] = start_valkey(children)
    prepare(environment)
    children.start("web", web_command(port), environment)
    children.start("worker", worker_command(), environment)
    wait_for_answer(f"http://127.0.0.1:{port}/", children)
    print(f"\nThe portal runs at http://127.0.0.1:{port}/   (Ctrl-C stops it)")
    print(f"Its mail: http://127.0.0.1:{port}/mail/   Its logs: {LOGS}", flush=True)
    while True:
        children.check()
        time.sleep(0.5)


def read_port(text: str) -> int:
    """PORT as a number. Raises Stop when it is none."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise Stop(f"PORT={text} is no port: give a number from 1 to 65535.")
    return int(text)


def ensure_free(port: int) -> None:
    """Raise Stop when the port cannot be had."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Stop(
                f"Port {port} is not free ({error.strerror}): choose another with PORT=8001 make run"
            ) from None


def read_environment(port: int) -> dict[str, str]:
    """The environment of the children, with what .env says; the real environment overrules it.

    Raises Stop for another profile than the embedded one, whose data this must not touch.
    """
    env = environ.Env()
    if (ROOT / ".env").is_file():
        env.read_env(ROOT / ".env")
    environment = dict(os.environ)
    environment.setdefault("WBL_PROFILE", "embedded")
    environment.setdefault("SITE_URL", f"http://127.0.0.1:{port}")
    environment["PYTHONUNBUFFERED"] = "1"
    if environment["WBL_PROFILE"] != "embedded":
        raise Stop(
            f"WBL_PROFILE is {environment['WBL_PROFILE']}: `make run` is for the embedded profile alone."
        )
    return environment


def start_valkey(children: Children) -> str:
    """Start the broker on a socket and return its address for REDIS_URL."""
    path = VAR / "valkey.sock"
    if len(str(path)) > LONGEST_SOCKET_PATH:
        folder = Path(tempfile.mkdtemp(prefix="wbl-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        path = folder / "valkey.sock"
    try:
        process = valkey.start(path, VAR / "valkey", keep=True)
        children.running.append(("valkey", process, VAR / "valkey" / "valkey.log"))
        valkey.wait(path, process)
    except RuntimeError as error:
        raise Stop(str(error)) from error
    return f"unix://{path}"


def prepare(environment: dict[str, str]) -> None:
    """Migrate, load the demo data on first use and print its accounts. Raises Stop when that fails."""
    print("Preparing the database ...", flush=True)
    done = subprocess.run([PYTHON, "-m", "tools.prepare"], cwd=ROOT, env=environment, check=False)
    if done.returncode:
        raise Stop(f"The database could not be prepared (status {done.returncode}).")


def web_command(port: int) -> list[str]:
    """Gunicorn with threads: no proxy stands in front of it here to buffer slow clients."""
    workers = ["--worker-class=gthread", "--workers=2", "--threads=4", "--preload", "--no-control-socket"]
    options = [f"--bind=127.0.0.1:{port}", "--access-logfile=-", "--graceful-timeout=5", "--timeout=60"]
    return [PYTHON, "-m", "gunicorn", *workers, *options, "wbl_portal.wsgi:application"]


def worker_command() -> list[str]:
    """One Celery worker that also keeps the schedule: there is no second one here that could double it."""
    options = ["--concurrency=1", "--without-gossip", "--without-mingle", "--loglevel=INFO"]
    return [PYTHON, "-m", "celery", "-A", "wbl_portal", "worker", "-B", "-s", str(VAR / "schedule"), *options]


def wait_for_answer(address: str, children: Children, seconds: float = 30) -> None:
    """Return when the address answers without a server error. Raises Stop when it does not."""
    end = time.monotonic() + seconds
    last: Any = "no answer"
    while time.monotonic() < end:
        children.check()
        try:
            with urllib.request.urlopen(address, timeout=10):  # noqa: S310 - an address of our own
                return
        except urllib.error.HTTPError as error:
            last = error
            if error.code < 500:
                return
        except OSError as error:
            last = error
        time.sleep(0.1)
    raise Stop(f"{address} does not answer: {last}. See {LOGS / 'web.log'}")


def _on_signal(_number: int, _frame: FrameType | None) -> None:
    raise Stop


if __name__ == "__main__":
    sys.exit(main())
