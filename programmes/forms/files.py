"""The field for several files at once."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from programmes.actions import FILES_AN_ENTRY
from uploads.kinds import ALLOWED_EXTENSIONS, CONTENT_TYPES, MAX_NAME_LENGTH
from uploads.receiving import ReceivedUpload, receive_upload

# Naming the types of pictures is what makes phones offer the camera beside the gallery and the files. No `capture`:
# it would open the camera at once and leave no way to a document. Not `image/*` either: an iPhone hands over a photo
# as JPEG when its own type, HEIC, is not among those asked for.
ACCEPTED = sorted(
    {f".{extension}" for extension in ALLOWED_EXTENSIONS} | {CONTENT_TYPES[e] for e in ("jpg", "png", "webp")}
)


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


def files_input() -> FilesInput:
    """Several files of the kinds that the portal takes."""
    return FilesInput(attrs={"accept": ",".join(ACCEPTED)})


class FilesField(forms.FileField):
    """Several files, each looked at; cleans to a list of ReceivedUpload. Every refused file is named."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[ReceivedUpload]:
        files: list[UploadedFile] = [item for item in (data or []) if item]
        if len(files) > FILES_AN_ENTRY:
            raise ValidationError(_("An activity can have ten files at most."))
        received, errors = [], []
        for item in files:
            try:
                received.append(receive_upload(item))
            except ValidationError as error:
                errors.append(f"{(item.name or '')[:MAX_NAME_LENGTH]}: {' '.join(error.messages)}")
        if errors:
            raise ValidationError(errors)
        return received
