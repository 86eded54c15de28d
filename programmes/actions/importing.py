"""What happens to a list of people: taken in, confirmed, carried out line by line, discarded, forgotten."""

from collections import Counter
from collections.abc import Mapping

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.transitions import move
from people.models import Organisation, User
from people.permissions import Permission, roles_remembered
from programmes.actions.enrolments import Placement, change_enrolment, enrol_learner, guard_open
from programmes.actions.inviting import Newcomer, invite_learner
from programmes.actions.recording import audit_change, require
from programmes.actions.support import change_support
from programmes.models import IMPORT_MOVES, Cohort, Enrolment, PeopleImport
from programmes.models.importing import KEPT
from programmes.queries.importing import (
    ENDED,
    ENROLS,
    INVITES,
    PlannedLine,
    lines_of,
    plan_lines,
    plan_of,
)
from programmes.queries.people_lists import ParsedPeople, Remark

AT_ONCE = 50
"""Lists of up to so many people are carried out in one transaction while the person waits."""

A_STEP = 20
"""How many lines of a longer list one transaction takes."""

Counts = Mapping[str, int]


@transaction.atomic
def upload_people(
    *,
    cohort: Cohort,
    employer: Organisation,
    people: ParsedPeople,
    file_name: str,
    language: str,
    by: User,
) -> PeopleImport:
    """Keep a list that was read, to be looked at and confirmed. Nobody is invited by it yet.

    `language` is that of the invitations where the list names none. Raises ValidationError as guard_open() does.
    """
    require(by, Permission.ENROLMENT_CHANGE, cohort)
    guard_open(cohort, employer)
    if language not in User.Language.values:
        raise ValueError(language)
    made = PeopleImport.objects.create(
        cohort=cohort,
        employer=employer,
        uploaded_by=by,
        file_name=file_name,
        source=people.source,
        language=language,
        rows=[line.stored() for line in people.lines],
        faults=[fault.stored() for fault in people.faults],
        notes=[note.stored() for note in people.notes],
        total=len(people.lines),
    )
    audit_change(made, action="people_import.upload", by=by, changes={"total": [None, made.total]})
    return made


@transaction.atomic
def confirm_import(*, people_import: PeopleImport, leave_out: bool, by: User, at_once: int = AT_ONCE) -> None:
    """Say yes to what the preview shows. A list of up to `at_once` people is done then; a longer one by carry_out().

    Lines with a fault block it unless `leave_out` says to go without them. Raises ValidationError for them, and when
    the programme or employer takes nobody any more; TransitionRefused when it was confirmed or discarded meanwhile.
    """
    _require_own(people_import, by)
    require(by, Permission.ENROLMENT_CHANGE, people_import.cohort)
    guard_open(people_import.cohort, people_import.employer)
    plan = plan_of(people_import, on=timezone.localdate())
    if not plan.counts:
        raise ValidationError(_("There is no line in the list that can be used."))
    if plan.faults and not leave_out:
        message = _("Some lines have faults. Mend the list and send it again, or leave these lines out.")
        raise ValidationError({"leave_out": message})
    unreadable = len({fault.line for fault in plan.unreadable})
    move(
        people_import,
        to=PeopleImport.Status.RUNNING,
        moves=IMPORT_MOVES,
        confirmed_at=timezone.now(),
        counts={"left_out": unreadable} if unreadable else {},
    )
    audit_change(people_import, action="people_import.confirm", by=by, changes=dict(_pairs(plan.counts)))
    if people_import.total <= at_once:
        carry_out(people_import=people_import, lines=at_once)
        people_import.refresh_from_db()


@transaction.atomic
def discard_import(*, people_import: PeopleImport, by: User) -> None:
    """Throw the list away. Raises TransitionRefused when it was confirmed or discarded meanwhile."""
    _require_own(people_import, by)
    move(
        people_import,
        to=PeopleImport.Status.DISCARDED,
        moves=IMPORT_MOVES,
        finished_at=timezone.now(),
        rows=[],
        faults=[],
        notes=[],
    )
    audit_change(people_import, action="people_import.discard", by=by)


@transaction.atomic
def carry_out(*, people_import: PeopleImport, lines: int = A_STEP) -> bool:
    """Do what the next lines of a confirmed list ask for, in one transaction; whether there are more after them.

    Whoever calls it at the same time waits, and goes on where this call ends. A line that is refused by now is left
    alone and written down; the others are not held up by it.
    """
    held = (
        PeopleImport.objects.select_for_update(of=("self",))
        .select_related("cohort__programme__organisation", "employer", "uploaded_by")
        .get(pk=people_import.pk)
    )
    if held.status != PeopleImport.Status.RUNNING:
        return False
    counts, failures = Counter(held.counts), list(held.failures)
    chosen = lines_of(held, start=held.position, stop=held.position + lines)
    with roles_remembered():  # asked for with each line, and the same for all lines of a step
        for planned in plan_lines(held, chosen, on=timezone.localdate()):
            refused = _carry_out_line(held, planned)
            failures += [remark.stored() for remark in refused]
            counts["left_out" if refused else planned.kind] += 1
    held.position += len(chosen)
    held.counts, held.failures = dict(counts), failures
    held.save(update_fields=["position", "counts", "failures"])
    if held.position < held.total:
        return True
    move(held, to=PeopleImport.Status.DONE, moves=IMPORT_MOVES, finished_at=timezone.now(), rows=[])
    audit_change(held, action="people_import.done", by=held.uploaded_by, changes=dict(_pairs(counts)))
    return False


def forget_imports() -> int:
    """Delete lists that were sent more than 30 days ago; how many. Whom they enrolled stays enrolled."""
    old = PeopleImport.objects.filter(uploaded_at__lt=timezone.now() - KEPT)
    return old.delete()[0]


def _require_own(people_import: PeopleImport, by: User) -> None:
    if people_import.uploaded_by_id != by.pk:
        raise PermissionDenied


def _pairs(counts: Counts) -> list[tuple[str, list[int | None]]]:
    return [(kind, [None, number]) for kind, number in counts.items()]


def _carry_out_line(held: PeopleImport, planned: PlannedLine) -> list[Remark]:
    """Do one line; why not, when it was left alone."""
    if planned.faults:
        return list(planned.faults)
    try:
        with transaction.atomic():
            if planned.kind in ENROLS:
                _support(_enrolled(held, planned), planned, held.uploaded_by)
            elif planned.enrolment is not None and planned.enrolment.status not in ENDED:
                _change(planned.enrolment, planned, held.uploaded_by)
    except ValidationError:
        return [Remark(planned.line.line, "changed")]
    except PermissionDenied:
        return [Remark(planned.line.line, "not_permitted")]
    return []


def _enrolled(held: PeopleImport, planned: PlannedLine) -> Enrolment:
    assert planned.starts_on is not None
    assert planned.ends_on is not None
    team = held.employer.teams.filter(pk=planned.team).first() if planned.team else None
    placement = Placement(team, planned.starts_on, planned.ends_on, planned.minutes)
    place = {"cohort": held.cohort, "employer": held.employer, "placement": placement}
    if planned.kind in INVITES:
        line = planned.line
        newcomer = Newcomer(line.email, line.name, line.language or held.language)
        return invite_learner(newcomer=newcomer, by=held.uploaded_by, **place)  # type: ignore[arg-type]
    assert planned.person is not None
    return enrol_learner(learner=planned.person, by=held.uploaded_by, **place)  # type: ignore[arg-type]


def _support(enrolment: Enrolment, planned: PlannedLine, by: User) -> None:
    for role, person in planned.support.items():
        change_support(enrolment=enrolment, role=role, person=person, starts_on=timezone.localdate(), by=by)


def _change(enrolment: Enrolment, planned: PlannedLine, by: User) -> None:
    """Team and hours as far as the list says them; the days stay."""
    team = planned.team or enrolment.team_id
    minutes = planned.minutes if planned.line.minutes else enrolment.contracted_minutes_a_week
    if (team, minutes) != (enrolment.team_id, enrolment.contracted_minutes_a_week):
        placement = Placement(
            enrolment.organisation.teams.filter(pk=team).first() if team else None,
            enrolment.starts_on,
            enrolment.ends_on,
            minutes,
        )
        change_enrolment(enrolment=enrolment, placement=placement, by=by)
    _support(enrolment, planned, by)
