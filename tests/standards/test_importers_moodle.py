"""Moodle's competency CSV: both shapes, and every fault with its line and its words."""

import pytest

from tests.standards.samples import (
    MOODLE,
    PLAIN,
    faults_of,
    framework_row,
    moodle_row,
    moodle_text,
    parse,
    tree_of,
    warnings_of,
)

REL = "noopener noreferrer nofollow"
MOODLE_TREE = [(3, "", "safe"), (4, "safe", "safe-1.1"), (6, "safe", "safe-1.10"), (7, "", "plan")]


def test_moodle_of_14_columns() -> None:
    parsed = parse(MOODLE)
    assert (parsed.format, parsed.encoding, parsed.delimiter) == ("moodle", "UTF-8", "comma")
    assert (parsed.code, parsed.version, parsed.language) == ("FW", "1", "en")
    assert (parsed.title, parsed.description) == (
        {"en": "Workshop skills"},
        {"en": "<p>What a workshop needs.</p>"},
    )
    assert tree_of(parsed) == MOODLE_TREE
    assert parsed.criteria[1].title == {"en": "Tidy bench"}
    assert parsed.criteria[1].description == {"en": "<p>Keeps the bench tidy,\nalways.</p>"}
    assert parsed.criteria[3].description == {"en": "Plans the day"}
    assert parsed.warnings == []


def test_moodle_of_12_columns() -> None:
    rows = [framework_row(), moodle_row("", "safe", "Safety"), moodle_row("safe", "s1", "Guards")]
    parsed = parse(moodle_text(rows, columns=12))
    assert (parsed.format, parsed.code) == ("moodle", "FW")
    assert tree_of(parsed) == [(3, "", "safe"), (4, "safe", "s1")]


@pytest.mark.parametrize(
    ("delimiter", "name"), [(",", "comma"), (";", "semicolon"), ("\t", "tab"), (":", "colon")]
)
def test_moodle_delimiters(delimiter: str, name: str) -> None:
    rows = [framework_row(), moodle_row("", "safe", "Safety; first, and: last\tof all")]
    parsed = parse(moodle_text(rows, delimiter=delimiter))
    assert parsed.delimiter == name
    assert parsed.criteria[0].title == {"en": "Safety; first, and: last of all"}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_moodle_line_ends(end: str) -> None:
    assert tree_of(parse(MOODLE.replace("\n", end))) == MOODLE_TREE


def test_moodle_scale() -> None:
    scale = parse(MOODLE).scale
    assert scale is not None
    assert scale.name == {"en": "Not yet – There"}
    assert [(level.label["en"], level.is_proficient) for level in scale.levels] == [
        ("Not yet", False),
        ("On the way", False),
        ("There", True),
    ]
    other = parse(moodle_text([framework_row("OTHER", "Other"), moodle_row("", "a", "A")])).scale
    assert other == scale


@pytest.mark.parametrize(
    ("scale", "fault"),
    [
        (("Low,High", "{broken"), "The configuration of the scale cannot be read."),
        (("Low,High", "[3]"), "The configuration of the scale cannot be read."),
        (("Low,High", '[{"id":3}]'), "The configuration of the scale names level 3; the scale has 2."),
        (("Low,,High", '[{"id":1,"proficient":1}]'), "A level of the scale has no name."),
        (
            (f"Low,{'x' * 201}", '[{"id":1,"proficient":1}]'),
            "“Scale values” is too long: 201 characters, up to 200 are kept.",
        ),
    ],
)
def test_moodle_scale_fault(scale: tuple[str, str], fault: str) -> None:
    row = moodle_row("", "FW", "Skills", scale=scale, is_framework=True)
    assert faults_of(moodle_text([row, moodle_row("", "a", "A")])) == [f"Line 2: {fault}"]


def test_moodle_descriptions_lose_what_is_not_allowed() -> None:
    rows = [
        framework_row(),
        moodle_row("", "a", "A", '<p onclick="x()">Good <b>work</b></p><script>alert(1)</script>'),
        moodle_row("", "b", "B", '<a href="javascript:x()">one</a> <a href="https://s.example/">two</a>'),
        moodle_row("", "c", "C", "<span>R&amp;D</span>"),
        moodle_row("", "d", "D", "Write <b> for bold", text_format="2"),
        moodle_row("", "e", "E", "Use &lt;b&gt;"),
    ]
    parsed = parse(moodle_text(rows))
    assert [criterion.description["en"] for criterion in parsed.criteria] == [
        "<p>Good <b>work</b></p>",
        f'<a rel="{REL}">one</a> <a href="https://s.example/" rel="{REL}">two</a>',
        "R&D",
        "<p>Write &lt;b&gt; for bold</p>",
        "<p>Use &lt;b&gt;</p>",
    ]
    assert warnings_of(parsed) == ["Line 3: Formatting that is not allowed was taken out of 2 descriptions."]


def test_moodle_warnings() -> None:
    rows = [
        moodle_row("", "FW", "Skills", scale=("Low,High", ""), is_framework=True),
        moodle_row("", "a", "x" * 100),
        moodle_row("", "b", "B", "**Bold**", text_format="4"),
        moodle_row("", "c", "C", scale=("No,Yes", '[{"id":2,"proficient":1}]')),
        moodle_row("", "d", "D", rule="core_competency\\competency_rule_all"),
        moodle_row("", "e", "E", references="a,b"),
        moodle_row("", "f", "F", references="a"),
    ]
    assert warnings_of(parse(moodle_text(rows))) == [
        "Line 2: No level of the scale counts as proficient.",
        "Line 3: 1 short name has exactly 100 characters and was probably cut by Moodle.",
        "Line 4: 1 description is Markdown and is kept as plain text.",
        "Line 5: 1 criterion has a scale of its own, which is not kept.",
        "Line 6: 1 criterion has a completion rule, which is not kept.",
        "Line 7: 2 criteria refer to others across the tree; this is not kept.",
    ]


def test_moodle_faults_all_at_once() -> None:
    rows = [
        framework_row(),
        moodle_row("", "a", "A", "two\nlines"),
        moodle_row("b", "c", "C"),
        moodle_row("c", "b", "B"),
        moodle_row("nowhere", "d", "D"),
        moodle_row("", "a", "A again"),
        moodle_row("", "", "No code"),
        moodle_row("", "e", " "),
        ["", "short", "Too few"],
        moodle_row("short", "f", "F"),
        moodle_row("", "g", "G" * 301),
        moodle_row("", "h" * 101, "H"),
        moodle_row("i", "i", "I"),
        moodle_row("", "FW2", "Second", is_framework=True),
    ]
    assert faults_of(moodle_text(rows)) == [
        "Line 5: These parents go round in a circle: c → b → c.",
        "Line 7: The parent “nowhere” of “d” is not in the file.",
        "Line 8: “a” is already on line 3.",
        "Line 9: “ID number” is empty.",
        "Line 10: “Short name” is empty.",
        "Line 11: The row has 3 columns, the header has 14.",
        "Line 13: “Short name” is too long: 301 characters, up to 300 are kept.",
        "Line 14: “ID number” is too long: 101 characters, up to 100 are kept.",
        "Line 15: “i” is its own parent.",
        "Line 16: A second row is marked as the framework; the first is on line 2.",
    ]


def test_moodle_without_framework_row() -> None:
    rows = [moodle_row("", "a", "A"), moodle_row("", "b", "B")]
    assert faults_of(moodle_text(rows)) == [
        "No row is marked as the framework: this is no Moodle framework file."
    ]


def test_moodle_without_criteria() -> None:
    assert faults_of(moodle_text([framework_row()])) == ["There is no criterion in the file."]


def test_moodle_asked_for_with_other_columns() -> None:
    assert faults_of(PLAIN, format="moodle") == [
        "Line 1: The header has 7 columns; a Moodle framework has 14, or 12."
    ]


def test_ids_that_look_like_equal_numbers_stay_apart() -> None:
    rows = [
        framework_row(),
        moodle_row("", "1.1", "A"),
        moodle_row("", "1.10", "B"),
        moodle_row("1.10", "01.1", "C"),
    ]
    assert tree_of(parse(moodle_text(rows))) == [(3, "", "1.1"), (4, "", "1.10"), (5, "1.10", "01.1")]
