"""Kill, repair, count: `make faults`, or a shorter run with `make faults KILLS=5 ON=sqlite`."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tools import servers, valkey, visitor
from tools.cluster import Cluster, children_of, free_port
from tools.faults.clients import Clients

ROOT = Path(__file__).resolve().parents[2]
# Commits are acknowledged before they are in a file, and stay in memory for up to ten seconds: what kill -9 takes away.
LOSSY = {
    "synchronous_commit": "off",
    "wal_writer_delay": "10s",
    "wal_writer_flush_after": "100MB",
    "wal_buffers": "16MB",
}
WORKERS = 3
FATAL = ("lost", "half_done", "elsewhere", "doubled", "without_bytes")


def main(arguments: Sequence[str] | None = None) -> int:
    """One run on each database that was asked for; 1 when anything was lost, doubled or without its bytes."""
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--on", type=lambda text: text.split(","), default=["postgres", "sqlite"])
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument(
        "--seconds", type=float, default=240, help="a run ends after that, however many kills"
    )
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument(
        "--lossy", action="store_true", help="PostgreSQL that loses commits: the run has to notice"
    )
    parser.add_argument("--allow-doubles", action="store_true", help="for a form without a token")
    options = parser.parse_args(arguments)
    results = [run(name, options) for name in options.on]
    (ROOT / "var").mkdir(exist_ok=True)
    (ROOT / "var" / "faults.json").write_text(json.dumps(results, indent=1) + "\n")
    print("The figures are in var/faults.json")
    return 1 if any(result["failed"] for result in results) else 0


def run(name: str, options: argparse.Namespace) -> dict[str, Any]:
    """Send and kill on one kind of database, then count. Everything that it starts ends with it."""
    folder = Path(tempfile.mkdtemp(prefix="wbl-faults-"))
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        site = Site(name, folder, stack, lossy=options.lossy)
        clients = Clients(site.port, site.sessions, folder)
        stack.callback(clients.kill)
        begun = time.monotonic()
        kills = site.kill_for(clients, options)
        seconds = time.monotonic() - begun
        sent = clients.end()
        text = site.python(["-m", "tools.faults.audit"], json.dumps([vars(row) for row in sent]))
    findings = json.loads(text)
    counts = {kind: len(rows) for kind, rows in findings.items()}
    fatal = [kind for kind in FATAL if counts[kind] and not (kind == "doubled" and options.allow_doubles)]
    failed = not counts["lost"] if options.lossy else bool(fatal)
    print(
        f"{name}: {sum(kills.values())} kills in {seconds:.0f} s ({', '.join(f'{n} {k}' for k, n in kills.items())}); "
        f"{len(sent)} entries acknowledged, {sum(row.posts > 1 for row in sent)} of them after a repeated post; "
        + ", ".join(f"{number} {kind.replace('_', ' ')}" for kind, number in counts.items())
    )
    if options.lossy:
        print("The losses were seen." if counts["lost"] else "No loss was seen: this run cannot see any.")
    for kind in fatal:
        print(f"  {kind}: {'; '.join(findings[kind][:5])}")
    return {
        "on": name,
        "lossy": options.lossy,
        "seconds": round(seconds),
        "kills": dict(kills),
        "acknowledged": len(sent),
        "repeated": sum(row.posts > 1 for row in sent),
        **counts,
        "failed": failed,
    }


class Site:
    """A filled database, a broker and a web server with the production set-up, and what can be killed of them."""

    def __init__(self, name: str, folder: Path, stack: contextlib.ExitStack, *, lossy: bool) -> None:
        self.port = free_port()
        self.cluster: Cluster | None = None
        if name == "postgres":
            self.cluster = Cluster(LOSSY if lossy else None)
            stack.callback(self.cluster.stop)
            self.cluster.start()
            url = self.cluster.create("faults")
        else:
            url = f"sqlite:///{folder}/db.sqlite3"
        broker = servers.private_valkey()
        stack.callback(broker.stop)
        self.environment = os.environ | {
            "WBL_PROFILE": "embedded",  # the sample refuses production, and so does SQLite
            "SECRET_KEY": secrets.token_urlsafe(50),
            "SITE_URL": visitor.SITE,
            "ALLOWED_HOSTS": "127.0.0.1",
            "DATABASE_URL": url,
            "REDIS_URL": broker.url,
            "MEDIA_ROOT": str(folder / "media"),
            "WEB_CONCURRENCY": str(WORKERS),
            "DEBUG": "",
        }
        self.sessions: list[str] = json.loads(self.python(["-m", "tools.faults.prepare"]))
        self.log = ROOT / "var" / "faults.log"
        self.log.parent.mkdir(exist_ok=True)
        self.web = self._serve()
        stack.callback(valkey.end, self.web, 10)
        # kind of kill: what does it; the database itself only where there is one to kill
        self.kills: dict[str, Callable[[random.Random], None]] = {
            "of a web worker": self._kill_a_worker,
            "of all web workers": self._kill_all_workers,
        }
        if self.cluster is not None:
            self.kills["of the whole database"] = self._kill_database
            self.kills["of a database process"] = self._kill_a_backend

    def python(self, arguments: Sequence[str], text: str = "") -> str:
        """What a program of ours prints that runs in the environment of the site."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            input=text,
        )
        return done.stdout

    def _serve(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py"]
        with self.log.open("wb") as log:
            return subprocess.Popen(
                [*command, f"--bind=127.0.0.1:{self.port}", "wbl_portal.wsgi"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=valkey.end_with_parent(),
            )

    def kill_for(self, clients: Clients, options: argparse.Namespace) -> Counter[str]:
        """Kill, wait until entries are acknowledged again, and so on: how many of which kind there were."""
        rng = random.Random(options.seed)  # noqa: S311 - which process is next
        end, done = time.monotonic() + options.seconds, Counter[str]()
        pause = options.seconds / options.kills
        self._wait_for_progress(clients, end)
        while sum(done.values()) < options.kills and time.monotonic() < end:
            time.sleep(rng.uniform(0.1, max(pause - 2, 0.3)))
            kind = rng.choice(sorted(self.kills))
            self.kills[kind](rng)
            done[kind] += 1
            self._wait_for_progress(clients, end)
        return done

    def _wait_for_progress(self, clients: Clients, end: float) -> None:
        before = len(clients.acknowledged())
        while len(clients.acknowledged()) <= before + 2 and time.monotonic() < end:
            if self.web.poll() is not None:
                raise SystemExit(f"The web server ended by itself: see {self.log}")
            time.sleep(0.05)

    def _kill_a_worker(self, rng: random.Random) -> None:
        workers = children_of(self.web.pid)
        if workers:
            _kill(rng.choice(workers))

    def _kill_all_workers(self, _rng: random.Random) -> None:
        for pid in children_of(self.web.pid):
            _kill(pid)

    def _kill_database(self, rng: random.Random) -> None:
        assert self.cluster is not None
        self.cluster.kill()
        time.sleep(rng.uniform(0, 0.5))
        self.cluster.start()

    def _kill_a_backend(self, rng: random.Random) -> None:
        """PostgreSQL then ends all its processes and recovers by itself."""
        assert self.cluster is not None
        assert self.cluster.process is not None
        backends = children_of(self.cluster.process.pid)
        if backends:
            _kill(rng.choice(backends))


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
