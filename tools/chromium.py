"""Find the Chromium that the browser tests drive, or install Debian's."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from typing import Any

from tools import debian

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW = (
    "Chromium is missing: install it (on Debian and Ubuntu: sudo apt-get install chromium), "
    "or put the path of one into CHROMIUM=. Without it: make test-fast."
)
# No look-ups of the browser's own: a test must not touch the outside network.
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


def find(names: Sequence[str] = NAMES) -> str | None:
    """The path of a Chromium: the one that CHROMIUM= names, else the first on the PATH; None without one."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    return next((path for path in map(shutil.which, names) if path), None)


def find_or_install() -> str:
    """The path of a Chromium, installed first where that is needed and allowed.

    Raises RuntimeError with one line that says what to do.
    """
    path = find()
    if path is None and not os.environ.get("CHROMIUM") and debian.install("chromium"):
        path = find()
    if path is None:
        raise RuntimeError(HOW)
    return path


def launch_options() -> dict[str, Any]:
    """Playwright's launch options for it. As root Chromium starts only without its sandbox."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {"executable_path": find_or_install(), "args": [*QUIET, *sandbox]}
