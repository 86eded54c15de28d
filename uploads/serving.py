"""Stored files on their way out, for views that have asked for the permission."""

from urllib.parse import quote

from django.conf import settings
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, HttpResponse
from django.utils.http import content_disposition_header


def served(file: FieldFile, *, name: str, content_type: str) -> HttpResponse | FileResponse:
    """The bytes as an attachment that can run nothing. Raises FileNotFoundError when they are not there.

    With PRIVATE_FILES_ACCEL it only names them, and nginx, which alone reaches that place, sends them.
    """
    response: HttpResponse | FileResponse
    if settings.PRIVATE_FILES_ACCEL and settings.EVIDENCE_STORAGE == "disk":
        if not file.storage.exists(str(file.name)):
            raise FileNotFoundError(file.name)
        response = HttpResponse(content_type=content_type)
        response["X-Accel-Redirect"] = settings.PRIVATE_FILES_ACCEL + quote(str(file.name))
    else:
        response = FileResponse(file.open("rb"), content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
