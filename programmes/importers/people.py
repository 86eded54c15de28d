"""A list of learners out of a CSV or XLSX file: of our own columns, or as Moodle, Mahara and OneRoster write them."""

import datetime as dt
import re
import shutil
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from io import BytesIO
from tempfile import TemporaryFile
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from people.models import User
from programmes.importers.columns import columns_of, is_password, names_people, plain, source_of
from programmes.importers.sheets import SheetTooLarge, read_sheet
from programmes.queries.people_lists import (
    HOURS_AT_MOST,
    MAX_BYTES,
    MAX_LINES,
    ParsedPeople,
    PersonLine,
    Remark,
)
from standards.importers.files import decode_file
from standards.importers.findings import Findings, FrameworkRefused, quoted
from standards.importers.rows import Row, best_header, find_delimiter, read_rows
from uploads import sandbox
from uploads.kinds import MEGABYTE, reason_text
from uploads.receiving import visible

LINES_LOOKED_AT = 5 * MAX_LINES  # a cell may have line breaks of its own
EMAIL_LENGTH: int = User._meta.get_field("email").max_length or 0
NAME_LENGTH: int = User._meta.get_field("display_name").max_length or 0
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_LANGUAGES = {
    "en": "en english ingles angielski",
    "es": "es spanish espanol castellano hiszpanski",
    "pl": "pl polish polaco polski",
}
_LANGUAGE_OF = {name: code for code, names in _LANGUAGES.items() for name in names.split()}
_DAY = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})$")
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?$")


class ListRefused(Exception):
    """The file is no list of people that can be read; str() says why in the reader's language."""


def parse_people(data: bytes, *, language: str = "en") -> ParsedPeople:
    """Read a list; nothing is written, nothing is asked of the database.

    `language` settles the encoding where the letters do not. Raises ListRefused when nothing can be read.
    """
    if len(data) > MAX_BYTES:
        raise ListRefused(
            _("The file is too large: a list may have up to %(limit)s MB.") % {"limit": MAX_BYTES // MEGABYTE}
        )
    if data.startswith(_OLE):
        raise ListRefused(_("This is an old Excel file, or one with a password. Save it as XLSX or CSV."))
    notes: list[Remark] = []
    faults: list[Remark] = []
    rows = _sheet_rows(data) if data.startswith(_ZIP) else _text_rows(data, language, notes, faults)
    if len(rows) > MAX_LINES + 1:
        raise ListRefused(_too_many())
    header, people = _header_and_people(rows)
    columns = columns_of(header.cells)
    source = source_of(header.cells)
    notes += _notes_about(header.cells, set(columns.values()))
    reader = _LineReader(header, columns, source, faults, notes)
    lines = [line for row in people if (line := reader.read(row)) is not None]
    if not people and not faults:
        raise ListRefused(
            _("There is nobody in the list: it has a first line with the names of the columns only.")
        )
    return ParsedPeople(lines, sorted(faults, key=lambda fault: fault.line or 0), notes, source)


def _too_many() -> str:
    return _("The list has more than %(limit)s lines. Split it into several lists.") % {"limit": MAX_LINES}


def _text_rows(data: bytes, language: str, notes: list[Remark], faults: list[Remark]) -> list[Row]:
    # Before anything is made of the lines: each of them would take memory.
    if max(data.count(b"\n"), data.count(b"\r")) > LINES_LOOKED_AT:
        raise ListRefused(_too_many())
    try:
        file = decode_file(data, language=language)
    except FrameworkRefused as refusal:
        raise ListRefused(" ".join(str(fault) for fault in refusal.faults[:3])) from None
    if file.is_guessed:
        notes.append(Remark(None, "guessed", {"encoding": file.encoding}))
    found = find_delimiter(file.text, lambda row: names_people(row.cells)) or best_header(file.text)
    findings = Findings()
    rows = read_rows(file.text, found[0] if found else ",", findings)
    faults += [Remark(fault.line, "unreadable") for fault in findings.faults]
    return rows


def _sheet_rows(data: bytes) -> list[Row]:
    """The rows of an XLSX file that passed the check of sent files, in a process of its own."""
    with TemporaryFile() as sent, TemporaryFile() as content, TemporaryFile() as thumbnail:
        shutil.copyfileobj(BytesIO(data), sent)
        verdict = sandbox.inspect(sent, "xlsx", content=content, thumbnail=thumbnail)
    if verdict.code == "type_mismatch":
        raise ListRefused(_("This file is no sheet. Save the list as XLSX or CSV."))
    if verdict.code:
        raise ListRefused(reason_text(verdict.code, verdict.params))
    try:
        rows = read_sheet(data, most=MAX_LINES + 2)
    except SheetTooLarge:
        raise ListRefused(
            _("There is far more in this file than a list of people. Save the sheet as CSV.")
        ) from None
    except Exception:  # noqa: BLE001 - whatever is odd in it, a person can act on one answer
        raise ListRefused(_("The sheet cannot be read. Save it as CSV and send that.")) from None
    return [Row(row.line, row.cells) for row in rows]


def _header_and_people(rows: Sequence[Row]) -> tuple[Row, Sequence[Row]]:
    if not rows:
        raise ListRefused(_("The file is empty."))
    if not names_people(rows[0].cells):
        shown = quoted(", ".join(rows[0].cells))
        raise ListRefused(
            _("The first line has to name the columns, name and e-mail among them. It says: “%(header)s”.")
            % {"header": visible(shown)}
        )
    return rows[0], rows[1:]


def _notes_about(headers: Sequence[str], read: set[int]) -> list[Remark]:
    unread = [header for place, header in enumerate(headers) if place not in read and header.strip()]
    passwords = [header for header in unread if is_password(header)]
    others = [quoted(visible(header)) for header in unread if header not in passwords]
    notes = [Remark(None, "passwords")] if passwords else []
    if others:
        names = ", ".join(others[:20]) + (", …" if len(others) > 20 else "")
        notes.append(Remark(None, "ignored", {"names": names}))
    return notes


class _LineReader:
    """Reads one row after the other; remembers which addresses there were."""

    def __init__(
        self,
        header: Row,
        columns: Mapping[str, int],
        source: str,
        faults: list[Remark],
        notes: list[Remark],
    ) -> None:
        self.header, self.columns, self.source = header, columns, source
        self.faults, self.notes = faults, notes
        self.first_line: dict[str, int] = {}

    def read(self, row: Row) -> PersonLine | None:
        """The learner of a row; None when the row is left out or has a fault, which is written down."""
        if self._is_left_out(row):
            return None
        before = len(self.faults)
        if any(cell.strip() for cell in row.cells[len(self.header.cells) :]):
            numbers = {"number": len(row.cells), "expected": len(self.header.cells)}
            self._fault(row, "columns", **numbers)
            return None
        line = PersonLine(
            line=row.line,
            email=self._email(row),
            name=self._name(row),
            language=self._language(row),
            starts_on=self._day(row),
            minutes=self._minutes(row),
            **{name: self._cell(row, name) for name in ("team", "cohort", "programme", "employer")},
            **{name: self._cell(row, name).lower() for name in ("coach", "mentor", "manager")},
        )
        return line if len(self.faults) == before else None

    def _fault(self, row: Row, code: str, **params: Any) -> None:
        self.faults.append(Remark(row.line, code, params))

    def _cell(self, row: Row, name: str) -> str:
        """A cell on one line, without what cannot be seen."""
        place = self.columns.get(name, len(row.cells))
        if place >= len(row.cells):
            return ""
        return unicodedata.normalize("NFC", visible(" ".join(row.cells[place].split())))

    def _is_left_out(self, row: Row) -> bool:
        """Whether OneRoster says that the row is no learner of today."""
        role = self._cell(row, "role")
        if role and role.lower() not in ("student", "learner"):
            self.notes.append(Remark(row.line, "role", {"value": quoted(role)}))
            return True
        is_gone = self._cell(row, "status").lower() == "tobedeleted"
        if is_gone or self._cell(row, "enabled").lower() == "false":
            self.notes.append(Remark(row.line, "inactive"))
            return True
        return False

    def _email(self, row: Row) -> str:
        email = self._cell(row, "email").lower()
        if not email and "@" in (username := self._cell(row, "username").lower()):
            email = username
        if not email:
            self._fault(row, "no_email")
            return ""
        try:
            validate_email(email)
        except ValidationError:
            self._fault(row, "bad_email", value=quoted(email))
            return ""
        if len(email) > EMAIL_LENGTH:
            self._fault(row, "bad_email", value=quoted(email))
        elif (first := self.first_line.setdefault(email, row.line)) != row.line:
            self._fault(row, "double_email", first=first)
        return email

    def _name(self, row: Row) -> str:
        name = self._cell(row, "name") or " ".join(
            filter(None, [self._cell(row, "first"), self._cell(row, "last")])
        )
        if not name:
            self._fault(row, "no_name")
        elif not 2 <= len(name) <= NAME_LENGTH:
            self._fault(row, "long_name")
        return name

    def _language(self, row: Row) -> str:
        text = self._cell(row, "language")
        if not text:
            return ""
        code = _LANGUAGE_OF.get(plain(text)) or _LANGUAGE_OF.get(re.split("[-_]", text.lower())[0])
        if code is None:
            self._fault(row, "bad_language", value=quoted(text))
        return code or ""

    def _day(self, row: Row) -> dt.date | None:
        text = self._cell(row, "start")
        if not text:
            return None
        try:
            if match := _ISO_DAY.match(text):
                return dt.date(*map(int, match.groups()))
            if match := _DAY.match(text):
                day, month, year = map(int, match.groups())
                return dt.date(year, month, day)
        except ValueError:
            pass
        self._fault(row, "bad_day", value=quoted(text))
        return None

    def _minutes(self, row: Row) -> int | None:
        text = self._cell(row, "hours")
        if not text:
            return None
        try:
            hours = Decimal(text.replace(",", "."))
        except InvalidOperation:
            hours = Decimal("NaN")
        if not hours.is_finite() or not 1 <= hours <= HOURS_AT_MOST:
            self._fault(row, "bad_hours", value=quoted(text), most=HOURS_AT_MOST)
            return None
        return int((hours * 60).to_integral_value())
