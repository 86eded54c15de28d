"""Asking for a check, the way the tests do."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.functional import Promise

from uploads.checks import CheckedUpload, check_upload
from uploads.kinds import UploadRejected

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
