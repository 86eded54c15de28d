"""Load, serve, ask, report: `make bench`, or a smaller one with `make bench LEARNERS=50 ROUNDS=1`."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tools import servers, valkey, visitor
from tools.bench import report
from tools.bench.client import Page, Request, ask, measure
from tools.cluster import Cluster, free_port

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "var" / "bench"
POSTGRES = {"random_page_cost": "1.1", "jit": "off"}  # as docs/deploy.md says


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench; 0 when it came to its end, whatever the figures."""
    options = read(arguments)
    FOLDER.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    with contextlib.ExitStack() as stack:
        sites = [
            stack.enter_context(site) for site in _sites(stack, options.learners, workers=options.workers)
        ]
        rows = run(sites, options)
    text = report.table(rows)
    print(text)
    print("\n".join(report.verdicts(rows)))
    data = {
        "workers": options.workers,
        "rounds": options.rounds,
        "loading_seconds": {str(site.learners): round(site.seconds, 1) for site in sites},
        "seconds": round(time.monotonic() - begun),
        "pages": rows,
    }
    (ROOT / "var" / "bench.json").write_text(json.dumps(data, indent=1) + "\n")
    print(f"{data['seconds']} s in all; the figures are in var/bench.json")
    return 0


def read(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options; sizes and numbers of clients may be given with commas."""

    def numbers(text: str) -> list[int]:
        return [int(part) for part in text.split(",")]

    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--learners", type=numbers, default=[50, 500, 5000])
    parser.add_argument("--clients", type=numbers, default=[1, 8])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.5, help="of each measurement")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="of gunicorn")
    options = parser.parse_args(arguments)
    if min(options.learners) < 40:
        parser.error("--learners: 40 at least")
    return options


class Site:
    """One size: a filled database and a web server on it, from entering to leaving."""

    def __init__(self, learners: int, environment: dict[str, str]) -> None:
        self.learners, self.environment = learners, environment
        self.port = free_port()
        self.seconds = 0.0
        self.pages: list[Page] = []

    def __enter__(self) -> Site:
        print(f"Loading {self.learners} learners ...", file=sys.stderr, flush=True)
        people = _python(["-m", "tools.bench.prepare", str(self.learners)], self.environment | _LOADING)
        who = json.loads(people)
        self.seconds = who["seconds"]
        self.process = self._serve()
        self.pages = _pages(who)
        self._wait()
        return self

    def _serve(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "--max-requests=0"]
        with (FOLDER / f"web-{self.learners}.log").open("wb") as log:
            return subprocess.Popen(
                [*command, f"--bind=127.0.0.1:{self.port}", "wbl_portal.wsgi"],
                cwd=ROOT,
                env=self.environment | _SERVING,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=valkey.end_with_parent(),
            )

    def _wait(self) -> None:
        end = time.monotonic() + 30
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError):
                if ask(self.port, Request("GET", "/readyz", {"Host": visitor.HOST})).status == 200:
                    return
            time.sleep(0.1)
        self.__exit__()
        raise SystemExit(f"The web server does not answer: see {FOLDER}/web-{self.learners}.log")

    def __exit__(self, *_error: object) -> None:
        valkey.end(self.process, seconds=10)


_LOADING = {"WBL_PROFILE": "embedded"}  # `load_demo` refuses to run in production
_SERVING = {"DJANGO_SETTINGS_MODULE": "tools.bench.settings"}


def _sites(stack: contextlib.ExitStack, sizes: Sequence[int], *, workers: int) -> Iterator[Site]:
    cluster = Cluster(POSTGRES)
    stack.callback(cluster.stop)
    cluster.start()
    broker = servers.private_valkey()
    stack.callback(broker.stop)
    environment = os.environ | {
        "WBL_PROFILE": "production",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "SITE_URL": visitor.SITE,
        "ALLOWED_HOSTS": "",
        "REDIS_URL": broker.url,
        "EMAIL_URL": "smtp://127.0.0.1:1",
        "DEFAULT_FROM_EMAIL": "portal@sample.example",
        "MEDIA_ROOT": str(FOLDER / "media"),
        "WEB_CONCURRENCY": str(workers),
        "DEBUG": "",
    }
    first = environment | _SERVING | {"DATABASE_URL": cluster.url("postgres")}
    _python(["manage.py", "collectstatic", "--noinput", "--verbosity=0"], first)
    for size in sizes:
        yield Site(size, environment | {"DATABASE_URL": cluster.create(f"bench_{size}")})


def _python(arguments: Sequence[str], environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def _pages(who: dict[str, Any]) -> list[Page]:
    readers = who["readers"]
    return [
        Page(report.FLOOR, "/floor/", readers),
        Page("home", "/learner/", readers),
        Page("activities", "/activities/", readers),
        Page("queue", "/queue/", [who["coach"]]),
        Page("team", "/team/", [who["manager"]]),
        Page("lead", "/lead/", [who["lead"]]),
        Page("timeline", f"/learners/{who['enrolment']}/timeline/", readers[:1]),
        Page(
            "confirm",
            "/team/decide/",
            [who["confirmer"]],
            status=302,
            posts=[{"ids": [f"application-{pk}"]} for pk in who["answers"]],
        ),
        Page("submit", "/activities/new/", who["senders"], status=302, is_form=True),
    ]


def run(sites: Sequence[Site], options: argparse.Namespace) -> list[dict[str, Any]]:
    """Every page at every size and number of clients, in rounds, so that a slow minute of the machine hits all."""
    queries = {(site.learners, page.name): look(site, page) for site in sites for page in site.pages}
    names = [page.name for page in sites[0].pages]
    found: dict[tuple[str, int, int], list[tuple[float, float, float]]] = {}
    for number in range(options.rounds):
        print(f"Round {number + 1} of {options.rounds} ...", file=sys.stderr, flush=True)
        for clients in options.clients:
            for place in range(len(names)):
                for site in sites:
                    page = site.pages[place]
                    times, rate = measure(page, site.port, clients=clients, seconds=options.seconds)
                    key = (page.name, site.learners, clients)
                    found.setdefault(key, []).append((*report.percentiles(times), rate))
    rows = []
    for (name, learners, clients), rounds in found.items():
        floor = found[report.FLOOR, learners, clients]
        p50, p95, rate = (statistics.median(values) for values in zip(*rounds, strict=True))
        ratio = statistics.median(own[0] / least[0] for own, least in zip(rounds, floor, strict=True))
        rows.append(
            {
                "page": name,
                "learners": learners,
                "clients": clients,
                "queries": queries[learners, name],
                "p50_ms": round(p50 * 1000, 2),
                "p95_ms": round(p95 * 1000, 2),
                "rps": round(rate, 1),
                "ratio_to_floor": round(ratio, 2),
            }
        )
    return rows


def look(site: Site, page: Page) -> int:
    """The queries of the page once it is warm. Ends the run when it does not answer as it should."""
    if page.is_form:
        shown = ask(site.port, Request("GET", page.path, visitor.headers(page.sessions[0])))
        page.fields = visitor.form_of(shown.body)
    requests = page.requests(0)
    answers = [ask(site.port, next(requests)) for _ in range(6)]
    wrong = [answer for answer in answers if answer.status != page.status]
    if wrong:
        (FOLDER / "wrong.html").write_text(wrong[0].body)
        raise SystemExit(f"{page.path} answered {wrong[0].status}: see {FOLDER}/wrong.html")
    (FOLDER / f"{page.name}.html").write_text(answers[-1].body)
    return answers[-1].queries


if __name__ == "__main__":
    sys.exit(main())
