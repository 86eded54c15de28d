"""What holds for every file: names, sizes, and extensions that lie."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.uploads import samples
from tests.uploads.checking import MEGABYTE, checked, refusal, unchecked_name
from uploads.checks import check_upload
from uploads.kinds import ALLOWED_EXTENSIONS, UploadRejected


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
