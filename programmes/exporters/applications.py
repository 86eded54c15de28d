"""Answers whether something is used at work, as rows for a file."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from downloads.tables import Cell, Table
from programmes.models import (
    ApplicationBenefit,
    ApplicationRecord,
)


def applications_table(records: Iterable[ApplicationRecord], *, title: str, is_own: bool = False) -> Table:
    """Answers whether something is used at work; rows as for_table() gives them. What was not sent is only in the
    learner's own file.
    """
    levels = ApplicationBenefit.Level

    def row(record: ApplicationRecord) -> list[Cell]:
        is_shown = record.is_told or is_own
        benefits = {benefit.level: benefit for benefit in record.benefits.all()} if is_shown else {}
        measured = [benefit.measured for benefit in benefits.values() if benefit.measured]
        return [
            record.entry.enrolment.learner.display_name,
            record.entry.done_on,
            record.entry.title,
            record.what_changed if is_shown else "",
            record.applied_on if is_shown else None,
            *(benefits[level].text if level in benefits else "" for level in levels.values),
            "; ".join(measured),
            str(record.get_status_display()),
            record.not_applied_reason if record.status == record.Status.NOT_APPLIED else "",
            record.confirmed_by.display_name if record.confirmed_by else "",
        ]

    return Table(
        title,
        [
            _("Learner"),
            _("Date"),
            _("Activity"),
            _("What is done differently"),
            _("Since when"),
            _("For the person"),
            _("For the team"),
            _("For the organisation"),
            _("Measured"),
            _("State"),
            _("Why not applied"),
            _("Confirmed by"),
        ],
        (row(record) for record in records),
    )
