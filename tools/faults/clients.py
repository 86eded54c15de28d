"""Learners who send entries, each in a process of its own, and repeat a post until somebody has answered it."""

from __future__ import annotations

import datetime as dt
import hashlib
import http.client
import json
import multiprocessing
import random
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools import visitor

CSRF = "f" * 32
DAYS = 10
PATIENCE = 60  # seconds until an entry that nobody answers ends the run
SHARE_WITH_A_FILE = 0.6
SHARE_HUNG_UP = (
    0.1  # posts whose sender goes before the answer comes, and posts again: as after a lost connection
)


@dataclass(frozen=True)
class Sent:
    """One entry as its learner knows it: what was sent, and where the portal said it is."""

    title: str
    location: str
    sha256: str
    posts: int


class Clients:
    """The processes of all learners; each writes what was acknowledged into a file of its own, line by line."""

    def __init__(self, port: int, sessions: Sequence[str], folder: Path) -> None:
        context = multiprocessing.get_context("fork")
        self.files = [folder / f"client-{number}.jsonl" for number in range(len(sessions))]
        self.stop_sign = context.Event()
        self.processes = [
            context.Process(
                target=_run, args=(port, session, number, self.files[number], self.stop_sign), daemon=True
            )
            for number, session in enumerate(sessions)
        ]
        for process in self.processes:
            process.start()

    def acknowledged(self) -> list[Sent]:
        """What has been answered so far, by all of them. Raises RuntimeError with what a client gave up on."""
        found = []
        for path in self.files:
            lines = path.read_text().splitlines() if path.exists() else []
            for row in map(json.loads, lines):
                if "gave_up" in row:
                    raise RuntimeError(row["gave_up"])
                found.append(Sent(**row))
        return found

    def end(self) -> list[Sent]:
        """Let everybody finish what they are sending; everything that was answered."""
        self.stop_sign.set()
        for process in self.processes:
            process.join(PATIENCE + 10)
        return self.acknowledged()

    def kill(self) -> None:
        """Stop them at once."""
        for process in self.processes:
            process.kill()
            process.join()


def _run(port: int, session: str, number: int, path: Path, stop_sign: Any) -> None:
    rng = random.Random(number)  # noqa: S311 - made-up files
    with path.open("w", buffering=1) as log:
        try:
            fields = _form(port, session)
            count = 0
            while not stop_sign.is_set():
                count += 1
                sent = _send(port, session, fields, f"Sample entry {number}-{count}", count, rng)
                log.write(json.dumps(vars(sent)) + "\n")
        except (RuntimeError, LookupError) as error:
            log.write(json.dumps({"gave_up": f"client {number}: {error}"}) + "\n")


def _form(port: int, session: str) -> visitor.Fields:
    status, _location, body = _until_answered(port, "GET", "/activities/new/", visitor.headers(session), None)
    if status != 200:
        raise RuntimeError(f"the form answered {status}")
    return visitor.form_of(body)


def _send(
    port: int, session: str, fields: visitor.Fields, title: str, count: int, rng: random.Random
) -> Sent:
    day = dt.date.today() - dt.timedelta(days=count % DAYS)  # noqa: DTZ011 - any of the last days will do
    filled = dict(fields) | {
        "csrfmiddlewaretoken": [CSRF],
        "kind": ["on_job"],
        "title": [title],
        "done_on": [day.isoformat()],
        "hours": ["0"],
        "mins": ["1"],
        "send": ["1"],
    }
    filled.pop("save", None)
    if "form_token" in filled:
        filled["form_token"] = [str(uuid.UUID(int=rng.getrandbits(128), version=4))]
    files, sha256 = [], ""
    if rng.random() < SHARE_WITH_A_FILE:
        lines = [f"{title} {rng.getrandbits(256):x}\n" for _ in range(rng.randint(10, 800))]
        content = "".join(lines).encode()
        files, sha256 = [("evidence", "sample.txt", content)], hashlib.sha256(content).hexdigest()
    kind, body = visitor.multipart(filled, files)
    posts = [0]
    headers = visitor.headers(session, CSRF) | {"Content-Type": kind}
    if rng.random() < SHARE_HUNG_UP:
        posts[0] += 1
        _post_and_hang_up(port, headers, body, after=rng.uniform(0, 0.1))
    status, location, answer = _until_answered(port, "POST", "/activities/new/", headers, body, posts)
    if status != 302 or not location.startswith("/activities/"):
        raise RuntimeError(f"{title} was answered {status} {location}: {_errors(answer)}")
    return Sent(title, location, sha256, posts[0])


def _post_and_hang_up(port: int, headers: dict[str, str], body: bytes, *, after: float) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("POST", "/activities/new/", body, headers)
        time.sleep(after)
    except OSError:  # it was just killed: the post counts as one that nobody answered
        pass
    finally:
        connection.close()


def _errors(page: str) -> str:
    start = page.find("alert-danger")
    return " ".join(page[start : start + 600].split()) if start >= 0 else page[:200]


def _until_answered(
    port: int,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes | None,
    posts: list[int] | None = None,
) -> tuple[int, str, str]:
    """Ask until an answer comes that is no server error; what was sent stays the same, token included."""
    end = time.monotonic() + PATIENCE
    last = "no answer"
    while time.monotonic() < end:
        if posts is not None:
            posts[0] += 1
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode()
            if response.status < 500:
                return response.status, response.getheader("Location") or "", text
            last = f"status {response.status}"
        except (OSError, http.client.HTTPException) as error:
            last = repr(error)
        finally:
            connection.close()
        time.sleep(0.1)
    raise RuntimeError(f"{method} {path}: {last} for {PATIENCE} s")
