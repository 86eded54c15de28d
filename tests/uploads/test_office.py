"""Office documents: no macros, nothing active, no bombs."""

from zipfile import ZIP_BZIP2, ZIP_LZMA

import pytest

from tests.uploads import samples
from tests.uploads.checking import MEGABYTE, checked, refusal


@pytest.mark.parametrize("extension", ["docx", "xlsx", "pptx"])
@pytest.mark.parametrize(
    "part", ["vbaProject.bin", "vbaProjectSignature.bin", "VBAData.xml", "macrosheets/sheet1.xml"]
)
def test_check_upload_document_with_a_macro_part_is_refused(extension, part):
    folder = samples.MAIN_PARTS[extension][0].partition("/")[0]
    assert refusal(f"a.{extension}", samples.ooxml(extension, {f"{folder}/{part}": b"<a/>"})) == "macros"


def test_check_upload_macro_document_called_docx_is_refused():
    main_type = "application/vnd.ms-word.document.macroEnabled.main+xml"
    assert refusal("a.docx", samples.ooxml("docx", main_type=main_type)) == "macros"


def test_check_upload_docx_with_macros_under_another_name_is_refused():
    override = '<Override PartName="/word/a.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
    assert refusal("a.docx", samples.ooxml("docx", {"word/a.bin": b"x"}, overrides=override)) == "macros"


@pytest.mark.parametrize(
    "part", ["word/activeX/activeX1.xml", "word/embeddings/oleObject1.bin", "word/embeddings/run.exe"]
)
def test_check_upload_docx_with_an_active_part_is_refused(part):
    assert refusal("a.docx", samples.ooxml("docx", {part: b"<a/>"})) == "active_content"


def test_check_upload_pptx_with_the_sheet_of_a_chart_passes():
    relation = samples.relation("package", "embeddings/Sheet1.xlsx", mode="Internal")
    sent = samples.ooxml("pptx", {"ppt/embeddings/Sheet1.xlsx": samples.ooxml("xlsx")}, relations=relation)
    assert checked("a.pptx", sent).content == sent


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("oleObject", "http://example.org/a.docx"),
        ("oleObject", "file:///C:/a.docx"),
        ("frame", "http://example.org/"),
        ("subDocument", "http://example.org/a.docx"),
        ("attachedTemplate", "http://example.org/a.dotm"),
        ("attachedTemplate", "\\\\example.org\\share\\a.dotm"),
        ("attachedTemplate", "file:///\\\\example.org\\a.dotm"),
        ("attachedTemplate", "//example.org/a.dotm"),
    ],
)
def test_check_upload_docx_linked_to_an_outside_part_is_refused(kind, target):
    assert (
        refusal("a.docx", samples.ooxml("docx", relations=samples.relation(kind, target))) == "active_content"
    )


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("hyperlink", "https://example.org/"),
        ("image", "https://example.org/a.png"),
        ("attachedTemplate", "file:///C:\\Users\\ana\\Templates\\a.dotx"),
        ("attachedTemplate", "C:\\Templates\\a.dotx"),
        ("attachedTemplate", "Normal.dotm"),
    ],
)
def test_check_upload_docx_with_a_harmless_link_passes(kind, target):
    assert (
        checked("a.docx", samples.ooxml("docx", relations=samples.relation(kind, target))).extension == "docx"
    )


DTD = '<?xml version="1.0"{}?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'


@pytest.mark.parametrize("name", ["word/document.xml", "word/x.bin", "word/media/a.svg"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_check_upload_docx_with_a_document_type_in_a_part_is_refused(name, encoding):
    part = DTD.format(f' encoding="{encoding}"').encode(encoding)
    assert refusal("a.docx", samples.ooxml("docx", {name: part})) == "active_content"


def test_check_upload_docx_that_begins_with_another_part_passes():
    sent = samples.archive({"customXml/item1.xml": b"<a/>"} | samples.ooxml_parts("docx"))
    assert checked("a.docx", sent).content == sent


def test_check_upload_docx_with_parts_that_only_begin_like_xml_passes():
    sent = samples.ooxml("docx", {"word/fonts/font1.odttf": b"<\x01\x02\x03", "word/a.vml": b"<v><br></v>"})
    assert checked("a.docx", sent).content == sent


def test_check_upload_docx_with_broken_xml_is_refused():
    assert refusal("a.docx", samples.ooxml("docx", {"word/styles.xml": b"<a><b></a>"})) == "damaged"


def test_check_upload_docx_protected_by_password_is_refused():
    assert refusal("a.docx", samples.password_protected_docx()) == "encrypted"


@pytest.mark.parametrize("flag", [0x1, 0x40])
def test_check_upload_docx_with_encrypted_parts_is_refused(flag):
    assert refusal("a.docx", samples.with_flag(samples.ooxml("docx"), flag)) == "encrypted"


@pytest.mark.parametrize(
    "new", ["../../abc.png", "/word/abc.png", "word\\abc1.png", "C:/wrd/ab.png", "word/ab\0c.png"]
)
def test_check_upload_docx_with_an_unsafe_path_is_refused(new):
    sent = samples.ooxml("docx", {"word/abc1.png": b"x"})
    assert (
        refusal("a.docx", samples.with_renamed_part(sent, "word/abc1.png", new.ljust(13, "x")[:13]))
        == "damaged"
    )


def test_check_upload_docx_with_the_same_part_twice_is_refused():
    sent = samples.ooxml("docx", {"word/abc1.png": b"x", "word/abc2.png": b"y"})
    assert checked("a.docx", sent).extension == "docx"
    assert refusal("a.docx", samples.with_renamed_part(sent, "word/abc2.png", "Word/ABC1.png")) == "damaged"


@pytest.mark.parametrize("method", [ZIP_BZIP2, ZIP_LZMA])
def test_check_upload_docx_packed_in_an_unusual_way_is_refused(method):
    assert refusal("a.docx", samples.archive(samples.ooxml_parts("docx"), method=method)) == "damaged"


def test_check_upload_docx_with_a_wrong_checksum_is_refused():
    sent = samples.archive(samples.ooxml_parts("docx") | {"word/a.png": b"pixels"}, stored=("word/a.png",))
    assert refusal("a.docx", sent.replace(b"pixels", b"PIXELS")) == "damaged"


@pytest.mark.parametrize("share", [0.5, 0.95])
def test_check_upload_truncated_docx_is_refused(share):
    sent = samples.ooxml("docx")
    assert refusal("a.docx", sent[: int(len(sent) * share)]) == "damaged"


def test_check_upload_docx_that_unpacks_to_hundreds_of_times_its_size_is_refused():
    assert refusal("a.docx", samples.ooxml("docx", {"word/a.bin": b"\0" * (2 * MEGABYTE)})) == "bomb"


def test_check_upload_docx_that_declares_more_than_the_limit_unpacked_is_refused():
    sent = samples.archive(
        samples.ooxml_parts("docx") | {"word/a.png": bytes(2 * MEGABYTE)}, stored=("word/a.png",)
    )
    assert checked("a.docx", sent).extension == "docx"
    assert refusal("a.docx", samples.with_declared_size(sent, 201 * MEGABYTE)) == "bomb"


def test_check_upload_docx_with_too_many_parts_is_refused():
    parts = samples.ooxml_parts("docx")
    names = [f"word/media/{number}.txt" for number in range(2_000 - len(parts))]
    assert checked("a.docx", samples.archive(parts | dict.fromkeys(names, b""))).extension == "docx"
    assert refusal("a.docx", samples.archive(parts | dict.fromkeys([*names, "word/one_more"], b""))) == "bomb"


def test_check_upload_document_with_too_many_elements_is_refused(monkeypatch):
    monkeypatch.setattr("uploads.checks.MAX_XML_ELEMENTS", 100)
    assert checked("a.odt", samples.odf("odt", inside="<a/>" * 98)).extension == "odt"
    assert refusal("a.odt", samples.odf("odt", inside="<a/>" * 99)) == "bomb"


def test_check_upload_docx_with_a_tag_as_long_as_a_file_is_refused(monkeypatch):
    monkeypatch.setattr("uploads.checks.CHUNK_BYTES", 1_000)
    text = b"<a>" + b"x" * 10_000 + b"</a>"
    assert checked("a.docx", samples.ooxml("docx", {"word/b.xml": text})).extension == "docx"
    tag = b"<a b='" + b"x" * 10_000 + b"'/>"
    assert refusal("a.docx", samples.ooxml("docx", {"word/b.xml": tag})) == "bomb"


@pytest.mark.parametrize("part", ["Basic/Standard/Module1.xml", "Scripts/python/a.py"])
def test_check_upload_odt_with_a_macro_part_is_refused(part):
    assert refusal("a.odt", samples.odf("odt", {part: b"<a/>"})) == "macros"


def test_check_upload_odt_with_a_script_on_an_event_is_refused():
    listener = '<office:event-listeners><script:event-listener script:language="ooo:script"/></office:event-listeners>'
    assert checked("a.odt", samples.odf("odt", inside="<office:scripts/>")).extension == "odt"
    assert (
        refusal("a.odt", samples.odf("odt", inside=f"<office:scripts>{listener}</office:scripts>"))
        == "macros"
    )


@pytest.mark.parametrize(
    "inside",
    [
        '<draw:object xlink:href="http://example.org/a.odt"/>',
        '<draw:object-ole xlink:href="file:///C:/a.doc"/>',
        '<draw:object xlink:href="../a.odt"/>',
        "<draw:applet/>",
        '<draw:floating-frame xlink:href="http://example.org/"/>',
    ],
)
def test_check_upload_odt_with_an_outside_object_is_refused(inside):
    assert refusal("a.odt", samples.odf("odt", inside=inside)) == "active_content"


def test_check_upload_odt_with_a_chart_of_its_own_passes():
    inside = '<draw:object xlink:href="./Object 1"/><draw:object xlink:href="Object 2"/>'
    assert (
        checked("a.odt", samples.odf("odt", {"Object 1/content.xml": b"<a/>"}, inside=inside)).extension
        == "odt"
    )


def test_check_upload_odt_with_an_ole_object_is_refused():
    entry = '<file-entry full-path="Object 1" media-type="application/vnd.sun.star.oleobject"/>'
    assert refusal("a.odt", samples.odf("odt", {"Object 1": b"x"}, manifest=entry)) == "active_content"


def test_check_upload_encrypted_odt_is_refused():
    sent = samples.odf(
        "odt", {"content.xml": b"\x8f\x01noise"}, manifest="<file-entry><encryption-data/></file-entry>"
    )
    assert refusal("a.odt", sent) == "encrypted"
