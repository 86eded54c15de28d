"""Tables of the organisation administrator's home."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from core.translated import translated_text
from dashboards.queries import Group
from downloads.tables import Cell, Table, hours_cell
from programmes.models import Enrolment


def groups_table(groups: Iterable[Group], *, title: str) -> Table:
    """Totals by programme, the small groups kept back as on the page."""

    def total(minutes: int | None) -> Cell:
        return _("kept back") if minutes is None else hours_cell(minutes)

    return Table(
        title,
        [_("Programme"), _("Learners"), _("Off the job, counted hours"), _("On the job, counted hours")],
        (
            [
                translated_text(group.programme, "title").text,
                group.people,
                total(group.off_minutes),
                total(group.on_minutes),
            ]
            for group in groups
        ),
    )


def enrolments_table(enrolments: Iterable[Enrolment]) -> Table:
    """Who is in a programme."""
    return Table(
        _("Who is in a programme"),
        [_("Learner"), _("Organisation"), _("Programme"), _("State")],
        (
            [
                row.learner.display_name,
                row.organisation.name,
                translated_text(row.cohort.programme, "title").text,
                str(row.get_status_display()),
            ]
            for row in enrolments
        ),
    )
