"""Tables of the programme lead's pages."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from core.translated import translated_text
from dashboards.queries.lead_tables import CohortRow, ProgrammeCriteria, WayRow
from downloads.tables import Table, hours_cell


def cohorts_table(rows: Iterable[CohortRow]) -> Table:
    """Cohorts side by side."""
    return Table(
        _("Cohorts"),
        [
            _("Cohort"),
            _("Programme"),
            _("Learners"),
            _("On track"),
            _("Watch"),
            _("At risk"),
            _("On break"),
            _("Off the job, counted hours"),
            _("Off the job, hours expected by today"),
            _("Applied at work, hours"),
            _("Verified off the job, hours"),
            _("Goals pursued"),
            _("Goals overdue"),
            _("Criteria reached, summed over the learners"),
            _("Criteria in all, summed over the learners"),
        ],
        (
            [
                row.cohort.name,
                translated_text(row.cohort.programme, "title").text,
                row.totals.learners,
                row.totals.on_track,
                row.totals.watch,
                row.totals.at_risk,
                row.totals.on_break,
                hours_cell(row.totals.counted),
                hours_cell(row.totals.expected),
                hours_cell(row.totals.rate.applied),
                hours_cell(row.totals.rate.approved),
                row.totals.pursued,
                row.totals.overdue,
                row.totals.touched,
                row.totals.criteria,
            ]
            for row in rows
        ),
    )


def rates_table(rows: Iterable[WayRow]) -> Table:
    """Hours and application rate by way of learning."""
    return Table(
        _("Ways of learning"),
        [
            _("Way of learning"),
            _("Off the job, verified hours"),
            _("On the job, verified hours"),
            _("Share of all verified hours, per cent"),
            _("Applied at work, hours"),
            _("Application rate, per cent"),
        ],
        (
            [
                translated_text(row.strategy, "name").text,
                hours_cell(row.way.off_job),
                hours_cell(row.way.on_job),
                row.share,
                hours_cell(row.way.rate.applied),
                row.way.rate.percent,
            ]
            for row in rows
        ),
    )


def reach_table(programmes: Iterable[ProgrammeCriteria]) -> Table:
    """The criteria of programmes, those that the fewest activities reach first."""
    return Table(
        _("Criteria"),
        [_("Programme"), _("Code"), _("Criterion"), _("Verified activities"), _("Learners with one")],
        (
            [
                translated_text(one.programme, "title").text,
                line.criterion.code,
                translated_text(line.criterion, "title").text,
                line.activities,
                line.learners,
            ]
            for one in programmes
            for line in one.lines
        ),
    )
