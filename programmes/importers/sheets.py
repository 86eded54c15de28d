"""The first sheet of an XLSX file as rows of text, read as a stream: little memory, whatever the file promises.

The file has passed the check of uploads.sandbox before: no document type, no bomb, every part whole. What is left
to guard against is size.
"""

import datetime as dt
import re
from dataclasses import dataclass
from io import BytesIO
from xml.parsers import expat
from zipfile import ZipFile

MAX_COLUMNS = 200
MAX_ELEMENTS = 1_500_000  # some 2 s
MAX_PART_BYTES = 64 * 1024 * 1024
MAX_TEXTS, MAX_CHARACTERS = 200_000, 8_000_000
MAX_CELL = 32_767  # the format's own limit
CHUNK_BYTES = 64 * 1024

_DAY_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_NOT_A_LETTER_OF_DAYS = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_COLUMN = re.compile("([A-Z]{1,3})[0-9]*$")


class SheetTooLarge(Exception):
    """There is more in the file than a list of people can hold."""


@dataclass(frozen=True)
class SheetRow:
    """The cells of one row as text; `line` is its number in the sheet."""

    line: int
    cells: tuple[str, ...]


def read_sheet(content: bytes, *, most: int) -> list[SheetRow]:
    """The rows of the first sheet that are not empty, `most` of them at most; days as YYYY-MM-DD.

    Raises SheetTooLarge, and what zipfile and expat raise for a file that was not checked before.
    """
    with ZipFile(BytesIO(content)) as archive:
        names = set(archive.namelist())
        workbook = _Workbook()
        _parse(archive, "xl/workbook.xml", workbook)
        if "xl/_rels/workbook.xml.rels" in names:
            _parse(archive, "xl/_rels/workbook.xml.rels", workbook)
        styles, texts = _Styles(), _Texts()
        if "xl/styles.xml" in names:
            _parse(archive, "xl/styles.xml", styles)
        if "xl/sharedStrings.xml" in names:
            _parse(archive, "xl/sharedStrings.xml", texts)
        sheet = _Sheet(texts.found, styles.days, most, is_1904=workbook.is_1904)
        path = workbook.path if workbook.path in names else "xl/worksheets/sheet1.xml"
        _parse(archive, path, sheet)
        return sheet.rows


class _Reader:
    """Handlers of one part; `is_done` ends the reading early."""

    is_done = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, tag: str) -> None:
        """An element ends."""

    def text(self, data: str) -> None:
        """Letters between elements."""


def _parse(archive: ZipFile, name: str, reader: _Reader) -> None:
    parser, elements = expat.ParserCreate(), 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal elements
        elements += 1
        if elements > MAX_ELEMENTS:
            raise SheetTooLarge
        reader.start(tag.rpartition(":")[2], attributes)

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda tag: reader.end(tag.rpartition(":")[2])
    parser.CharacterDataHandler = reader.text
    read = 0
    with archive.open(name) as part:
        while not reader.is_done and (chunk := part.read(CHUNK_BYTES)):
            read += len(chunk)
            if read > MAX_PART_BYTES:
                raise SheetTooLarge
            parser.Parse(chunk, False)


class _Workbook(_Reader):
    """Where the first sheet is, and which day is number 0."""

    def __init__(self) -> None:
        self.is_1904 = False
        self.first, self.path = "", ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "workbookPr":
            self.is_1904 = attributes.get("date1904") in ("1", "true")
        elif tag == "sheet" and not self.first:
            self.first = next((value for name, value in attributes.items() if name.endswith(":id")), "")
        elif tag == "Relationship" and self.first and attributes.get("Id") == self.first:
            target = attributes.get("Target", "")
            self.path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"


class _Styles(_Reader):
    """Which styles show a number as a day."""

    def __init__(self) -> None:
        self.days: set[int] = set()
        self.formats: set[str] = {str(number) for number in _DAY_FORMATS}
        self.is_inside, self.number = False, 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "numFmt" and len(self.formats) < MAX_TEXTS:
            code = _NOT_A_LETTER_OF_DAYS.sub("", attributes.get("formatCode", "")[:200]).lower()
            if re.search("[dy]", code) and "general" not in code:
                self.formats.add(attributes.get("numFmtId", ""))
        elif tag == "cellXfs":
            self.is_inside = True
        elif tag == "xf" and self.is_inside:
            if attributes.get("numFmtId") in self.formats:
                self.days.add(self.number)
            self.number += 1

    def end(self, tag: str) -> None:
        self.is_inside = self.is_inside and tag != "cellXfs"


class _Texts(_Reader):
    """The texts that cells name by number."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.parts: list[str] = []
        self.is_text, self.is_reading_aid = False, False
        self.characters = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "si":
            self.parts = []
        elif tag == "rPh":
            self.is_reading_aid = True
        elif tag == "t":
            self.is_text = not self.is_reading_aid

    def end(self, tag: str) -> None:
        if tag == "t":
            self.is_text = False
        elif tag == "rPh":
            self.is_reading_aid = False
        elif tag == "si":
            self.found.append("".join(self.parts)[:MAX_CELL])
            if len(self.found) > MAX_TEXTS:
                raise SheetTooLarge

    def text(self, data: str) -> None:
        if self.is_text:
            self.characters += len(data)
            if self.characters > MAX_CHARACTERS:
                raise SheetTooLarge
            self.parts.append(data)


class _Sheet(_Reader):
    """The rows, until there are enough."""

    def __init__(self, texts: list[str], days: set[int], most: int, *, is_1904: bool) -> None:
        self.rows: list[SheetRow] = []
        self.texts, self.days, self.most = texts, days, most
        self.zero = dt.date(1904, 1, 1) if is_1904 else dt.date(1899, 12, 30)
        self.line, self.cells = 0, {}  # type: int, dict[int, str]
        self.column, self.kind, self.style = -1, "", -1
        self.parts: list[str] = []
        self.is_value, self.characters = False, 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "row":
            number = attributes.get("r", "")
            is_given = number.isascii() and number.isdigit() and len(number) < 8 and int(number) > self.line
            self.line = int(number) if is_given else self.line + 1
            self.cells, self.column = {}, -1
        elif tag == "c":
            self.column = _column(attributes.get("r", ""), self.column + 1)
            self.kind, self.style = attributes.get("t", "n"), _number(attributes.get("s", ""))
            self.parts, self.is_value = [], False
        elif tag in ("v", "t"):
            self.is_value = True

    def end(self, tag: str) -> None:
        if tag in ("v", "t"):
            self.is_value = False
        elif tag == "c" and 0 <= self.column < MAX_COLUMNS and (text := self._cell().strip()):
            self.cells[self.column] = text
        elif tag == "row" and self.cells and not self.is_done:
            width = max(self.cells) + 1
            self.rows.append(SheetRow(self.line, tuple(self.cells.get(at, "") for at in range(width))))
            self.is_done = len(self.rows) >= self.most

    def text(self, data: str) -> None:
        if self.is_value:
            self.characters += len(data)
            if self.characters > MAX_CHARACTERS:
                raise SheetTooLarge
            self.parts.append(data)

    def _cell(self) -> str:
        text = "".join(self.parts)[:MAX_CELL]
        if self.kind == "s":
            place = _number(text)
            return self.texts[place] if 0 <= place < len(self.texts) else ""
        if self.kind == "n" and self.style in self.days:
            return self._day(text)
        if self.kind == "n":
            return re.sub(r"\.0+$", "", text)
        return text[:10] if self.kind == "d" else text

    def _day(self, text: str) -> str:
        try:
            return (self.zero + dt.timedelta(days=int(float(text)))).isoformat()
        except (ValueError, OverflowError):
            return text


def _number(text: str) -> int:
    """A number that is no smaller than 0; -1 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _column(reference: str, following: int) -> int:
    """The place of a cell by its reference such as C5; the one after the last when it has none."""
    match = _COLUMN.match(reference)
    if match is None:
        return following
    place = 0
    for letter in match[1]:
        place = place * 26 + ord(letter) - 64
    return place - 1
