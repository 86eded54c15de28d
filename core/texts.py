"""Which translations of a row are missing, and which have been left behind by their source.

A row is written in one language, its `source_language`; the other languages are translations of it. Beside each
translation the row keeps a digest of the source text that it was made from, so "the source has changed since" is
a comparison and never a guess from dates (docs/adr/0009).
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.conf import settings
from modeltranslation.utils import build_localized_fieldname

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
UNKNOWN = "?"
"""In the place of a digest: the translation is known to be behind, whatever the source says."""


class TextState(StrEnum):
    """How the text of one field stands in one language."""

    SOURCE = "source"
    CURRENT = "current"
    CHANGED_SINCE = "changed_since"
    MISSING = "missing"
    NOT_WRITTEN = "not_written"


@dataclass(frozen=True)
class Texts:
    """What a row said in every language before a change: the texts by column, and the language they were written in."""

    source_language: str
    columns: Mapping[str, str]


def column(field: str, language: str) -> str:
    """The name of the field's column in that language: `title_pl`."""
    return str(build_localized_fieldname(field, language))


def texts_of(row: Any, fields: Sequence[str]) -> Texts:
    """The row's texts as they are now, to be handed to keep_states() after the change."""
    names = [column(field, language) for field in fields for language in LANGUAGES]
    return Texts(row.source_language, {name: getattr(row, name) or "" for name in names})


def state_of(row: Any, field: str, language: str) -> TextState:
    """How the row's `field` stands in that language."""
    return _state(texts_of(row, [field]), row.text_states, field, language)


def behind(row: Any, fields: Sequence[str]) -> set[str]:
    """The columns whose source has changed since they were translated."""
    found = set()
    for field in fields:
        for language in LANGUAGES:
            if state_of(row, field, language) is TextState.CHANGED_SINCE:
                found.add(column(field, language))
    return found


def keep_states(
    row: Any, fields: Sequence[str], *, before: Texts, still_right: Collection[str] = frozenset()
) -> None:
    """Bring `row.text_states` up to date after its texts were set; the row is not saved.

    A translation is in line with the source once it is changed, or its column is in `still_right`. One of which
    nothing was known counts as made from the source as it was `before`.
    """
    states = dict(row.text_states)
    for field in fields:
        source = _digest(getattr(row, column(field, row.source_language)))
        for language in LANGUAGES:
            name = column(field, language)
            text = getattr(row, name) or ""
            if not text or language == row.source_language:
                states.pop(name, None)
            elif text != before.columns[name] or name in still_right:
                states[name] = source
            elif before.source_language != row.source_language:
                was = _state(before, row.text_states, field, language)
                states[name] = UNKNOWN if was is TextState.CHANGED_SINCE else source
            else:
                states.setdefault(name, _digest(before.columns[column(field, row.source_language)]))
    row.text_states = states


def _state(texts: Texts, states: Mapping[str, str], field: str, language: str) -> TextState:
    source = texts.columns[column(field, texts.source_language)]
    name = column(field, language)
    if language == texts.source_language:
        return TextState.SOURCE if source else TextState.NOT_WRITTEN
    if not texts.columns[name]:
        return TextState.MISSING if source else TextState.NOT_WRITTEN
    known = states.get(name)
    return TextState.CURRENT if known in (None, _digest(source)) else TextState.CHANGED_SINCE


def _digest(text: str | None) -> str:
    """Short, and the same for texts that differ in white space only."""
    return hashlib.sha256(" ".join((text or "").split()).encode()).hexdigest()[:16]
