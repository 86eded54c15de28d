"""Clients in processes of their own, each with one connection, asking one page again and again for some seconds."""

from __future__ import annotations

import datetime as dt
import http.client
import itertools
import multiprocessing
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tools import visitor

CSRF = "b" * 32
POSTS_A_TURN, CLIENTS_AT_MOST = 80, 8
DAYS = 10  # entries are sent for the last days, a minute each: no rule about long days or late entries is met


@dataclass(frozen=True)
class Request:
    """One request, ready to be sent."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None = None


@dataclass
class Page:
    """A page to measure: by whom it is asked, and what its answer is."""

    name: str
    path: str
    sessions: list[str]
    status: int = 200
    is_form: bool = False
    fields: visitor.Fields = field(default_factory=dict)
    posts: list[visitor.Fields] = field(default_factory=list)
    turn: int = 0
    """How often it was measured: each time goes on behind the posts of the times before."""

    def requests(self, client: int) -> Iterator[Request]:
        """What one client sends, without end: its own session, or for a form one sender after the other."""
        for number in (
            itertools.count(self.turn * POSTS_A_TURN + client, CLIENTS_AT_MOST) if self.posts else ()
        ):
            fields = self.posts[number % len(self.posts)] | {"csrfmiddlewaretoken": [CSRF]}
            kind, content = visitor.multipart(fields)
            headers = visitor.headers(self.sessions[0], CSRF) | {"Content-Type": kind}
            yield Request("POST", self.path, headers, content)
        if not self.is_form:
            session = self.sessions[client % len(self.sessions)]
            yield from itertools.repeat(Request("GET", self.path, visitor.headers(session)))
        for number in itertools.count(client):
            session = self.sessions[number % len(self.sessions)]
            kind, body = visitor.multipart(self._filled(number))
            yield Request("POST", self.path, visitor.headers(session, CSRF) | {"Content-Type": kind}, body)

    def _filled(self, number: int) -> visitor.Fields:
        day = dt.date.today() - dt.timedelta(days=number % DAYS)  # noqa: DTZ011 - any of the last days will do
        filled = dict(self.fields) | {
            "csrfmiddlewaretoken": [CSRF],
            "kind": ["on_job"],
            "goal": [""],
            "title": [f"Sample activity {number}"],
            "done_on": [day.isoformat()],
            "hours": ["0"],
            "mins": ["1"],
            "description": ["Set up the machine and wrote down each step of it for the next shift."],
            "reflection": ["I would ask earlier next time."],
            "send": ["1"],
        }
        filled.pop("save", None)
        if "form_token" in filled:
            filled["form_token"] = [str(uuid.uuid4())]
        return filled


@dataclass(frozen=True)
class Answer:
    """What one request got."""

    status: int
    queries: int
    body: str


def ask(port: int, request: Request) -> Answer:
    """Send one request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        response = _send(connection, request)
        body = response.read().decode()
        return Answer(response.status, int(response.getheader("X-Bench-Queries") or -1), body)
    finally:
        connection.close()


def _send(connection: http.client.HTTPConnection, request: Request) -> http.client.HTTPResponse:
    connection.request(request.method, request.path, request.body, request.headers)
    return connection.getresponse()


def measure(page: Page, port: int, *, clients: int, seconds: float) -> tuple[list[float], float]:
    """The seconds of each answer, over all clients, and answers a second. Raises RuntimeError for a wrong answer."""
    page.turn += 1
    context = multiprocessing.get_context("fork")
    gate, results = context.Barrier(clients), context.SimpleQueue()
    processes = [
        context.Process(target=_run, args=(page, port, number, seconds, gate, results), daemon=True)
        for number in range(clients)
    ]
    for process in processes:
        process.start()
    found: list[tuple[list[float], float, str]] = [results.get() for _ in processes]
    for process in processes:
        process.join()
    errors = [error for _times, _span, error in found if error]
    if errors:
        raise RuntimeError(f"{page.name}: {errors[0]}")
    times = [seconds for part, _span, _error in found for seconds in part]
    return times, sum(len(part) / span for part, span, _error in found)


def _run(page: Page, port: int, client: int, seconds: float, gate: Any, results: Any) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    times: list[float] = []
    error = ""
    gate.wait()
    begun = time.perf_counter()
    requests = page.requests(client)
    while not error and (not times or time.perf_counter() - begun < seconds):
        request = next(requests)
        sent = time.perf_counter()
        try:
            response = _send(connection, request)
            response.read()
        except (OSError, http.client.HTTPException) as failure:
            error = repr(failure)
            break
        times.append(time.perf_counter() - sent)
        if response.status != page.status:
            error = f"status {response.status} in place of {page.status}"
    results.put((times, time.perf_counter() - begun, error))
    connection.close()
