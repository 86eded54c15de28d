"""What happens to programmes: made, changed, copied, archived, removed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.texts import keep_states, texts_of
from core.transitions import move
from people.models import Organisation, User
from people.permissions import Permission
from programmes.actions.recording import (
    ChangedMeanwhile,
    audit_change,
    changed_values,
    end_before,
    require,
)
from programmes.models import PROGRAMME_MOVES, Programme, ProgrammeRole, ProgrammeUnit
from standards.models import Criterion, Framework

TEXTS = ("title", "summary")
"""The translated fields of programmes and units."""


@dataclass(frozen=True)
class ProgrammeContent:
    """What a lead says about a programme: columns, frameworks, and the translations that are right as they are."""

    fields: Mapping[str, Any]
    frameworks: Collection[Framework]
    still_right: Collection[str] = field(default_factory=frozenset)


def _code_taken() -> ValidationError:
    return ValidationError({"code": _("Another programme has this code.")})


@transaction.atomic
def create_programme(
    *, organisation: Organisation, content: ProgrammeContent, lead: User, by: User
) -> Programme:
    """A new programme of the provider, led by `lead` from today. Raises ValidationError when the code is taken."""
    require(by, Permission.PROGRAMME_CREATE, organisation)
    programme = Programme(organisation=organisation)
    before = texts_of(programme, TEXTS)
    _set(programme, content.fields)
    keep_states(programme, TEXTS, before=before)
    _insert(programme)
    programme.frameworks.set(content.frameworks)
    ProgrammeRole.objects.create(programme=programme, person=lead, starts_on=timezone.localdate())
    audit_change(programme, action="programme.create", by=by, changes=changed_values({}, content.fields))
    return programme


def _insert(programme: Programme) -> None:
    try:
        with transaction.atomic():
            programme.save(force_insert=True)
    except IntegrityError as error:
        raise _code_taken() from error


def _set(row: Any, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


@transaction.atomic
def change_programme(
    *, programme: Programme, content: ProgrammeContent, revision: int, by: User
) -> Programme:
    """Rewrite a programme. Raises ChangedMeanwhile when it is no longer as the page showed it.

    Raises ValidationError when a framework would go whose criteria a unit still works towards.
    """
    require(by, Permission.PROGRAMME_CHANGE, programme)
    if not Programme.objects.filter(pk=programme.pk, revision=revision).update(revision=F("revision") + 1):
        raise ChangedMeanwhile
    programme = Programme.objects.get(pk=programme.pk)
    _guard_frameworks(programme, content.frameworks)
    before, old = texts_of(programme, TEXTS), {name: getattr(programme, name) for name in content.fields}
    _set(programme, content.fields)
    keep_states(programme, TEXTS, before=before, still_right=content.still_right)
    programme.save()
    changes = changed_values(old, content.fields)
    held = set(programme.frameworks.values_list("pk", flat=True))
    if held != {framework.pk for framework in content.frameworks}:
        changes["frameworks"] = [len(held), len(content.frameworks)]
    programme.frameworks.set(content.frameworks)
    audit_change(programme, action="programme.change", by=by, changes=changes)
    return programme


def _guard_frameworks(programme: Programme, kept: Collection[Framework]) -> None:
    going = programme.frameworks.exclude(pk__in=[framework.pk for framework in kept])
    if ProgrammeUnit.objects.filter(programme=programme, criteria__framework__in=going).exists():
        raise ValidationError(
            {
                "frameworks": _(
                    "A unit works towards criteria of a framework that you took out. Take those out of the unit first."
                )
            }
        )


@transaction.atomic
def copy_programme(*, programme: Programme, code: str, by: User, lead: User) -> Programme:
    """A new programme with the texts, their states, plan, units and mapping of this one; no cohorts.

    Raises ValidationError when the code is taken.
    """
    require(by, Permission.PROGRAMME_READ, programme)
    require(by, Permission.PROGRAMME_CREATE, programme.organisation)
    units = list(programme.units.all())
    frameworks, origin = list(programme.frameworks.all()), programme.pk
    copied = Programme.objects.get(pk=origin)
    copied.pk, copied.code, copied.revision, copied.status = None, code, 1, Programme.Status.OPEN
    copied._state.adding = True
    _insert(copied)
    copied.frameworks.set(frameworks)
    for unit in units:
        criteria: list[Criterion] = list(unit.criteria.all())
        unit.pk, unit.programme, unit.revision = None, copied, 1
        unit._state.adding = True
        unit.save(force_insert=True)
        unit.criteria.set(criteria)
    ProgrammeRole.objects.create(programme=copied, person=lead, starts_on=timezone.localdate())
    audit_change(copied, action="programme.copy", by=by, changes={"from": [None, origin]})
    return copied


@transaction.atomic
def archive_programme(*, programme: Programme, by: User) -> None:
    """No new cohorts and learners; who is in it goes on. Raises TransitionRefused when it is archived already."""
    _move(programme, Programme.Status.ARCHIVED, "programme.archive", by)


@transaction.atomic
def reopen_programme(*, programme: Programme, by: User) -> None:
    """Take an archived programme into use again. Raises TransitionRefused when it is open already."""
    _move(programme, Programme.Status.OPEN, "programme.reopen", by)


def _move(programme: Programme, to: str, action: str, by: User) -> None:
    require(by, Permission.PROGRAMME_CHANGE, programme)
    was = programme.status
    move(programme, to=to, moves=PROGRAMME_MOVES)
    audit_change(programme, action=action, by=by, changes={"status": [was, programme.status]})


@transaction.atomic
def remove_programme(*, programme: Programme, by: User) -> None:
    """Delete a programme in which nothing has happened. Raises ValidationError when it has a cohort."""
    require(by, Permission.PROGRAMME_CHANGE, programme)
    if programme.cohorts.exists():
        raise ValidationError(_("This programme has cohorts, so it can only be archived."))
    audit_change(programme, action="programme.remove", by=by, changes={"units": [programme.units.count(), 0]})
    programme.delete()


@transaction.atomic
def change_leads(*, programme: Programme, leads: Collection[User], by: User) -> None:
    """From today these people lead the programme; who is not among them led it until yesterday.

    Raises ValidationError when nobody would be left.
    """
    require(by, Permission.PROGRAMME_CHANGE, programme)
    if not leads:
        raise ValidationError({"leads": _("Somebody has to lead the programme.")})
    today, wanted = timezone.localdate(), {person.pk for person in leads}
    rows = list(ProgrammeRole.objects.filter(programme=programme).current(on=today))
    held = {row.person_id for row in rows}
    for row in rows:
        if row.person_id not in wanted:
            end_before(row, today)
    ProgrammeRole.objects.bulk_create(
        ProgrammeRole(programme=programme, person_id=pk, starts_on=today) for pk in sorted(wanted - held)
    )
    if held != wanted:
        changes = {"leads": [len(held), len(wanted)]}
        audit_change(programme, action="programme.leads", by=by, changes=changes)
