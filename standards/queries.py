"""Reads of frameworks: the list, and the tree of one with its search."""

import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.html import strip_tags

from core.translated import TranslatedText, language_column, translated_text
from people.models import User
from people.permissions import Permission
from standards.models import Criterion, Framework, is_rich_text

QUERY_LENGTH = 100
_STROKES = str.maketrans("łŁøØ", "lLoO")  # letters that do not come apart into letter and accent


def frameworks_for(user: User | AnonymousUser) -> QuerySet[Framework]:
    """The frameworks that the person may read, by title, with the numbers of `criteria_number` and `area_number`.

    A criterion with others below it is an area; neither is counted as the other.
    """
    below = Criterion.objects.filter(parent=OuterRef("pk"))
    rows: QuerySet[Framework] = Framework.objects.permitted_to(user, Permission.FRAMEWORK_READ)
    return rows.annotate(
        criteria_number=_number_of(~Exists(below)), area_number=_number_of(Exists(below))
    ).order_by(language_column("title"), "code", "version")


def _number_of(condition: Any) -> Coalesce:
    rows = Criterion.objects.filter(condition, framework=OuterRef("pk")).order_by().values("framework")
    return Coalesce(
        Subquery(rows.annotate(number=Count("pk")).values("number")), 0, output_field=IntegerField()
    )


@dataclass(frozen=True)
class CriterionNode:
    """A criterion as the page shows it; `description` is empty where it would only say the title again."""

    criterion: Criterion
    title: TranslatedText
    description: TranslatedText
    children: "list[CriterionNode]"


@dataclass(frozen=True)
class CriterionTree:
    """What is shown of a framework's criteria, and how many of them match the search (all without one)."""

    roots: list[CriterionNode]
    found: int


def criterion_tree(framework: Framework, *, query: str = "") -> CriterionTree:
    """The criteria as a tree, in one query whatever their number.

    With a query: those in which every word of it occurs, in any language, whatever the accents; with the areas
    they are in, and all that is below an area that matches itself.
    """
    criteria = list(framework.criteria.all())
    words = _folded(query).split()
    matching = {criterion.pk for criterion in criteria if not words or _matches(criterion, words)}
    children: dict[int | None, list[Criterion]] = defaultdict(list)
    for criterion in criteria:
        children[criterion.parent_id].append(criterion)

    def nodes(parent: int | None, is_inside: bool) -> list[CriterionNode]:
        found = []
        for criterion in children[parent]:
            is_shown = is_inside or criterion.pk in matching
            below = nodes(criterion.pk, is_shown)
            if is_shown or below:
                found.append(_node(criterion, below))
        return found

    return CriterionTree(nodes(None, False), len(matching))


def _matches(criterion: Criterion, words: list[str]) -> bool:
    texts = [criterion.code]
    for language, _name in settings.LANGUAGES:
        texts.append(getattr(criterion, f"title_{language}") or "")
        description = getattr(criterion, f"description_{language}") or ""
        texts.append(strip_tags(description) if is_rich_text(description) else description)
    text = _folded("\n".join(texts))
    return all(word in text for word in words)


def _folded(text: str) -> str:
    """Lower case without accents, so that "innovacion" finds "Innovación"."""
    parts = unicodedata.normalize("NFKD", text.translate(_STROKES).casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


def _node(criterion: Criterion, below: list[CriterionNode]) -> CriterionNode:
    title, description = translated_text(criterion, "title"), translated_text(criterion, "description")
    is_cut = title.text.endswith("…") and description.text.startswith(title.text.removesuffix("…"))
    if is_cut and not is_rich_text(description.text):
        title = description  # the title is the beginning of a statement: show the whole of it instead
    if title.text == description.text:
        description = description._replace(text="")
    return CriterionNode(criterion, title, description, below)
