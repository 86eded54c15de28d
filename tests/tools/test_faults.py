"""The counting of `make faults`: each kind of damage is found, and an undamaged entry is none."""

import hashlib
import uuid
from pathlib import Path

import pytest
from django.conf import settings

from programmes.actions import submit_activity
from programmes.models import ActivityEntry
from tests.factories import programmes as f
from tests.worlds import World
from tools.faults.audit import findings

CONTENT = b"one line\n"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def send(world: World, title: str) -> ActivityEntry:
    """An entry with a file, started and sent."""
    side = world.ours
    entry = f.ActivityFactory(
        enrolment=side.enrolment, strategy=side.strategy, kind="on_job", title=f"Sample entry {title}"
    )
    entry.criteria.set(side.criteria[:1])
    f.ActivityEventFactory(entry=entry, kind="created", by=side.learner)
    name = f"ab/{uuid.uuid4().hex}.txt"
    f.EvidenceFactory(entry=entry, file=name, sha256=SHA256)
    path = Path(settings.MEDIA_ROOT) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(CONTENT)
    submit_activity(entry=entry, by=side.learner)
    return entry


def told(entry: ActivityEntry, **changes: str) -> dict[str, str]:
    """What the learner was answered."""
    return {"title": entry.title, "location": f"/activities/{entry.pk}/", "sha256": SHA256} | changes


@pytest.fixture
def entry(world: World) -> ActivityEntry:
    return send(world, "1-1")


def found(*acknowledged: dict[str, str]) -> dict[str, list[str]]:
    return {kind: rows for kind, rows in findings(list(acknowledged)).items() if rows}


def test_whole_entry_is_no_finding(entry: ActivityEntry) -> None:
    assert found(told(entry)) == {}
    assert found() == {}  # one that nobody was told of is no damage either


def test_lost_entry_is_found(entry: ActivityEntry) -> None:
    assert found(told(entry), told(entry, title="Sample entry 1-2")) == {"lost": ["Sample entry 1-2"]}


def test_doubled_entry_is_found(world: World, entry: ActivityEntry) -> None:
    send(world, "1-1")
    assert found(told(entry)) == {"doubled": ["Sample entry 1-1"]}


def test_answer_that_leads_elsewhere_is_found(entry: ActivityEntry) -> None:
    assert found(told(entry, location="/activities/0/")) == {"elsewhere": ["Sample entry 1-1"]}


@pytest.mark.parametrize("damage", ["draft", "event", "file"])
def test_half_done_entry_is_found(entry: ActivityEntry, damage: str) -> None:
    if damage == "draft":
        ActivityEntry.objects.filter(pk=entry.pk).update(status="draft")
    elif damage == "event":
        entry.events.filter(kind="submitted").delete()
    sha256 = "another" if damage == "file" else SHA256
    assert found(told(entry, sha256=sha256)) == {"half_done": ["Sample entry 1-1"]}


def test_missing_bytes_and_leftover_bytes_are_found(entry: ActivityEntry) -> None:
    file = entry.evidence.get()
    path = Path(file.file.path)
    path.with_name("left-over.txt").write_bytes(b"")
    path.unlink()
    assert found(told(entry)) == {
        "without_bytes": [f"{file.pk}: the bytes are missing"],
        "bytes_without_row": [f"{path.parent.name}/left-over.txt"],
    }
