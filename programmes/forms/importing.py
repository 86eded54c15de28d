"""Forms for lists of people: the file, and the yes to what it does."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from people.models import Organisation, User
from programmes.forms.enrolments import EmployerForm
from programmes.queries.people_lists import MAX_BYTES
from uploads.kinds import MAX_NAME_LENGTH, MEGABYTE, UploadRejected
from uploads.receiving import clean_name


class PeopleListForm(EmployerForm):
    """A list of learners of one employer."""

    file = forms.FileField(
        label=_("The list"),
        allow_empty_file=True,
        max_length=None,
        help_text=_("CSV or XLSX, up to 5 MB and 5,000 people. The first line names the columns."),
        error_messages={"required": _("Choose the file with the list.")},
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
    )
    language = forms.ChoiceField(
        label=_("Language of the invitations"),
        choices=User.Language.choices,
        help_text=_("For people whose language the list does not say."),
    )

    def __init__(self, *args: Any, provider: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, provider=provider, **kwargs)
        employers = list(self.fields["employer"].queryset[:2])  # type: ignore[attr-defined]
        if len(employers) == 1:
            self.fields["employer"].initial = employers[0]

    def clean_file(self) -> "UploadedFile[Any]":
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise ValidationError(
                _("The file is too large: a list may have up to %(limit)s MB."),
                params={"limit": MAX_BYTES // MEGABYTE},
            )
        return file

    def content(self) -> bytes:
        """The bytes of the file, no more than are read of one; only after is_valid()."""
        file = self.cleaned_data["file"]
        file.seek(0)
        return bytes(file.read(MAX_BYTES + 1))

    def file_name(self) -> str:
        """The name of the file as far as it can be shown; only after is_valid()."""
        try:
            return clean_name(self.cleaned_data["file"].name or "")[:MAX_NAME_LENGTH]
        except UploadRejected:
            return str(_("List without a name"))


class ConfirmImportForm(forms.Form):
    """The yes to a preview; lines with faults have to be left out on purpose."""

    leave_out = forms.BooleanField(label=_("Leave the lines with faults out"), required=False)
