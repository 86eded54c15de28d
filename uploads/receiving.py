"""What is looked at while the person waits: name, type, size and first bytes. No parser runs in the web process."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

import filetype  # type: ignore[import-untyped, unused-ignore]
from django.core.files.uploadedfile import UploadedFile

from uploads.kinds import (
    ALLOWED_EXTENSIONS,
    CONTENT_TYPES,
    MAX_NAME_LENGTH,
    MEGABYTE,
    OOXML,
    family_of,
    max_megabytes,
    rejection,
)

HEAD_BYTES = 8192  # as many as the library looks at
_UNSEEN_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn"}
_HEIC = ("heic", "heif", "hif")
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")
# Atomic groups: a file made of comments must not make the search run away.
OTHER_TYPE = re.compile(
    r"(?is)(?>\s*(?:<\?(?>.*?\?>)\s*|<!--(?>.*?-->)\s*)*)"
    r"(?:<(?:!doctype|html|head|body|svg|script|iframe|object|embed|style)\b|%PDF-|%!PS|\{\\rtf)"
)


@dataclass(frozen=True)
class ReceivedUpload:
    """A file that may be stored to be checked. Nobody but its sender may learn more of it than its state."""

    file: "UploadedFile[Any]"
    original_name: str  # for display only, never a path on disk
    extension: str  # lower case, without the dot
    content_type: str
    size: int
    sha256: str


def receive_upload(upload: "UploadedFile[Any]") -> ReceivedUpload:
    """Return what is known of the file without opening it, or raise `UploadRejected` with the reason and its code."""
    name = clean_name(upload.name or "")
    extension = _extension_of(name)
    upload.seek(0)
    head: bytes = upload.read(HEAD_BYTES)
    if not head:
        raise rejection("empty")
    size, sha256 = _measured(upload, extension)
    check_head(head, extension)
    return ReceivedUpload(
        file=upload,
        original_name=name[: -len(extension) - 1][: MAX_NAME_LENGTH - len(extension) - 1] + "." + extension,
        extension=extension,
        content_type=CONTENT_TYPES[extension],
        size=size,
        sha256=sha256,
    )


def visible(text: str) -> str:
    """The text without what cannot be seen: controls, direction marks, surrogates. A database takes the rest."""
    return "".join(char for char in text if unicodedata.category(char) not in _UNSEEN_CATEGORIES)


def clean_name(sent_name: str) -> str:
    """Return the last part of the path, as far as it can be seen."""
    base = unicodedata.normalize("NFC", re.split(r"[\\/]", sent_name)[-1])
    name = " ".join(visible(base).split()).strip(" .")
    if not name:
        raise rejection("name")
    return name


def _extension_of(name: str) -> str:
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension in _HEIC:
        raise rejection("heic")
    if extension not in CONTENT_TYPES:
        raise rejection("type_not_allowed", allowed=", ".join(ALLOWED_EXTENSIONS))
    return extension


def _measured(upload: "UploadedFile[Any]", extension: str) -> tuple[int, str]:
    """The number of bytes that really came, and their sum; piece by piece, so that it takes no memory."""
    limit, size, digest = max_megabytes(extension), 0, hashlib.sha256()
    for chunk in upload.chunks():
        size += len(chunk)
        if size > limit * MEGABYTE:
            raise rejection("too_large", extension=extension, limit=limit)
        digest.update(chunk)
    return size, digest.hexdigest()


def check_head(head: bytes, extension: str) -> None:
    """Compare the first bytes with the extension; text has none of its own, so what it must not begin with counts."""
    found, content_type = filetype.guess_mime(head), CONTENT_TYPES[extension]
    if family_of(extension) == "text":
        _check_head_of_text(head, extension)
        return
    if found in ("image/heic", "image/heif"):
        raise rejection("heic")  # phones call them .jpg at times
    is_plain_zip = found == "application/zip" and content_type.startswith(OOXML)
    is_moving_png = found == "image/apng" and extension == "png"
    # What Word writes for a password is no zip: the check that reads all of it gives the reason.
    is_ole_office = head.startswith(OLE_MAGIC) and family_of(extension) == "application"
    if not (found == content_type or is_plain_zip or is_moving_png or is_ole_office):
        raise rejection("type_mismatch", extension=extension)


OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _check_head_of_text(head: bytes, extension: str) -> None:
    is_utf_16 = head.startswith(_BYTE_ORDER_MARKS)
    text = head.decode("utf-16" if is_utf_16 else "utf-8-sig", "replace")
    if (b"\0" in head and not is_utf_16) or OTHER_TYPE.match(text):
        raise rejection("type_mismatch", extension=extension)
