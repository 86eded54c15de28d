"""Forms for rows that are written in one language and translated into others."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from core import texts
from core.texts import LANGUAGES, column


def language_name(code: str) -> str:
    """The language's name in the reader's language, with a capital."""
    name = str(get_language_info(code)["name_translated"])
    return name[:1].upper() + name[1:]


def text_columns(*fields: str) -> tuple[str, ...]:
    """The form fields for texts: each of `fields` in every language, and the language of the original."""
    return ("source_language", *(column(field, language) for field in fields for language in LANGUAGES))


class TextsForm(forms.ModelForm):
    """Base of forms whose Meta.fields start with text_columns(); the template tag `texts` draws them side by side.

    `texts` maps each field to its label. The first has to be written in the language of the original; whatever else
    is left empty falls back to the original.
    """

    texts: ClassVar[Mapping[str, Any]] = {}
    hints: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        source = self.fields["source_language"]
        source.choices = [(code, language_name(code)) for code in LANGUAGES]  # type: ignore[attr-defined]
        source.widget.attrs["class"] = "wbl-w-30"
        source.label = _("Which language do you write in?")
        source.help_text = _("That text is the original; the others are its translations.")
        behind = texts.behind(self.instance, list(self.texts)) if self.instance.pk else set()
        for field, label in self.texts.items():
            for language in LANGUAGES:
                self._prepare(
                    column(field, language), label, language, is_behind=column(field, language) in behind
                )

    def _prepare(self, name: str, label: Any, language: str, *, is_behind: bool) -> None:
        names = {"text": label, "language": language_name(language)}
        self.fields[name].label = _("%(text)s (%(language)s)") % names
        self.fields[name].widget.attrs["lang"] = language
        self.fields[name].required = False
        if is_behind:
            self.fields[f"fits_{name}"] = forms.BooleanField(
                label=_("It is still right as it is"), required=False
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        language = cleaned.get("source_language")
        first = next(iter(self.texts))
        if (
            language
            and not cleaned.get(column(first, language))
            and column(first, language) not in self.errors
        ):
            self.add_error(
                column(first, language),
                _("Write this text in %(language)s, or choose another language above.")
                % {"language": language_name(language)},
            )
        return cleaned

    def text_values(self) -> dict[str, str]:
        """The texts by column, and the language of the original; only after is_valid()."""
        return {name: self.cleaned_data[name] or "" for name in text_columns(*self.texts)}

    def still_right(self) -> Collection[str]:
        """The columns that the person says are right although the original changed."""
        return {
            name.removeprefix("fits_")
            for name, value in self.cleaned_data.items()
            if name.startswith("fits_") and value
        }
