"""The table of everybody that a lead looks after, piece by piece."""

from collections.abc import Iterator, Mapping

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dashboards.queries import led_by
from downloads.producers import Produced
from people.models import User
from people.permissions import Permission
from programmes.exporters import progress_table
from programmes.models import Enrolment, Programme
from programmes.queries import progress
from programmes.queries.exports import keys_in_pieces


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
