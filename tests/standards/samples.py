"""Miniature framework files, written for these tests, and what is asked of every reading."""

import csv
import io
from collections.abc import Iterable

import pytest

from standards.actions import ParsedFramework
from standards.importers import FrameworkRefused, parse_framework

MOODLE_HEADER = (
    "Parent ID number",
    "ID number",
    "Short name",
    "Description",
    "Description format",
    "Scale values",
    "Scale configuration",
    "Rule type",
    "Rule outcome",
    "Rule config",
    "Cross-referenced competency ID numbers",
    "Exported ID",
    "Is framework",
    "Taxonomy",
)
SCALE = (
    "Not yet,On the way,There",
    '[{"scaleid":"7"},{"id":2,"scaledefault":1,"proficient":0},{"id":3,"proficient":1}]',
)


def moodle_row(
    parent: str,
    code: str,
    name: str,
    description: str = "",
    *,
    text_format: str = "1",
    scale: tuple[str, str] = ("", ""),
    rule: str = "",
    references: str = "",
    is_framework: bool = False,
) -> list[str]:
    flag = ("1", "competency,competency") if is_framework else ("", "")
    return [parent, code, name, description, text_format, *scale, rule, "0", "null", references, "", *flag]


def framework_row(code: str = "FW", name: str = "Workshop skills", description: str = "") -> list[str]:
    return moodle_row("", code, name, description, scale=SCALE, is_framework=True)


def moodle_text(
    rows: Iterable[list[str]], *, columns: int = 14, delimiter: str = ",", end: str = "\n"
) -> str:
    """A Moodle file; of 12 columns without the cross references and exported ids."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator=end)
    for row in [list(MOODLE_HEADER), *rows]:
        writer.writerow(row if columns == 14 or len(row) != 14 else row[:10] + row[12:])
    return stream.getvalue()


MOODLE = moodle_text(
    [
        framework_row(description="<p>What a workshop needs.</p>"),
        moodle_row("", "safe", "Safety", "<p>Working safely.</p>"),
        moodle_row("safe", "safe-1.1", "Tidy bench", "<p>Keeps the bench tidy,\nalways.</p>"),
        moodle_row("safe", "safe-1.10", "Guards", "<p>Checks the guards.</p>"),
        moodle_row("", "plan", "Planning", "Plans the day", text_format="2"),
    ]
)

PLAIN = """code,parent,title,title_es,title_pl,description,description_es
A,,Working with others,Trabajar con otras personas,Współpraca,Gets on with people.,Se lleva bien con la gente.
A1,A,Listens,Escucha,Słucha,Lets others finish.,Deja terminar a los demás.
A2,A,Asks,Pregunta,Pyta,Asks before guessing.,Pregunta antes de suponer.
B,,Keeping order,Mantener el orden,Porządek,"Keeps tools,
papers and dates in order.",
"""

STATEMENTS = """code,type,statement
K1,Knowledge,how a small workshop earns its money
S1,Skills,plan a day so that the longest job is not the last one and tell the others early when the plan no longer holds
K2,Knowledge,who may sign for a delivery
"""


def parse(data: str | bytes, **options: str) -> ParsedFramework:
    raw = data.encode() if isinstance(data, str) else data
    return parse_framework(raw, name=options.pop("name", "sample_file.csv"), **options)


def faults_of(data: str | bytes, **options: str) -> list[str]:
    with pytest.raises(FrameworkRefused) as refusal:
        parse(data, **options)
    return [str(fault) for fault in refusal.value.faults]


def warnings_of(parsed: ParsedFramework) -> list[str]:
    return [str(warning) for warning in parsed.warnings]


def tree_of(parsed: ParsedFramework) -> list[tuple[int, str, str]]:
    return [(criterion.line, criterion.parent, criterion.code) for criterion in parsed.criteria]
