"""Log lines as JSON objects that hold no personal text.

What people type reaches a log in three ways: in the arguments of a message, in the text of an exception, and in an
address. So texts among the arguments are left out, of an exception only its class and the places in the code are
written, and a request is named by its route.
"""

import datetime as dt
import json
import logging
import traceback
from collections.abc import Iterator, Mapping
from typing import Any

from core.audit import request_id

LEFT_OUT = "…"
FIELDS = ("method", "route", "status", "milliseconds", "check")
"""What a call may add with `extra=`: numbers and names of ours."""
TASK_FIELDS = {"name": "task", "id": "task_id", "runtime": "seconds"}
"""What Celery's messages say of a task, apart from its arguments and results."""


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, request id, and what FIELDS and TASK_FIELDS name."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record; never raises for an odd record, since what is logged then is a fault already."""
        line: dict[str, Any] = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": message_of(record),
        }
        if request_id.get():
            line["request_id"] = request_id.get()
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if isinstance(record.args, Mapping):
            line |= {new: record.args[old] for old, new in TASK_FIELDS.items() if old in record.args}
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            line["error"] = type(error).__qualname__
            if not record.name.startswith("django.security"):  # refused on purpose: its place says nothing
                line["traceback"] = list(places_of(error))
        return json.dumps(line, ensure_ascii=False, default=lambda value: type(value).__name__)


def message_of(record: logging.LogRecord) -> str:
    """The message with its numbers, and with LEFT_OUT for every text in it."""
    error = record.exc_info[1] if record.exc_info else None
    if not isinstance(record.msg, str) or record.name.startswith("django.security"):
        return type(
            error or record.msg
        ).__qualname__  # Django writes the refused host or field into the message
    if error is not None and str(error) and str(error) in record.msg:
        return record.msg.replace(str(error), LEFT_OUT)
    if isinstance(record.args, Mapping):
        known = {key: value for key, value in record.args.items() if key in TASK_FIELDS}
        return record.msg % _Known(known)
    try:
        return record.msg % tuple(map(_harmless, record.args or ())) if record.args else record.msg
    except (TypeError, ValueError):
        return record.msg


class _Known(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return LEFT_OUT


def _harmless(value: object) -> object:
    return value if isinstance(value, int | float) else LEFT_OUT


def places_of(error: BaseException) -> Iterator[str]:
    """Where it happened, outermost call first, and before it what it was caused by: code, no values, no texts."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from places_of(before)
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"{frame.filename}:{frame.lineno} {frame.name}: {frame.line}"
    yield type(error).__qualname__
