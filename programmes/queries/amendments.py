"""The versions of an activity, and what an amendment changes."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Literal

from django.utils.formats import date_format, number_format, time_format
from django.utils.translation import gettext as _

from core.translated import translated_text
from people.models import User
from people.permissions import Permission, standing_of
from programmes.models import ActivityEntry, Reflection
from programmes.queries.activities import TREE_ORDER
from programmes.queries.evidence import evidence_shown
from standards.models import Criterion

SHARED_AT_LEAST = 0.3
Mark = Literal["same", "added", "removed"]


def versions_of(entry: ActivityEntry, *, reader: User) -> list[ActivityEntry]:
    """Every version of the activity that the person may read, the newest first; empty when there is only this one."""
    pairs = ActivityEntry.objects.filter(enrolment=entry.enrolment_id).exclude(amends=None)
    older: dict[int, int] = {
        pk: amends for pk, amends in pairs.order_by().values_list("pk", "amends") if amends
    }
    newer = {amends: pk for pk, amends in older.items()}
    if entry.pk not in older and entry.pk not in newer:
        return []
    found = [entry.pk]
    while found[0] in newer:
        found.insert(0, newer[found[0]])
    while found[-1] in older:
        found.append(older[found[-1]])
    rows = ActivityEntry.objects.filter(pk__in=found).permitted_to(reader, Permission.ACTIVITY_READ)
    return sorted(rows.select_related("approved_by"), key=lambda row: found.index(row.pk))


@dataclass(frozen=True)
class Piece:
    """Some words of a text, or one thing of a list: in both versions, only in the new one, or only in the old one."""

    mark: Mark
    text: str


@dataclass(frozen=True)
class Change:
    """What became of one part of an activity. A list is drawn thing by thing, a text as one."""

    label: str
    pieces: Sequence[Piece]
    is_list: bool = False


@dataclass(frozen=True)
class Difference:
    """What an amendment changes, as far as its reader may see it; `hidden` when some of it is not for them."""

    changes: Sequence[Change] = field(default_factory=tuple)
    has_hidden: bool = False


def words_changed(old: str, new: str) -> list[Piece]:
    """The new text with the words that came and those that went, in reading order.

    Texts that share little are shown one after the other: a word in common here and there would only confuse.
    """
    one, other = (re.findall(r"\S+|\s+", text) for text in (old, new))
    matcher = SequenceMatcher(str.isspace, one, other)
    shared = [word for block in matcher.get_matching_blocks() for word in one[block.a : block.a + block.size]]
    words = [word for word in (*one, *other) if not word.isspace()]
    if 2 * sum(not word.isspace() for word in shared) < SHARED_AT_LEAST * len(words):
        return [Piece(mark, text) for mark, text in (("removed", old), ("added", new)) if text]  # type: ignore[arg-type]
    pieces: list[Piece] = []
    for tag, i, j, k, n in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(other[k:n])))
            continue
        if i < j:
            pieces.append(Piece("removed", "".join(one[i:j])))
        if k < n:
            pieces.append(Piece("added", "".join(other[k:n])))
    return pieces


def difference_of(entry: ActivityEntry, *, reader: User) -> Difference | None:
    """What the amendment changes against the version that it amends; None where the reader may not read both."""
    old = entry.amends
    if old is None:
        return None
    before, after = standing_of(reader, old), standing_of(reader, entry)

    def may(permission: Permission) -> bool:
        return before.may(permission) and after.may(permission)

    if not may(Permission.ACTIVITY_READ):
        return None
    changes = [*_facts(old, entry), _criteria(old, entry)]
    has_detail = may(Permission.ACTIVITY_READ_DETAIL)
    if has_detail:
        changes += _details(old, entry)
    if may(Permission.REFLECTION_READ):
        texts = {row.entry_id: row.text for row in Reflection.objects.filter(entry__in=[old, entry])}
        changes.append(_text(_("What was learned"), texts.get(old.pk, ""), texts.get(entry.pk, "")))
    changes.append(_evidence(old, entry, reader))
    return Difference([change for change in changes if change is not None], has_hidden=not has_detail)


def _text(label: str, old: str, new: str) -> Change | None:
    return Change(label, words_changed(old, new)) if old != new else None


def _value(label: str, old: str, new: str) -> Change | None:
    """A short value: the old one goes as a whole and the new one comes."""
    pieces = [Piece(mark, text) for mark, text in (("removed", old), ("added", new)) if text]  # type: ignore[arg-type]
    return Change(label, pieces) if old != new else None


def _list(label: str, old: Sequence[str], new: Sequence[str]) -> Change | None:
    gone = [Piece("removed", text) for text in old if text not in new]
    come = [Piece("added", text) for text in new if text not in old]
    return Change(label, [*gone, *come], is_list=True) if gone or come else None


def _to_the_minute(row: ActivityEntry) -> str:
    return _("%(hours)s h %(minutes)s min") % {"hours": row.minutes // 60, "minutes": row.minutes % 60}


def _facts(old: ActivityEntry, new: ActivityEntry) -> list[Change | None]:
    values: list[tuple[str, Callable[[ActivityEntry], str]]] = [
        (_("Type"), lambda row: str(row.get_kind_display())),
        (_("Date"), lambda row: date_format(row.done_on)),
        (_("Start time"), lambda row: time_format(row.starts_at) if row.starts_at else ""),
        (_("Time spent"), _to_the_minute),
        (_("How"), lambda row: translated_text(row.strategy, "name").text),
        (_("Goal"), lambda row: row.goal.title if row.goal else ""),
        (_("Paid time"), lambda row: _("Yes") if row.is_paid else _("No")),
    ]
    facts = [_value(label, show(old), show(new)) for label, show in values]
    return [_text(_("Title"), old.title, new.title), *facts]


def _details(old: ActivityEntry, new: ActivityEntry) -> list[Change | None]:
    def money(row: ActivityEntry) -> str:
        return number_format(row.cost, decimal_pos=2) if row.cost is not None else ""

    return [
        _text(_("What was done"), old.description, new.description),
        _value(_("Carried out by"), old.carried_out_by, new.carried_out_by),
        _value(_("Place"), old.place, new.place),
        _value(_("Cost"), money(old), money(new)),
        _text(_("Why it is out of the ordinary"), old.exception_reason, new.exception_reason),
    ]


def _criteria(old: ActivityEntry, new: ActivityEntry) -> Change | None:
    def named(row: ActivityEntry) -> list[str]:
        criteria: Any = Criterion.objects.filter(activities=row).order_by(*TREE_ORDER)
        return [f"{criterion.code} {translated_text(criterion, 'title').text}" for criterion in criteria]

    return _list(_("Criteria"), named(old), named(new))


def _evidence(old: ActivityEntry, new: ActivityEntry, reader: User) -> Change | None:
    """Files by name: a copy and its original have the same bytes, so a changed file of one name shows as both."""

    def files(row: ActivityEntry) -> dict[tuple[str, str], str]:
        shown = evidence_shown(reader, row)
        return {
            (file.original_name, file.sha256): file.original_name for file in (*shown.plain, *shown.logged)
        }

    was, now = files(old), files(new)
    gone = [Piece("removed", name) for key, name in was.items() if key not in now]
    come = [Piece("added", name) for key, name in now.items() if key not in was]
    return Change(_("Evidence"), [*gone, *come], is_list=True) if gone or come else None
