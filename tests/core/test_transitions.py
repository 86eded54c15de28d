"""Guarded changes of state: one conditional update, and the loser is told."""

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from core.transitions import TransitionRefused, move, sources_of
from standards.models import Framework
from tests.factories.standards import FrameworkFactory

MOVES = {
    "draft": frozenset({"published"}),
    "published": frozenset({"archived", "draft"}),
    "archived": frozenset(),
}


def test_sources_are_the_states_from_which_a_state_is_reached() -> None:
    assert sources_of(MOVES, "published") == {"draft"}
    assert sources_of(MOVES, "draft") == {"published"}
    assert sources_of({"a": frozenset("c"), "b": frozenset("c"), "c": frozenset()}, "c") == {"a", "b"}
    assert sources_of(MOVES, "nowhere") == frozenset()


def test_move_writes_the_state_and_what_goes_with_it_in_one_update(db: None) -> None:
    framework = FrameworkFactory(status="draft", issuer="Before")
    with CaptureQueriesContext(connection) as captured:
        move(framework, to="published", moves=MOVES, issuer="After")
    assert (framework.status, framework.issuer) == ("published", "After")
    assert [query["sql"].split()[0] for query in captured] == ["UPDATE", "SELECT"]


def test_move_takes_expressions(db: None) -> None:
    framework = FrameworkFactory(status="draft", issuer="Ours")
    move(framework, to="published", moves=MOVES, source=F("issuer"))
    assert framework.source == "Ours"


@pytest.mark.parametrize("to", ["draft", "archived"])
def test_move_that_is_not_in_the_table_is_refused_and_changes_nothing(db: None, to: str) -> None:
    framework = FrameworkFactory(status="draft", issuer="Before")
    with pytest.raises(TransitionRefused) as caught:
        move(framework, to=to, moves=MOVES, issuer="After")
    assert (caught.value.current, caught.value.to) == ("draft", to)
    assert str(caught.value) == f"no move from 'draft' to {to!r}"
    stored = Framework.objects.get(pk=framework.pk)
    assert (stored.status, stored.issuer) == ("draft", "Before")


def test_move_asks_the_database_and_not_the_instance(db: None) -> None:
    framework = FrameworkFactory(status="draft")
    stale = Framework.objects.get(pk=framework.pk)
    move(framework, to="published", moves=MOVES)
    with pytest.raises(TransitionRefused):
        move(stale, to="published", moves=MOVES)
    assert stale.status == "published"


def test_move_leaves_other_rows_alone(db: None) -> None:
    first, second = FrameworkFactory(status="draft"), FrameworkFactory(status="draft")
    move(first, to="published", moves=MOVES)
    second.refresh_from_db()
    assert second.status == "draft"


def test_move_of_a_row_that_is_gone_says_so(db: None) -> None:
    framework = FrameworkFactory(status="draft")
    Framework.objects.filter(pk=framework.pk).delete()
    with pytest.raises(Framework.DoesNotExist):
        move(framework, to="published", moves=MOVES)
