"""How kinds of learning look."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.tags import Tag
from core.templatetags.components import kind, status_tag
from programmes.models import ActivityEntry, ApplicationRecord, Enrolment, SupportRole
from programmes.queries.checks import Check
from programmes.queries.programmes import LanguageState

register = template.Library()


@register.simple_tag
def kind_of(value: str) -> SafeString:
    """On or off the job, as icon and word."""
    chosen = ActivityEntry.Kind(value)
    is_on_job = chosen is ActivityEntry.Kind.ON_JOB
    return kind("on" if is_on_job else "off", "tools" if is_on_job else "mortarboard", str(chosen.label))


@register.simple_tag
def check_tag(checks: Sequence[Check]) -> SafeString:
    """Whether an entry wants a look before it is verified."""
    if checks:
        return status_tag(Tag("warning", "exclamation-triangle", _("Look first")))
    return status_tag(Tag("success", "check-circle", _("Clear"), is_plain=True))


@register.simple_tag
def bulk_labels(entries: Sequence[ActivityEntry]) -> dict[str, str]:
    """The words on the button for the entries selected at first, and for every number of them, as JSON: the script
    that counts does not know how languages make plurals.
    """

    def label(number: int) -> str:
        return ngettext("Verify %(number)s entry", "Verify %(number)s entries", number) % {"number": number}

    selected = sum(not entry.checks for entry in entries)  # type: ignore[attr-defined]
    return {"now": label(selected), "json": json.dumps([label(n) for n in range(len(entries) + 1)])}


@register.simple_tag
def confirm_labels(records: Sequence[ApplicationRecord]) -> dict[str, str]:
    """The same for answers to confirm, of which none is selected at first."""
    none = _("Confirm what is selected")
    labels = [
        ngettext("Confirm %(number)s answer", "Confirm %(number)s answers", number) % {"number": number}
        for number in range(1, len(records) + 1)
    ]
    return {"now": none, "json": json.dumps([none, *labels])}


@register.simple_tag
def cover_of(enrolment: Enrolment, covered: Mapping[int, SupportRole] | str) -> SupportRole | None:
    """The row by which the reader only covers for the enrolment's coach; `covered` is by enrolment, or nothing."""
    return covered.get(enrolment.pk) if isinstance(covered, Mapping) else None


@register.filter
def waited(since: dt.datetime) -> str:
    """How many days something has waited, in the reader's words."""
    days = (timezone.localdate() - timezone.localdate(since)).days
    if days < 1:
        return _("since today")
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}


@register.filter
def of_key(rows: Mapping[Any, Any], key: Any) -> Any:
    """What the mapping holds under the key; None when nothing."""
    return rows.get(key)


@register.simple_tag
def language_tag(state: LanguageState, *, with_name: bool = True) -> SafeString:
    """How far the texts of a programme are in one language: the worst that can be said of it."""
    name = state.language.upper() if with_name else ""
    if state.changed_since:
        word = ngettext("%(number)s to look at again", "%(number)s to look at again", state.changed_since)
        tag = Tag("warning", "exclamation-triangle", word % {"number": state.changed_since})
    elif state.missing:
        word = ngettext("%(number)s missing", "%(number)s missing", state.missing)
        tag = Tag("neutral", "dash-circle", word % {"number": state.missing})
    else:
        tag = Tag("success", "check-circle", _("Complete"))
    return status_tag(replace(tag, word=f"{name} · {tag.word}" if name else tag.word))
