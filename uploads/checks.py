"""Checking files that people send: the extension, the first bytes and a parser must agree.

Pictures are decoded and written anew, text becomes UTF-8, documents are kept byte for byte or refused.
Every check works in memory, on 25 MB at most, and believes nothing that the browser says.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from io import BytesIO
from itertools import count
from operator import itemgetter
from typing import IO, Any
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import filetype  # type: ignore[import-untyped, unused-ignore]
import pikepdf
import pikepdf.settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

MEGABYTE = 1024 * 1024
MAX_MEGAPIXELS = 40
MAX_NAME_LENGTH = 150
_UNSEEN_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn"}
MAX_JPEG_SCANS = 100  # a photo has 1 to 12; each further one costs a pass over all pixels
CHUNK_BYTES = 4 * MEGABYTE
MAX_ZIP_ENTRIES = 2_000
MAX_ZIP_BYTES, MAX_ZIP_RATIO = 200 * MEGABYTE, 200  # unpacked
MAX_XML_ELEMENTS = 2_000_000  # looked at one by one, about 3 s
# qpdf unpacks some streams when it opens a file. Process-wide; a real one holds a few hundred objects.
pikepdf.settings.set_qpdf_limits(flate_max_memory=4 * MEGABYTE, run_length_max_memory=4 * MEGABYTE)

_OOXML, _ODF = "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument."
_CONTENT_TYPES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "pdf": "application/pdf",
    "docx": _OOXML + "wordprocessingml.document",
    "xlsx": _OOXML + "spreadsheetml.sheet",
    "pptx": _OOXML + "presentationml.presentation",
    "odt": _ODF + "text",
    "ods": _ODF + "spreadsheet",
    "odp": _ODF + "presentation",
    "txt": "text/plain",
    "md": "text/markdown",
    "csv": "text/csv",
}
ALLOWED_EXTENSIONS = tuple(_CONTENT_TYPES)

_MESSAGES = {
    "name": _("The file has no usable name. Rename it and upload it again."),
    "type_not_allowed": _("Files of this type are not accepted. Accepted types: %(allowed)s."),
    "empty": _("The file is empty."),
    "too_large": _("The file is too large: a .%(extension)s file may have up to %(limit)s MB."),
    "type_mismatch": _("The name of the file ends in .%(extension)s, but its content is of another type."),
    "damaged": _("The file is damaged or incomplete. Save it again and upload the new copy."),
    "too_many_pixels": _(
        "The picture has more than %(limit)s megapixels. Make it smaller and upload it again."
    ),
    "animated": _("Moving pictures are not accepted. Upload a still picture."),
    "encoding": _("The characters of this text file cannot be read. Save it as UTF-8 and upload it again."),
    "encrypted": _("The file is protected by a password. Upload a copy without protection."),
    "macros": _("The document contains macros. Save a copy without macros and upload that one."),
    "active_content": _(
        "The document contains scripts, or attached or linked files (%(found)s). Remove them first."
    ),
    "bomb": _("The file takes far more room or time to open than its size promises and is not accepted."),
}


class UploadRejected(ValidationError):
    """A file that is not taken in; `code` is a key of the messages above, the message tells a person why."""


@dataclass(frozen=True)
class CheckedUpload:
    """A file that passed: `content` is what to store; `size` (bytes) and `sha256` (hex) belong to it."""

    content: bytes
    original_name: str  # for display only, never a path on disk
    extension: str  # lower case, without the dot
    content_type: str
    size: int
    sha256: str
    is_image: bool


def _rejection(code: str, **params: object) -> UploadRejected:
    return UploadRejected(_MESSAGES[code], code=code, params=params)


# At 40 megapixels PNG's `optimize` took 42 s and WebP's default method 16 s; these take 4 s and 2 s.
_WRITING = {"JPEG": {"quality": 88}, "PNG": {"compress_level": 3}, "WEBP": {"quality": 88, "method": 2}}


def _check_image(content: bytes, extension: str) -> bytes:
    """Return the picture written anew: turned upright, pixels only, no metadata and nothing after its end."""
    form = _CONTENT_TYPES[extension].removeprefix("image/").upper()
    if form == "JPEG" and content.count(b"\xff\xda") > MAX_JPEG_SCANS:
        raise _rejection("bomb")
    try:
        with Image.open(BytesIO(content), formats=[form]) as header:
            if header.width * header.height > MAX_MEGAPIXELS * 1_000_000:
                raise _rejection("too_many_pixels", limit=MAX_MEGAPIXELS)
            # A JPEG with several frames is a phone's photo with its depth map: the first frame is the photo.
            if form != "JPEG" and getattr(header, "is_animated", False):
                raise _rejection("animated")
            header.verify()
        with Image.open(BytesIO(content), formats=[form]) as picture:
            return _write_image(picture, form)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _rejection("too_many_pixels", limit=MAX_MEGAPIXELS) from error


def _write_image(picture: Image.Image, form: str) -> bytes:
    ImageOps.exif_transpose(picture, in_place=True)  # a copy of 40 megapixels would be 160 MB more
    if form == "JPEG" and picture.mode not in ("L", "RGB"):
        picture = picture.convert("RGB")
    # Writers copy comments and profiles out of `info`; only the transparent colour belongs to the pixels.
    picture.info = {key: value for key, value in picture.info.items() if key == "transparency"}
    written = BytesIO()
    picture.save(written, form, **_WRITING[form])
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
        raise _rejection("encrypted") from error
    with pdf:
        if pdf.is_encrypted:
            raise _rejection("encrypted")
        if len(pdf.pages) == 0:
            raise _rejection("damaged")
        # All objects, not only those that the catalogue leads to: programs differ in what they reach.
        for item in pdf.objects:
            written = (item.stream_dict if isinstance(item, pikepdf.Stream) else item).unparse(resolved=True)
            # The words may stand in a title: only names count, and they are written without escapes here.
            if _PDF_ACTIVE.search(written) and (found := _PDF_ACTIVE.search(_PDF_STRING.sub(b"", written))):
                raise _rejection("active_content", found=found[0].decode())
    return content


_OLE_MAGIC, _OLE_ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "EncryptedPackage".encode("utf-16-le")
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
    declared = _CONTENT_TYPES[extension].encode()
    elements = count(1)
    with _open_archive(content) as archive:
        # The manifest first: it says whether the other parts are encrypted, which would look like damage.
        for entry in sorted(archive.infolist(), key=lambda entry: entry.filename != "META-INF/manifest.xml"):
            if _MACRO_PART.search(entry.filename):
                raise _rejection("macros")
            if _ACTIVE_PART.search(entry.filename):
                raise _rejection("active_content", found=entry.filename)
            with archive.open(entry) as part:
                _check_part(part, entry.filename, elements)
        names = archive.namelist()
        if declared.startswith(_ODF.encode()):
            agrees = "content.xml" in names and archive.read("mimetype") == declared
        else:
            has_main = any(name.startswith(_MAIN_FOLDERS[extension]) for name in names)
            agrees = has_main and declared + b".main+xml" in archive.read("[Content_Types].xml")
    if not agrees:
        raise _rejection("type_mismatch", extension=extension)
    return content


def _open_archive(content: bytes) -> ZipFile:
    # Counted before the directory is read: reading a million entries is the attack.
    if content.count(b"PK\x01\x02") > MAX_ZIP_ENTRIES:
        raise _rejection("bomb")
    archive = ZipFile(BytesIO(content))
    entries = archive.infolist()
    if sum(entry.file_size for entry in entries) > min(MAX_ZIP_BYTES, MAX_ZIP_RATIO * len(content)):
        raise _rejection("bomb")
    if any(entry.flag_bits & 0x41 for entry in entries):
        raise _rejection("encrypted")
    is_odd = any(
        _UNSAFE_PATH.search(entry.orig_filename) or entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED)
        for entry in entries
    )
    if is_odd or len({entry.filename.lower() for entry in entries}) < len(entries):
        raise _rejection("damaged")
    return archive


def _check_part(part: IO[bytes], name: str, elements: "count[int]") -> None:
    """Read the part to its end (which checks its sum) and, if it is XML, look at what it declares."""

    def on_doctype(*_details: object) -> None:
        raise _rejection("active_content", found="DOCTYPE")

    def on_element(tag: str, attributes: dict[str, str]) -> None:
        if next(elements) > MAX_XML_ELEMENTS:
            raise _rejection("bomb")
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
            raise _rejection("bomb")
        chunk = following


def _check_element(tag: str, attributes: dict[str, str]) -> None:
    namespace, _space, local = tag.rpartition(" ")
    if local == "encryption-data":
        raise _rejection("encrypted")
    if namespace.endswith(":xmlns:script:1.0") or _MACRO_TYPE.search(attributes.get("ContentType", "")):
        raise _rejection("macros")
    kind, target = attributes.get("Type", ""), attributes.get("Target", "")
    is_own_template = kind.endswith("/attachedTemplate") and _OWN_TEMPLATE.match(target)
    is_external = attributes.get("TargetMode", "").lower() == "external"
    if is_external and _LINKED.search(kind) and not is_own_template:
        raise _rejection("active_content", found=target)
    is_linked = local in ("object", "object-ole") and _OUTSIDE.match(attributes.get(_HREF, ""))
    if is_linked or local in ("applet", "floating-frame") or _ODF_OLE in attributes.values():
        raise _rejection("active_content", found=local)


_POLISH, _SPANISH = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ", "áéíóúüñ¿¡ÁÉÍÓÚÜÑ"
# Libraries that guess encodings read Spanish as Polish: seen in 8 of 11 short texts.
_LEGACY = (("cp1252", _SPANISH), ("cp1250", _POLISH), ("iso8859_2", _POLISH))
_UNREAD = re.compile(r"[\x80-\x9f\ufffd]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
# Atomic groups: a file made of comments must not make the search run away.
_OTHER_TYPE = re.compile(
    r"(?is)(?>\s*(?:<\?(?>.*?\?>)\s*|<!--(?>.*?-->)\s*)*)"
    r"(?:<(?:!doctype|html|head|body|svg|script|iframe|object|embed|style)\b|%PDF-|%!PS|\{\\rtf)"
)


def _check_text(content: bytes, extension: str) -> bytes:
    """Return the text as UTF-8 without a byte order mark; what a browser or program would run is refused."""
    is_utf_16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in content and not is_utf_16:
        raise _rejection("type_mismatch", extension=extension)
    try:
        text = content.decode("utf-16" if is_utf_16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        text = "" if is_utf_16 else _decode_legacy(content)
        if not text:
            raise _rejection("encoding") from error
    if _CONTROL.search(text) or _OTHER_TYPE.match(text):
        raise _rejection("type_mismatch", extension=extension)
    return text.encode()


def _decode_legacy(content: bytes) -> str:
    """Return the reading with the most letters of its language, or "" if there is none without control codes."""
    readings = []
    for encoding, letters in _LEGACY:
        text = content.decode(encoding, "replace")
        if not _UNREAD.search(text):
            readings.append((sum(map(text.count, letters)), text))
    return max(readings, key=itemgetter(0), default=(0, ""))[1]


_FAMILIES = {
    "image": (15 * MEGABYTE, _check_image),
    "pdf": (25 * MEGABYTE, _check_pdf),
    "application": (25 * MEGABYTE, _check_office),
    "text": (2 * MEGABYTE, _check_text),
}


def check_upload(upload: "UploadedFile[Any]") -> CheckedUpload:
    """Return the cleaned file, ready to store, or raise `UploadRejected` with the reason and its code."""
    name = _clean_name(upload.name or "")
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension not in _CONTENT_TYPES:
        raise _rejection("type_not_allowed", allowed=", ".join(ALLOWED_EXTENSIONS))
    family = _CONTENT_TYPES[extension].partition("/")[0]
    max_bytes, check = _FAMILIES[extension if extension == "pdf" else family]
    upload.seek(0)
    sent: bytes = upload.read(max_bytes + 1)
    if not sent:
        raise _rejection("empty")
    if len(sent) > max_bytes:
        raise _rejection("too_large", extension=extension, limit=max_bytes // MEGABYTE)
    try:
        _check_magic(sent, extension)
        content = check(sent, extension)
    except UploadRejected:
        raise
    except Exception as error:  # whatever a parser raises on hostile input, a person can act on one answer
        raise _rejection("damaged") from error
    return CheckedUpload(
        content=content,
        original_name=name[: -len(extension) - 1][: MAX_NAME_LENGTH - len(extension) - 1] + "." + extension,
        extension=extension,
        content_type=_CONTENT_TYPES[extension],
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        is_image=family == "image",
    )


def _clean_name(sent_name: str) -> str:
    """Return the last part of the path without what cannot be seen: controls, direction marks, surrogates."""
    base = unicodedata.normalize("NFC", re.split(r"[\\/]", sent_name)[-1])
    visible = "".join(char for char in base if unicodedata.category(char) not in _UNSEEN_CATEGORIES)
    name = " ".join(visible.split()).strip(" .")
    if not name:
        raise _rejection("name")
    return name


def _check_magic(content: bytes, extension: str) -> None:
    """Compare the first bytes with the extension; text has none of its own, so its parser decides alone."""
    found, content_type = filetype.guess_mime(content), _CONTENT_TYPES[extension]
    if content.startswith(_OLE_MAGIC) and _OLE_ENCRYPTED in content:
        raise _rejection("encrypted")
    is_plain_zip = found == "application/zip" and content_type.startswith(_OOXML)
    is_moving_png = found == "image/apng" and extension == "png"
    if not (found == content_type or content_type.startswith("text/") or is_plain_zip or is_moving_png):
        raise _rejection("type_mismatch", extension=extension)
