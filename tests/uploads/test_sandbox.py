"""A check in a process of its own: whatever becomes of it is an answer."""

import json
import os
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile

import pytest
from PIL import Image

from tests.uploads import samples
from tests.uploads.checking import MEGABYTE
from uploads import checker, sandbox
from uploads.sandbox import LIMITS, Verdict


def inspected(content: bytes, extension: str) -> tuple[Verdict, bytes, bytes]:
    """The verdict, and what was written to be stored."""
    with TemporaryFile() as sent, TemporaryFile() as new, TemporaryFile() as thumbnail:
        sent.write(content)
        verdict = sandbox.inspect(sent, extension, content=new, thumbnail=thumbnail)
        new.seek(0)
        thumbnail.seek(0)
        return verdict, new.read(), thumbnail.read()


def test_picture_comes_back_written_anew_with_a_thumbnail() -> None:
    sent = samples.picture("JPEG", (640, 480), exif=samples.exif())
    verdict, content, thumbnail = inspected(sent, "jpg")
    assert (verdict.code, verdict.has_content, verdict.has_thumbnail) == ("", True, True)
    assert b"SecretCamera" not in content
    with Image.open(BytesIO(thumbnail)) as small:
        assert (small.format, small.size) == ("WEBP", (320, 240))
    assert 10 * MEGABYTE < verdict.peak < 300 * MEGABYTE


def test_document_stays_as_it_is() -> None:
    verdict, content, thumbnail = inspected(samples.pdf(), "pdf")
    assert (verdict.code, verdict.has_content, verdict.has_thumbnail) == ("", False, False)
    assert (content, thumbnail) == (b"", b"")


def test_refusal_comes_back_with_its_reason() -> None:
    verdict, content, _thumbnail = inspected(samples.pdf_with_attachment(), "pdf")
    assert (verdict.code, set(verdict.params), content) == ("active_content", {"found"}, b"")


def test_checker_knows_no_secret_and_no_other_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    spy = tmp_path / "spy.py"
    spy.write_text(
        "import json, os, sys\n"
        "found = {'env': sorted(os.environ), 'fds': len(os.listdir('/proc/self/fd')), 'cwd': os.getcwd()}\n"
        "os.write(int(sys.argv[5]), json.dumps(found).encode())\n"
    )
    monkeypatch.setattr(sandbox, "CHECKER", spy)
    monkeypatch.setenv("SECRET_KEY", "very secret")
    _verdict, content, _thumbnail = inspected(b"text", "txt")
    found = json.loads(content)
    assert set(found["env"]) <= {"PATH", "LANG", "LC_CTYPE"}
    assert (found["fds"], found["cwd"]) == (
        6,
        "/",
    )  # in, out, error, two to write into, and the listing itself


# When it does not come to an end -------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (replace(LIMITS, wall_seconds=0.05), "bomb"),
        (replace(LIMITS, memory=40 * MEGABYTE), "uncheckable"),  # not even Python's own modules fit
        (replace(LIMITS, written=1000), "bomb"),
    ],
    ids=["time", "memory", "written"],
)
def test_checker_over_a_limit_is_a_refusal(
    monkeypatch: pytest.MonkeyPatch, limits: sandbox.Limits, code: str
) -> None:
    monkeypatch.setattr(sandbox, "LIMITS", limits)
    noise = samples.saved(Image.effect_noise((200, 200), 80), "PNG")
    assert inspected(noise, "png")[0].code == code


@pytest.mark.slow
def test_checker_that_reckons_too_long_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "LIMITS", replace(LIMITS, cpu_seconds=1))
    tags = b"<a>" + b"<b/>" * 5_000_000 + b"</a>"
    assert inspected(samples.ooxml("docx", {"word/_rels/x.rels": tags}), "docx")[0].code == "bomb"


@pytest.mark.slow
def test_picture_that_needs_more_memory_than_there_is_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "LIMITS", replace(LIMITS, memory=180 * MEGABYTE))
    verdict, content, _thumbnail = inspected(samples.saved(Image.new("RGB", (8000, 5000)), "PNG"), "png")
    assert (verdict.code in ("bomb", "uncheckable"), content) == (True, b"")


@pytest.mark.parametrize(
    "program",
    [
        "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
        "import sys; sys.exit(3)",
        "raise RuntimeError",
        "print('no json')",
        "print('{}')",
        "print('[]')",
        "print('[' * 60_000)",
        'print(\'{"content": 1, "thumbnail": 0, "peak": Infinity}\')',
        'print(\'{"code": [], "params": 1, "peak": 0}\')',
        'print(\'{"code": "", "params": {}, "peak": 0}\')',
        "",
    ],
)
def test_checker_that_crashes_or_lies_is_a_refusal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, program: str
) -> None:
    (tmp_path / "checker.py").write_text(program)
    monkeypatch.setattr(sandbox, "CHECKER", tmp_path / "checker.py")
    assert inspected(b"text", "txt")[0] == Verdict("uncheckable")


def test_params_of_the_answer_can_be_shown_and_stored(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answer = {"code": "active_content", "params": {"found": "a\0\ud800\u202eb" + "c" * 500}, "peak": 1}
    (tmp_path / "checker.py").write_text(f"print({json.dumps(answer)!r})")
    monkeypatch.setattr(sandbox, "CHECKER", tmp_path / "checker.py")
    assert inspected(b"text", "txt")[0].params == {"found": "ab" + "c" * 98}


# What runs inside ----------------------------------------------------------------------


def checked_inside(content: bytes, extension: str) -> dict[str, object]:
    with TemporaryFile() as new, TemporaryFile() as thumbnail:
        return checker.check(content, extension, new.fileno(), thumbnail.fileno())


def test_check_says_what_it_wrote() -> None:
    assert checked_inside(b"text", "txt") == {"content": 0, "thumbnail": 0}
    assert checked_inside("\ufefftext".encode(), "txt") == {"content": 4, "thumbnail": 0}
    assert checked_inside(b"<svg>", "txt") == {"code": "type_mismatch", "params": {"extension": "txt"}}


def test_check_that_cannot_write_is_a_refusal() -> None:
    reading = os.open("/dev/null", os.O_RDONLY)
    try:
        assert checker.check(samples.picture("PNG"), "png", reading, reading) == {
            "code": "bomb",
            "params": {},
        }
    finally:
        os.close(reading)


def test_peak_memory_is_known_on_linux() -> None:
    assert checker.peak_memory() > MEGABYTE
