"""Text of the database in the reader's language: for pages, and for ordering and values in queries.

A model's bare column (`title`) is undefined in SQL, and a lookup across a foreign key may use the wrong
language: everything that reads translated text goes through here.
"""

from typing import NamedTuple

from django.conf import settings
from django.db.models import F, Model, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, NullIf
from modeltranslation.utils import build_localized_fieldname, get_language


class TranslatedText(NamedTuple):
    """The text, the language it is really in, and whether that is not the one asked for."""

    text: str
    language: str
    is_fallback: bool


def languages() -> list[str]:
    """The active language, then the default one, then the others: the order in which text is looked for."""
    ordered = [get_language(), settings.LANGUAGE_CODE, *(code for code, _name in settings.LANGUAGES)]
    return list(dict.fromkeys(ordered))


def translated_text(obj: Model, field: str) -> TranslatedText:
    """The text of `field` in the active language, else in the first that has one, else empty.

    Raises AttributeError when the field is not registered for translation.
    """
    active, *others = languages()
    for language in (active, *others):
        if text := getattr(obj, build_localized_fieldname(field, language)):
            return TranslatedText(text, language, language != active)
    return TranslatedText("", active, False)


def language_column(field: str) -> Combinable:
    """A database expression: `field` in the active language, else in the first that has text.

    `field` may follow relations (`programme__title`). For order_by(), values() and annotate(); evaluate it
    where the query is made, since the language is taken now and not when the query runs.
    """
    text = TextField()
    columns = [F(build_localized_fieldname(field, language)) for language in languages()]
    filled = [NullIf(column, Value(""), output_field=text) for column in columns]
    return Coalesce(*filled, Value(""), output_field=text)
