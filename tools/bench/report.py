"""The figures of a bench as a table, and how they stand to their targets."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

Row = dict[str, Any]
FLOOR = "floor"
COLUMNS = ("page", "learners", "clients", "queries", "p50_ms", "p95_ms", "rps", "ratio_to_floor")
MOST_FLOORS = 3
MOST_FLOORS_OF = {"team": 5, "lead": 8}
MOST_GROWTH = 1.3


def percentiles(times: Sequence[float]) -> tuple[float, float]:
    """The 50th and the 95th, by rank: a time that was measured, not one between two."""
    ordered = sorted(times)
    return statistics.median_low(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


def table(rows: Sequence[Row]) -> str:
    """The rows as a table in Markdown."""
    lines = [f"| {' | '.join(COLUMNS)} |", f"|---|{'---:|' * (len(COLUMNS) - 1)}"]
    lines += [f"| {' | '.join(str(row[name]) for name in COLUMNS)} |" for row in rows]
    return "\n".join(lines)


def verdicts(rows: Sequence[Row]) -> list[str]:
    """A line for each page and target that is missed, or one that says that none is."""
    one = {(row["page"], row["learners"]): row for row in rows if row["clients"] == 1}
    sizes = sorted({learners for _page, learners in one})
    lines = []
    for page in dict.fromkeys(page for page, _learners in one if page != FLOOR):
        of_page = [one[page, size] for size in sizes]
        queries = sorted({row["queries"] for row in of_page})
        if len(queries) > 1:
            lines.append(f"{page}: the number of queries depends on the size: {queries}")
        most = MOST_FLOORS_OF.get(page, MOST_FLOORS)
        worst = max(row["ratio_to_floor"] for row in of_page)
        if worst > most:
            lines.append(f"{page}: {worst} floors, and the target is {most}")
        growth = of_page[-1]["p50_ms"] / of_page[0]["p50_ms"]
        if growth > MOST_GROWTH:
            lines.append(
                f"{page}: {growth:.2f} times as slow with {sizes[-1]} learners as with {sizes[0]}, target {MOST_GROWTH}"
            )
    return [f"over target: {line}" for line in lines] or ["All targets are met."]
