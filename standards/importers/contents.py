"""What every format yields, and how its texts are read."""

import re
from dataclasses import dataclass, field
from html import escape

from standards.actions import ParsedCriterion, ParsedScale, Texts
from standards.models import RICH_TEXT_TAGS, clean_rich_text, is_rich_text

_ANY_TAG = re.compile(r"<\s*/?\s*([a-z][a-z0-9]*)", re.IGNORECASE)


@dataclass
class Content:
    """A file's framework as far as the file says it. `known`: codes of rows that cannot be used."""

    criteria: list[ParsedCriterion] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    code: str = ""
    title: Texts = field(default_factory=dict)
    description: Texts = field(default_factory=dict)
    scale: ParsedScale | None = None


def one_line(text: str) -> str:
    """A code or title without line breaks and surplus spaces."""
    return " ".join(text.split())


def plain_description(text: str) -> str:
    """Plain text as a description: as it is, unless it would be taken for HTML."""
    text = text.strip()
    if not is_rich_text(text):
        return text
    return "<p>" + escape(text, quote=False).replace("\n", "<br>") + "</p>"


def description(text: str) -> str:
    """A description that may be HTML or plain text; HTML loses what is not allowed."""
    return clean_rich_text(text) if is_rich_text(text) else text.strip()


def removed_tags(text: str) -> set[str]:
    """The HTML tags in a text that a description may not hold."""
    return {name.lower() for name in _ANY_TAG.findall(text)} - RICH_TEXT_TAGS
