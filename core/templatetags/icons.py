"""`{% icon "name" %}`: inline SVG in the colour and size of the text around it.

Templates use our short names; this module is the only place that knows the icon set behind them.
"""

from functools import cache
from typing import Any

from django import template
from heroicons.templatetags.heroicons import heroicon_outline, heroicon_solid

register = template.Library()

# Ours=theirs, or one word where both say the same. Where the set lacks a picture (octagon, hourglass, gem, half
# circle) the nearest one stands in.
OUTLINE = dict(
    (pair.split("=") * 2)[:2]
    for pair in """
    arrow-counterclockwise=arrow-path
    arrow-down arrow-down-circle arrow-left arrow-return-left=arrow-uturn-left arrow-right arrow-up arrow-up-circle
    award=star bar-chart=chart-bar bell book=book-open box-arrow-right=arrow-right-start-on-rectangle briefcase
    building=building-office-2 calendar calendar-event=calendar-days calendar-x=calendar-date-range camera
    chat=chat-bubble-left chat-left-dots=chat-bubble-left-ellipsis chat-left-text=chat-bubble-bottom-center-text
    check-circle check-lg=check chevron-left chevron-right circle-half=minus-circle clock compass=map
    copy=document-duplicate dash=minus dash-circle=minus-circle
    download=arrow-down-tray envelope exclamation-octagon=exclamation-circle
    exclamation-triangle eye file-text=document flag gear=cog-6-tooth gem=sparkles hand-thumbs-up=hand-thumb-up
    hourglass=ellipsis-horizontal-circle house=home inbox info-circle=information-circle
    journal-check=document-check journal-plus=document-plus journal-text=document-text kanban=view-columns
    language link list=bars-3 list-check=queue-list lock=lock-closed mortarboard=academic-cap paper-clip
    pause-circle pen=pencil-square pencil people=users person=user person-check=identification photo play-circle
    plus-lg=plus printer question-circle=question-mark-circle search=magnifying-glass send=paper-airplane
    shield-check speedometer=presentation-chart-line swap=arrows-right-left tools=wrench-screwdriver trash
    x-circle x-lg=x-mark
    """.split()
)
SOLID = {
    "briefcase-fill": "briefcase",
    "check-circle-fill": "check-circle",
    "exclamation-octagon-fill": "exclamation-circle",
}
NAMES = OUTLINE.keys() | SOLID.keys()


class UnknownIcon(LookupError):
    """A template or a status asks for an icon that the tables above do not have."""


@cache  # names and classes come from templates, never from a request, so this stays small
def render_icon(name: str, css_class: str = "") -> str:
    """The safe SVG of our icon `name`, with the class `wbl-icon` and `css_class`, hidden from screen readers.

    Raises UnknownIcon.
    """
    if name not in NAMES:
        raise UnknownIcon(f"There is no icon named {name!r}: see core/templatetags/icons.py.")
    classes = f"wbl-icon {css_class}".rstrip()
    attributes: dict[str, Any] = {"class": classes, "aria_hidden": "true", "focusable": "false"}
    if name in SOLID:
        return heroicon_solid(SOLID[name], size=None, **attributes)
    return heroicon_outline(OUTLINE[name], size=None, **attributes)


@register.simple_tag
def icon(name: str, **attributes: str) -> str:
    """`{% icon "flag" %}` or `{% icon "flag" class="me-1" %}`; the words beside it carry the meaning."""
    return render_icon(name, attributes.get("class", ""))
