"""How translations stand, whatever the model: a stand-in with two languages' worth of columns is enough."""

from types import SimpleNamespace
from typing import Any

import pytest

from core.texts import UNKNOWN, TextState, behind, keep_states, state_of, texts_of

FIELDS = ("title",)


def row(**texts: str) -> Any:
    columns = {"title_en": "", "title_es": "", "title_pl": ""} | texts
    return SimpleNamespace(source_language="en", text_states={}, **columns)


def change(made: Any, *, still_right: frozenset[str] = frozenset(), **values: str) -> None:
    before = texts_of(made, FIELDS)
    for name, value in values.items():
        setattr(made, name, value)
    keep_states(made, FIELDS, before=before, still_right=still_right)


def states(made: Any) -> list[str]:
    return [state_of(made, "title", language).value for language in ("en", "es", "pl")]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({}, ["not_written"] * 3),
        ({"title_en": "One"}, ["source", "missing", "missing"]),
        ({"title_en": "One", "title_pl": "Jeden"}, ["source", "missing", "current"]),
        ({"title_pl": "Jeden"}, ["not_written", "not_written", "changed_since"]),
    ],
)
def test_row_with_nothing_recorded(texts: dict[str, str], expected: list[str]) -> None:
    made = row(**texts)
    if expected[-1] == "changed_since":
        made.text_states = {"title_pl": UNKNOWN}
    assert states(made) == expected


def test_none_is_the_same_as_empty() -> None:
    made = row(title_en="One")
    made.title_es = None
    assert states(made)[1] == "missing"


def test_original_that_changes_back_brings_its_translation_back_in_line() -> None:
    made = row(title_en="One", title_es="Uno")
    change(made, title_en="Two")
    assert behind(made, FIELDS) == {"title_es"}
    change(made, title_en="One")
    assert states(made) == ["source", "current", "missing"]


def test_translation_taken_out_and_written_again_is_current() -> None:
    made = row(title_en="One", title_es="Uno")
    change(made, title_en="Two")
    change(made, title_es="")
    assert (states(made)[1], made.text_states) == ("missing", {})
    change(made, title_es="Dos")
    assert states(made)[1] == "current"


def test_still_right_counts_for_the_columns_named_only() -> None:
    made = row(title_en="One", title_es="Uno", title_pl="Jeden")
    change(made, title_en="Two")
    change(made, still_right=frozenset({"title_pl"}))
    assert states(made) == ["source", "changed_since", "current"]


def test_original_of_another_language() -> None:
    made = row(title_en="One", title_es="Uno", title_pl="Jeden")
    change(made, title_en="Two")
    change(made, source_language="pl")
    assert state_of(made, "title", "pl") is TextState.SOURCE
    assert states(made) == ["current", "changed_since", "source"]
