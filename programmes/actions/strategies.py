"""Ways of learning: the site's own words, and those of a training provider."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from core.audit import record_event
from core.texts import LANGUAGES, column, keep_states, texts_of
from people.models import Organisation, User
from people.permissions import Permission
from programmes.actions.recording import ChangedMeanwhile, audit_change, changed_values, require
from programmes.models import LearningStrategy, StrategyGuide
from programmes.models.strategies import GUIDE_TEXTS, STRATEGY_TEXTS

Row = TypeVar("Row", LearningStrategy, StrategyGuide)

FACTS = ("usual_kind", "disruption", "cost_level", "group", "suits", "order")
"""What a way of learning says beside its texts."""


@dataclass(frozen=True)
class StrategyContent:
    """What somebody says about a way of learning: columns, and the translations that are right as they are."""

    fields: Mapping[str, Any]
    still_right: Collection[str] = field(default_factory=frozenset)


@transaction.atomic
def change_strategy(
    *, strategy: LearningStrategy, content: StrategyContent, revision: int, by: User
) -> LearningStrategy:
    """Rewrite the site's own words. Raises ChangedMeanwhile when they are no longer as the page showed them."""
    require(by, Permission.STRATEGY_CHANGE, strategy)
    if not LearningStrategy.objects.filter(pk=strategy.pk, revision=revision).update(
        revision=F("revision") + 1
    ):
        raise ChangedMeanwhile
    return _write(
        LearningStrategy.objects.get(pk=strategy.pk), STRATEGY_TEXTS, content, "strategy.change", by
    )


@transaction.atomic
def write_guide(
    *,
    strategy: LearningStrategy,
    organisation: Organisation,
    content: StrategyContent,
    revision: int,
    by: User,
) -> StrategyGuide:
    """The provider's own words about a way of learning; `revision` 0 for the first ones.

    Raises ChangedMeanwhile when they are no longer as the page showed them, ValidationError for who is no provider.
    """
    require(by, Permission.STRATEGY_CHANGE, organisation)
    made = {"strategy": strategy, "organisation": organisation}
    if organisation.kind != Organisation.Kind.PROVIDER:
        raise ValidationError(_("Only training providers describe ways of learning in their own words."))
    if revision == 0:
        return _write(StrategyGuide(**made), GUIDE_TEXTS, content, "guide.create", by)
    if not StrategyGuide.objects.filter(**made, revision=revision).update(revision=F("revision") + 1):
        raise ChangedMeanwhile
    return _write(StrategyGuide.objects.get(**made), GUIDE_TEXTS, content, "guide.change", by)


def _write(row: Row, texts: Sequence[str], content: StrategyContent, action: str, by: User) -> Row:
    before, old = texts_of(row, texts), {name: getattr(row, name) for name in content.fields}
    for name, value in content.fields.items():
        setattr(row, name, value)
    keep_states(row, texts, before=before, still_right=content.still_right)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:  # somebody else began at the same moment
        raise ChangedMeanwhile from error
    changes = changed_values(old, content.fields)
    audit_change(row, action=action, by=by, changes=dict.fromkeys(changes))
    return row


@transaction.atomic
def remove_guide(*, guide: StrategyGuide, by: User) -> None:
    """The provider's people read the site's own words again."""
    require(by, Permission.STRATEGY_CHANGE, guide)
    audit_change(guide, action="guide.remove", by=by, changes={"revision": [guide.revision, None]})
    guide.delete()


@transaction.atomic
def load_strategies(*, rows: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    """Add the ways of learning that are missing, and fill in what is empty of the others; what is written stays.

    A translation is filled in only beside the original that it was made from. Returns how many were added and how
    many filled in; the same rows again change nothing.
    """
    there = {row.code: row for row in LearningStrategy.objects.select_for_update()}
    added = filled = 0
    for given in rows:
        row = there.get(given["code"])
        is_new = row is None
        row = row or LearningStrategy(code=given["code"])
        if not _fill(row, given, is_new=is_new):
            continue
        row.save()
        added, filled = added + is_new, filled + (not is_new)
        record_event(action="strategy.load", on=row, actor=None, changes={"revision": [None, row.revision]})
    return added, filled


def _fill(row: LearningStrategy, given: Mapping[str, Any], *, is_new: bool) -> bool:
    before, changed = texts_of(row, STRATEGY_TEXTS), is_new
    for name in FACTS:
        is_said = getattr(row, name) not in ("", [])
        if is_new or (name not in ("usual_kind", "order") and not is_said):
            changed |= getattr(row, name) != given[name]
            setattr(row, name, given[name])
    for text in STRATEGY_TEXTS:
        source = column(text, row.source_language)
        if getattr(row, source) and getattr(row, source) != given[text][row.source_language]:
            continue  # in somebody's own words: a translation of others would not fit
        for language in LANGUAGES:
            if not getattr(row, column(text, language)):
                setattr(row, column(text, language), given[text][language])
                changed = True
    keep_states(row, STRATEGY_TEXTS, before=before)
    return changed
