"""Tables of the organisation administrator's home."""

from collections.abc import Iterable, Iterator, Mapping

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core.translated import translated_text
from dashboards.queries import Group, led_by
from downloads.producers import Produced
from downloads.tables import Cell, Table, hours_cell
from people.models import User
from people.permissions import Permission
from programmes.exporters import progress_table
from programmes.models import Enrolment, Programme
from programmes.queries import progress
from programmes.queries.exports import keys_in_pieces


def groups_table(groups: Iterable[Group], *, title: str) -> Table:
    """Totals by programme, the small groups kept back as on the page."""

    def total(minutes: int | None) -> Cell:
        return _("kept back") if minutes is None else hours_cell(minutes)

    return Table(
        title,
        [
            _("Programme"),
            _("Learners"),
            _("Off the job, counted hours"),
            _("On the job, counted hours"),
            _("Applied at work, hours"),
            _("Verified off the job, hours"),
            _("Goals pursued"),
            _("Goals achieved"),
        ],
        (
            [
                translated_text(group.programme, "title").text,
                group.people,
                total(group.off_minutes),
                total(group.on_minutes),
                total(group.rate.applied if group.rate else None),
                total(group.rate.approved if group.rate else None),
                _("kept back") if group.goals is None else group.goals.pursued,
                _("kept back") if group.goals is None else group.goals.achieved,
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


def learners_producer(person: User, params: Mapping[str, str]) -> Produced:
    """Everybody under way in the programmes that a lead leads. Raises PermissionDenied for who leads none."""
    programmes = Programme.objects.permitted_to(person, Permission.PROGRAMME_WATCH)
    keys = sorted(programmes.values_list("pk", flat=True))
    if not keys:
        raise PermissionDenied
    learners = led_by(person)
    table = progress_table(_progress_in_pieces(learners), title=_("Learners under way"))
    return Produced(table, learners.count, scope=f"programmes:{','.join(map(str, keys))}")


def _progress_in_pieces(learners: QuerySet[Enrolment]) -> Iterator[progress.Progress]:
    for keys in keys_in_pieces(learners):
        rows = Enrolment.objects.filter(pk__in=keys).order_by("learner__display_name", "pk")
        yield from progress.progress_of(rows, on=timezone.localdate())
