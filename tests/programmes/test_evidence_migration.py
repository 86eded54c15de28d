"""The migration that gave evidence its states: what was there is clean, and backwards nothing unchecked is left."""

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.factories import programmes as f
from tests.worlds import World


def migrated(targets: list[tuple[str, str]]) -> Any:
    """Migrate and return the model as it is then; constraints are looked at first, as ALTER TABLE wants it."""
    connection.check_constraints()
    executor = MigrationExecutor(connection)
    state = executor.migrate(targets)
    return state.apps.get_model("programmes", "EvidenceFile")


@pytest.mark.slow
def test_rows_become_clean_and_unchecked_ones_go_backwards(world: World) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite changes no table inside a transaction")
    graph = MigrationExecutor(connection).loader.graph
    (after,) = [key for key in graph.node_map if key[1].endswith("_evidence_states")]
    (before,) = [node.key for node in graph.node_map[after].parents if node.key[0] == after[0]]
    entry = f.ActivityFactory(enrolment=world.ours.enrolment, strategy=world.ours.strategy)
    kept = f.EvidenceFactory(entry=entry, file="ab/sample.txt")
    for traits in ({"received": True}, {"checking": True}):
        f.EvidenceFactory(entry=entry, file="ab/sample.txt", **traits)
    f.EvidenceFactory(entry=entry, rejected=True)

    old = migrated([before])
    assert list(old.objects.values_list("pk", flat=True)) == [kept.pk]
    new = migrated([after])
    assert list(new.objects.values_list("status", "rejection", "attempts")) == [("clean", "", 0)]
    assert new(entry_id=entry.pk).status == "received"
    migrated(graph.leaf_nodes())
