"""Hostile files by the way that files really come: the form, the storage, the check in its own process, the page.

Each is refused with its reason or made harmless, none is ever served as anything but an attachment that can run
nothing, and all of it together takes little memory.
"""

import re
import resource
from collections.abc import Callable
from functools import partial
from typing import Any
from zipfile import ZIP_LZMA

import pikepdf
import pytest
from django.test import Client
from PIL import Image

from people.models import User
from programmes import actions
from programmes.models import EvidenceFile
from tests.factories import programmes as f
from tests.standing.forms import BOUNDARY, parts, typed
from tests.uploads import samples
from tests.uploads.checking import MEGABYTE
from tests.worlds import World
from uploads.kinds import REASONS

Make = Callable[[], bytes]
SCRIPT = b"<html><script>alert(1)</script></html>"
SHEET = samples.OOXML + "spreadsheetml.sheet.main+xml"
DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;&b;">]><a>&d;</a>'


def jpeg_of_many_scans() -> bytes:
    sent = samples.picture("JPEG", progressive=True)
    return sent[:-2] + sent[sent.index(b"\xff\xda") : -2] * 100 + sent[-2:]


def truncated_jpeg() -> bytes:
    return samples.saved(Image.effect_noise((200, 200), 80), "JPEG")[:5000]


def zip_bomb() -> bytes:
    return samples.ooxml("docx", {"word/a.png": b"\0" * 60 * MEGABYTE})


def of_many_parts() -> bytes:
    return samples.ooxml("docx", {f"word/{number}.png": b"" for number in range(2_100)})


def unfinished_tag() -> bytes:
    return samples.ooxml("xlsx", {"xl/a.xml": b"<a " + b"b" * 30 * MEGABYTE})


def out_of_its_folder() -> bytes:
    return samples.with_renamed_part(
        samples.ooxml("docx", {"word/abc1.png": b"x"}), "word/abc1.png", "../../abc.png"
    )


def linked(kind: str, target: str) -> bytes:
    return samples.ooxml("docx", relations=samples.relation(kind, target))


# What is refused: its name, how it is made, the reason. A reason in the form is said at once; the others
# are found by the check.
AT_ONCE: list[tuple[str, Make, str]] = [
    ("page.png", lambda: SCRIPT, "type_mismatch"),
    ("picture.svg", lambda: b"<svg onload='alert(1)'/>", "type_not_allowed"),
    ("page.html", lambda: SCRIPT, "type_not_allowed"),
    ("photo.png.html", partial(samples.picture, "PNG"), "type_not_allowed"),
    ("program.exe", lambda: b"MZ", "type_not_allowed"),
    ("notes.txt.exe", lambda: b"MZ", "type_not_allowed"),
    ("parts.zip", partial(samples.ooxml, "docx"), "type_not_allowed"),
    ("macros.docm", partial(samples.ooxml, "docx"), "type_not_allowed"),
    ("film.gif", partial(samples.moving_picture, "WEBP"), "type_not_allowed"),
    ("no extension", lambda: b"text", "type_not_allowed"),
    ("empty.pdf", lambda: b"", "empty"),
    ("program.pdf", lambda: b"MZ" + b"\0" * 500, "type_mismatch"),
    ("picture.pdf", partial(samples.picture, "PNG"), "type_mismatch"),
    ("document.jpg", samples.pdf, "type_mismatch"),
    ("sheet.docx", partial(samples.ooxml, "xlsx"), "type_mismatch"),
    ("sheet.odt", partial(samples.odf, "ods"), "type_mismatch"),
    ("zip.png", partial(samples.ooxml, "docx"), "type_mismatch"),
    ("svg.txt", lambda: b"<?xml version='1.0'?><!-- a --><svg onload='alert(1)'/>", "type_mismatch"),
    ("page.md", lambda: b"\xef\xbb\xbf \n<!DOCTYPE html><script>", "type_mismatch"),
    ("wide.csv", lambda: "\ufeff<script>alert(1)</script>".encode("utf-16-le"), "type_mismatch"),
    ("binary.txt", lambda: b"MZ\0\0\0", "type_mismatch"),
    ("large.csv", lambda: b"a" * (2 * MEGABYTE + 1), "too_large"),
    ("photo.heic", lambda: b"\0\0\0\x18ftypheic", "heic"),
    ("phone.jpg", lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 100, "heic"),
]
BY_THE_CHECK: list[tuple[str, Make, str]] = [
    ("pixels.png", partial(samples.png_header, 20_000, 20_000), "too_many_pixels"),
    ("promise.png", partial(samples.png_header, 8_000, 5_000), "damaged"),
    ("moving.png", partial(samples.moving_picture, "PNG"), "animated"),
    ("moving.webp", partial(samples.moving_picture, "WEBP"), "animated"),
    ("truncated.jpg", truncated_jpeg, "damaged"),
    ("scans.jpg", jpeg_of_many_scans, "bomb"),
    ("header.png", lambda: b"\x89PNG\r\n\x1a\n" + SCRIPT, "damaged"),
    (
        "script.pdf",
        partial(samples.pdf, catalogue={"/OpenAction": samples.script_action()}),
        "active_content",
    ),
    (
        "launch.pdf",
        lambda: samples.pdf(catalogue={"/AA": pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")}),
        "active_content",
    ),
    ("attached.pdf", samples.pdf_with_attachment, "active_content"),
    ("stray.pdf", samples.pdf_with_stray_file, "active_content"),
    ("locked.pdf", lambda: samples.pdf(encryption=pikepdf.Encryption(owner="o", user="u")), "encrypted"),
    ("bomb.pdf", partial(samples.pdf_bomb, 5 * MEGABYTE), "damaged"),
    ("polyglot.pdf", lambda: b"%PDF-1.4\n" + SCRIPT, "damaged"),
    ("macro.docx", partial(samples.ooxml, "docx", {"word/vbaProject.bin": b"x"}), "macros"),
    ("sheet.xlsx", partial(samples.ooxml, "xlsx", {"xl/macrosheets/sheet1.xml": b"<a/>"}), "macros"),
    ("activex.docx", partial(samples.ooxml, "docx", {"word/activeX/a.xml": b"<a/>"}), "active_content"),
    ("ole.pptx", partial(samples.ooxml, "pptx", {"ppt/embeddings/o.bin": b"x"}), "active_content"),
    ("template.docx", partial(linked, "attachedTemplate", "//example.org/a.dotm"), "active_content"),
    ("linked.docx", partial(linked, "oleObject", "http://example.org/a.docx"), "active_content"),
    ("entities.docx", partial(samples.ooxml, "docx", {"word/document.xml": DOCTYPE}), "active_content"),
    ("bomb.docx", zip_bomb, "bomb"),
    ("parts.docx", of_many_parts, "bomb"),
    ("unfinished.xlsx", unfinished_tag, "bomb"),
    (
        "size.docx",
        lambda: samples.with_declared_size(samples.ooxml("docx"), 4_000_000_000),
        "bomb",
    ),
    ("slip.docx", out_of_its_folder, "damaged"),
    ("lzma.docx", lambda: samples.archive(samples.ooxml_parts("docx"), method=ZIP_LZMA), "damaged"),
    ("sheet.docx", lambda: samples.ooxml("docx", main_type=SHEET), "type_mismatch"),
    ("password.docx", samples.password_protected_docx, "encrypted"),
    ("old.docx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000, "type_mismatch"),
    ("macro.odt", partial(samples.odf, "odt", {"Basic/Standard/Module1.xml": b"<a/>"}), "macros"),
    ("applet.odp", partial(samples.odf, "odp", inside="<draw:applet/>"), "active_content"),
    ("locked.ods", lambda: samples.with_flag(samples.odf("ods"), 1), "encrypted"),
    ("unreadable.txt", lambda: b"a\x81\x83\x90", "encoding"),
    ("escapes.csv", lambda: b"a\x1b[31mred", "type_mismatch"),
]
# What is taken in, under the name that is shown then, and what must no longer be in it.
MADE_HARMLESS: list[tuple[str, Make, str, bytes]] = [
    ("gps.jpg", lambda: samples.picture("JPEG", exif=samples.exif()), "gps.jpg", b"SecretCamera"),
    ("polyglot.png", lambda: samples.picture("PNG") + SCRIPT, "polyglot.png", b"script"),
    ("polyglot.jpg", lambda: samples.picture("JPEG", comment=b"<?php x ?>") + SCRIPT, "polyglot.jpg", b"<"),
    ("depth.jpg", samples.photo_with_depth_map, "depth.jpg", b"MPF"),
    ("wide.txt", lambda: "\ufeffżółw".encode("utf-16-le"), "wide.txt", b"\0"),
    ("../../../etc/cron.d/a.txt", lambda: b"text", "a.txt", b"\0"),
    ("C:\\Windows\\a.txt", lambda: b"text", "a.txt", b"\0"),
    ("invoice\u202efdp.txt", lambda: b"text", "invoicefdp.txt", b"\0"),
    ("ż" * 300 + ".txt", lambda: b"text", "ż" * 146 + ".txt", b"\0"),
    ("=cmd|calc!A0.csv", lambda: b"text", "=cmd|calc!A0.csv", b"\0"),
    ("<img src=x onerror=alert(1)>.txt", lambda: b"text", "<img src=x onerror=alert(1)>.txt", b"\0"),
]


class Sender:
    """A learner who sends one file after the other, each with an activity of its own."""

    def __init__(self, world: World, client: Client) -> None:
        self.world, self.client = world, client
        self.entry = f.ActivityFactory(enrolment=world.ours.enrolment, strategy=world.ours.strategy)

    def send(self, name: str, content: bytes) -> Any:
        """The answer of the form, to a body that Django's test client would not write."""
        fields = typed(self.world, hours="0", mins="1")  # a day has 24 hours
        body = parts(
            *((f'name="{key}"', str(value).encode()) for key, value in fields.items() if key != "criteria"),
            (f'name="evidence"; filename="{name}"', content),
        )
        return self.client.generic("POST", "/activities/new/", body, content_type=BOUNDARY)

    def opened(self, row: EvidenceFile) -> Any:
        return self.client.get(f"/evidence/{row.pk}/")


@pytest.fixture
def sender(world: World, client_of: Callable[[User | None], Client], settings: Any) -> Sender:
    settings.EVIDENCE_QUOTA_MB = 5000
    return Sender(world, client_of(world.ours.learner))


def check_all() -> None:
    while actions.check_evidence():
        pass


def test_table_is_of_many_families_and_all_reasons() -> None:
    assert len(AT_ONCE) + len(BY_THE_CHECK) + len(MADE_HARMLESS) > 25
    named = {reason for _name, _make, reason in (*AT_ONCE, *BY_THE_CHECK)}
    # A name with nothing in it Django itself drops; the others are no properties of a file.
    assert set(REASONS) - named == {"name", "malware", "lost", "uncheckable"}


@pytest.mark.slow
def test_hostile_file_is_refused_at_once_with_its_reason(sender: Sender) -> None:
    found = {}
    for name, make, _reason in AT_ONCE:
        faults = sender.send(name, make()).context["form"].errors.as_data()["evidence"]
        found[name] = next(iter(faults[0].messages))
    for name, _make, reason in AT_ONCE:
        said = re.sub(
            r"%\(\w+\)s", ".*", re.escape(str(REASONS[reason])).replace("%\\(", "%(").replace("\\)s", ")s")
        )
        assert re.fullmatch(f"{re.escape(name)}: {said}", found[name]), (name, found[name])
    assert EvidenceFile.objects.count() == 0


@pytest.mark.slow
def test_hostile_file_is_refused_by_the_check_with_its_reason_and_within_bounds(
    sender: Sender, caplog: pytest.LogCaptureFixture, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    caplog.set_level("INFO", "uploads.checking")
    samples_made = [
        (name, make(), reason) for name, make, reason in BY_THE_CHECK
    ]  # making them takes memory too
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with django_capture_on_commit_callbacks() as callbacks:
        for name, content, _reason in samples_made:
            assert sender.send(name, content).status_code == 302, name
        check_all()
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    for callback in callbacks:
        if "_settle" in callback.__qualname__:
            callback()
    peaks = [int(number) for number in re.findall(r"with (\d+) MB", caplog.text)]
    assert len(peaks) == len(samples_made)
    assert max(peaks) + grown < 300, (max(peaks), grown)

    rows = {row.original_name: row for row in EvidenceFile.objects.all()}
    found = {name: row.rejection for name, row in rows.items()}
    assert found == {name: reason for name, _content, reason in samples_made}
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []
    for row in rows.values():
        assert sender.opened(row).status_code == 302
        assert "%(" not in row.rejection_text


@pytest.mark.slow
def test_hostile_file_is_made_harmless_and_never_served_to_be_run(sender: Sender) -> None:
    for name, make, shown, gone in MADE_HARMLESS:
        EvidenceFile.objects.all().delete()
        assert sender.send(name, make()).status_code == 302, name
        check_all()
        row = EvidenceFile.objects.get()
        assert (row.original_name, row.status) == (shown, "clean")
        response = sender.opened(row)
        content = b"".join(response.streaming_content)
        assert gone not in content, name
        assert response["Content-Disposition"].startswith("attachment; ")
        assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "<img src=x" not in sender.client.get(f"/activities/{row.entry_id}/").text
