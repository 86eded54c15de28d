"""Checks a file in a process of its own, with little memory and time and without the portal's secrets.

A parser that hostile bytes lead astray can be ended, crash or run out of memory there: here that is an answer.
"""

import json
import logging
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from uploads.kinds import MEGABYTE, REASONS
from uploads.receiving import visible

logger = logging.getLogger(__name__)

CHECKER = Path(__file__).with_name("checker.py")
MAX_ANSWER_BYTES = 64 * 1024
MAX_PARAM_LENGTH = 100
_OVER_THE_LIMIT = (signal.SIGXCPU, signal.SIGXFSZ, signal.SIGKILL)
_NO_SECRETS = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}


@dataclass(frozen=True)
class Limits:
    """What one check may take."""

    memory: int = 1300 * MEGABYTE  # of addresses; the worst, a WebP of 40 megapixels, has 0.7 GB in use
    cpu_seconds: int = 45
    wall_seconds: float = 60
    written: int = 64 * MEGABYTE  # a picture written anew may be larger than it was


LIMITS = Limits()


@dataclass(frozen=True)
class Verdict:
    """What came of it: a `code` of uploads.kinds.REASONS, or "" for a file that passed.

    `has_content` says that something is to be stored in the place of what was sent, `has_thumbnail` that there is a
    small picture of it.
    """

    code: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    has_content: bool = False
    has_thumbnail: bool = False
    peak: int = 0  # bytes of memory, 0 if unknown


def inspect(sent: IO[bytes], extension: str, *, content: IO[bytes], thumbnail: IO[bytes]) -> Verdict:
    """Check an open file; what is to be stored is written into the other two. All are files of the system's own.

    Whatever becomes of the checker, it is a Verdict.
    """
    limits = LIMITS
    numbers = (limits.memory, limits.cpu_seconds, limits.written, content.fileno(), thumbnail.fileno())
    sent.seek(0)
    with TemporaryFile() as answer:  # not a pipe: its size is limited like that of every file it writes
        returncode = _run(
            [extension, *map(str, numbers)], sent, answer, (content.fileno(), thumbnail.fileno())
        )
        answer.seek(0)
        answered = answer.read(MAX_ANSWER_BYTES)
    if returncode is None:
        logger.warning("A check of a .%s file took over %s s.", extension, limits.wall_seconds)
        return Verdict("bomb")
    if returncode:
        logger.warning("A check of a .%s file ended with status %d.", extension, returncode)
        return Verdict("bomb" if -returncode in _OVER_THE_LIMIT else "uncheckable")
    return _verdict(answered)


def _run(arguments: list[str], sent: IO[bytes], answer: IO[bytes], also: tuple[int, ...]) -> int | None:
    """The checker's exit status; None when it had to be ended by the clock."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(CHECKER), *arguments],
            stdin=sent,
            stdout=answer,
            stderr=subprocess.DEVNULL,  # it might quote what somebody sent
            pass_fds=also,
            env=_NO_SECRETS,
            cwd="/",
            start_new_session=True,  # a Ctrl-C for the worker is not meant for it
            timeout=LIMITS.wall_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    return done.returncode


def _verdict(answered: bytes) -> Verdict:
    """The checker's answer, of which nothing is believed: hostile bytes may have written it."""
    with suppress(ValueError, TypeError, AttributeError, KeyError, OverflowError, RecursionError):
        answer = json.loads(answered)
        peak = int(answer["peak"])
        if "code" in answer:
            code = answer["code"] if answer["code"] in REASONS else "uncheckable"
            return Verdict(code, _shown(answer["params"]), peak=peak)
        return Verdict(
            has_content=int(answer["content"]) > 0,
            has_thumbnail=int(answer["thumbnail"]) > 0,
            peak=peak,
        )
    return Verdict("uncheckable")


def _shown(params: dict[str, Any]) -> dict[str, Any]:
    """Numbers, and texts as far as a page and a database column can show them."""
    return {
        str(name): value if isinstance(value, int) else visible(str(value))[:MAX_PARAM_LENGTH]
        for name, value in params.items()
    }
