"""How the line manager's pages put their figures."""

import itertools
import json

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.queries.heat import LEVEL_STEPS
from dashboards.queries.waiting import WaitingList
from programmes.models.applications import amount
from programmes.queries.applications import UnitSum

register = template.Library()


@register.simple_tag
def approve_labels(waiting: WaitingList) -> dict[str, str]:
    """The words on the button for what is selected at first, and for every number of things, as JSON for the script."""

    def label(number: int) -> str:
        return ngettext("Approve selected (%(number)s)", "Approve selected (%(number)s)", number) % {
            "number": number
        }

    labels = json.dumps([label(number) for number in range(len(waiting.items) + 1)])
    return {"now": label(waiting.selected), "json": labels}


@register.filter
def unit_total(one: UnitSum) -> str:
    """The total of a unit: amount and unit, which stay on one line."""
    words = _("%(amount)s %(unit)s") % {"amount": amount(one.total), "unit": one.label}
    return words.replace(" ", "\u00a0", 1)


@register.simple_tag
def heat_steps() -> list[str]:
    """The legend of the heat map: how many activities each of its levels stands for, the lowest first."""
    words = []
    for step, following in itertools.pairwise(LEVEL_STEPS):
        if following - step == 1:
            text = ngettext("%(number)s activity", "%(number)s activities", step)
            words.append(text % {"number": step})
        else:
            words.append(_("%(first)s to %(last)s activities") % {"first": step, "last": following - 1})
    return [*words, _("%(number)s activities or more") % {"number": LEVEL_STEPS[-1]}]
