"""How people stand, as rows for a file."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from core.translated import translated_text
from downloads.tables import Table, hours_cell
from programmes.queries.progress import Progress


def _status_cells(row: Progress) -> list[str]:
    """Where somebody stands, why, what next, and whose move it is."""
    status = row.status
    if status is None:
        return ["", "", "", ""]
    return [status.tag.word, status.why, str(status.next_action.sentence), str(status.next_action.who)]


def progress_table(rows: Iterable[Progress], *, title: str) -> Table:
    """How people stand: hours counted against hours expected by today, of both kinds."""
    return Table(
        title,
        [
            _("Learner"),
            _("Organisation"),
            _("Programme"),
            _("State"),
            _("Status"),
            _("Reasons"),
            _("Next action"),
            _("Whose move it is"),
            _("Off the job, counted hours"),
            _("Off the job, hours expected by today"),
            _("Off the job, hours planned"),
            _("On the job, counted hours"),
            _("On the job, hours expected by today"),
            _("On the job, hours planned"),
            _("Mean hours a week"),
            _("Criteria touched"),
            _("Criteria in all"),
            _("Last entry"),
        ],
        (
            [
                row.enrolment.learner.display_name,
                row.enrolment.organisation.name,
                translated_text(row.enrolment.cohort.programme, "title").text,
                str(row.enrolment.get_status_display()),
                *_status_cells(row),
                *(
                    hours_cell(minutes)
                    for kind in (row.off_job, row.on_job)
                    for minutes in (kind.counted, kind.expected, kind.planned)
                ),
                hours_cell(row.mean_week),
                row.criteria_touched,
                row.criteria_total,
                row.last_done_on,
            ]
            for row in rows
        ),
    )
