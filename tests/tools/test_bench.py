"""The bench's data looks like the sample, and its figures are worked out as it says."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Count

from people.models import Membership
from people.permissions import Permission
from programmes.models import ActivityEntry, ActivityEvent, Enrolment, Reflection, SupportRole
from programmes.queries.activities import waiting_for
from tools.bench import data, report
from tools.bench.__main__ import read
from tools.cluster import children_of, free_port


@pytest.mark.slow
@pytest.mark.skipif(connection.vendor != "postgresql", reason="the bench is for PostgreSQL alone")
def test_grown_learners_have_what_the_sample_has(db: None, django_assert_num_queries) -> None:
    call_command("load_demo", verbosity=0)
    sample = ActivityEntry.objects.filter(enrolment__status="active")
    data.grow(42, check_keys=True)
    grown = Enrolment.objects.filter(learner__email__startswith="bench.learner.")
    assert grown.count() == 42
    entries = ActivityEntry.objects.filter(enrolment__in=grown)
    numbers = entries.order_by().values("enrolment").annotate(number=Count("pk"))
    assert {row["number"] for row in numbers} == {data.ENTRIES}
    assert {e.status for e in entries} == {e.status for e in sample} >= {"draft", "submitted", "approved"}
    assert not entries.exclude(status="draft").exclude(approved_by=None, status="approved").filter(coach=None)
    assert ActivityEvent.objects.filter(entry__in=entries).count() > entries.count() * 2
    assert Reflection.objects.filter(entry__in=entries).count() > entries.count() / 2
    assert not entries.exclude(done_on__gte=min(e.starts_on for e in grown)).exists()

    roles = SupportRole.objects.filter(enrolment__in=grown)
    most = {
        role: max(row["n"] for row in roles.filter(role=role).values("person").annotate(n=Count("pk")))
        for role in ("coach", "mentor", "manager")
    }
    assert most == {"coach": 40, "mentor": 20, "manager": 20}
    coach = roles.filter(role="coach").order_by("person").first().person
    assert Enrolment.objects.permitted_to(coach, Permission.PROGRESS_READ).count() == 40
    assert waiting_for(coach).count() > 40
    events = ActivityEvent.objects.filter(entry__in=entries)
    strangers = events.exclude(by__email__startswith="bench.")
    assert strangers.count() == 0
    assert Membership.objects.filter(person=coach, role="coach").count() == 1
    # New rows can be added behind the copied ones.
    ActivityEvent.objects.create(entry=entries[0], kind="created", by=coach, at="2026-01-01T00:00Z")


def test_percentiles_are_times_that_were_measured() -> None:
    assert report.percentiles([0.3, 0.1, 0.2, 0.4]) == (0.2, 0.4)
    assert report.percentiles([0.5]) == (0.5, 0.5)
    assert report.percentiles([n / 100 for n in range(100)]) == (0.49, 0.95)


def row(page: str, learners: int, **values: float) -> report.Row:
    return {"page": page, "learners": learners, "clients": 1, "queries": 9, "p95_ms": 9, "rps": 9} | values


def test_missed_targets_are_named() -> None:
    fine = [row("team", size, p50_ms=10, ratio_to_floor=4.9) for size in (50, 5000)]
    assert report.verdicts(fine) == ["All targets are met."]
    missed = [row("home", 50, p50_ms=10, ratio_to_floor=2), row("home", 5000, p50_ms=14, ratio_to_floor=3.5)]
    missed[1]["queries"] = 10
    assert report.verdicts(missed) == [
        "over target: home: the number of queries depends on the size: [9, 10]",
        "over target: home: 3.5 floors, and the target is 3",
        "over target: home: 1.40 times as slow with 5000 learners as with 50, target 1.3",
    ]
    assert report.table(missed).splitlines()[2] == "| home | 50 | 1 | 9 | 10 | 9 | 9 | 2 |"


def test_options_of_the_bench() -> None:
    options = read(["--learners=50,500", "--rounds=1"])
    assert (options.learners, options.clients, options.rounds) == ([50, 500], [1, 8], 1)
    with pytest.raises(SystemExit):
        read(["--learners=12"])


def test_ports_and_children() -> None:
    assert 1024 < free_port() < 65536
    assert children_of(2**22 + 1) == []
