"""What a table is made of: the apps above register a producer for each table that may be long, when the portal starts.

A producer is asked with a person and the params of the address. It asks for the person's rights each time: before the
file is offered, when it is made, and when it is opened.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from downloads.tables import Table

if TYPE_CHECKING:
    from people.models import User

Params = Mapping[str, str]
MAX_PARAM_LENGTH = 40


@dataclass(frozen=True)
class Produced:
    """A table whose rows are fetched when they are asked for; `count` says how many they are.

    `scope` names what the person's rights reach: a file is opened only as long as it says the same.
    """

    table: Table
    count: Callable[[], int]
    scope: str


Produce = Callable[["User", Params], Produced]
"""Raises PermissionDenied when the person may not, or no longer, see any of it."""


class UnknownTable(LookupError):
    """No app has registered a producer for that table."""


_producers: dict[str, tuple[frozenset[str], Produce]] = {}


def register(table: str, producer: Produce, *, params: frozenset[str] = frozenset()) -> None:
    """Name the producer of a table and the params that it knows."""
    _producers[table] = (params, producer)


def known_params(table: str, given: Params) -> dict[str, str]:
    """Of what was given that which the table's producer knows. Raises UnknownTable."""
    names, _producer = _entry(table)
    return {name: given[name][:MAX_PARAM_LENGTH] for name in sorted(names) if given.get(name)}


def produce(table: str, person: "User", params: Params) -> Produced:
    """The table as the person may see it now. Raises UnknownTable, PermissionDenied."""
    _names, producer = _entry(table)
    return producer(person, params)


def _entry(table: str) -> tuple[frozenset[str], Produce]:
    try:
        return _producers[table]
    except KeyError:
        raise UnknownTable(table) from None
