"""The table of everybody that a lead looks after, piece by piece."""

from collections.abc import Iterator, Mapping

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dashboards.queries import led_by
from dashboards.queries.lead import RANKS, lines_of, summaries_of
from downloads.producers import Produced
from people.models import User
from people.permissions import Permission
from programmes.exporters import progress_table
from programmes.forms.fields import is_key
from programmes.models import Enrolment, Programme
from programmes.queries import progress
from programmes.queries.exports import keys_in_pieces

LEARNERS_PARAMS = frozenset({"programme", "cohort", "status"})


def learners_producer(person: User, params: Mapping[str, str]) -> Produced:
    """Everybody under way in the programmes that a lead leads, of one programme, cohort or standing where wanted.

    Raises PermissionDenied for who leads none.
    """
    programmes = Programme.objects.permitted_to(person, Permission.PROGRAMME_WATCH)
    keys = sorted(programmes.values_list("pk", flat=True))
    if not keys:
        raise PermissionDenied
    learners = _narrowed(led_by(person), keys, params)
    table = progress_table(_progress_in_pieces(learners), title=_("Learners under way"))
    return Produced(table, learners.count, scope=f"programmes:{','.join(map(str, keys))}")


def _progress_in_pieces(learners: QuerySet[Enrolment]) -> Iterator[progress.Progress]:
    for keys in keys_in_pieces(learners):
        rows = Enrolment.objects.filter(pk__in=keys).order_by("learner__display_name", "pk")
        yield from progress.progress_of(rows, on=timezone.localdate())


def _narrowed(
    learners: QuerySet[Enrolment], programmes: list[int], params: Mapping[str, str]
) -> QuerySet[Enrolment]:
    """Those that the params ask for; a param that says nothing asks for nothing."""
    for name, path in (("programme", "cohort__programme"), ("cohort", "cohort")):
        if is_key(params.get(name, "")):
            learners = learners.filter(**{path: int(params[name])})
    if (level := params.get("status", "")) in RANKS:
        lines = lines_of(summaries_of(programmes, on=timezone.localdate()).values(), level=level)
        learners = learners.filter(pk__in=[line.enrolment for line in lines])
    return learners
