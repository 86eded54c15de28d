"""Hold what the learners were told against what is there: the former comes in, what is wrong goes out, as JSON."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter, defaultdict
from typing import Any

import django


def main() -> int:
    """Print a JSON object of lists: each names entries or files by what a learner could call them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wbl_portal.settings")
    django.setup()
    print(json.dumps(findings(json.load(sys.stdin))))
    return 0


def findings(acknowledged: list[dict[str, Any]]) -> dict[str, list[str]]:
    """What was lost, doubled, half done, or is a row without its bytes; files without a row are only counted."""
    from programmes.management.commands.check_files import problem_of
    from programmes.models import ActivityEntry, EvidenceFile

    entries = defaultdict(list)
    for entry in ActivityEntry.objects.filter(title__startswith="Sample entry").prefetch_related(
        "events", "evidence"
    ):
        entries[entry.title].append(entry)
    found: dict[str, list[str]] = {"lost": [], "half_done": [], "elsewhere": []}
    for told in acknowledged:
        there = entries.get(told["title"], [])
        if not there:
            found["lost"].append(told["title"])
            continue
        if f"/activities/{there[0].pk}/" != told["location"] and len(there) == 1:
            found["elsewhere"].append(told["title"])
        found["half_done"] += [told["title"] for entry in there if not _is_whole(entry, told["sha256"])]
    found["doubled"] = [title for title, rows in entries.items() if len(rows) > 1]
    rows = list(EvidenceFile.objects.all())
    found["without_bytes"] = [f"{row.pk}: {problem}" for row in rows if (problem := problem_of(row))]
    named = {str(row.file.name) for row in rows}
    storage = EvidenceFile._meta.get_field("file").storage
    found["bytes_without_row"] = [
        f"{folder}/{name}"
        for folder in storage.listdir("")[0]
        for name in storage.listdir(folder)[1]
        if f"{folder}/{name}" not in named
    ]
    return found


def _is_whole(entry: Any, sha256: str) -> bool:
    """Sent, with one event each of starting and sending, and with the file that came along, if one did."""
    kinds = Counter(event.kind for event in entry.events.all())
    files = [file.sha256 for file in entry.evidence.all()]
    return (
        entry.status == "submitted"
        and kinds == Counter(created=1, submitted=1)
        and files == ([sha256] if sha256 else [])
    )


if __name__ == "__main__":
    sys.exit(main())
