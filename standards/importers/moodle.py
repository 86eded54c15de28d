"""Moodle's competency framework CSV, of 14 columns, or of 12 as Moodle wrote it in 2016.

Columns go by their position: Moodle writes the header in the language of the site. Ids are text (Moodle itself takes
"1.1" and "1.10" for the same number), and what Moodle drops without a word is a fault here.
"""

import hashlib
import json
from collections.abc import Callable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from standards.actions import ParsedCriterion, ParsedLevel, ParsedScale
from standards.importers.contents import Content, one_line, plain_description, removed_tags
from standards.importers.findings import Findings, quoted
from standards.importers.rows import Row, column_count_fault
from standards.importers.trees import CODE_LENGTH, TITLE_LENGTH, check_length
from standards.models import Level, Scale, clean_rich_text

PARENT, ID, SHORT_NAME, DESCRIPTION, FORMAT, SCALE_VALUES, SCALE_CONFIGURATION, RULE = range(8)
CROSS_REFERENCES = 10  # in files of 14 columns
IS_FRAMEWORK = {14: 12, 12: 10}
PLAIN, MARKDOWN = "2", "4"
MOODLE_LENGTH = 100  # of ids and short names
LABEL_LENGTH: int = Level._meta.get_field("label").max_length or 0
SCALE_NAME_LENGTH: int = Scale._meta.get_field("name").max_length or 0


def fits_moodle(header: Row) -> bool:
    """Whether a table with this header can be a Moodle framework; only the number of columns says so."""
    return len(header.cells) in IS_FRAMEWORK


def parse_moodle(header: Row, rows: Sequence[Row], findings: Findings, *, language: str) -> Content:
    """One framework row, the rest criteria; descriptions are HTML unless their row says otherwise."""
    if not fits_moodle(header):
        message = ngettext(
            "The header has %(count)s column; a Moodle framework has 14, or 12.",
            "The header has %(count)s columns; a Moodle framework has 14, or 12.",
            len(header.cells),
        )
        findings.fault(header.line, message % {"count": len(header.cells)})
        return Content()
    content = Content()
    sound: list[Row] = []
    for row in rows:
        if len(row.cells) == len(header.cells):
            sound.append(row)
        else:
            findings.fault(row.line, column_count_fault(row, header))
            content.known.update(one_line(cell) for cell in row.cells[ID : ID + 1])
    _check_names(header, sound, findings)
    frameworks = [row for row in sound if _is_framework(row)]
    criteria = [row for row in sound if not _is_framework(row)]
    _read_framework(header, frameworks, content, findings, language)
    if not frameworks and not content.known:
        findings.fault(None, _("No row is marked as the framework: this is no Moodle framework file."))
    content.criteria = [_criterion(row, language) for row in criteria if one_line(row.cells[ID])]
    _warn(sound, criteria, findings)
    return content


def _is_framework(row: Row) -> bool:
    return row.cells[IS_FRAMEWORK[len(row.cells)]].strip() not in ("", "0")


def _check_names(header: Row, rows: Sequence[Row], findings: Findings) -> None:
    for row in rows:
        for index, limit in ((ID, CODE_LENGTH), (SHORT_NAME, TITLE_LENGTH)):
            column, text = quoted(header.cells[index]), one_line(row.cells[index])
            if not text:
                findings.fault(row.line, _("“%(column)s” is empty.") % {"column": column})
            check_length(findings, row.line, column, text, limit)


def _read_framework(
    header: Row, rows: Sequence[Row], content: Content, findings: Findings, language: str
) -> None:
    for row in rows[1:]:
        message = _("A second row is marked as the framework; the first is on line %(first)s.")
        findings.fault(row.line, message % {"first": rows[0].line})
    if rows:
        content.code = one_line(rows[0].cells[ID])
        content.title = {language: one_line(rows[0].cells[SHORT_NAME])}
        content.description = {language: _description(rows[0])}
        content.scale = _scale(header, rows[0], findings, language)


def _criterion(row: Row, language: str) -> ParsedCriterion:
    return ParsedCriterion(
        row.line,
        one_line(row.cells[ID]),
        one_line(row.cells[PARENT]),
        {language: one_line(row.cells[SHORT_NAME])},
        {language: _description(row)},
    )


def _description(row: Row) -> str:
    text = row.cells[DESCRIPTION]
    if row.cells[FORMAT].strip() in (PLAIN, MARKDOWN):
        return plain_description(text)
    return clean_rich_text(text)


# The scale ------------------------------------------------------------------------------


def _scale(header: Row, row: Row, findings: Findings, language: str) -> ParsedScale | None:
    values, configuration = row.cells[SCALE_VALUES].strip(), row.cells[SCALE_CONFIGURATION].strip()
    if not values:
        return None
    labels = [one_line(label) for label in values.split(",")]
    if not all(labels):
        findings.fault(row.line, _("A level of the scale has no name."))
    for label in labels:
        check_length(findings, row.line, quoted(header.cells[SCALE_VALUES]), label, LABEL_LENGTH)
    proficient = _proficient(configuration, len(labels), row, findings)
    if proficient == set():
        findings.warn(row.line, _("No level of the scale counts as proficient."))
    levels = [
        ParsedLevel({language: label}, is_proficient=index in (proficient or ()))
        for index, label in enumerate(labels, start=1)
    ]
    # Moodle gives its scales no id that holds outside one site: equal content is the same scale.
    content = json.dumps([language, [[level.label[language], level.is_proficient] for level in levels]])
    code = "moodle-" + hashlib.sha256(content.encode()).hexdigest()[:12]
    name = f"{labels[0]} – {labels[-1]}" if len(labels) > 1 else labels[0]
    return ParsedScale(code, {language: name[:SCALE_NAME_LENGTH]}, levels)


def _proficient(configuration: str, count: int, row: Row, findings: Findings) -> set[int] | None:
    """The numbers of the proficient levels; None after a fault."""
    try:
        entries = json.loads(configuration or "[]")
        levels = [(int(entry["id"]), entry.get("proficient")) for entry in entries if "id" in entry]
    except (ValueError, TypeError, AttributeError, RecursionError):
        findings.fault(row.line, _("The configuration of the scale cannot be read."))
        return None
    for number, _flag in levels:
        if not 1 <= number <= count:
            values = {"number": number, "count": count}
            message = _("The configuration of the scale names level %(number)s; the scale has %(count)s.")
            findings.fault(row.line, message % values)
            return None
    return {number for number, flag in levels if str(flag) not in ("None", "", "0", "False")}


# What is not kept -----------------------------------------------------------------------


def _warn(rows: Sequence[Row], criteria: Sequence[Row], findings: Findings) -> None:
    """One warning for each thing that is not kept or looks damaged, at the first line that has it."""

    def warn(found: Sequence[Row], message: Callable[[int], str]) -> None:
        if found:
            findings.warn(found[0].line, message(len(found)) % {"count": len(found)})

    warn(
        [row for row in rows if len(row.cells[SHORT_NAME]) == MOODLE_LENGTH],
        lambda count: ngettext(
            "%(count)s short name has exactly 100 characters and was probably cut by Moodle.",
            "%(count)s short names have exactly 100 characters and were probably cut by Moodle.",
            count,
        ),
    )
    warn(
        [row for row in rows if row.cells[FORMAT].strip() == MARKDOWN],
        lambda count: ngettext(
            "%(count)s description is Markdown and is kept as plain text.",
            "%(count)s descriptions are Markdown and are kept as plain text.",
            count,
        ),
    )
    warn(
        [row for row in rows if row.cells[FORMAT].strip() != PLAIN and removed_tags(row.cells[DESCRIPTION])],
        lambda count: ngettext(
            "Formatting that is not allowed was taken out of %(count)s description.",
            "Formatting that is not allowed was taken out of %(count)s descriptions.",
            count,
        ),
    )
    warn(
        [row for row in criteria if row.cells[SCALE_VALUES].strip()],
        lambda count: ngettext(
            "%(count)s criterion has a scale of its own, which is not kept.",
            "%(count)s criteria have scales of their own, which are not kept.",
            count,
        ),
    )
    warn(
        [row for row in criteria if row.cells[RULE].strip()],
        lambda count: ngettext(
            "%(count)s criterion has a completion rule, which is not kept.",
            "%(count)s criteria have completion rules, which are not kept.",
            count,
        ),
    )
    warn(
        [row for row in criteria if len(row.cells) == 14 and row.cells[CROSS_REFERENCES].strip()],
        lambda count: ngettext(
            "%(count)s criterion refers to others across the tree; this is not kept.",
            "%(count)s criteria refer to others across the tree; this is not kept.",
            count,
        ),
    )
