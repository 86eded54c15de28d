"""The sample data that `manage.py load_demo` loads: every state, believable, in three languages."""

import datetime as dt
import hashlib
import io
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings
from PIL import Image

from people.models import User
from programmes.management.commands._demo.content import DATA, LANGUAGES, read, templates
from programmes.management.commands._demo.people import PASSWORD
from programmes.models import (
    ActivityEntry,
    ActivityEvent,
    ApplicationRecord,
    Enrolment,
    EvidenceFile,
    LearningStrategy,
    Programme,
    SupportRole,
    UncountedReason,
)
from programmes.queries.activities import missing_weeks, waiting_for
from programmes.queries.applications import applications_for, due_prompts, rate_over, value_of
from programmes.queries.progress import progress_of
from standards.models import Criterion, Framework

TODAY = dt.date(2026, 3, 12)  # a Thursday
MAIN = "learner@sample.example"
LEARNERS = r"^learner(\.[a-z0-9]{1,4})?@sample\.example$"  # not those of the test worlds


def load(**options: Any) -> str:
    out = io.StringIO()
    call_command("load_demo", stdout=out, **{"today": TODAY, **options})
    return out.getvalue()


@pytest.fixture(scope="module")
def loaded_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="module")
def loaded_once(django_db_setup: None, django_db_blocker: Any, loaded_files: Path) -> Iterator[None]:
    """The sample data, loaded once for this module and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(MEDIA_ROOT=loaded_files):
            load()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def loaded(loaded_once: None, db: None, settings: Any, loaded_files: Path) -> None:
    settings.MEDIA_ROOT = loaded_files


def sample_entries() -> Any:
    return ActivityEntry.objects.filter(
        enrolment__cohort__programme__organisation__name="Sample Training Partner"
    )


# The texts


def texts_in(value: Any, path: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    if isinstance(value, dict) and set(value) & set(LANGUAGES):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from texts_in(inner, f"{path}/{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from texts_in(inner, f"{path}/{number}")


@pytest.mark.parametrize("name", sorted(path.name for path in DATA.glob("*.json")))
def test_texts_are_there_in_three_languages(name: str) -> None:
    for path, text in texts_in(read(name), name):
        assert set(text) == set(LANGUAGES), path
        if path.endswith("/reflection") and not any(text.values()):
            continue
        assert all(value and value == value.strip() for value in text.values()), path
        if "{title}" not in text.values():
            assert len(set(text.values())) == len(LANGUAGES), path


def test_templates_name_known_strategies_and_have_both_kinds_for_each_setting() -> None:
    codes = {row["code"] for row in read("strategies.json")}
    assert {template.strategy for template in templates()} == codes
    for setting in ("workshop", "bakery"):
        kinds = Counter(t.kind for t in templates() if t.setting in (setting, "any"))
        assert min(kinds[kind] for kind in ActivityEntry.Kind.values) >= 20


# What is loaded


@pytest.mark.slow
def test_every_state_is_present(loaded: None) -> None:
    entries = sample_entries()
    assert set(entries.values_list("status", flat=True)) == set(ActivityEntry.Status.values)
    enrolments = Enrolment.objects.filter(pk__in=entries.values("enrolment"))
    statuses = Counter(enrolments.values_list("status", flat=True))
    assert statuses == {"active": 9, "on_break": 1, "completed": 1, "withdrawn": 1, "onboarding": 1}
    assert Enrolment.objects.get(status=Enrolment.Status.INVITED, learner__email="learner.j@sample.example")
    reasons = set(entries.with_uncounted_reason(on=TODAY).values_list("uncounted", flat=True))
    assert reasons == {"", *UncountedReason.values} - {UncountedReason.FUTURE}
    assert set(ActivityEvent.objects.filter(entry__in=entries).values_list("kind", flat=True)) == set(
        ActivityEvent.Kind.values
    )
    assert (
        SupportRole.objects.filter(enrolment__learner__email=MAIN, ends_on__isnull=False).get().role
        == "coach"
    )


@pytest.mark.slow
def test_loads_twelve_learners_and_half_a_year(loaded: None) -> None:
    learners = User.objects.filter(email__regex=LEARNERS)
    assert learners.count() == 12
    assert set(learners.values_list("language", flat=True)) == set(LANGUAGES)
    main = Enrolment.objects.get(learner__email=MAIN)
    assert main.organisation.name == "Sample Workshop Ltd"
    assert (main.activities.earliest("done_on").done_on - main.starts_on).days < 7
    weeks = Counter(
        day.isocalendar()[:2] for day in main.activities.counted_once().values_list("done_on", flat=True)
    )
    assert len(weeks) >= 24
    assert max(weeks.values()) <= 6
    assert len(missing_weeks(main, on=TODAY)) == 1


@pytest.mark.slow
def test_learners_are_ahead_on_time_and_behind(loaded: None) -> None:
    found = {
        p.enrolment.learner.email: p for p in progress_of(Enrolment.objects.filter(status="active"), on=TODAY)
    }
    ratio = {email: p.off_job.counted / max(p.off_job.expected, 1) for email, p in found.items()}
    assert ratio["learner.b@sample.example"] > 1.05
    assert ratio["learner.c@sample.example"] < 0.65
    assert 0.85 < ratio[MAIN] < 1.05
    assert found["learner.d@sample.example"].off_job.behind > 20 * 60
    for email in ("coach@sample.example", "mentor@sample.example", "manager@sample.example"):
        assert waiting_for(User.objects.get(email=email)).exists()


@pytest.mark.slow
def test_entries_follow_their_history(loaded: None) -> None:
    events = defaultdict(list)
    for event in ActivityEvent.objects.filter(entry__in=sample_entries()).order_by("pk"):
        events[event.entry_id].append(event)
    status_after = {
        "created": "draft",
        "submitted": "submitted",
        "withdrawn": "draft",
        "returned": "returned",
        "approved": "approved",
        "superseded": "superseded",
    }
    for entry in sample_entries().select_related("enrolment"):
        history = events[entry.pk]
        assert entry.status == status_after[history[-1].kind]
        assert [event.at for event in history] == sorted(event.at for event in history)
        assert entry.created_at == history[0].at
        assert history[0].at.date() >= entry.done_on
        assert history[-1].at.date() < TODAY
        sent = [event.at for event in history if event.kind == "submitted"]
        assert entry.submitted_at == (sent[-1] if entry.status != "draft" else None)
        for event in history:
            is_learners = event.kind in ("created", "submitted", "withdrawn")
            assert (event.by_id == entry.enrolment.learner_id) == is_learners


@pytest.mark.slow
def test_only_who_supported_the_learner_then_decided(loaded: None) -> None:
    roles = defaultdict(set)
    for row in SupportRole.objects.all():
        roles[row.enrolment_id].add((row.person_id, row.role))
    for entry in sample_entries().filter(status="approved"):
        allowed = {p for p, role in roles[entry.enrolment_id] if role == "coach" or entry.kind == "on_job"}
        assert entry.approved_by_id in allowed
        assert (entry.coach_id, "coach") in roles[entry.enrolment_id]


@pytest.mark.slow
def test_nobody_is_in_two_places_at_once(loaded: None) -> None:
    days = defaultdict(list)
    for entry in sample_entries().counted_once():
        days[entry.enrolment_id, entry.done_on].append(entry)
    for entries in days.values():
        assert sum(entry.minutes for entry in entries) <= 10 * 60
        timed = sorted((e for e in entries if e.starts_at), key=lambda e: e.starts_at)
        for first, second in pairwise(timed):
            started = dt.datetime.combine(first.done_on, first.starts_at)
            assert started + dt.timedelta(minutes=first.minutes) <= dt.datetime.combine(
                second.done_on, second.starts_at
            )


@pytest.mark.slow
def test_texts_are_in_the_learners_language(loaded: None) -> None:
    for language in LANGUAGES:
        known = {template.place[language] for template in templates()}
        places = (
            sample_entries().filter(enrolment__learner__language=language).values_list("place", flat=True)
        )
        assert places
        assert set(places) <= known


@pytest.mark.slow
def test_framework_programmes_and_strategies_are_translated(loaded: None) -> None:
    framework = Framework.objects.get(code="SME-SKILLS")
    assert framework.status == Framework.Status.PUBLISHED
    assert list(framework.scale.levels.values_list("is_proficient", flat=True)) == [False, False, True, True]
    assert Criterion.objects.filter(framework=framework, parent=None).count() == 4
    assert Criterion.objects.filter(framework=framework, parent__isnull=False).count() == 20
    for rows, field in (
        (Criterion.objects.filter(framework=framework), "title"),
        (Programme.objects.filter(frameworks=framework), "summary"),
        (LearningStrategy.objects.filter(code__in=[row["code"] for row in read("strategies.json")]), "name"),
    ):
        assert rows
        for row in rows.values_list(*(f"{field}_{language}" for language in LANGUAGES)):
            assert len(set(row)) == len(LANGUAGES)


@pytest.mark.slow
def test_evidence_is_stored_privately_and_whole(loaded: None, loaded_files: Path) -> None:
    files = EvidenceFile.objects.filter(entry__enrolment__learner__email=MAIN)
    assert Counter(file.content_type for file in files) == {"image/jpeg": 1, "image/png": 1, "text/plain": 1}
    for evidence in files:
        path = loaded_files / evidence.file.name
        assert hashlib.sha256(path.read_bytes()).hexdigest() == evidence.sha256
        if evidence.is_image:
            with Image.open(path) as picture:
                assert picture.size == (960, 640)


@pytest.mark.slow
def test_accounts_sign_in_with_the_printed_password(loaded: None) -> None:
    printed = load(accounts=True)
    assert PASSWORD in printed
    for account in read("people.json")["accounts"]:
        assert account["email"] in printed
        person = User.objects.get(email=account["email"])
        assert person.check_password(PASSWORD)
        assert EmailAddress.objects.get(user=person).verified
    assert User.objects.get(email="multi@sample.example").support_roles.filter(role="mentor").exists()
    assert Enrolment.objects.filter(learner__email="multi@sample.example").exists()


@pytest.mark.slow
def test_second_load_is_refused_and_changes_nothing(loaded: None) -> None:
    before = User.objects.count(), ActivityEntry.objects.count(), ActivityEvent.objects.count()
    with pytest.raises(CommandError, match="there already"):
        load()
    assert (User.objects.count(), ActivityEntry.objects.count(), ActivityEvent.objects.count()) == before


@pytest.mark.slow
def test_every_verified_activity_off_the_job_has_its_application(loaded: None) -> None:
    verified = sample_entries().filter(kind="off_job", status="approved")
    records = ApplicationRecord.objects.filter(entry__in=sample_entries())
    assert set(records.values_list("entry", flat=True)) == set(verified.values_list("pk", flat=True))
    assert set(records.values_list("status", flat=True)) == set(ApplicationRecord.Status.values)
    assert records.filter(status="prompted", put_off_on__isnull=False).exists()
    main = Enrolment.objects.get(learner__email=MAIN)
    assert len(due_prompts(main, on=TODAY)) >= 2
    assert 30 <= (rate_over(Enrolment.objects.filter(activities__in=verified)).percent or 0) <= 70
    assert value_of(Enrolment.objects.filter(activities__in=verified)).sums
    for name in ("mentor", "manager"):
        assert applications_for(User.objects.get(email=f"{name}@sample.example")).exists()


@pytest.mark.slow
def test_applications_follow_their_history(loaded: None) -> None:
    records = ApplicationRecord.objects.filter(entry__in=sample_entries()).exclude(status="prompted")
    for record in records.select_related("entry").prefetch_related("events", "benefits"):
        kinds = [event.kind for event in record.events.all()]
        first = "not_applied" if record.status == "not_applied" else "submitted"
        assert kinds == [first, *({record.status} - {first})]
        assert all(event.at.date() < TODAY for event in record.events.all())
        if record.is_told:
            assert record.entry.done_on < record.applied_on <= record.submitted_at.date()
            assert record.benefits.all()
