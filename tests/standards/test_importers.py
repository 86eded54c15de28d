"""Reading framework files: encodings, what is no framework, any bytes at all, and the real files."""

import codecs
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.importers import MAX_BYTES, FrameworkRefused
from tests.standards.samples import MOODLE, PLAIN, faults_of, parse, warnings_of

SHARED = Path(__file__).resolve().parents[3] / "shared" / "standards"
REAL = [  # file, format, criteria of the file, groups made of it, levels, warnings
    ("moodle/oecd_core_14col_moodle42_fixture.csv", "moodle", 64, 0, 4, 2),
    ("ksb/DERIVED_ST0116_software_developer_ksb.csv", "ksb", 38, 3, 2, 1),
]


# Encodings --------------------------------------------------------------------------------


POLISH = "code,title\nA,Zażółć gęślą jaźń\nB,Łączy ludzi\n"
SPANISH = "code,title\nA,Pequeña señal ¿qué más?\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (POLISH.encode(), "UTF-8"),
        (POLISH.encode("utf-8-sig"), "UTF-8 (BOM)"),
        (POLISH.encode("utf-16"), "UTF-16"),
        (codecs.BOM_UTF16_BE + POLISH.encode("utf-16-be"), "UTF-16"),
    ],
)
def test_encoding_that_the_file_shows(data: bytes, encoding: str) -> None:
    parsed = parse(data, title="Sample")
    assert (parsed.encoding, parsed.criteria[0].title) == (encoding, {"en": "Zażółć gęślą jaźń"})
    assert parsed.warnings == []


@pytest.mark.parametrize(
    ("text", "codec", "encoding"),
    [
        (POLISH, "cp1250", "windows-1250"),
        (POLISH, "iso8859-2", "ISO-8859-2"),
        (SPANISH, "cp1252", "windows-1252"),
        ("code,title\nA,Señales\n", "cp1252", "windows-1252"),
    ],
)
def test_encoding_guessed_by_the_letters(text: str, codec: str, encoding: str) -> None:
    parsed = parse(text.encode(codec), title="Sample")
    assert parsed.criteria == parse(text, title="Sample").criteria
    assert parsed.encoding == encoding
    assert warnings_of(parsed) == [
        f"The file is not UTF-8 and was read as {encoding}: check the accented letters."
    ]


def test_encoding_given() -> None:
    parsed = parse("code,title\nA,Dôme\n".encode("cp850"), encoding="cp850", title="Sample")
    assert (parsed.encoding, parsed.criteria[0].title, parsed.warnings) == ("CP850", {"en": "Dôme"}, [])


def test_encoding_given_wrongly() -> None:
    assert faults_of("code,title\nA,Fine\nB,Żółw\n", encoding="ascii") == [
        "Line 3: The text is not in the encoding ASCII."
    ]
    assert faults_of("code,title\n", encoding="no-such") == ["The encoding no-such is not known."]


def test_letters_of_two_parts_become_one() -> None:
    assert parse("code,title\nA,Sen\u0303al\n").criteria[0].title == {"en": "Señal"}


def test_broken_utf8_every_line() -> None:
    lines = [b"code,title", "A,Zażółć gęślą".encode(), b"B,Bro\xffken", b"C,Fine", b"D,Bro\xfeken", b""]
    message = "A character is damaged: the file is UTF-8, and this line is not."
    assert faults_of(b"\n".join(lines)) == [f"Line 3: {message}", f"Line 5: {message}"]


def test_broken_utf16() -> None:
    data = codecs.BOM_UTF16_LE + "code,title\nA,x".encode("utf-16-le") + b"\x00\xd8"
    assert faults_of(data) == ["Line 2: The text is not in the encoding UTF-16."]


def test_nul_characters_every_line() -> None:
    assert faults_of("code,title\nA,Fi\0ne\nB,Fine\nC,\0\n" + "D,Long enough to be a text\n" * 10) == [
        "Line 2: There is a NUL character in this line.",
        "Line 4: There is a NUL character in this line.",
    ]


# No framework -----------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b" \r\n\t\n", codecs.BOM_UTF8 + b"\n"])
def test_empty_file(data: bytes) -> None:
    assert faults_of(data) == ["The file is empty."]


def test_header_alone() -> None:
    assert faults_of("code,parent,title\n") == ["There is no criterion in the file."]


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("name,email\nSample,sample@sample.example\n", "name, email"),
        ("Dear all,\nthe list follows\n", "Dear all,"),
        ('{"framework": {"name": "x"}}', '{"framework", {"name", "x"}}'),
    ],
)
def test_text_that_is_no_framework(text: str, header: str) -> None:
    fault = (
        f"Line 1: This is not a framework: the first row is “{header}”. Expected are the columns of a Moodle "
        "framework (14 or 12), or code,parent,title,description, or code,type,statement."
    )
    assert faults_of(text) == [fault]


def test_first_row_cannot_be_cut() -> None:
    assert faults_of('"never closed') == ["Line 1: A quotation mark that opens in this row is never closed."]


def test_picture_and_other_bytes() -> None:
    picture = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256))
    assert faults_of(picture) == [
        "This is a file of the type PNG, not a text file. Save the table as CSV and import that."
    ]
    assert faults_of(bytes(range(256)) * 4) == [
        "This is not a text file. Save the table as CSV and import that."
    ]


def test_too_large() -> None:
    assert faults_of(b"x" * (MAX_BYTES + 1)) == ["The file is too large: up to 25 MB are read."]


def test_arguments() -> None:
    assert faults_of(PLAIN, format="scroll", version=" ", language="fr") == [
        "The format scroll is not known.",
        "The version needs 1 to 40 characters.",
        "The language must be one of: en, es, pl.",
    ]
    assert faults_of(PLAIN, code="x" * 101, title="y" * 301) == [
        "The code of the framework needs 1 to 100 characters; give it with --code.",
        "The title of the framework needs 1 to 300 characters; give it with --title.",
    ]


PIECES = [
    "code,parent,title",
    "A",
    "B",
    "\n",
    "\r",
    ",",
    ";",
    '"',
    "\0",
    "ł",
    "[{",
    "1",
    "",
    MOODLE[:260],
    "\ud800",
]


@pytest.mark.slow
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: str | bytes) -> None:
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    with suppress(FrameworkRefused):
        assert len(parse(raw).criteria) > 0


# The real files, where they are -----------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "name", "rows", "groups", "levels", "warnings"), REAL if SHARED.is_dir() else []
)
def test_real_file(path: str, name: str, rows: int, groups: int, levels: int, warnings: int) -> None:
    file = SHARED / path
    parsed = parse(file.read_bytes(), name=file.name)
    assert parsed.format == name
    assert sum(criterion.is_group for criterion in parsed.criteria) == groups
    assert (len(parsed.criteria) - groups, len(parsed.layers), len(parsed.warnings)) == (
        rows,
        levels,
        warnings,
    )
