"""PDF files: nothing in them may run or carry anything."""

from io import BytesIO

import pikepdf
import pytest

from tests.uploads import samples
from tests.uploads.checking import MEGABYTE, checked, refusal


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
