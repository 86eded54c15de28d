"""Many rows for a file, fetched piece by piece: the memory that it takes grows with their keys alone."""

import datetime as dt
from array import array
from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch, QuerySet

from programmes.models import ActivityEntry
from programmes.queries.activities import TREE_ORDER
from standards.models import Criterion

ROWS_A_PIECE = 1_000


def keys_in_pieces(rows: QuerySet[Any]) -> Iterator[list[int]]:
    """The keys of all rows in their order, some at a time; which rows there are is asked once.

    No cursor of the server's, which PgBouncer could lose.
    """
    keys = array("q", rows.values_list("pk", flat=True))
    for start in range(0, len(keys), ROWS_A_PIECE):
        yield keys[start : start + ROWS_A_PIECE].tolist()


def in_pieces(entries: QuerySet[ActivityEntry], *, on: dt.date) -> Iterator[ActivityEntry]:
    """The entries with what a row of a file shows, the latest first."""
    for keys in keys_in_pieces(entries.order_by("-done_on", "-pk")):
        rows = ActivityEntry.objects.filter(pk__in=keys).with_uncounted_reason(on=on)
        rows = rows.select_related(
            "strategy", "goal", "enrolment__learner", "enrolment__organisation", "enrolment__cohort"
        ).prefetch_related(Prefetch("criteria", Criterion.objects.order_by(*TREE_ORDER)))
        yield from rows.order_by("-done_on", "-pk")
