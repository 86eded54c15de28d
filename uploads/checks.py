"""Checking files that people send: the extension, the first bytes and a parser must agree.

Pictures are decoded and written anew, text becomes UTF-8, documents are kept byte for byte or refused.
Every check works in memory, on 25 MB at most, and believes nothing that the browser says. It runs in a process of
its own (uploads.sandbox): a parser that hostile bytes lead astray takes nothing else with it.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from itertools import count
from operator import itemgetter
from typing import IO, TYPE_CHECKING, Any
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pikepdf
import pikepdf.settings
from PIL import Image, ImageOps

from uploads.kinds import CONTENT_TYPES, MAX_MEGAPIXELS, MEGABYTE, ODF, UploadRejected, family_of, rejection
from uploads.receiving import HEAD_BYTES, OLE_MAGIC, OTHER_TYPE, check_head, receive_upload

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

MAX_JPEG_SCANS = 100  # a photo has 1 to 12; each further one costs a pass over all pixels
THUMBNAIL_PIXELS = 320  # the longer side
CHUNK_BYTES = 4 * MEGABYTE
MAX_ZIP_ENTRIES = 2_000
MAX_ZIP_BYTES, MAX_ZIP_RATIO = 200 * MEGABYTE, 200  # unpacked
MAX_XML_ELEMENTS = 2_000_000  # looked at one by one, about 3 s
# qpdf unpacks some streams when it opens a file. Process-wide; a real one holds a few hundred objects.
pikepdf.settings.set_qpdf_limits(flate_max_memory=4 * MEGABYTE, run_length_max_memory=4 * MEGABYTE)


@dataclass(frozen=True)
class CheckedContent:
    """What to store of a file that passed: `content` may differ from what was sent; `thumbnail` is a small WebP."""

    content: bytes
    thumbnail: bytes = b""


@dataclass(frozen=True)
class CheckedUpload:
    """A file that passed in one go: `content` is what to store; `size` (bytes) and `sha256` (hex) belong to it."""

    content: bytes
    original_name: str  # for display only, never a path on disk
    extension: str  # lower case, without the dot
    content_type: str
    size: int
    sha256: str
    is_image: bool
    thumbnail: bytes = b""


# At 40 megapixels PNG's `optimize` took 42 s and WebP's default method 16 s; these take 4 s and 2 s.
_WRITING = {"JPEG": {"quality": 88}, "PNG": {"compress_level": 3}, "WEBP": {"quality": 88, "method": 2}}


def _check_image(content: bytes, extension: str) -> CheckedContent:
    """Return the picture written anew: turned upright, pixels only, no metadata and nothing after its end."""
    form = CONTENT_TYPES[extension].removeprefix("image/").upper()
    if form == "JPEG" and content.count(b"\xff\xda") > MAX_JPEG_SCANS:
        raise rejection("bomb")
    try:
        with Image.open(BytesIO(content), formats=[form]) as header:
            if header.width * header.height > MAX_MEGAPIXELS * 1_000_000:
                raise rejection("too_many_pixels", limit=MAX_MEGAPIXELS)
            # A JPEG with several frames is a phone's photo with its depth map: the first frame is the photo.
            if form != "JPEG" and getattr(header, "is_animated", False):
                raise rejection("animated")
            header.verify()
        with Image.open(BytesIO(content), formats=[form]) as picture:
            return _write_image(picture, form)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise rejection("too_many_pixels", limit=MAX_MEGAPIXELS) from error


def _write_image(picture: Image.Image, form: str) -> CheckedContent:
    ImageOps.exif_transpose(picture, in_place=True)  # a copy of 40 megapixels would be 160 MB more
    if form == "JPEG" and picture.mode not in ("L", "RGB"):
        picture = picture.convert("RGB")
    # Writers copy comments and profiles out of `info`; only the transparent colour belongs to the pixels.
    picture.info = {key: value for key, value in picture.info.items() if key == "transparency"}
    written = BytesIO()
    picture.save(written, form, **_WRITING[form])
    return CheckedContent(written.getvalue(), _thumbnail(picture))


def _thumbnail(picture: Image.Image) -> bytes:
    """A small WebP of the picture, which is made small itself: another of 40 megapixels would not fit beside it."""
    picture.thumbnail((THUMBNAIL_PIXELS, THUMBNAIL_PIXELS))
    if picture.mode.startswith("I"):  # 16 bits of grey; a plain conversion would cut off all but the darkest
        picture = picture.convert("I").point(lambda grey: grey / 256).convert("L")
    picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    picture.info = {}
    written = BytesIO()
    picture.save(written, "WEBP", quality=80)
    return written.getvalue()


_PDF_STRING = re.compile(rb"(?s)\((?:[^\\)]|\\.)*\)")
_PDF_ACTIVE = re.compile(
    rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|FileAttachment|RichMedia|XFA)(?![^\s/<>[\]()])"
)


def _check_pdf(content: bytes, extension: str) -> bytes:
    """Return the PDF as it is, if it opens without repair and no object in it can run or carry anything."""
    try:
        # Repair would show us one reading of the file and the reader's program another.
        pdf = pikepdf.open(BytesIO(content), attempt_recovery=False)
    except pikepdf.PasswordError as error:
        raise rejection("encrypted") from error
    with pdf:
        if pdf.is_encrypted:
            raise rejection("encrypted")
        if len(pdf.pages) == 0:
            raise rejection("damaged")
        # All objects, not only those that the catalogue leads to: programs differ in what they reach.
        for item in pdf.objects:
            written = (item.stream_dict if isinstance(item, pikepdf.Stream) else item).unparse(resolved=True)
            # The words may stand in a title: only names count, and they are written without escapes here.
            if _PDF_ACTIVE.search(written) and (found := _PDF_ACTIVE.search(_PDF_STRING.sub(b"", written))):
                raise rejection("active_content", found=found[0].decode())
    return content


_OLE_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_UNSAFE_PATH = re.compile(r"(?i)^/|^[a-z]:|[\\\0]|(?:^|/)\.\.(?:/|$)")
_MACRO_PART = re.compile(r"(?i)^(?:basic|scripts)/|(?:^|/)(?:vbaproject[^/]*\.bin|vbadata\.xml|macrosheets/)")
_ACTIVE_PART = re.compile(r"(?i)/activex/|/embeddings/(?![^/]*\.(?:docx|xlsx|pptx)$)")
_TELLING_PART = re.compile(r"(?i)(?:^|/)(?:\[content_types\]|manifest|content|styles)\.xml$|\.rels$")
_MACRO_TYPE = re.compile("(?i)macroenabled|vbaproject")
_MAIN_FOLDERS = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/"}
_LINKED = re.compile(r"(?i)/(?:oleObject|package|control|frame|subDocument|attachedTemplate)$")
_OWN_TEMPLATE = re.compile(r"(?i)file:///(?![\\/])|[a-z]:[\\/]|[^:\\/][^:]*$")  # Word notes where it lay
_ODF_OLE = "application/vnd.sun.star.oleobject"
_HREF, _OUTSIDE = "http://www.w3.org/1999/xlink href", re.compile(r"/|\.\./|\w+:")


def _check_office(content: bytes, extension: str) -> bytes:
    """Return the document as it is, if its main part is of the type and no part can run or fetch anything."""
    declared = CONTENT_TYPES[extension].encode()
    elements = count(1)
    with _open_archive(content) as archive:
        # The manifest first: it says whether the other parts are encrypted, which would look like damage.
        for entry in sorted(archive.infolist(), key=lambda entry: entry.filename != "META-INF/manifest.xml"):
            if _MACRO_PART.search(entry.filename):
                raise rejection("macros")
            if _ACTIVE_PART.search(entry.filename):
                raise rejection("active_content", found=entry.filename)
            with archive.open(entry) as part:
                _check_part(part, entry.filename, elements)
        names = archive.namelist()
        if declared.startswith(ODF.encode()):
            agrees = "content.xml" in names and archive.read("mimetype") == declared
        else:
            has_main = any(name.startswith(_MAIN_FOLDERS[extension]) for name in names)
            agrees = has_main and declared + b".main+xml" in archive.read("[Content_Types].xml")
    if not agrees:
        raise rejection("type_mismatch", extension=extension)
    return content


def _open_archive(content: bytes) -> ZipFile:
    # Counted before the directory is read: reading a million entries is the attack.
    if content.count(b"PK\x01\x02") > MAX_ZIP_ENTRIES:
        raise rejection("bomb")
    archive = ZipFile(BytesIO(content))
    entries = archive.infolist()
    if sum(entry.file_size for entry in entries) > min(MAX_ZIP_BYTES, MAX_ZIP_RATIO * len(content)):
        raise rejection("bomb")
    if any(entry.flag_bits & 0x41 for entry in entries):
        raise rejection("encrypted")
    is_odd = any(
        _UNSAFE_PATH.search(entry.orig_filename) or entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED)
        for entry in entries
    )
    if is_odd or len({entry.filename.lower() for entry in entries}) < len(entries):
        raise rejection("damaged")
    return archive


def _check_part(part: IO[bytes], name: str, elements: "count[int]") -> None:
    """Read the part to its end (which checks its sum) and, if it is XML, look at what it declares."""

    def on_doctype(*_details: object) -> None:
        raise rejection("active_content", found="DOCTYPE")

    def on_element(tag: str, attributes: dict[str, str]) -> None:
        if next(elements) > MAX_XML_ELEMENTS:
            raise rejection("bomb")
        _check_element(tag, attributes)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = on_doctype
    if _TELLING_PART.search(name):
        parser.StartElementHandler = on_element
    chunk = part.read(CHUNK_BYTES)
    # Any part may be declared as XML; one of another name that only begins like it (a font) is not faulted.
    is_xml = name.lower().endswith((".xml", ".rels"))
    may_be_xml = is_xml or chunk.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<")
    sent = 0
    while chunk:
        following = part.read(CHUNK_BYTES)
        try:
            if may_be_xml:
                parser.Parse(chunk, not following)
        except expat.ExpatError:
            if is_xml:
                raise
            may_be_xml = False
        sent += len(chunk)
        # Expat reads an unfinished tag or comment from its start again with every chunk: 150 MB took 49 s.
        if may_be_xml and following and sent - parser.CurrentByteIndex > 2 * CHUNK_BYTES:
            raise rejection("bomb")
        chunk = following


def _check_element(tag: str, attributes: dict[str, str]) -> None:
    namespace, _space, local = tag.rpartition(" ")
    if local == "encryption-data":
        raise rejection("encrypted")
    if namespace.endswith(":xmlns:script:1.0") or _MACRO_TYPE.search(attributes.get("ContentType", "")):
        raise rejection("macros")
    kind, target = attributes.get("Type", ""), attributes.get("Target", "")
    is_own_template = kind.endswith("/attachedTemplate") and _OWN_TEMPLATE.match(target)
    is_external = attributes.get("TargetMode", "").lower() == "external"
    if is_external and _LINKED.search(kind) and not is_own_template:
        raise rejection("active_content", found=target)
    is_linked = local in ("object", "object-ole") and _OUTSIDE.match(attributes.get(_HREF, ""))
    if is_linked or local in ("applet", "floating-frame") or _ODF_OLE in attributes.values():
        raise rejection("active_content", found=local)


_POLISH, _SPANISH = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ", "áéíóúüñ¿¡ÁÉÍÓÚÜÑ"
# Libraries that guess encodings read Spanish as Polish: seen in 8 of 11 short texts.
_LEGACY = (("cp1252", _SPANISH), ("cp1250", _POLISH), ("iso8859_2", _POLISH))
_UNREAD = re.compile(r"[\x80-\x9f\ufffd]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def _check_text(content: bytes, extension: str) -> bytes:
    """Return the text as UTF-8 without a byte order mark; what a browser or program would run is refused."""
    is_utf_16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in content and not is_utf_16:
        raise rejection("type_mismatch", extension=extension)
    try:
        text = content.decode("utf-16" if is_utf_16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        text = "" if is_utf_16 else _decode_legacy(content)
        if not text:
            raise rejection("encoding") from error
    if _CONTROL.search(text) or OTHER_TYPE.match(text):
        raise rejection("type_mismatch", extension=extension)
    return text.encode()


def _decode_legacy(content: bytes) -> str:
    """Return the reading with the most letters of its language, or "" if there is none without control codes."""
    readings = []
    for encoding, letters in _LEGACY:
        text = content.decode(encoding, "replace")
        if not _UNREAD.search(text):
            readings.append((sum(map(text.count, letters)), text))
    return max(readings, key=itemgetter(0), default=(0, ""))[1]


_CHECKS: dict[str, Callable[[bytes, str], CheckedContent | bytes]] = {
    "image": _check_image,
    "pdf": _check_pdf,
    "application": _check_office,
    "text": _check_text,
}


def _check_password(sent: bytes, extension: str) -> None:
    # What Word writes for a password is no zip but an older kind of file with an encrypted package in it.
    if sent.startswith(OLE_MAGIC):
        raise (
            rejection("encrypted")
            if _OLE_ENCRYPTED in sent
            else rejection("type_mismatch", extension=extension)
        )


def check_content(sent: bytes, extension: str) -> CheckedContent:
    """Return what to store of the file, or raise `UploadRejected` with the reason and its code."""
    try:
        _check_password(sent, extension)
        check_head(sent[:HEAD_BYTES], extension)
        checked = _CHECKS[family_of(extension)](sent, extension)
    except (UploadRejected, MemoryError):
        raise
    except Exception as error:  # whatever a parser raises on hostile input, a person can act on one answer
        raise rejection("damaged") from error
    return checked if isinstance(checked, CheckedContent) else CheckedContent(checked)


def check_upload(upload: "UploadedFile[Any]") -> CheckedUpload:
    """Return the cleaned file in one go, in this process; raises `UploadRejected`.

    For files of our own making, such as the sample data. What people send goes through uploads.checking.
    """
    received = receive_upload(upload)
    upload.seek(0)
    checked = check_content(upload.read(), received.extension)
    return CheckedUpload(
        content=checked.content,
        original_name=received.original_name,
        extension=received.extension,
        content_type=received.content_type,
        size=len(checked.content),
        sha256=hashlib.sha256(checked.content).hexdigest(),
        is_image=family_of(received.extension) == "image",
        thumbnail=checked.thumbnail,
    )
