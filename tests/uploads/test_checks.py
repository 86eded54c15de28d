import hashlib
import os
from io import BytesIO
from pathlib import Path
from uuid import UUID
from zipfile import ZIP_BZIP2, ZIP_LZMA

import pikepdf
import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.functional import Promise
from PIL import Image

from tests.uploads import samples
from uploads.checks import ALLOWED_EXTENSIONS, CheckedUpload, UploadRejected, check_upload
from uploads.storage import private_storage, storage_name

MEGABYTE = 1024 * 1024


def checked(name: str, content: bytes) -> CheckedUpload:
    return check_upload(SimpleUploadedFile(name, content))


def refusal(name: str, content: bytes) -> str:
    """The code of the refusal, after seeing that its message can be translated and that nothing in it is left open."""
    with pytest.raises(UploadRejected) as refused:
        checked(name, content)
    error = refused.value
    (message,) = error.messages
    assert isinstance(error.message, Promise)
    assert "%(" not in message
    return str(error.code)


def unchecked_name(name: str, content: bytes) -> UploadedFile:
    """An upload whose name Django has not shortened to its last part."""
    upload = SimpleUploadedFile("x", content)
    upload._name = name
    return upload


# Good files


def test_allowed_extensions_are_exactly_those_of_the_samples():
    assert list(ALLOWED_EXTENSIONS) == list(samples.good_files())


@pytest.mark.parametrize(
    ("extension", "content_type"),
    [
        ("jpg", "image/jpeg"),
        ("jpeg", "image/jpeg"),
        ("png", "image/png"),
        ("webp", "image/webp"),
        ("pdf", "application/pdf"),
        ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        ("odt", "application/vnd.oasis.opendocument.text"),
        ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
        ("odp", "application/vnd.oasis.opendocument.presentation"),
        ("txt", "text/plain"),
        ("md", "text/markdown"),
        ("csv", "text/csv"),
    ],
)
def test_check_upload_good_file_of_each_type(extension, content_type):
    sent = samples.good_files()[extension]
    upload = checked(f"Mój plik.{extension.upper()}", sent)

    is_image = content_type.startswith("image/")
    assert upload.original_name == f"Mój plik.{extension}"
    assert (upload.extension, upload.content_type, upload.is_image) == (extension, content_type, is_image)
    assert upload.size == len(upload.content)
    assert upload.sha256 == hashlib.sha256(upload.content).hexdigest()
    assert is_image or upload.content == sent


def test_check_upload_file_read_before_is_read_from_its_start():
    upload = SimpleUploadedFile("a.txt", b"all of it")
    upload.read(4)
    assert check_upload(upload).content == b"all of it"


# Names


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../x.txt", "x.txt"),
        ("..\\..\\x.txt", "x.txt"),
        ("C:\\Users\\ana\\x.txt", "x.txt"),
        ("/etc/cron.d/x.txt", "x.txt"),
        ("a\0b.txt", "ab.txt"),
        ("a\r\nSet-Cookie: b.txt", "aSet-Cookie: b.txt"),
        ("invoice\u202etxt.gpj.txt", "invoicetxt.gpj.txt"),
        ("\u2066a\u200b\ufeff.txt", "a.txt"),
        ("a\ud800\ue000\u0378.txt", "a.txt"),
        ("a\u2028b\u2029c.txt", "a b c.txt"),
        ("  .a   b .txt. ", "a b .txt"),
        ("Zaz\u0307o\u0301łc\u0301.txt", "Zażółć.txt"),
    ],
)
def test_check_upload_name_is_cleaned_for_display(sent, shown):
    assert check_upload(unchecked_name(sent, b"text")).original_name == shown


def test_check_upload_name_too_long_keeps_its_extension():
    assert check_upload(unchecked_name("ż" * 300 + ".txt", b"text")).original_name == "ż" * 146 + ".txt"


@pytest.mark.parametrize("name", ["", "..", "\u202e", " . ", "folder/", None])
def test_check_upload_name_with_nothing_left_is_refused(name):
    with pytest.raises(UploadRejected) as refused:
        check_upload(unchecked_name(name, b"text"))
    assert refused.value.code == "name"


@pytest.mark.parametrize(
    "name", ["a.svg", "a.html", "a.zip", "a.docm", "a.gif", "a.mp4", "a.txt.exe", "a", "txt", "a.png\0.exe"]
)
def test_check_upload_type_not_on_the_list_is_refused(name):
    with pytest.raises(UploadRejected) as refused:
        check_upload(unchecked_name(name, samples.picture("PNG")))
    assert refused.value.code == "type_not_allowed"
    types = "jpg, jpeg, png, webp, pdf, docx, xlsx, pptx, odt, ods, odp, txt, md, csv"
    assert refused.value.messages == [f"Files of this type are not accepted. Accepted types: {types}."]


# Sizes


@pytest.mark.parametrize("extension", ALLOWED_EXTENSIONS)
def test_check_upload_empty_file_is_refused(extension):
    assert refusal(f"a.{extension}", b"") == "empty"


@pytest.mark.parametrize(
    ("extension", "limit"), [("png", 15), ("jpg", 15), ("pdf", 25), ("odt", 25), ("csv", 2)]
)
def test_check_upload_one_byte_over_the_limit_is_refused(extension, limit):
    with pytest.raises(UploadRejected) as refused:
        checked(f"a.{extension}", b"a" * (limit * MEGABYTE + 1))
    assert refused.value.code == "too_large"
    assert refused.value.messages == [
        f"The file is too large: a .{extension} file may have up to {limit} MB."
    ]


def test_check_upload_text_at_the_limit_passes():
    assert checked("a.txt", b"a" * (2 * MEGABYTE)).size == 2 * MEGABYTE


# The extension lies


@pytest.mark.parametrize("extension", [e for e in ALLOWED_EXTENSIONS if e not in ("txt", "md", "csv")])
@pytest.mark.parametrize(
    "truth", ["jpg", "png", "webp", "pdf", "docx", "xlsx", "pptx", "odt", "ods", "odp", "txt"]
)
def test_check_upload_content_of_another_type_is_refused(extension, truth):
    sent = samples.good_files()[truth]
    if {extension, truth} <= {"jpg", "jpeg"} or extension == truth:
        assert checked(f"a.{extension}", sent).extension == extension
    else:
        assert refusal(f"a.{extension}", sent) == "type_mismatch"


@pytest.mark.parametrize("truth", [e for e in ALLOWED_EXTENSIONS if e not in ("txt", "md", "csv")])
@pytest.mark.parametrize("extension", ["txt", "md", "csv"])
def test_check_upload_binary_called_text_is_refused(extension, truth):
    assert refusal(f"a.{extension}", samples.good_files()[truth]) == "type_mismatch"


@pytest.mark.parametrize("form", ["GIF", "BMP", "TIFF", "ICO"])
def test_check_upload_other_picture_called_png_is_refused(form):
    assert refusal("a.png", samples.picture(form)) == "type_mismatch"


def test_check_upload_plain_zip_called_docx_is_refused():
    assert refusal("a.docx", samples.archive({"a.txt": b"hello"})) == "type_mismatch"


def test_check_upload_zip_with_a_main_folder_and_nothing_else_is_refused():
    assert refusal("a.docx", samples.archive({"word/document.xml": b"<a/>"})) == "damaged"


def test_check_upload_docx_whose_declared_main_part_is_missing_is_refused():
    parts = samples.ooxml_parts("docx")
    del parts["word/document.xml"], parts["word/_rels/document.xml.rels"]
    assert refusal("a.docx", samples.archive(parts)) == "type_mismatch"


def test_check_upload_docx_declared_as_a_template_is_refused():
    template = samples.OOXML + "wordprocessingml.template.main+xml"
    assert refusal("a.docx", samples.ooxml("docx", main_type=template)) == "type_mismatch"


def test_check_upload_odt_declared_as_a_template_is_refused():
    assert refusal("a.odt", samples.odf("odt", declared=samples.ODF + "text-template")) == "type_mismatch"


# Pictures


def test_check_upload_photo_loses_metadata_and_stands_upright():
    sent = samples.picture("JPEG", (40, 20), exif=samples.exif(orientation=6), comment=b"secret", quality=95)
    assert b"SecretCamera" in sent
    assert dict(Image.open(BytesIO(sent)).getexif().get_ifd(0x8825)) != {}

    upload = checked("photo.jpg", sent)

    picture = Image.open(BytesIO(upload.content))
    assert (picture.format, picture.size, dict(picture.getexif())) == ("JPEG", (20, 40), {})
    assert dict(picture.getexif().get_ifd(0x8825)) == {}
    assert {"exif", "comment", "icc_profile"} & set(picture.info) == set()
    assert (b"SecretCamera" in upload.content, b"secret" in upload.content) == (False, False)
    top, bottom = picture.getpixel((10, 5)), picture.getpixel((10, 35))
    assert (top[0] > 200, top[2] < 50, bottom[0] < 50, bottom[2] > 200) == (True, True, True, True)


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_check_upload_drawn_picture_loses_metadata_and_stands_upright(form):
    extras = {"exif": samples.exif(orientation=3), "icc_profile": b"secret profile"}
    if form == "WEBP":
        extras["xmp"] = b"<x:xmpmeta>secret</x:xmpmeta>"
    sent = samples.picture(form, **extras)
    assert (b"SecretCamera" in sent, b"EXIF" in sent or b"eXIf" in sent) == (True, True)

    upload = checked(f"a.{form.lower()}", sent)

    picture = Image.open(BytesIO(upload.content))
    assert (dict(picture.getexif()), b"SecretCamera" in upload.content) == ({}, False)
    assert {"exif", "xmp", "icc_profile"} & set(picture.info) == set()
    left = picture.convert("RGB").getpixel((5, 10))
    assert (left[0] < 50, left[2] > 200) == (True, True)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_check_upload_png_keeps_its_pixels(mode):
    image = Image.new(mode, (4, 4), 1)
    sent = samples.saved(image, "PNG")
    picture = Image.open(BytesIO(checked("a.png", sent).content))
    assert (picture.mode, picture.tobytes()) == (mode, Image.open(BytesIO(sent)).tobytes())


def test_check_upload_png_keeps_its_transparent_colour():
    sent = samples.saved(Image.new("P", (4, 4), 0), "PNG", transparency=0)
    picture = Image.open(BytesIO(checked("a.png", sent).content))
    assert picture.convert("RGBA").getpixel((0, 0))[3] == 0


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_check_upload_jpeg_in_grey_or_print_colours_passes(mode):
    picture = Image.open(BytesIO(checked("a.jpg", samples.picture("JPEG", mode=mode)).content))
    assert picture.mode == {"L": "L", "CMYK": "RGB"}[mode]


def test_check_upload_photo_with_depth_map_keeps_the_photo_only():
    sent = samples.photo_with_depth_map()
    assert Image.open(BytesIO(sent)).n_frames == 2
    picture = Image.open(BytesIO(checked("a.jpg", sent).content))
    assert (picture.format, picture.size, picture.getpixel((5, 5))[0] > 200) == ("JPEG", (40, 20), True)


@pytest.mark.parametrize(("form", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png"), ("WEBP", "a.webp")])
def test_check_upload_page_hidden_behind_a_picture_is_gone(form, name):
    upload = checked(name, samples.picture(form) + b"<html><script>alert(1)</script></html>")
    assert b"script" not in upload.content


@pytest.mark.parametrize(("form", "name"), [("PNG", "a.png"), ("WEBP", "a.webp")])
def test_check_upload_moving_picture_is_refused(form, name):
    assert refusal(name, samples.moving_picture(form)) == "animated"


@pytest.mark.parametrize(("form", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png"), ("WEBP", "a.webp")])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_check_upload_truncated_picture_is_refused(form, name, share):
    noise = Image.effect_noise((200, 200), 80).convert("RGB")
    sent = samples.saved(noise, form)
    assert refusal(name, sent[: int(len(sent) * share)]) == "damaged"


def test_check_upload_png_with_a_wrong_checksum_is_refused():
    sent = samples.picture("PNG")
    at = sent.index(b"IEND") - 8  # the sum of the pixels
    assert refusal("a.png", sent[:at] + b"\0\0\0\0" + sent[at + 4 :]) == "damaged"


@pytest.mark.parametrize(
    ("width", "height"),
    [(10_000, 5_000), (10_000, 10_000), (20_000, 20_000)],  # Pillow itself is silent, warns, raises
)
def test_check_upload_picture_with_too_many_pixels_is_refused_by_its_header(width, height):
    assert refusal("a.png", samples.png_header(width, height)) == "too_many_pixels"


def test_check_upload_picture_at_the_limit_of_pixels_is_decoded():
    assert refusal("a.png", samples.png_header(8_000, 5_000)) == "damaged"


def test_check_upload_jpeg_of_very_many_scans_is_refused():
    sent = samples.picture("JPEG", progressive=True)
    scan = sent[sent.index(b"\xff\xda") : -2]
    assert checked("a.jpg", sent).size > 0
    assert refusal("a.jpg", sent[:-2] + scan * 100 + sent[-2:]) == "bomb"


# PDF


@pytest.mark.parametrize("user", ["", "secret"])
def test_check_upload_encrypted_pdf_is_refused(user):
    sent = samples.pdf(encryption=pikepdf.Encryption(owner="owner", user=user))
    assert refusal("a.pdf", sent) == "encrypted"


@pytest.mark.parametrize(
    "catalogue",
    [
        {"/OpenAction": samples.script_action()},
        {"/AA": pikepdf.Dictionary(WC=samples.script_action())},
        {"/Names": pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=pikepdf.Array()))},
        {"/OpenAction": pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")},
        {"/AcroForm": pikepdf.Dictionary(XFA=pikepdf.Array())},
        {"/Extra": pikepdf.Array([pikepdf.Array([pikepdf.Dictionary(JS="x")])])},
    ],
)
@pytest.mark.parametrize("mode", [pikepdf.ObjectStreamMode.disable, pikepdf.ObjectStreamMode.generate])
def test_check_upload_pdf_with_active_content_in_its_catalogue_is_refused(catalogue, mode):
    assert refusal("a.pdf", samples.pdf(catalogue=catalogue, object_stream_mode=mode)) == "active_content"


@pytest.mark.parametrize(
    "annotation",
    [
        {"/Subtype": pikepdf.Name.Link, "/A": samples.script_action()},
        {"/Subtype": pikepdf.Name.RichMedia},
        {"/Subtype": pikepdf.Name.FileAttachment},
    ],
)
def test_check_upload_pdf_with_active_content_on_a_page_is_refused(annotation):
    assert refusal("a.pdf", samples.pdf(annotation=annotation)) == "active_content"


def test_check_upload_pdf_with_attached_file_is_refused():
    assert refusal("a.pdf", samples.pdf_with_attachment()) == "active_content"


def test_check_upload_pdf_with_a_file_outside_its_attachments_is_refused():
    assert refusal("a.pdf", samples.pdf_with_stray_file()) == "active_content"


def test_check_upload_pdf_with_escaped_name_of_a_script_is_refused():
    sent = samples.pdf(catalogue={"/OpenAction": samples.script_action()})
    escaped = sent.replace(b"/JavaScript", b"/J#61vaScri").replace(b"/JS", b"/J#")  # same length, other names
    assert sent != escaped
    assert checked("a.pdf", escaped).size == len(sent)
    hidden = samples.pdf(catalogue={"/OpenAction": pikepdf.Dictionary({"/S": pikepdf.Name("/JavaScript")})})
    assert refusal("a.pdf", hidden.replace(b"/S /JavaScript ", b"/S /J#61vaScript")) == "active_content"


@pytest.mark.parametrize(
    "catalogue",
    [
        {"/Note": "HTML/CSS/JavaScript (/JS) \\(/Launch\\) and /EmbeddedFiles"},
        {"/Note": "nested ( (/JavaScript ) /JS )"},
        {"/JSON": "x", "/Launcher": pikepdf.Name("/JavaScripts")},
        {"/OpenAction": pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.org/JavaScript")},
    ],
)
def test_check_upload_pdf_that_only_speaks_of_scripts_passes(catalogue):
    sent = samples.pdf(catalogue=catalogue)
    assert checked("a.pdf", sent).content == sent


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_check_upload_truncated_pdf_is_refused(share):
    sent = samples.pdf()
    assert refusal("a.pdf", sent[: int(len(sent) * share)]) == "damaged"


def test_check_upload_pdf_without_pages_is_refused():
    file = BytesIO()
    pikepdf.new().save(file)
    assert refusal("a.pdf", file.getvalue()) == "damaged"


def test_check_upload_pdf_that_unpacks_without_end_is_refused():
    assert checked("a.pdf", samples.pdf_bomb(1000)).extension == "pdf"
    assert refusal("a.pdf", samples.pdf_bomb(5 * MEGABYTE)) == "damaged"


# Office documents


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


# Text


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


# Storage

KEY = UUID("abcdef00-1111-2222-3333-444444444444")


def test_storage_name_has_two_levels():
    assert storage_name(KEY, "jpg") == "ab/abcdef00111122223333444444444444.jpg"


@pytest.mark.parametrize("extension", ["exe", "", "../x", "JPG"])
def test_storage_name_of_a_type_that_is_not_allowed_is_an_error(extension):
    with pytest.raises(ValueError, match="not an allowed extension"):
        storage_name(KEY, extension)


def test_private_storage_keeps_files_for_this_user_only(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    saved = private_storage().save(storage_name(KEY, "txt"), ContentFile(b"text"))

    path = tmp_path / "media" / saved
    assert path.read_bytes() == b"text"
    assert [place.stat().st_mode & 0o777 for place in (path, path.parent, path.parent.parent)] == [
        0o600,
        0o700,
        0o700,
    ]


def test_private_storage_has_no_addresses(settings, tmp_path):
    settings.MEDIA_ROOT, settings.MEDIA_URL = tmp_path, "/media/"
    with pytest.raises(ValueError, match="not accessible via a URL"):
        private_storage().url("ab/abc.txt")


def test_private_storage_save_waits_for_the_disk(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    synced = {}
    fsync = os.fsync

    def recorded(descriptor: int) -> None:
        place = Path(f"/proc/self/fd/{descriptor}").readlink()
        synced[place] = place.stat().st_size if place.is_file() else None
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", recorded)
    saved = private_storage().save("ab/abc.txt", ContentFile(b"text"))
    assert synced == {tmp_path / saved: 4, tmp_path / "ab": None, tmp_path: None}
