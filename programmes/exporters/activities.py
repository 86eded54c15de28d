"""Activities as rows for a file."""

from collections.abc import Iterable, Mapping

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from core.translated import translated_text
from downloads.producers import Produced
from downloads.tables import Cell, Table, hours_cell
from people.models import User
from people.permissions import Permission
from programmes.exporters.cells import codes
from programmes.models import (
    ActivityEntry,
    Cohort,
    Programme,
)
from programmes.queries.exports import in_pieces


def _activity_headings() -> list[str]:
    return [
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
    ]


def _activity_cells(entry: ActivityEntry) -> list[Cell]:
    return [
        entry.done_on,
        entry.title,
        str(entry.get_kind_display()),
        translated_text(entry.strategy, "name").text,
        entry.agreed_goal.title if entry.agreed_goal else "",
        codes(entry),
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
    entries = ActivityEntry.objects.filter(enrolment__cohort__in=chosen).not_replaced()
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
                codes(entry),
                hours_cell(entry.minutes),
                entry.submitted_at.date() if entry.submitted_at else None,
                "; ".join(str(check.label) for check in entry.checks),  # type: ignore[attr-defined]
            ]
            for entry in entries
        ),
    )
