"""The types of files that are taken in, how large they may be, and what is said when one is refused.

Nothing here opens a file: the web process needs no more than this and the first bytes.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MEGABYTE = 1024 * 1024
MAX_MEGAPIXELS = 40
MAX_NAME_LENGTH = 150

OOXML, ODF = "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument."
CONTENT_TYPES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "pdf": "application/pdf",
    "docx": OOXML + "wordprocessingml.document",
    "xlsx": OOXML + "spreadsheetml.sheet",
    "pptx": OOXML + "presentationml.presentation",
    "odt": ODF + "text",
    "ods": ODF + "spreadsheet",
    "odp": ODF + "presentation",
    "txt": "text/plain",
    "md": "text/markdown",
    "csv": "text/csv",
}
ALLOWED_EXTENSIONS = tuple(CONTENT_TYPES)

REASONS = {
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
    "heic": _(
        "Photos of the HEIC type are not accepted. To have photos saved as JPEG, choose Most Compatible on the "
        "iPhone under Settings, Camera, Formats. Of a photo that is there already, upload a screenshot."
    ),
    "malware": _("The virus scanner found something harmful in the file, so it was deleted."),
    "lost": _("The file did not arrive whole. Upload it again."),
    "uncheckable": _(
        "The check of the file broke off. Save it anew, a picture as JPEG or a document as PDF, and upload that copy."
    ),
    "bomb": _("The file takes far more room or time to open than its size promises and is not accepted."),
}

GENERAL_REASON = _("The file was not accepted.")


class UploadRejected(ValidationError):
    """A file that is not taken in; `code` is a key of REASONS, the message tells a person why."""


def rejection(code: str, **params: object) -> UploadRejected:
    """The refusal to raise, with the params that its message names."""
    return UploadRejected(REASONS[code], code=code, params=params)


def reason_text(code: str, params: Mapping[str, Any]) -> str:
    """Why a file was refused, in the reader's language; a general answer for a code that is no longer known."""
    try:
        return str(REASONS[code]) % params
    except (KeyError, TypeError, ValueError):
        return str(GENERAL_REASON)


_MEGABYTES = {"image": 15, "pdf": 25, "application": 25, "text": 2}


def family_of(extension: str) -> str:
    """Which of the parsers an allowed extension belongs to: image, pdf, application (office) or text."""
    return "pdf" if extension == "pdf" else CONTENT_TYPES[extension].partition("/")[0]


def max_megabytes(extension: str) -> int:
    """How large a file of the extension may be."""
    return _MEGABYTES[family_of(extension)]
