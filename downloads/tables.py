"""Tables as files: what a page shows as rows, as CSV or XLSX.

A page and its download share one query: the view builds the Table from the rows that the page would show, all of them.
"""

import csv
import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO, TextIOWrapper
from typing import IO

import xlsxwriter
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import slugify

Cell = str | int | Decimal | dt.date | None

FORMATS = ("csv", "xlsx")
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_FORMULA = re.compile(r"^[=+\-@\t\r]")
_LONGEST_CELL = 32_767  # characters, XLSX's own limit
_LONGEST_SHEET_NAME = 31
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\']")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class Table:
    """Rows under headings. `title` names the sheet and the file."""

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def hours_cell(minutes: int | None) -> Decimal | None:
    """Minutes as hours with two decimals, a number to calculate with."""
    if minutes is None:
        return None
    return (Decimal(minutes) / 60).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def neutralised(text: str) -> str:
    """The text, so that no spreadsheet takes it for a formula: an apostrophe before the signs that start one."""
    text = _NOT_IN_XML.sub("", text)[: _LONGEST_CELL - 1]
    return f"'{text}" if _FORMULA.match(text) else text


def wanted_format(request: HttpRequest, table: str = "") -> str:
    """The format that the address asks for, of this table of the page; "" for the page itself."""
    wanted = request.GET.get("download", "")
    return wanted if wanted in FORMATS and request.GET.get("table", "") == table else ""


def table_response(table: Table, wanted: str) -> HttpResponse:
    """The table as a file; `wanted` is one of FORMATS."""
    written = BytesIO()
    write_table(table, wanted, written)
    name = f"{slugify(table.title) or 'table'}-{timezone.localdate():%Y-%m-%d}.{wanted}"
    return HttpResponse(
        written.getvalue(),
        content_type=CONTENT_TYPES[wanted],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def write_table(table: Table, wanted: str, file: IO[bytes]) -> None:
    """Write the table into an open file, row by row: the memory that it takes does not grow with them."""
    (_write_csv if wanted == "csv" else _write_xlsx)(table, file)


def _write_csv(table: Table, file: IO[bytes]) -> None:
    """RFC 4180 in UTF-8 with the mark by which Excel knows it; days as YYYY-MM-DD, a point in numbers."""
    written = TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(written)
    writer.writerow([neutralised(heading) for heading in table.headings])
    writer.writerows([_plain(cell) for cell in row] for row in table.rows)
    written.detach()  # flushed, and the file stays open


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    return neutralised(cell) if isinstance(cell, str) else str(cell)


def _write_xlsx(table: Table, file: IO[bytes]) -> None:
    """One sheet with fixed headings; numbers and days as such, every text as text."""
    with xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(_NOT_IN_SHEET_NAMES.sub(" ", table.title)[:_LONGEST_SHEET_NAME] or "1")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        bold = book.add_format({"bold": True})
        for column, heading in enumerate(table.headings):
            sheet.write_string(0, column, neutralised(heading), bold)
            sheet.set_column(column, column, max(12, len(heading) + 2))
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(table.rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(number, column, neutralised(cell))
                elif isinstance(cell, dt.date):
                    sheet.write_datetime(number, column, dt.datetime.combine(cell, dt.time()), day)
                elif cell is not None:
                    sheet.write_number(number, column, cell)
