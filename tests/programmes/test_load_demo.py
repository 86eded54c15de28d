"""`manage.py load_demo`: the same every time, every state present, in bulk, once, and never in production."""

import datetime as dt
import hashlib
import io
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from people.models import Membership, User
from programmes.management.commands._demo.cast import cast
from programmes.models import (
    ActivityEntry,
    ActivityEvent,
    ApplicationBenefit,
    ApplicationEvent,
    ApplicationRecord,
    BreakInLearning,
    Enrolment,
    EvidenceFile,
    Goal,
    GoalCheckIn,
    GoalEvent,
    Reflection,
    SupportRole,
)
from standards.models import Framework
from tests.factories.people import OrganisationFactory
from tests.factories.programmes import EvidenceFactory

TODAY = dt.date(2026, 3, 12)  # a Thursday
MAIN = "learner@sample.example"
LEARNERS = r"^learner(\.[a-z0-9]{1,4})?@sample\.example$"  # not those of the test worlds


def load(**options: Any) -> str:
    out = io.StringIO()
    call_command("load_demo", stdout=out, **{"today": TODAY, **options})
    return out.getvalue()


def sample_entries() -> Any:
    return ActivityEntry.objects.filter(
        enrolment__cohort__programme__organisation__name="Sample Training Partner"
    )


def digest() -> str:
    """One value for all that the loader writes, without keys, which the database gives out."""
    tables = [
        User.objects.order_by("email").values_list("email", "display_name", "language", "time_zone"),
        Membership.objects.order_by("person__email", "organisation__name", "role").values_list(
            "person__email", "organisation__name", "team__name", "role", "starts_on"
        ),
        Enrolment.objects.order_by("learner__email", "starts_on").values_list(
            "learner__email", "cohort__name", "status", "starts_on", "ends_on", "contracted_minutes_a_week"
        ),
        SupportRole.objects.order_by("enrolment__learner__email", "role", "starts_on").values_list(
            "enrolment__learner__email", "person__email", "role", "starts_on", "ends_on"
        ),
        BreakInLearning.objects.order_by("enrolment__learner__email").values_list(
            "starts_on", "ends_on", "reason"
        ),
        ActivityEntry.objects.order_by("pk").values_list(
            "enrolment__learner__email",
            "kind",
            "strategy__code",
            "title",
            "done_on",
            "starts_at",
            "minutes",
            "status",
            "revision",
            "created_at",
            "submitted_at",
            "approved_by__email",
        ),
        ActivityEvent.objects.order_by("pk").values_list("kind", "by__email", "at", "reason"),
        Reflection.objects.order_by("pk").values_list("text", flat=True),
        ApplicationRecord.objects.order_by("pk").values_list(
            "status", "what_changed", "applied_on", "not_applied_reason", "put_off_on", "confirmed_by__email"
        ),
        ApplicationBenefit.objects.order_by("pk").values_list("level", "text", "unit", "before", "after"),
        ApplicationEvent.objects.order_by("pk").values_list("kind", "by__email", "at", "reason"),
        ActivityEntry.objects.order_by("pk").values_list("goal__title", flat=True),
        Goal.objects.order_by("pk").values_list(
            "title", "status", "target_on", "created_at", "agreed_at", "outcome", "origin"
        ),
        GoalCheckIn.objects.order_by("pk").values_list("goal__title", "checked_on", "progress", "note"),
        GoalEvent.objects.order_by("pk").values_list("kind", "by__email", "at", "reason"),
        EvidenceFile.objects.order_by("sha256").values_list("id", "original_name", "sha256"),
    ]
    return hashlib.sha256("\n".join(str(row) for table in tables for row in table).encode()).hexdigest()


def digest_of_a_load(**options: Any) -> str:
    with transaction.atomic():
        load(**options)
        found = digest()
        transaction.set_rollback(True)
    return found


# How it is loaded


@pytest.mark.slow
def test_same_seed_and_day_give_the_same_data(db: None) -> None:
    first = digest_of_a_load(learners=3)
    assert digest_of_a_load(learners=3) == first
    assert digest_of_a_load(learners=3, seed=7) != first
    assert digest_of_a_load(learners=3, today=TODAY + dt.timedelta(days=1)) != first


@pytest.mark.slow
@pytest.mark.parametrize("today", ["2026-03-09", "2026-03-15", "2028-02-29", "2027-01-01"])
def test_every_status_is_there_on_any_day(db: None, today: str) -> None:
    load(today=dt.date.fromisoformat(today))
    main = ActivityEntry.objects.filter(enrolment__learner__email=MAIN)
    assert set(main.values_list("status", flat=True)) == set(ActivityEntry.Status.values)
    assert EvidenceFile.objects.filter(entry__in=main).count() == 3


@pytest.mark.slow
def test_queries_do_not_grow_with_learners(db: None) -> None:
    numbers = []
    for learners in (4, 16):
        with (
            transaction.atomic(),
            CaptureQueriesContext(
                connection,
            ) as queries,
        ):
            load(learners=learners)
            entries = sample_entries().count()
            transaction.set_rollback(True)
        inserts = sum(query["sql"].startswith("INSERT") for query in queries)
        numbers.append((len(queries) - inserts, inserts, entries))
    (others, inserts, entries), (others_of_more, inserts_of_more, entries_of_more) = numbers
    assert entries_of_more > 2 * entries
    assert others_of_more == others
    # A batch holds 2,000 rows, on SQLite as many as it takes parameters: about 40.
    assert inserts_of_more - inserts <= (entries_of_more - entries) / 10


def test_more_learners_get_more_employers() -> None:
    everybody = cast(learners=12 + 26, seed=1)
    assert len(everybody.learners) == 12 + 26
    assert len({part.email for part in everybody.parts}) == len(everybody.parts)
    assert [row["name"] for row in everybody.organisations][-2:] == [
        "Sample Employer 001 Ltd",
        "Sample Employer 002 Ltd",
    ]
    there = {row["email"] for row in everybody.staff}
    for part in everybody.parts:
        assert {part.coach, part.mentor, part.manager} <= there
    assert cast(learners=20, seed=1).learners == everybody.learners[:20]


@pytest.mark.slow
def test_one_learner_is_enough(db: None) -> None:
    load(learners=1)
    assert User.objects.filter(email__regex=LEARNERS).count() == 1


@pytest.mark.slow
def test_a_load_that_fails_leaves_neither_rows_nor_files(db: None, settings: Any) -> None:
    taken = uuid.uuid5(uuid.NAMESPACE_URL, "sample/2026/faults by week.png")
    EvidenceFactory(id=taken)
    there = {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}
    before = digest()
    with pytest.raises(Exception, match=r"(?i)unique"), transaction.atomic():
        load(learners=1)
    assert digest() == before
    assert {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()} == there


def test_load_is_refused_where_an_organisation_has_the_name(db: None) -> None:
    OrganisationFactory(name="Sample Bakery Ltd")
    with pytest.raises(CommandError, match="there already"):
        load()
    assert not User.objects.filter(email=MAIN).exists()


def test_load_is_refused_over_another_framework_of_the_same_code(db: None) -> None:
    Framework.objects.create(
        code="SME-SKILLS", version="1.0", title="Another", status=Framework.Status.PUBLISHED
    )
    with pytest.raises(CommandError, match="SME-SKILLS"):
        load()
    assert not User.objects.filter(email=MAIN).exists()


def test_if_empty_does_nothing_when_there_are_people(db: None) -> None:
    assert "no sample data" in load(if_empty=True)
    assert not User.objects.filter(email=MAIN).exists()


@pytest.mark.slow
def test_if_empty_loads_into_an_empty_database(db: None) -> None:
    for model in (Enrolment, Membership):
        model.objects.all().delete()
    User.objects.all().delete()
    assert "1 learners" in load(if_empty=True, learners=1)


def test_accounts_says_when_there_are_none(db: None) -> None:
    assert load(accounts=True) == "There are no sample accounts in this database.\n"


@pytest.mark.parametrize("options", [{}, {"accounts": True}, {"if_empty": True}])
def test_load_is_refused_in_production(db: None, settings: Any, options: dict[str, bool]) -> None:
    settings.PROFILE = "production"
    with pytest.raises(CommandError, match="never loaded on a production site"):
        load(**options)


@pytest.mark.parametrize("arguments", [["--learners", "0"], ["--learners", "5001"], ["--today", "tomorrow"]])
def test_senseless_options_are_refused(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("load_demo", *arguments)
