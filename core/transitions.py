"""Guarded changes of state: legal moves are a table, and of two people at once only one wins."""

from collections.abc import Mapping
from typing import Any

from django.db import models

Moves = Mapping[str, frozenset[str]]


class TransitionRefused(Exception):
    """The object was no longer in a state that allows the move; `current` is the state that it is in now."""

    def __init__(self, *, current: str, to: str) -> None:
        self.current = current
        self.to = to
        super().__init__(f"no move from {current!r} to {to!r}")


def sources_of(moves: Moves, to: str) -> frozenset[str]:
    """The states from which `to` can be reached in one move."""
    return frozenset(state for state, targets in moves.items() if to in targets)


def move(instance: models.Model, *, to: str, moves: Moves, field: str = "status", **also: Any) -> None:
    """Move one row to the state `to` and set the fields in `also`, in one conditional UPDATE; no lock is held.

    Raises TransitionRefused when the row, as it is in the database now, is in no state that allows it. The
    instance in memory is brought up to date either way.
    """
    rows = type(instance)._base_manager.filter(pk=instance.pk, **{f"{field}__in": sources_of(moves, to)})
    changed = rows.update(**{field: to}, **also)
    instance.refresh_from_db()
    if not changed:
        raise TransitionRefused(current=getattr(instance, field), to=to)
