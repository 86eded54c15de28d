"""How kinds of learning look."""

import datetime as dt

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.templatetags.components import kind
from programmes.models import ActivityEntry

register = template.Library()


@register.simple_tag
def kind_of(value: str) -> SafeString:
    """On or off the job, as icon and word."""
    chosen = ActivityEntry.Kind(value)
    is_on_job = chosen is ActivityEntry.Kind.ON_JOB
    return kind("on" if is_on_job else "off", "tools" if is_on_job else "mortarboard", str(chosen.label))


@register.filter
def waited(since: dt.datetime) -> str:
    """How many days something has waited, in the reader's words."""
    days = (timezone.localdate() - timezone.localdate(since)).days
    if days < 1:
        return _("since today")
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}
