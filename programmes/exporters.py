"""Tables of activities and of people in programmes, as rows for a file; the same columns as on the page."""

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext as _

from core.translated import translated_text
from downloads.tables import Cell, Table, hours_cell
from programmes.models import (
    ActivityEntry,
    ApplicationBenefit,
    ApplicationRecord,
    Cohort,
    Enrolment,
    Goal,
    PeopleImport,
    Programme,
)
from programmes.queries.importing import ShownLine
from programmes.queries.progress import Progress


def _codes(row: ActivityEntry | Goal) -> str:
    return ", ".join(criterion.code for criterion in row.criteria.all())


def activities_table(entries: Iterable[ActivityEntry], *, title: str) -> Table:
    """A list of activities; the entries as for_table() gives them."""
    return Table(
        title,
        [
            _("Date"),
            _("Activity"),
            _("Type"),
            _("How"),
            _("Goal"),
            _("Criteria"),
            _("Hours"),
            _("State"),
            _("Counts"),
            _("Why not"),
        ],
        (
            [
                entry.done_on,
                entry.title,
                str(entry.get_kind_display()),
                translated_text(entry.strategy, "name").text,
                entry.agreed_goal.title if entry.agreed_goal else "",
                _codes(entry),
                hours_cell(entry.minutes),
                str(entry.get_status_display()),
                _("No") if entry.uncounted_label else _("Yes"),
                entry.uncounted_label,
            ]
            for entry in entries
        ),
    )


def goals_table(goals: Iterable[Goal], *, title: str) -> Table:
    """Goals with what is said of them; rows as goals_of() gives them."""
    return Table(
        title,
        [
            _("Goal"),
            _("Why it matters at work"),
            _("How I will know"),
            _("Criteria"),
            _("Level now"),
            _("Target level"),
            _("Target date"),
            _("State"),
            _("Progress in per cent"),
            _("Last check-in"),
            _("Verified hours"),
            _("What came of it"),
        ],
        (
            [
                goal.title,
                goal.why,
                goal.measure,
                _codes(goal),
                translated_text(goal.baseline_level, "label").text if goal.baseline_level else "",
                translated_text(goal.target_level, "label").text if goal.target_level else "",
                goal.target_on,
                str(goal.get_status_display()),
                goal.progress,  # type: ignore[attr-defined]
                goal.last_checked_on,  # type: ignore[attr-defined]
                hours_cell(goal.verified_minutes),  # type: ignore[attr-defined]
                goal.outcome,
            ]
            for goal in goals
        ),
    )


def waiting_table(entries: Iterable[ActivityEntry]) -> Table:
    """What waits to be verified; the entries with their checks."""
    return Table(
        _("Activities to verify"),
        [
            _("Date"),
            _("Activity"),
            _("Learner"),
            _("Type"),
            _("How"),
            _("Criteria"),
            _("Hours"),
            _("Sent on"),
            _("Look first"),
        ],
        (
            [
                entry.done_on,
                entry.title,
                entry.enrolment.learner.display_name,
                str(entry.get_kind_display()),
                translated_text(entry.strategy, "name").text,
                _codes(entry),
                hours_cell(entry.minutes),
                entry.submitted_at.date() if entry.submitted_at else None,
                "; ".join(str(check.label) for check in entry.checks),  # type: ignore[attr-defined]
            ]
            for entry in entries
        ),
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


def progress_table(rows: Iterable[Progress], *, title: str) -> Table:
    """How people stand: hours counted against hours expected by today, of both kinds."""
    return Table(
        title,
        [
            _("Learner"),
            _("Organisation"),
            _("Programme"),
            _("State"),
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


def import_table(people_import: PeopleImport, lines: Iterable[ShownLine]) -> Table:
    """What a list of people would do, line by line."""
    return Table(
        people_import.file_name,
        [_("Line"), _("Full name"), _("E-mail"), _("What happens"), _("Details")],
        ([row.line, row.name, row.email, row.tag.word, " ".join(row.texts)] for row in lines),
    )


def example_list_table(cohort: Cohort) -> Table:
    """A list of people to start from; its columns are those that the importer knows."""
    start = cohort.starts_on + dt.timedelta(days=7)
    return Table(
        _("Learners"),
        [
            _("Full name"),
            _("E-mail"),
            _("Language"),
            _("Team"),
            _("First day"),
            _("Contracted hours a week"),
            _("Coach"),
            _("Workplace mentor"),
            _("Line manager"),
        ],
        [
            [
                "Sample Learner A",
                "learner.a@company.example",
                "en",
                "",
                start,
                40,
                "coach@provider.example",
                "mentor@company.example",
                "manager@company.example",
            ],
            ["Sample Learner B", "learner.b@company.example", "pl", "", None, None, "", "", ""],
        ],
    )
