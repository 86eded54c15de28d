"""Text becomes UTF-8; what only calls itself text is refused."""

import pytest

from tests.uploads.checking import checked, refusal


@pytest.mark.parametrize(
    "text", ["Dzień;Godziny\r\nśroda;3;Książka przyjęć\r\n", "Żółw – łańcuch dostaw i źródła"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1250", "iso8859_2"])
def test_check_upload_polish_text_becomes_utf_8(encoding, text):
    text = text if encoding != "iso8859_2" else text.replace("–", "-")
    assert checked("a.csv", text.encode(encoding)).content == text.encode()


@pytest.mark.parametrize(
    "text", ["Día,Horas\r\nmiércoles,3,formación en diseño\r\n", "Año", "¿Qué aprendí? – Mucho"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_check_upload_spanish_text_becomes_utf_8(encoding, text):
    assert checked("a.csv", text.encode(encoding)).content == text.encode()


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_check_upload_text_in_either_byte_order_becomes_utf_8(mark):
    encoding = "utf-16-le" if mark == b"\xff\xfe" else "utf-16-be"
    assert checked("a.txt", mark + "źdźbło".encode(encoding)).content == "źdźbło".encode()


@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE html><p>hi",
        b"<html><script>alert(1)</script>",
        b"\xef\xbb\xbf \r\n\t<HTML>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<?xml version='1.0'?>\n<!-- a --><!-- b -->\n<svg/>",
        b"<script>alert(1)</script>",
        "\ufeff<script>".encode("utf-16-le"),
        b"{\\rtf1\\ansi hello}",
        b"%PDF-1.4 hello",
        b"hello\0world",
        b"hello \x1b[31mworld",
    ],
)
@pytest.mark.parametrize("extension", ["txt", "md", "csv"])
def test_check_upload_page_or_program_called_text_is_refused(extension, content):
    assert refusal(f"a.{extension}", content) == "type_mismatch"


@pytest.mark.parametrize(
    "content", [b"BM is not a bitmap", b"MZ is not a program", b"a <script> in a note", b"<b>x"]
)
def test_check_upload_text_that_only_resembles_something_passes(content):
    assert checked("a.md", content).content == content


@pytest.mark.parametrize("content", [b"\xff\xfe\x00\xd8", b"\xff\xfeabc", b"a\x81\x83\x90"])
def test_check_upload_text_that_cannot_be_decoded_is_refused(content):
    assert refusal("a.txt", content) == "encoding"


def test_check_upload_text_of_comments_without_end_is_quick():
    assert checked("a.txt", b"<!--a-->" * 100_000 + b"<p>").size == 800_003
