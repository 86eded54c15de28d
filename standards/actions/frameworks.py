"""Writing a framework: what an importer has read goes in whole or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.audit import record_event
from core.transitions import move
from people.models import User, pseudonym_of
from standards.models import FRAMEWORK_MOVES, Criterion, Framework, Level, Scale

Texts = Mapping[str, str]
"""A text by language code. A language that is not in it is left as it is stored."""


@dataclass(frozen=True)
class Finding:
    """Something about one line of a file, counted from 1; without a line it is about the whole file."""

    line: int | None
    text: str

    def __str__(self) -> str:
        if self.line is None:
            return self.text
        return _("Line %(line)s: %(text)s") % {"line": self.line, "text": self.text}


@dataclass(frozen=True)
class ParsedLevel:
    """One level of a scale, lowest first."""

    label: Texts
    descriptor: Texts = field(default_factory=dict)
    is_proficient: bool = False


@dataclass(frozen=True)
class ParsedScale:
    """A scale as a file or the demo data describes it."""

    code: str
    name: Texts
    levels: Sequence[ParsedLevel]


@dataclass(frozen=True)
class ParsedCriterion:
    """One criterion of a file; `parent` is a code, empty at the top. `is_group` when it is no row of its own."""

    line: int
    code: str
    parent: str
    title: Texts
    description: Texts
    is_group: bool = False


@dataclass(frozen=True)
class ParsedFramework:
    """A framework without a fault: codes are unique, every parent is there, nothing goes round in a circle.

    `criteria` are in the order of the file. What is None (and any language not named) is not said by the file,
    and stays as it is stored.
    """

    code: str
    version: str
    language: str
    title: Texts
    criteria: Sequence[ParsedCriterion]
    description: Texts = field(default_factory=dict)
    issuer: str | None = None
    licence: str | None = None
    source: str | None = None
    scale: ParsedScale | None = None
    format: str = ""
    encoding: str = ""
    delimiter: str = ""
    warnings: Sequence[Finding] = ()

    @cached_property
    def layers(self) -> list[list[ParsedCriterion]]:
        """The criteria by depth, from the top down."""
        depths: dict[str, int] = {}
        by_code = {criterion.code: criterion for criterion in self.criteria}
        layers: list[list[ParsedCriterion]] = []
        for criterion in self.criteria:
            path = [criterion]
            while path[-1].parent and path[-1].parent not in depths:
                path.append(by_code[path[-1].parent])
            for one in reversed(path):
                depths[one.code] = depths[one.parent] + 1 if one.parent else 0
            layers.extend([] for _depth in range(depths[criterion.code] + 1 - len(layers)))
        for criterion in self.criteria:
            layers[depths[criterion.code]].append(criterion)
        return layers


class Outcome(StrEnum):
    """What an import came to."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class ImportResult:
    """What an import did, or would do; the numbers are criteria. `is_published` when this import published it."""

    framework: Framework
    outcome: Outcome
    added: int = 0
    changed: int = 0
    removed: int = 0
    is_published: bool = False


class ImportRefused(Exception):
    """The content is sound, but may not be written over what is there. The message is for the person."""


@transaction.atomic
def import_framework(
    *, parsed: ParsedFramework, by: User | None = None, publish: bool = False, dry_run: bool = False
) -> ImportResult:
    """Create the framework, or bring the draft with its code and version up to date.

    The same content again changes nothing, whatever the state. Other content for a published or archived
    version raises ImportRefused. With `dry_run` everything is tried and nothing is kept.
    """
    titles = _columns("title", parsed.title)
    framework, is_new = Framework.objects.get_or_create(
        code=parsed.code, version=parsed.version, defaults={"language": parsed.language, **titles}
    )
    framework = Framework.objects.select_for_update().get(pk=framework.pk)
    before = framework.criteria.count()
    result = _write(framework, parsed, is_new)
    if result.outcome is not Outcome.UNCHANGED:
        counts = [before, len(parsed.criteria)]
        _audit("framework.import", framework, by, {"outcome": result.outcome, "criteria": counts})
    if publish and framework.status == Framework.Status.DRAFT:
        publish_framework(framework=framework, by=by)
        result = replace(result, is_published=True)
    if dry_run:
        transaction.set_rollback(True)
    return result


@transaction.atomic
def publish_framework(*, framework: Framework, by: User | None = None) -> None:
    """A draft becomes published, and fixed. Raises TransitionRefused when it is not a draft any more."""
    move(framework, to=Framework.Status.PUBLISHED, moves=FRAMEWORK_MOVES)
    change = [Framework.Status.DRAFT.value, Framework.Status.PUBLISHED.value]
    _audit("framework.publish", framework, by, {"status": change})


@transaction.atomic
def archive_framework(*, framework: Framework, by: User | None = None) -> None:
    """A published framework is kept for what refers to it and offered no more. Raises TransitionRefused."""
    move(framework, to=Framework.Status.ARCHIVED, moves=FRAMEWORK_MOVES)
    change = [Framework.Status.PUBLISHED.value, Framework.Status.ARCHIVED.value]
    _audit("framework.archive", framework, by, {"status": change})


def _audit(action: str, framework: Framework, by: User | None, changes: dict[str, Any]) -> None:
    actor = pseudonym_of(by) if by is not None else None
    record_event(action=action, on=framework, actor=actor, changes=changes)


def _columns(name: str, texts: Texts) -> dict[str, str]:
    return {f"{name}_{language}": text for language, text in texts.items()}


def _set_changed(instance: Any, values: Mapping[str, Any]) -> set[str]:
    """Set what differs, an empty translation being the same as none; the names of what differed."""
    changed = {name for name, value in values.items() if (getattr(instance, name) or "") != (value or "")}
    for name in changed:
        setattr(instance, name, values[name])
    return changed


def _write(framework: Framework, parsed: ParsedFramework, is_new: bool) -> ImportResult:
    is_changed = _scale_differs(framework, parsed.scale)
    is_changed |= bool(_set_changed(framework, _framework_values(parsed)))
    stored = {criterion.code: criterion for criterion in framework.criteria.select_related("parent")}
    changes = _criterion_changes(stored, parsed)
    wanted = {criterion.code for criterion in parsed.criteria}
    removed = [criterion.pk for code, criterion in stored.items() if code not in wanted]
    result = ImportResult(
        framework,
        Outcome.CREATED if is_new else Outcome.UPDATED,
        added=len(wanted - stored.keys()),
        changed=len(changes),
        removed=len(removed),
    )
    if not (is_new or is_changed or result.added or result.changed or result.removed):
        return ImportResult(framework, Outcome.UNCHANGED)
    if framework.status != Framework.Status.DRAFT:
        names = {"code": framework.code, "version": framework.version}
        raise ImportRefused(
            _(
                "%(code)s, version %(version)s, is published and cannot change, and this file differs from it. "
                "Import the file as a new version (--version)."
            )
            % names
        )
    framework.scale = _saved_scale(framework, parsed.scale)
    framework.save()
    _save_criteria(framework, parsed, stored, changes)
    framework.criteria.filter(pk__in=removed).delete()
    return result


def _framework_values(parsed: ParsedFramework) -> dict[str, Any]:
    said = {"issuer": parsed.issuer, "licence": parsed.licence, "source": parsed.source}
    return {
        "language": parsed.language,
        **_columns("title", parsed.title),
        **_columns("description", parsed.description),
        **{name: value for name, value in said.items() if value is not None},
    }


# Criteria -------------------------------------------------------------------------------


def _criterion_values(parsed: ParsedFramework) -> dict[str, dict[str, Any]]:
    """By code, the columns of each criterion but its parent. The order among siblings is that of the file."""
    siblings: dict[str, int] = {}
    values = {}
    for criterion in parsed.criteria:
        order = siblings[criterion.parent] = siblings.get(criterion.parent, -1) + 1
        texts = _columns("title", criterion.title) | _columns("description", criterion.description)
        values[criterion.code] = {"order": order, **texts}
    return values


def _criterion_changes(stored: Mapping[str, Criterion], parsed: ParsedFramework) -> dict[str, set[str]]:
    """By code, the columns that change; the stored instances have their new values already, but for the parent."""
    values, changes = _criterion_values(parsed), {}
    for criterion in parsed.criteria:
        instance = stored.get(criterion.code)
        if instance is None:
            continue
        changed = _set_changed(instance, values[criterion.code])
        if (instance.parent.code if instance.parent else "") != criterion.parent:
            changed.add("parent")
        if changed:
            changes[criterion.code] = changed
    return changes


def _save_criteria(
    framework: Framework,
    parsed: ParsedFramework,
    stored: dict[str, Criterion],
    changes: Mapping[str, set[str]],
) -> None:
    """Add and change. Removing comes after it: a criterion may have moved out of an area that goes."""
    values = _criterion_values(parsed)
    for layer in parsed.layers:
        new = [
            Criterion(
                framework=framework,
                parent=stored.get(criterion.parent),
                code=criterion.code,
                **values[criterion.code],
            )
            for criterion in layer
            if criterion.code not in stored
        ]
        Criterion.objects.bulk_create(new, batch_size=500)
        stored.update((criterion.code, criterion) for criterion in new)
    parents = {criterion.code: criterion.parent for criterion in parsed.criteria}
    for code in changes:
        stored[code].parent = stored.get(parents[code])
    columns = set().union(*changes.values())
    if columns:
        Criterion.objects.bulk_update([stored[code] for code in changes], sorted(columns), batch_size=500)


# The scale ------------------------------------------------------------------------------


def _level_values(level: ParsedLevel) -> dict[str, Any]:
    return {
        **_columns("label", level.label),
        **_columns("descriptor", level.descriptor),
        "is_proficient": level.is_proficient,
    }


def _scale_differs(framework: Framework, parsed: ParsedScale | None) -> bool:
    """Whether the framework gets another scale, or the scale itself would change."""
    if parsed is None:
        return False
    scale = Scale.objects.filter(code=parsed.code).first()
    return scale is None or framework.scale_id != scale.pk or _content_differs(scale, parsed)


def _content_differs(scale: Scale, parsed: ParsedScale) -> bool:
    levels = list(scale.levels.all())
    return (
        len(levels) != len(parsed.levels)
        or bool(_set_changed(scale, _columns("name", parsed.name)))
        or any(
            _set_changed(level, _level_values(new)) for level, new in zip(levels, parsed.levels, strict=True)
        )
    )


def _saved_scale(framework: Framework, parsed: ParsedScale | None) -> Scale | None:
    """The scale, created or brought up to date. Raises ImportRefused when a published framework relies on it."""
    if parsed is None:
        return framework.scale
    names = _columns("name", parsed.name)
    scale, is_new = Scale.objects.get_or_create(code=parsed.code, defaults=names)
    if not is_new and not _content_differs(scale, parsed):
        return scale
    if scale.frameworks.exclude(status=Framework.Status.DRAFT).exists():
        message = _(
            "The scale %(code)s is used by a published framework and cannot change. Give it a new code."
        )
        raise ImportRefused(message % {"code": parsed.code})
    _set_changed(scale, names)
    scale.save()
    for order, level in enumerate(parsed.levels, start=1):
        Level.objects.update_or_create(scale=scale, order=order, defaults=_level_values(level))
    scale.levels.filter(order__gt=len(parsed.levels)).delete()
    return scale
