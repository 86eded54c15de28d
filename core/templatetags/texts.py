"""Texts in three languages on a page: the fields side by side, and how each translation stands."""

from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.forms import TextsForm, language_name
from core.tags import Tag, Tone
from core.templatetags.components import status_tag
from core.texts import LANGUAGES, TextState, column, state_of

register = template.Library()

LOOKS: dict[TextState, tuple[Tone, str, Any]] = {
    TextState.SOURCE: ("info", "pencil", _("Original")),
    TextState.CURRENT: ("success", "check-circle", _("Translated")),
    TextState.CHANGED_SINCE: ("warning", "exclamation-triangle", _("Original changed since")),
    TextState.MISSING: ("neutral", "dash-circle", _("Not translated yet")),
}


def tag_of(state: TextState) -> Tag | None:
    """What the state looks like; None where there is no original to translate."""
    if state not in LOOKS:
        return None
    tone, icon, word = LOOKS[state]
    return Tag(tone, icon, str(word))


@register.inclusion_tag("components/texts.html")
def texts(form: TextsForm, field: str) -> dict[str, Any]:
    """The field in every language, side by side, each with its state and `lang`; stacked where it is narrow."""
    columns = []
    for language in LANGUAGES:
        name = column(field, language)
        fits = f"fits_{name}"
        columns.append(
            {
                "bound": form[name],
                "language": language_name(language),
                "tag": tag_of(state_of(form.instance, field, language)) if form.instance.pk else None,
                "fits": form[fits] if fits in form.fields else None,
            }
        )
    return {"label": form.texts[field], "hint": form.hints.get(field, ""), "columns": columns, "field": field}


@register.simple_tag
def text_state(row: Any, field: str, language: str) -> SafeString | str:
    """How the row's text stands in that language, as a tag; nothing where there is nothing to translate."""
    tag = tag_of(state_of(row, field, language))
    return status_tag(tag) if tag else ""


@register.simple_tag(name="language_name")
def language_name_tag(language: str) -> str:
    """The language's name in the reader's language."""
    return language_name(language)
