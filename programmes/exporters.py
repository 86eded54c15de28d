"""Tables of activities and of people in programmes, as rows for a file; the same columns as on the page."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from core.translated import translated_text
from downloads.producers import Produced
from downloads.tables import Cell, Table, hours_cell
from people.models import User
from people.permissions import Permission
from programmes.models import ActivityEntry, Cohort, Enrolment, PeopleImport, Programme
from programmes.queries.exports import in_pieces
from programmes.queries.importing import ShownLine
from programmes.queries.progress import Progress


def _codes(entry: ActivityEntry) -> str:
    return ", ".join(criterion.code for criterion in entry.criteria.all())


def _activity_headings() -> list[str]:
    return [
        _("Date"),
        _("Activity"),
        _("Type"),
        _("How"),
        _("Criteria"),
        _("Hours"),
        _("State"),
        _("Counts"),
        _("Why not"),
    ]


def _activity_cells(entry: ActivityEntry) -> list[Cell]:
    return [
        entry.done_on,
        entry.title,
        str(entry.get_kind_display()),
        translated_text(entry.strategy, "name").text,
        _codes(entry),
        hours_cell(entry.minutes),
        str(entry.get_status_display()),
        _("No") if entry.uncounted_label else _("Yes"),
        entry.uncounted_label,
    ]


def activities_table(entries: Iterable[ActivityEntry], *, title: str) -> Table:
    """A list of activities; the entries as for_table() gives them."""
    return Table(title, _activity_headings(), (_activity_cells(entry) for entry in entries))


def all_activities_table(entries: Iterable[ActivityEntry], *, title: str) -> Table:
    """Activities of many learners; the entries as in_pieces() gives them."""
    return Table(
        title,
        [_("Learner"), _("Employer"), _("Cohort"), *_activity_headings()],
        (
            [
                entry.enrolment.learner.display_name,
                entry.enrolment.organisation.name,
                entry.enrolment.cohort.name,
                *_activity_cells(entry),
            ]
            for entry in entries
        ),
    )


def activities_producer(person: User, params: Mapping[str, str]) -> Produced:
    """All activities that a lead may read: of one cohort, of one programme, or of all programmes that they lead.

    Raises PermissionDenied when there is no such programme.
    """
    programmes = Programme.objects.permitted_to(person, Permission.PROGRAMME_WATCH)
    cohorts = Cohort.objects.filter(programme__in=programmes).select_related("programme")
    if "cohort" in params:
        cohorts = cohorts.filter(pk=_key(params["cohort"]))
    elif "programme" in params:
        cohorts = cohorts.filter(programme=_key(params["programme"]))
    chosen = list(cohorts.order_by("pk"))
    if not chosen:
        raise PermissionDenied
    title = _("Activities of your learners")
    if "cohort" in params:
        title = _("Activities of %(name)s") % {"name": chosen[0].name}
    elif "programme" in params:
        title = _("Activities of %(name)s") % {"name": translated_text(chosen[0].programme, "title").text}
    entries = ActivityEntry.objects.filter(enrolment__cohort__in=chosen)
    permitted = entries.permitted_to(person, Permission.ACTIVITY_READ)
    table = all_activities_table(in_pieces(permitted, on=timezone.localdate()), title=title)
    programme_keys = sorted({cohort.programme_id for cohort in chosen})
    return Produced(table, permitted.count, scope=f"programmes:{','.join(map(str, programme_keys))}")


def _key(text: str) -> int:
    """A key out of an address; one that no row has for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


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
