"""How goals look: when they are due, how far they are, and their way there as a drawing."""

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.tags import Tag
from core.templatetags.components import bar, short_date, status_tag
from programmes.models import Goal, GoalCheckIn

register = template.Library()

SOON_DAYS = 14
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 420, 190, 70, 12, 34  # of the drawing


@register.simple_tag
def due_tag(goal: Goal, *, only_soon: bool = False) -> SafeString | str:
    """How long until the target date, or how long past it; nothing for a goal that is not pursued.

    With `only_soon` nothing either for a day further away: where the day itself stands beside it.
    """
    days = (goal.target_on - timezone.localdate()).days
    if not goal.is_pursued or (only_soon and days > SOON_DAYS):
        return ""
    if days < 0:
        word = ngettext("%(days)s day late", "%(days)s days late", -days) % {"days": -days}
        return status_tag(Tag("danger", "exclamation-octagon", word))
    if days == 0:
        return status_tag(Tag("info", "clock", _("Due today")))
    if days <= SOON_DAYS:
        word = ngettext("Due in %(days)s day", "Due in %(days)s days", days) % {"days": days}
        return status_tag(Tag("info", "clock", word))
    word = _("Due on %(day)s") % {"day": date_format(goal.target_on, "MONTH_DAY_FORMAT")}
    return status_tag(Tag("neutral", "calendar", word, is_plain=True))


@register.simple_tag
def goal_progress(goal: Goal) -> str:
    """The latest check-in in words; for goals as with_progress() gives them."""
    progress, day = goal.progress, goal.last_checked_on  # type: ignore[attr-defined]
    if progress is None:
        return _("No check-in yet")
    return _("%(progress)s %% on %(day)s") % {
        "progress": progress,
        "day": date_format(day, "MONTH_DAY_FORMAT"),
    }


@register.simple_tag
def goal_bar(goal: Goal) -> SafeString:
    """The latest check-in as a bar; its words stand beside it."""
    return bar("on", 100, goal.progress or 0, height=6)  # type: ignore[attr-defined]


@register.simple_tag
def goal_bulk_labels(goals: Sequence[Goal]) -> dict[str, str]:
    """The words on the button for all goals and for every number of them, as JSON: see bulk_labels."""

    def label(number: int) -> str:
        return ngettext("Agree to %(number)s goal", "Agree to %(number)s goals", number) % {"number": number}

    return {
        "now": label(len(goals)),
        "json": json.dumps([label(number) for number in range(len(goals) + 1)]),
    }


@register.simple_tag
def goal_chart(goal: Goal, check_ins: Sequence[GoalCheckIn]) -> SafeString | str:
    """The check-ins as a line from 0 to 100 per cent, and the even pace from the agreement to the target date, dashed.

    Nothing before the goal was agreed. The label says the numbers; they also stand in a table on the page.
    """
    if goal.agreed_at is None:
        return ""
    agreed = timezone.localdate(goal.agreed_at)
    days = [agreed, goal.target_on, *(row.checked_on for row in check_ins)]
    scale = _Scale(min(days), max(*days, min(days) + dt.timedelta(days=1)))
    points = [scale.point(agreed, 0), *(scale.point(row.checked_on, row.progress) for row in check_ins)]
    amounts = "; ".join(
        _("%(day)s: %(progress)s %%") % {"day": short_date(row.checked_on), "progress": row.progress}
        for row in check_ins
    )
    label = _("No check-in yet") if not check_ins else _("Check-ins: %(amounts)s.") % {"amounts": amounts}
    return format_html(
        '<svg class="wbl-chart wbl-goalchart" viewBox="0 0 {} {}" role="img" aria-label="{}" focusable="false">'
        '{}<polyline class="wbl-grid-target" points="{} {}"/><polyline class="wbl-line" points="{}"/>{}</svg>',
        *(str(WIDTH), str(HEIGHT), label, scale.axes()),
        *(_pair(scale.point(agreed, 0)), _pair(scale.point(max(goal.target_on, agreed), 100))),
        " ".join(map(_pair, points)),
        format_html_join(
            "", '<circle class="wbl-mk-self wbl-halo" cx="{}" cy="{}" r="5"/>', _texts(points[1:])
        ),
    )


Point = tuple[float, float]


def _pair(point: Point) -> str:
    return f"{point[0]:.1f},{point[1]:.1f}"


def _texts(points: Sequence[Point]) -> list[tuple[str, str]]:
    return [(f"{x:.1f}", f"{y:.1f}") for x, y in points]


class _Scale:
    """Days and per cent as places in the drawing."""

    def __init__(self, first: dt.date, last: dt.date) -> None:
        self.first, self.last = first, last

    def point(self, day: dt.date, progress: int) -> Point:
        share = (day - self.first).days / (self.last - self.first).days
        y = HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * progress / 100
        return LEFT + (WIDTH - LEFT - 10) * share, y

    def axes(self) -> SafeString:
        """Lines at 0, 50 and 100 per cent with their numbers, and the first and the last day."""
        lines: list[tuple[Any, ...]] = []
        for progress in (0, 50, 100):
            y = f"{self.point(self.first, progress)[1]:.1f}"
            lines.append((str(LEFT), str(WIDTH - 10), y, y, str(LEFT - 8), y, f"{progress}\u00a0%"))
        rows = format_html_join(
            "",
            '<line class="wbl-grid" x1="{}" x2="{}" y1="{}" y2="{}"/>'
            '<text class="wbl-ax" x="{}" y="{}" dy="5" text-anchor="end">{}</text>',
            lines,
        )
        ends = format_html_join(
            "",
            '<text class="wbl-ax" x="{}" y="{}" text-anchor="{}">{}</text>',
            [
                (str(LEFT), str(HEIGHT - 6), "start", short_date(self.first, "j M Y")),
                (str(WIDTH - 10), str(HEIGHT - 6), "end", short_date(self.last, "j M Y")),
            ],
        )
        return rows + ends
