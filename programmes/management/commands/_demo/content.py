"""Reads the sample texts of programmes/demo_data. Every text is there in English, Spanish and Polish."""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[3] / "demo_data"
LANGUAGES = ("en", "es", "pl")

Text = Mapping[str, str]
"""One text in each of LANGUAGES."""


@cache
def read(name: str) -> Any:
    """The content of one JSON file of the sample data. Shared between callers: not to be changed."""
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def translated(**texts: Text) -> dict[str, str]:
    """The texts as field values of a translated model: title → title_en, title_es, title_pl."""
    return {f"{field}_{language}": text[language] for field, text in texts.items() for language in LANGUAGES}


def dice(seed: int, *what: object) -> random.Random:
    """Chance that depends on the seed and on what it is for, and on nothing that was drawn before."""
    return random.Random("/".join(map(str, (seed, *what))))  # noqa: S311 - sample data, no secret


@dataclass(frozen=True)
class Template:
    """One sample activity; `minutes` is a typical duration, `setting` the kind of company that it fits."""

    kind: str
    strategy: str
    criteria: tuple[str, ...]
    minutes: int
    setting: str
    title: Text
    description: Text
    reflection: Text
    place: Text
    carried_out_by: Text
    evidence: str  # which sample file belongs to it, if any


@dataclass(frozen=True)
class Again:
    """How a template reads when a learner does it once more: `title` holds "{title}"."""

    kind: str
    title: Text
    description: Text


@cache
def templates() -> tuple[Template, ...]:
    """All sample activities."""
    rows = read("activities.json")["templates"]
    return tuple(Template(**{**row, "criteria": tuple(row["criteria"])}) for row in rows)


@cache
def repeats() -> tuple[Again, ...]:
    """The variants for a template's further uses."""
    return tuple(Again(**row) for row in read("activities.json")["again"])
