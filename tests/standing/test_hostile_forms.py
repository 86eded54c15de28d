"""Forms filled in by who means harm: rows of others, fields that are not there, files that lie. Never a 500, and
nothing is stored that the form does not offer."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from people.models import User
from programmes.models import ActivityEntry, EvidenceFile, Reflection
from tests.factories import programmes as f
from tests.standing.forms import BOUNDARY, faults_of, parts, post_new, typed
from tests.worlds import World

ClientOf = Callable[[User | None], Client]
HUGE = "1" + "0" * 30
OTHER_TYPE = "The name of the file ends in .%s, but its content is of another type."


@pytest.fixture
def learner(world: World, client_of: ClientOf) -> Client:
    return client_of(world.ours.learner)


# Rows of others in a form ---------------------------------------------------------------


def test_criterion_of_another_programme_gives_the_form_again(world: World, learner: Client) -> None:
    mixed = [world.ours.criteria[0].pk, world.theirs.criteria[0].pk]
    for chosen in (mixed, [world.theirs.criteria[0].pk], [HUGE], ["abc"], ["-1"]):
        response = post_new(learner, typed(world, criteria=chosen))
        assert response.context["form"].errors == {
            "criteria": ["Choose from the criteria of your programme."]
        }
        assert world.theirs.criteria[0].title not in response.text
    assert ActivityEntry.objects.count() == 0


@pytest.mark.parametrize("strategy", ["0", "-1", HUGE, "abc", "1 OR 1=1", "9" * 5000])
def test_strategy_that_does_not_exist_gives_the_form_again(
    world: World, learner: Client, strategy: str
) -> None:
    response = post_new(learner, typed(world, strategy=strategy))
    assert response.context["form"].errors == {"strategy": ["Choose how you learned from the list."]}
    assert ActivityEntry.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "both"), ("hours", HUGE), ("hours", "-1"), ("mins", "60"), ("hours", "1.5"), ("mins", "9" * 5000),
        ("done_on", "2026-02-30"), ("done_on", "9999-12-31"), ("done_on", "0001-01-01"), ("starts_at", "25:00"),
        ("cost", "NaN"), ("cost", "1e1000"), ("cost", HUGE), ("cost", "-Infinity"), ("title", "a" * 201),
        ("reflection", "a" * 5001), ("description", "a" * 5001), ("revision", "abc"), ("revision", "9" * 5000),
    ],
)  # fmt: skip
def test_value_out_of_bounds_gives_the_form_again(
    world: World, learner: Client, field: str, value: str
) -> None:
    assert faults_of(post_new(learner, typed(world, **{field: value}))) == {field}
    assert ActivityEntry.objects.count() == 0


def test_fields_that_the_form_does_not_have_are_ignored(world: World, learner: Client) -> None:
    extra = {
        "status": "approved", "approved_by": world.ours.learner.pk, "approved_at": "2026-01-01",
        "enrolment": world.theirs.enrolment.pk, "enrolment_id": world.theirs.enrolment.pk, "minutes": "1440",
        "submitted_at": "2026-01-01", "organisation": world.theirs.employer.pk, "coach": world.ours.learner.pk,
        "id": "1", "pk": "1", "learner": world.theirs.learner.pk, "created_at": "2000-01-01",
    }  # fmt: skip
    assert post_new(learner, typed(world, **extra)).status_code == 302
    entry = ActivityEntry.objects.get()
    assert (entry.status, entry.enrolment, entry.minutes, entry.revision) == (
        "draft",
        world.ours.enrolment,
        90,
        1,
    )
    assert (entry.approved_by, entry.approved_at, entry.submitted_at, entry.organisation, entry.coach) == (
        None,
    ) * 5
    changed = typed(world, **extra, title="Changed", revision="1")
    assert learner.post(reverse("programmes:activity_change", args=[entry.pk]), changed).status_code == 302
    entry.refresh_from_db()
    assert (entry.status, entry.enrolment, entry.title, entry.revision) == (
        "draft",
        world.ours.enrolment,
        "Changed",
        2,
    )


def test_profile_takes_no_rights_from_the_form(world: World, learner: Client) -> None:
    fields = {"display_name": "New Name", "language": "en", "time_zone": "UTC", "theme": ""}
    extra = {
        "is_administrator": "on",
        "email": "x@sample.example",
        "is_active": "",
        "password": "x",
        "id": "1",
    }
    assert learner.post(reverse("people:profile"), fields | extra).status_code == 302
    before, after = world.ours.learner, User.objects.get(pk=world.ours.learner.pk)
    assert (after.display_name, after.is_administrator, after.is_active) == ("New Name", False, True)
    assert (after.email, after.password) == (before.email, before.password)


# Files ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("photo.png", b"<html><script>alert(1)</script></html>", OTHER_TYPE % "png"),
        ("notes.pdf", b"\x89PNG\r\n\x1a\n" + b"0" * 64, OTHER_TYPE % "pdf"),
        ("notes.txt", b"<svg onload='alert(1)'>", OTHER_TYPE % "txt"),
        ("page.html", b"<p>Hello</p>", "Files of this type are not accepted."),
        ("notes.txt", b"", "The file is empty."),
    ],
)  # fmt: skip
def test_file_that_lies_about_its_type_gives_the_form_again_with_the_reason(
    world: World, learner: Client, tmp_path: Any, name: str, content: bytes, reason: str
) -> None:
    response = post_new(learner, typed(world, evidence=SimpleUploadedFile(name, content, "image/png")))
    assert faults_of(response) == {"evidence"}
    assert reason in str(response.context["form"].errors["evidence"])
    assert (ActivityEntry.objects.count(), EvidenceFile.objects.count()) == (0, 0)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert "Please choose your files again" in response.text


def test_one_bad_file_among_good_ones_stores_none(world: World, learner: Client) -> None:
    files = [SimpleUploadedFile("good.txt", b"Notes"), SimpleUploadedFile("bad.exe", b"MZ")]
    assert faults_of(post_new(learner, typed(world, evidence=files))) == {"evidence"}
    assert EvidenceFile.objects.count() == 0


def test_file_beside_a_wish_to_clear_it_is_just_a_file(world: World, learner: Client) -> None:
    evidence = SimpleUploadedFile("notes.txt", b"Notes")
    assert post_new(learner, typed(world, evidence=evidence, **{"evidence-clear": "on"})).status_code == 302
    assert [row.original_name for row in EvidenceFile.objects.all()] == ["notes.txt"]


def test_name_of_a_file_is_no_path_and_no_header(world: World, learner: Client) -> None:
    body = parts(
        *(
            (f'name="{name}"', str(value).encode())
            for name, value in typed(world).items()
            if name != "criteria"
        ),
        ("name=\"evidence\"; filename*=utf-7''%2B2AA-..%2F..%2Fa%0d%0aSet-Cookie:x.txt", b"Notes"),
    )
    learner.generic("POST", reverse("programmes:activity_create"), body, content_type=BOUNDARY)
    for row in EvidenceFile.objects.all():
        assert "/" not in row.original_name
        response = learner.get(reverse("programmes:evidence_read", args=[row.pk]))
        b"".join(response.streaming_content)
        assert "\n" not in response["Content-Disposition"]


# Anything at all ------------------------------------------------------------------------

ODD = [
    "",
    "\x00",
    "-1",
    HUGE,
    "1e9",
    "NaN",
    "2026-02-30",
    "24:61",
    "<script>",
    "'; --",
    "\u202e",
    "a" * 6000,
    "½",
    "１",
]
FIELDS = ("kind", "title", "done_on", "strategy", "goal", "hours", "mins", "criteria", "reflection", "description",
          "carried_out_by", "place", "starts_at", "cost", "is_paid", "is_shared", "revision", "evidence")  # fmt: skip


@pytest.mark.slow
@given(
    data=st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(ODD) | st.text(max_size=20)),
    is_sending=st.booleans(),
)
@settings(
    max_examples=30, deadline=None, database=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
def test_activity_form_never_fails(
    world: World, learner: Client, data: dict[str, str], is_sending: bool
) -> None:
    """Whatever is in the fields, on top of a form that would be saved: saved, or the form again."""
    entry = f.ActivityFactory(enrolment=world.ours.enrolment, strategy=world.ours.strategy)
    fields = typed(world, **data) | ({"send": "1"} if is_sending else {})
    with transaction.atomic():
        assert post_new(learner, fields).status_code in (200, 302)
        assert learner.post(reverse("programmes:activity_change", args=[entry.pk]), fields).status_code in (
            200,
            302,
        )
        transaction.set_rollback(True)
    assert dt.date(2020, 1, 1) < ActivityEntry.objects.get(pk=entry.pk).done_on
    assert Reflection.objects.count() == 0
