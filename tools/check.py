"""Run everything that CI runs, one step after another, to the end; then say which steps failed.

A step is a target of the Makefile. The closing lines of pytest stand at the end once more.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The quick ones first. `coverage` looks at what `test` wrote.
STEPS = ("lint", "types", "contracts", "migrations", "translations", "test-sqlite", "test", "coverage")
CLOSING = re.compile(r"^(?:=+ )?(?:no tests ran|\d+ (?:passed|failed|error|skipped|deselected)).* in [\d.]+s")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Result:
    """How a step ended."""

    name: str
    status: int
    seconds: float
    closing: str = ""


def main(steps: Sequence[str] = STEPS) -> int:
    """Run the steps; 1 when one of them failed."""
    results = [run(name) for name in steps]
    print("\n".join(summary(results)), flush=True)
    return 1 if any(result.status for result in results) else 0


def run(
    name: str, command: Sequence[str] | None = None, show: Callable[[str], object] = sys.stdout.write
) -> Result:
    """Run one step and show what it prints; `command` is `make <name>` unless given."""
    show(f"\n==> make {name}\n")
    sys.stdout.flush()
    begun = time.monotonic()
    closing = ""
    with subprocess.Popen(
        command or [os.environ.get("MAKE", "make"), "--no-print-directory", name],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            show(line)
            sys.stdout.flush()
            plain = COLOUR.sub("", line).rstrip()
            closing = plain if CLOSING.match(plain) else closing
    return Result(name, process.returncode, time.monotonic() - begun, closing)


def summary(results: Sequence[Result]) -> list[str]:
    """A line for each step, the verdict, and last pytest's closing lines."""
    lines = ["", "==> summary"]
    lines += [f"{'FAILED' if r.status else 'ok':7}{r.name:13}{r.seconds:7.1f} s" for r in results]
    failed = [result.name for result in results if result.status]
    lines.append(f"make check: failed in {', '.join(failed)}" if failed else "make check: all passed")
    return lines + [result.closing for result in results if result.closing]


if __name__ == "__main__":
    sys.exit(main())
