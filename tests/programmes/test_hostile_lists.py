"""Lists of people that are meant to hurt: each gets one clear answer, nothing is half done, memory stays small."""

import resource
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.conf import settings
from django.test import Client

from people.models import Invitation, Membership, User
from programmes.importers import ListRefused, parse_people
from programmes.models import Enrolment, PeopleImport
from programmes.queries.people_lists import MAX_BYTES
from tests.programmes.test_people_import import MOODLE, plain, xlsx
from tests.programmes.test_people_import_pages import send
from tests.uploads import samples
from tests.worlds import World

ClientOf = Callable[[User | None], Client]
MEGABYTE = 1024 * 1024
MOST_MEMORY = 300 * MEGABYTE
NAMES = "Sample Żółć Gęśla,one@sample.example\nSample Núñez Peña,two@sample.example\n"


# Encodings ------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_text_of_every_unicode_encoding_is_read(encoding: str, end: str) -> None:
    text = f"Name,E-mail\n{NAMES}".replace("\n", end)
    parsed = parse_people(text.encode(encoding))
    assert [line.name for line in parsed.lines] == ["Sample Żółć Gęśla", "Sample Núñez Peña"]
    assert parsed.notes == []


@pytest.mark.parametrize(
    ("encoding", "language", "name"),
    [
        ("cp1250", "pl", "Sample Żółć Gęśla"),
        ("iso8859_2", "pl", "Sample Żółć Gęśla"),
        ("cp1252", "es", "Sample Núñez Peña"),
    ],
)
def test_text_of_an_older_encoding_is_read_and_that_is_said(encoding: str, language: str, name: str) -> None:
    parsed = parse_people(f"Name;E-mail\n{name};one@sample.example\n".encode(encoding), language=language)
    assert [line.name for line in parsed.lines] == [name]
    assert [note.code for note in parsed.notes] == ["guessed"]


# What is refused as a whole -------------------------------------------------------------


def many(number: int) -> bytes:
    return plain(*(f"Sample {n},n{n}@sample.example,,,,,,," for n in range(number)))


def bomb() -> bytes:
    return samples.ooxml("xlsx", {"xl/worksheets/sheet1.xml": b"<a>" + b" " * 60 * MEGABYTE + b"</a>"})


def sheet_of(rows: int) -> bytes:
    return xlsx([["Name", "E-mail"], *([f"Sample {n}", f"n{n}@sample.example"] for n in range(rows))])


def with_part(name: str, content: bytes) -> bytes:
    """A real sheet, one of whose parts is another."""
    written = BytesIO()
    with ZipFile(BytesIO(sheet_of(1))) as old, ZipFile(written, "w", ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, content if part == name else old.read(part))
    return written.getvalue()


def many_texts() -> bytes:
    return with_part(
        "xl/sharedStrings.xml",
        b"<sst>" + b"".join(b"<si><t>%d</t></si>" % (n * n) for n in range(300_000)) + b"</sst>",
    )


def odd_cells() -> bytes:
    row = b'<row r="99999999999"><c r="XFD1" t="s"><v>-1</v></c><c t="s"><v>99</v></c></row>'
    return with_part("xl/worksheets/sheet1.xml", b"<worksheet>" + row * 10_000 + b"</worksheet>")


def doctype() -> bytes:
    evil = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>'
    return with_part("xl/worksheets/sheet1.xml", evil)


REFUSED: list[tuple[str, Callable[[], bytes], str]] = [
    (
        "fifty thousand",
        partial(many, 50_000),
        "The list has more than 5,000 lines. Split it into several lists.",
    ),
    (
        "one too many",
        partial(many, 5_001),
        "The list has more than 5,000 lines. Split it into several lists.",
    ),
    ("too large", lambda: b"a" * (MAX_BYTES + 1), "The file is too large: a list may have up to 5 MB."),
    ("a NUL byte", lambda: plain("Sample\0,one@sample.example,,,,,,,"), "Line 2: There is a NUL character"),
    ("broken UTF-8", lambda: plain("Sample Żółć,one@sample.example") + b"\xff", "A character is damaged"),
    ("a program", lambda: b"MZ\x90\0\3\0\0\0" * 100, "not a text file"),
    ("a picture", partial(samples.picture, "PNG"), "This is a file of the type PNG"),
    ("old Excel", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000, "This is an old Excel file"),
    ("a zip", lambda: samples.archive({"a.txt": b"x"}), "This file is no sheet."),
    ("a document", partial(samples.ooxml, "docx"), "This file is no sheet."),
    ("macros", lambda: samples.ooxml("xlsx", {"xl/vbaProject.bin": b"x"}), "The document contains macros."),
    ("a bomb", bomb, "takes far more room or time to open than its size promises"),
    ("entities", doctype, "The document contains scripts"),
    ("texts without end", many_texts, "There is far more in this file than a list of people."),
    ("a sheet of too many", partial(sheet_of, 5_001), "The list has more than 5,000 lines."),
    ("odd cells", odd_cells, "The file is empty."),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "text"), [(make, text) for _n, make, text in REFUSED], ids=[n for n, *_ in REFUSED]
)
def test_hostile_list_gets_one_clear_answer(make: Callable[[], bytes], text: str) -> None:
    with pytest.raises(ListRefused) as refusal:
        parse_people(make())
    assert text.replace("5,000", "5000") in str(refusal.value).replace("5,000", "5000")
    assert len(str(refusal.value)) < 500


@pytest.mark.parametrize("number", [0, 1, 2, 3, 12, 13])
def test_refusal_leaves_nothing_behind(world: World, client_of: ClientOf, number: int) -> None:
    before = [model.objects.count() for model in (User, Membership, Invitation, Enrolment)]
    response = send(client_of(world.ours.lead), world, REFUSED[number][1]())
    assert (response.status_code, PeopleImport.objects.count()) == (200, 0)
    assert [model.objects.count() for model in (User, Membership, Invitation, Enrolment)] == before


# What is taken in, harmless -------------------------------------------------------------


@pytest.mark.parametrize("name", ["=HYPERLINK(A1)", "+1-1", "-2+3", "@SUM(A1)", "<script>alert(1)</script>"])
def test_cell_that_looks_like_a_formula_is_a_text_like_others(
    world: World, client_of: ClientOf, name: str
) -> None:
    client = client_of(world.ours.lead)
    page = client.get(send(client, world, plain(f"{name},one@sample.example,,,,,,,"))["Location"])
    assert "<script>alert" not in page.text
    client.post(page.request["PATH_INFO"])
    assert User.objects.get(email="one@sample.example").display_name == name


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("x" * 200_000 + ",one@sample.example,,,,,,,", "unreadable"),
        ("x" * 30_000 + ",one@sample.example,,,,,,,", "long_name"),
        ('Sample "quoted,one@sample.example,,,,,,,', ""),
        ('"Sample" more,one@sample.example,,,,,,,', "unreadable"),
        ("Sample," + "a" * 300 + "@sample.example,,,,,,,", "bad_email"),
        ("Sample,one@sample.example,,,,,,," + ",more" * 500, "columns"),
        ("Sample\u202e\u200b,one@sample.example,,,,,,,", ""),
        ("Sample,one @sample.example,,,,,,,", "bad_email"),
        ("Sample,one@sample.example,,,,,9999999999,,", "bad_day"),
        ("Sample,one@sample.example,,,,,0000-00-00,,", "bad_day"),
        ("Sample,one@sample.example,,,,,,,1e999999", "bad_hours"),
        ("Sample,one@sample.example,,,,,,,sNaN", "bad_hours"),
    ],
)
def test_odd_line_has_its_fault_and_holds_up_no_other(row: str, code: str) -> None:
    parsed = parse_people(plain(row, "Sample Two,two@sample.example,,,,,,,"))
    assert [fault.code for fault in parsed.faults] == ([code] if code else [])
    assert parsed.lines[-1].email == "two@sample.example"
    assert all(len(fault.text) < 300 for fault in parsed.faults)


def test_passwords_are_stored_nowhere(world: World, client_of: ClientOf) -> None:
    client = client_of(world.ours.lead)
    page = client.get(send(client, world, MOODLE.encode())["Location"])
    assert "Secret-" not in page.text
    assert "Secret-" not in str(list(PeopleImport.objects.values()))


def test_addresses_of_another_organisation_say_nothing_about_it(world: World, client_of: ClientOf) -> None:
    """Neither its name nor who is there: only that a person has an account and is invited like everybody else."""
    rows = [f"Sample,{person}.birch@sample.example,,,,,,," for person in ("learner", "mentor", "manager")]
    client = client_of(world.ours.lead)
    page = client.get(send(client, world, plain(*rows))["Location"])
    assert ("Sample Birch" in page.text, "Sample learner Birch" in page.text) == (False, False)
    client.post(page.request["PATH_INFO"])
    assert not Membership.objects.filter(
        person=world.theirs.learner, organisation=world.ours.employer
    ).exists()
    assert Invitation.objects.filter(organisation=world.ours.employer).count() == 3


# Memory ---------------------------------------------------------------------------------

MEASURE = """
import resource, sys
import django
django.setup()
from programmes.importers import ListRefused, parse_people
try:
    print(len(parse_people(open(sys.argv[1], "rb").read()).lines))
except ListRefused as refusal:
    print(refusal)
with open("/proc/self/status") as status:
    print(next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM")))
"""


def lines_of_nul() -> bytes:
    return plain("Sample,one@sample.example") + b"\n" + b"a" * 200_000 + b"\0\n" * 12_000


def two_million_lines() -> bytes:
    return b"Name,E-mail\n" + b"Sample\n" * 20_000 + b"\0\n" * 2_400_000


def one_long_line() -> bytes:
    return b"Name,E-mail\n" + b"ab," * (MAX_BYTES // 3 - 10)


def many_columns() -> bytes:
    return b"Name,E-mail" + b",ab" * (MAX_BYTES // 3 - 10) + b"\nSample,one@sample.example\n"


def of_quotes() -> bytes:
    return b"Name,E-mail\n" + b'"a"b\n' * 20_000


def largest() -> bytes:
    return plain(*(f"Sample {n},n{n}@sample.example,{'x' * 900},,,,,," for n in range(5_000)))


def largest_legacy() -> bytes:
    return (
        b"Name;E-mail\n"
        + "Żółć;x@sample.example\n".encode("cp1250") * 4_000
        + "ż".encode("cp1250") * 4_900_000
    )


HEAVY: dict[str, Callable[[], bytes]] = {
    "50,000 lines": partial(many, 50_000),
    "5,000 long lines": largest,
    "lines of NUL": lines_of_nul,
    "two million lines": two_million_lines,
    "one long line": one_long_line,
    "a million columns": many_columns,
    "quotation marks": of_quotes,
    "an old encoding": largest_legacy,
    "a bomb": bomb,
    "texts without end": many_texts,
    "a sheet of 50,000": partial(sheet_of, 50_000),
    "odd cells": odd_cells,
}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the kernel counts the memory")
@pytest.mark.parametrize("name", HEAVY)
def test_hostile_list_takes_little_memory(name: str, tmp_path: Path) -> None:
    file = tmp_path / "list"
    file.write_bytes(HEAVY[name]())
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(file)],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    *answer, peak = done.stdout.strip().splitlines()
    assert answer
    assert int(peak) < MOST_MEMORY, (answer, int(peak) // MEGABYTE)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss > 0
