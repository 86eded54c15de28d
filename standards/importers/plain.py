"""Plain CSV: `code,parent,title,description` with translations, and the `code,type,statement` shape."""

from collections.abc import Mapping, Sequence

from django.conf import settings
from django.utils.translation import gettext as _

from standards.actions import ParsedCriterion
from standards.importers.contents import Content, description, one_line
from standards.importers.findings import Findings, quoted
from standards.importers.rows import Row, column_count_fault
from standards.importers.trees import CODE_LENGTH, TITLE_LENGTH, check_length

STATEMENT_COLUMNS = ("code", "type", "statement")
STATEMENT_TITLE_LENGTH = 100


def _names(header: Row) -> list[str]:
    return [one_line(cell).casefold() for cell in header.cells]


def fits_plain(header: Row) -> bool:
    """Whether these can be the columns of the plain shape."""
    names = _names(header)
    has_title = any(name == "title" or name.startswith("title_") for name in names)
    return "code" in names and (has_title or "parent" in names)


def fits_statements(header: Row) -> bool:
    """Whether these can be the columns of the statement shape."""
    return set(STATEMENT_COLUMNS) <= set(_names(header))


def parse_plain(header: Row, rows: Sequence[Row], findings: Findings, *, language: str) -> Content:
    """One criterion a row; columns without a language are in `language`."""
    translated = {
        f"{field}_{code}": (field, code)
        for field in ("title", "description")
        for code, _name in settings.LANGUAGES
    }
    columns = {"code": ("code", ""), "parent": ("parent", ""), **translated}
    columns |= {"title": ("title", language), "description": ("description", language)}
    places = _places(header, rows, columns, findings)
    for needed in (("code", ""), ("title", language)):
        if needed not in places:
            findings.fault(header.line, _("The column “%(column)s” is missing.") % {"column": needed[0]})
            return Content()
    content = Content()
    for row, cells in _sound_rows(header, rows, places, content, findings):
        content.criteria.append(_criterion(row, cells, language, findings))
    return content


def _criterion(
    row: Row, cells: Mapping[tuple[str, str], str], language: str, findings: Findings
) -> ParsedCriterion:
    titles = {code: one_line(text) for (field, code), text in cells.items() if field == "title"}
    descriptions = {
        code: description(text) for (field, code), text in cells.items() if field == "description"
    }
    for code, title in titles.items():
        check_length(
            findings, row.line, "title" if code == language else f"title_{code}", title, TITLE_LENGTH
        )
    if not titles[language]:
        findings.fault(row.line, _("“%(column)s” is empty.") % {"column": "title"})
    code, parent = one_line(cells["code", ""]), one_line(cells.get(("parent", ""), ""))
    return ParsedCriterion(row.line, code, parent, titles, descriptions)


def parse_statements(header: Row, rows: Sequence[Row], findings: Findings, *, language: str) -> Content:
    """One criterion a row: the statement is the description, its beginning the title; each type is a group."""
    places = _places(header, rows, {name: (name, "") for name in STATEMENT_COLUMNS}, findings)
    for name in STATEMENT_COLUMNS:
        if (name, "") not in places:
            findings.fault(header.line, _("The column “%(column)s” is missing.") % {"column": name})
            return Content()
    content = Content()
    groups: dict[str, str] = {}
    for row, cells in _sound_rows(header, rows, places, content, findings):
        kind, statement = one_line(cells["type", ""]), cells["statement", ""].strip()
        for name, text in (("type", kind), ("statement", statement)):
            if not text:
                findings.fault(row.line, _("“%(column)s” is empty.") % {"column": name})
        check_length(findings, row.line, "type", kind, CODE_LENGTH)
        if kind and kind.casefold() not in groups:
            groups[kind.casefold()] = kind
            content.criteria.append(ParsedCriterion(row.line, kind, "", {language: kind}, {}, is_group=True))
        content.criteria.append(
            ParsedCriterion(
                row.line,
                one_line(cells["code", ""]),
                groups.get(kind.casefold(), ""),
                {language: statement_title(statement)},
                {language: description(statement)},
            )
        )
    return content


def statement_title(statement: str) -> str:
    """The first 100 characters of a statement at most, cut after a word."""
    text = one_line(statement)
    if len(text) <= STATEMENT_TITLE_LENGTH:
        return text
    start = text[:STATEMENT_TITLE_LENGTH]
    words, space, _rest = start.rpartition(" ")
    return (words if space else start[:-1]).rstrip(" ,;:.(–-") + "…"


def _places(
    header: Row, rows: Sequence[Row], columns: Mapping[str, tuple[str, str]], findings: Findings
) -> dict[tuple[str, str], int]:
    """Where each column is. Faults for columns that are unknown or there twice; an empty nameless one is let be."""
    places: dict[tuple[str, str], int] = {}
    for index, name in enumerate(_names(header)):
        column = columns.get(name)
        if column is None:
            if name:
                findings.fault(
                    header.line, _("The column “%(column)s” is not known.") % {"column": quoted(name)}
                )
            elif any(index < len(row.cells) and row.cells[index].strip() for row in rows):
                findings.fault(header.line, _("Column %(number)s has no name.") % {"number": index + 1})
        elif column in places:
            findings.fault(header.line, _("The column “%(column)s” is there twice.") % {"column": name})
        else:
            places[column] = index
    return places


def _sound_rows(
    header: Row,
    rows: Sequence[Row],
    places: Mapping[tuple[str, str], int],
    content: Content,
    findings: Findings,
) -> list[tuple[Row, dict[tuple[str, str], str]]]:
    """The rows that have as many cells as the header, and a code, with their cells by column."""
    sound = []
    place = places["code", ""]
    for row in rows:
        code = one_line(row.cells[place]) if place < len(row.cells) else ""
        if len(row.cells) != len(header.cells):
            findings.fault(row.line, column_count_fault(row, header))
            content.known.add(code)
        elif not code:
            findings.fault(row.line, _("“%(column)s” is empty.") % {"column": "code"})
        else:
            check_length(findings, row.line, "code", code, CODE_LENGTH)
            sound.append((row, {column: row.cells[index] for column, index in places.items()}))
    return sound
