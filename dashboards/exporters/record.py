"""Tables of one learner's record."""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _

from core.translated import translated_text
from dashboards.queries.thread import CriterionLine
from dashboards.queries.timeline import Item
from dashboards.queries.ways import Ways
from downloads.tables import Table, hours_cell


def criteria_table(lines: Iterable[CriterionLine], *, title: str) -> Table:
    """What there is on each criterion; the columns of the page."""
    return Table(
        title,
        [
            _("Standard"),
            _("Code"),
            _("Criterion"),
            _("State"),
            _("Goals"),
            _("Verified activities"),
            _("Verified hours"),
            _("Applications confirmed"),
            _("Last activity"),
        ],
        (
            [
                translated_text(line.criterion.framework, "title").text,
                line.criterion.code,
                translated_text(line.criterion, "title").text,
                line.tag.word,
                line.goal_count,
                line.verified,
                hours_cell(line.minutes),
                line.confirmed,
                line.last_on,
            ]
            for line in lines
        ),
    )


def timeline_table(items: Iterable[Item], *, title: str) -> Table:
    """The timeline, newest first."""
    return Table(
        title,
        [
            _("Date"),
            _("Time"),
            _("Kind"),
            _("What happened"),
            _("To what"),
            _("Who"),
            _("Hours"),
            _("Reason"),
        ],
        (
            [
                timezone.localdate(item.place.moment),
                f"{timezone.localtime(item.place.moment):%H:%M}" if item.has_time else "",
                item.kind_word,
                item.sentence,
                item.title,
                item.who,
                hours_cell(item.minutes),
                item.reason,
            ]
            for item in items
        ),
    )


def ways_table(ways: Ways, *, title: str) -> Table:
    """Verified time by way of learning."""
    return Table(
        title,
        [
            _("Way of learning"),
            _("Activities"),
            _("Off the job, verified hours"),
            _("On the job, verified hours"),
            _("Share of all verified hours, per cent"),
            _("Applied at work and confirmed, hours"),
        ],
        (
            [
                translated_text(row.strategy, "name").text,
                row.number,
                hours_cell(row.off_job),
                hours_cell(row.on_job),
                row.share,
                hours_cell(row.applied),
            ]
            for row in ways.rows
        ),
    )
