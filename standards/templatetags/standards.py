"""Descriptions of standards on a page."""

from django import template
from django.utils.html import linebreaks
from django.utils.safestring import SafeString

from standards.models import clean_rich_text, is_rich_text

register = template.Library()


@register.filter
def rich_text(text: str | None) -> SafeString:
    """A description as HTML: cleaned again where it is HTML, paragraphs and escaped where it is plain text."""
    if not text:
        return SafeString("")
    if is_rich_text(text):
        return SafeString(clean_rich_text(text))
    return SafeString(linebreaks(text, autoescape=True))
