"""What happens to the units of a programme: made, changed, put in order, mapped to criteria, removed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db import transaction
from django.db.models import F, Max

from core.texts import keep_states, texts_of
from people.models import User
from people.permissions import Permission
from programmes.actions.programmes import TEXTS
from programmes.actions.recording import ChangedMeanwhile, audit_change, changed_values, require
from programmes.models import Programme, ProgrammeUnit
from standards.models import Criterion

Direction = Literal["up", "down"]


@dataclass(frozen=True)
class UnitContent:
    """What a lead says about a unit: columns, and the translations that are right as they are."""

    fields: Mapping[str, Any]
    still_right: Collection[str] = field(default_factory=frozenset)


def _hold(programme: Programme) -> None:
    """One change of the order at a time: the programme's row is locked until the transaction is over."""
    Programme.objects.select_for_update().get(pk=programme.pk)


def _last_place(programme: Programme) -> int:
    return int(programme.units.aggregate(last=Max("order"))["last"] or 0)


@transaction.atomic
def create_unit(*, programme: Programme, content: UnitContent, by: User) -> ProgrammeUnit:
    """A new unit behind the others."""
    require(by, Permission.PROGRAMME_CHANGE, programme)
    _hold(programme)
    unit = ProgrammeUnit(programme=programme, order=_last_place(programme) + 1)
    before = texts_of(unit, TEXTS)
    for name, value in content.fields.items():
        setattr(unit, name, value)
    keep_states(unit, TEXTS, before=before)
    unit.save(force_insert=True)
    audit_change(unit, action="unit.create", by=by, changes=changed_values({}, content.fields))
    return unit


@transaction.atomic
def change_unit(*, unit: ProgrammeUnit, content: UnitContent, revision: int, by: User) -> ProgrammeUnit:
    """Rewrite a unit. Raises ChangedMeanwhile when it is no longer as the page showed it."""
    unit = _taken(unit, revision, by)
    before, old = texts_of(unit, TEXTS), {name: getattr(unit, name) for name in content.fields}
    for name, value in content.fields.items():
        setattr(unit, name, value)
    keep_states(unit, TEXTS, before=before, still_right=content.still_right)
    unit.save()
    audit_change(unit, action="unit.change", by=by, changes=changed_values(old, content.fields))
    return unit


def _taken(unit: ProgrammeUnit, revision: int, by: User) -> ProgrammeUnit:
    require(by, Permission.PROGRAMME_CHANGE, unit)
    if not ProgrammeUnit.objects.filter(pk=unit.pk, revision=revision).update(revision=F("revision") + 1):
        raise ChangedMeanwhile
    return ProgrammeUnit.objects.select_related("programme").get(pk=unit.pk)


@transaction.atomic
def map_unit(*, unit: ProgrammeUnit, criteria: Collection[Criterion], revision: int, by: User) -> None:
    """From now on the unit works towards these criteria. Raises ChangedMeanwhile as change_unit() does."""
    unit = _taken(unit, revision, by)
    before = unit.criteria.count()
    unit.criteria.set(criteria)
    audit_change(unit, action="unit.map", by=by, changes={"criteria": [before, len(criteria)]})


@transaction.atomic
def move_unit(*, unit: ProgrammeUnit, direction: Direction, by: User) -> None:
    """Change places with the unit before or after it; the first stays first and the last stays last."""
    require(by, Permission.PROGRAMME_CHANGE, unit)
    _hold(unit.programme)
    unit.refresh_from_db()
    others = unit.programme.units
    if direction == "up":
        other = others.filter(order__lt=unit.order).order_by("-order").first()
    else:
        other = others.filter(order__gt=unit.order).order_by("order").first()
    if other is None:
        return
    here, there = unit.order, other.order
    # A place is unique, so the unit steps aside first.
    for row, place in ((unit, _last_place(unit.programme) + 1), (other, here), (unit, there)):
        ProgrammeUnit.objects.filter(pk=row.pk).update(order=place)
    unit.refresh_from_db()
    audit_change(unit, action="unit.move", by=by, changes={"order": [here, there]})


@transaction.atomic
def remove_unit(*, unit: ProgrammeUnit, by: User) -> None:
    """Delete a unit with its mapping; the activities of learners stay as they are."""
    require(by, Permission.PROGRAMME_CHANGE, unit)
    audit_change(unit, action="unit.remove", by=by, changes={"criteria": [unit.criteria.count(), 0]})
    unit.delete()
