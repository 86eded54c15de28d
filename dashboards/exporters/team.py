"""Tables of the line manager's pages."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from core.translated import translated_text
from dashboards.queries.heat import HeatMap
from dashboards.queries.month import Month
from dashboards.queries.waiting import WaitingKind, WaitingList
from downloads.tables import Cell, Table, hours_cell
from programmes.models import ApplicationRecord
from programmes.models.applications import ApplicationBenefit

KINDS = {
    WaitingKind.ACTIVITY: lambda: _("Activity"),
    WaitingKind.APPLICATION: lambda: _("Application at work"),
    WaitingKind.GOAL: lambda: _("Goal"),
    WaitingKind.BREAK: lambda: _("Break in learning"),
}


def approvals_table(waiting: WaitingList) -> Table:
    """What waits for a line manager."""
    return Table(
        _("Waiting for you"),
        [_("What"), _("Learner"), _("Title"), _("Waiting since"), _("Look first")],
        (
            [KINDS[item.kind](), item.learner, item.title, item.since.date(), "; ".join(item.checks)]
            for item in waiting.items
        ),
    )


def heat_table(heat: HeatMap) -> Table:
    """Who has verified activities towards which criterion: two columns for each criterion."""
    headings = [_("Learner")]
    for column in heat.columns:
        name = f"{column.criterion.code} {translated_text(column.criterion, 'title').text}"
        headings += [_("%(name)s: activities") % {"name": name}, _("%(name)s: hours") % {"name": name}]
    rows = [
        [
            row.enrolment.learner.display_name,
            *(value for cell in row.cells for value in (cell.activities, hours_cell(cell.minutes))),
        ]
        for row in heat.rows
    ]
    title = translated_text(heat.programme, "title").text
    return Table(_("Criteria of %(programme)s") % {"programme": title}, headings, rows)


def value_table(records: Iterable[ApplicationRecord]) -> Table:
    """Confirmed applications with their benefits: a row for each benefit, one for an application without any."""
    return Table(
        _("Value so far"),
        [
            _("Learner"),
            _("Activity"),
            _("What is done differently"),
            _("Since"),
            _("Who benefits"),
            _("Benefit"),
            _("Measure"),
            _("Unit"),
            _("Before"),
            _("Now"),
            _("Better by"),
            _("Confirmed on"),
        ],
        (
            [
                record.entry.enrolment.learner.display_name,
                record.entry.title,
                record.what_changed,
                record.applied_on,
                *_benefit_cells(benefit),
                record.confirmed_at.date() if record.confirmed_at else None,
            ]
            for record in records
            for benefit in _benefits_of(record)
        ),
    )


def _benefits_of(record: ApplicationRecord) -> list[ApplicationBenefit | None]:
    return [*record.benefits.all()] or [None]


def _benefit_cells(benefit: ApplicationBenefit | None) -> list[Cell]:
    if benefit is None:
        return [""] * 4 + [None] * 3
    return [
        str(benefit.get_level_display()),
        benefit.text,
        benefit.measure,
        str(benefit.get_unit_display()),
        benefit.before,
        benefit.after,
        benefit.improvement,
    ]


def month_table(month: Month) -> Table:
    """A team's month, a row for each person."""
    return Table(
        _("Month %(month)s") % {"month": month.span.first.strftime("%Y-%m")},
        [
            _("Learner"),
            _("State"),
            _("Why"),
            _("Off the job, counted hours"),
            _("Off the job, expected hours"),
            _("On the job, counted hours"),
            _("On the job, expected hours"),
            _("Entries verified"),
            _("Goals agreed"),
            _("Goals closed"),
            _("Applications confirmed"),
        ],
        (
            [
                row.progress.enrolment.learner.display_name,
                row.progress.status.tag.word if row.progress.status else "",
                row.progress.status.why if row.progress.status else "",
                *(
                    hours_cell(minutes)
                    for one in (row.off_job, row.on_job)
                    for minutes in (one.counted, one.expected)
                ),
                row.verified,
                len(row.agreed),
                len(row.closed),
                len(row.applications),
            ]
            for row in month.rows
        ),
    )
