"""Programmes and cohorts as rows for a file."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from core.translated import translated_text
from downloads.tables import Table
from programmes.models import (
    Cohort,
    Enrolment,
    Programme,
)


def programmes_table(programmes: Iterable[Programme]) -> Table:
    """The list of programmes; rows as programmes_for() gives them."""
    return Table(
        _("Programmes"),
        [
            _("Code"),
            _("Programme"),
            _("Training provider"),
            _("State"),
            _("Weeks"),
            _("Units"),
            _("Under way"),
        ],
        (
            [
                row.code,
                translated_text(row, "title").text,
                row.organisation.name,
                row.status_tag.word,
                row.duration_weeks,
                len(row.units.all()),
                row.running,  # type: ignore[attr-defined]
            ]
            for row in programmes
        ),
    )


def cohort_table(cohort: Cohort, enrolments: Iterable[Enrolment]) -> Table:
    """Who is in a cohort."""
    return Table(
        cohort.name,
        [_("Learner"), _("State"), _("Employer"), _("Team"), _("First day"), _("Planned end")],
        (
            [
                row.learner.display_name,
                str(row.get_status_display()),
                row.organisation.name,
                row.team.name if row.team else "",
                row.starts_on,
                row.ends_on,
            ]
            for row in enrolments
        ),
    )
