"""`make check`: a failed step fails it, the rest still runs, and pytest's closing lines come last."""

import sys

import pytest

from tools import check


def step(code: str) -> check.Result:
    shown: list[str] = []
    return check.run("step", [sys.executable, "-c", code], shown.append)


def test_a_step_keeps_its_status_and_the_closing_line() -> None:
    result = step(
        "print('\\x1b[32m==== 3 passed, 1 skipped in 0.12s ====\\x1b[0m'); print('more'); raise SystemExit(3)"
    )
    assert result.status == 3
    assert result.closing == "==== 3 passed, 1 skipped in 0.12s ===="


@pytest.mark.parametrize(
    ("line", "closes"),
    [
        ("12 passed in 3.10s", True),
        ("=== 1 failed, 12 passed in 83.10s (0:01:23) ===", True),
        ("=== no tests ran in 0.01s ===", True),
        ("3 passed the exam", False),
        ("==> make test", False),
    ],
)
def test_closing_lines(line: str, closes: bool) -> None:
    assert bool(check.CLOSING.match(line)) is closes


def test_the_summary_names_what_failed_and_ends_with_pytest() -> None:
    results = [check.Result("lint", 1, 0.2), check.Result("test", 0, 80.0, "5 passed in 80.00s")]
    lines = check.summary(results)
    assert "make check: failed in lint" in lines
    assert lines[-1] == "5 passed in 80.00s"


def test_one_failed_step_fails_all_and_the_next_still_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def run(name: str) -> check.Result:
        ran.append(name)
        return check.Result(name, int(name == "lint"), 0)

    monkeypatch.setattr(check, "run", run)
    assert check.main(["lint", "test"]) == 1
    assert ran == ["lint", "test"]
    assert check.main(["test"]) == 0
