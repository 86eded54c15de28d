"""From text to the rows of a table, each with the line of the file on which it starts."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from standards.importers.findings import Findings

DELIMITERS = {
    ",": gettext_lazy("comma"),
    ";": gettext_lazy("semicolon"),
    "\t": gettext_lazy("tab"),
    ":": gettext_lazy("colon"),
}


@dataclass(frozen=True)
class Row:
    """The cells of one row; `line` is where it starts, which a line break inside quotation marks does not move."""

    line: int
    cells: tuple[str, ...]


def read_rows(text: str, delimiter: str, findings: Findings) -> list[Row]:
    """All rows but empty ones. A row whose quotation marks do not match becomes a fault."""
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return rows
        except csv.Error as error:
            findings.fault(line, _csv_fault(str(error)))
            continue
        if any(cell.strip() for cell in cells):
            rows.append(Row(line, tuple(cells)))


def _csv_fault(error: str) -> str:
    if error == "unexpected end of data":
        return _("A quotation mark that opens in this row is never closed.")
    if error.startswith("field larger"):
        return _("A cell in this row is too long, or a quotation mark that opens in it is never closed.")
    return _("The quotation marks in this row do not match.")


def headers(text: str) -> Iterator[tuple[str, Row]]:
    """The first row as each delimiter would cut it; a delimiter that cannot cut it is left out."""
    for delimiter in DELIMITERS:
        reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
        line, cells = 1, [""]
        try:
            while not any(cell.strip() for cell in cells):
                line, cells = reader.line_num + 1, next(reader)
        except (StopIteration, csv.Error):
            continue
        yield delimiter, Row(line, tuple(cells))


def find_delimiter(text: str, fits: Callable[[Row], bool]) -> tuple[str, Row] | None:
    """The delimiter under which the header fits, with the header; None when there is none."""
    return next(((delimiter, header) for delimiter, header in headers(text) if fits(header)), None)


def best_header(text: str) -> tuple[str, Row] | None:
    """The header as the delimiter with the most columns cuts it, for saying what is wrong with it."""
    return max(headers(text), key=lambda found: len(found[1].cells), default=None)


def column_count_fault(row: Row, header: Row) -> str:
    """What to say about a row that has more or fewer cells than the header."""
    return ngettext(
        "The row has %(count)s column, the header has %(expected)s.",
        "The row has %(count)s columns, the header has %(expected)s.",
        len(row.cells),
    ) % {"count": len(row.cells), "expected": len(header.cells)}
