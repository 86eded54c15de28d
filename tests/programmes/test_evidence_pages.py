"""What pages show and serve of sent files, and how much room there is for them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from people.models import User
from programmes import actions
from programmes.models import ActivityEntry, EvidenceFile
from tests.factories import programmes as f
from tests.standing.forms import typed
from tests.uploads import samples
from tests.uploads.sending import attach, nothing
from tests.worlds import World
from uploads.checking import check_claimed, claim_next

ClientOf = Callable[[User | None], Client]


def page(name: str, *args: Any) -> str:
    return reverse(f"programmes:{name}", args=args)


def said(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


@pytest.fixture
def entry(world: World) -> ActivityEntry:
    row: ActivityEntry = f.ActivityFactory(
        enrolment=world.ours.enrolment, strategy=world.ours.strategy, kind="on_job"
    )
    row.criteria.set(world.ours.criteria[:1])
    return row


# What is shown --------------------------------------------------------------------------


@pytest.mark.slow
def test_learner_sees_the_state_and_others_see_clean_files_only(
    entry: ActivityEntry, world: World, client_of: ClientOf
) -> None:
    for name, traits in (("waits", {"received": True}), ("refused", {"rejected": True}), ("fine", {})):
        f.EvidenceFactory(entry=entry, original_name=f"{name}.txt", **traits)
    actions.submit_activity(entry=entry, by=world.ours.learner)
    own = client_of(world.ours.learner).get(page("activity_detail", entry.pk)).text
    assert [name for name in ("waits", "refused", "fine") if f"{name}.txt" in own] == [
        "waits",
        "refused",
        "fine",
    ]
    assert ("Being checked" in own, "The document contains macros." in own) == (True, True)
    assert page("evidence_remove", EvidenceFile.objects.get(original_name="refused.txt").pk) not in own
    for persona in ("coach", "mentor", "manager", "lead"):
        text = client_of(getattr(world.ours, persona)).get(page("activity_detail", entry.pk)).text
        assert [name for name in ("waits", "refused", "fine") if f"{name}.txt" in text] == ["fine"], persona
        assert ("Being checked" in text, "hx-get" in text.split('id="evidence"')[1]) == (False, False)
        listed = (
            client_of(getattr(world.ours, persona)).get(page("enrolment_activities", entry.enrolment_id)).text
        )
        assert "1 file" in listed


def test_refused_file_is_removed_from_the_page_of_an_open_entry(
    entry: ActivityEntry, world: World, client_of: ClientOf
) -> None:
    row = f.EvidenceFactory(entry=entry, rejected=True)
    learner = client_of(world.ours.learner)
    for name in ("activity_detail", "activity_change"):
        text = learner.get(page(name, entry.pk)).text
        assert (page("evidence_remove", row.pk) in text, "The document contains macros." in text) == (
            True,
            True,
        )
    learner.post(page("evidence_remove", row.pk))
    assert not EvidenceFile.objects.exists()


@pytest.mark.slow
def test_page_asks_again_until_all_is_settled(
    entry: ActivityEntry, world: World, client_of: ClientOf
) -> None:
    attach(entry, ("a.txt", b"one"), ("b.txt", b"two"))
    learner, part = client_of(world.ours.learner), page("activity_evidence", entry.pk)
    assert f'hx-get="{part}?waiting=2"' in learner.get(page("activity_detail", entry.pk)).text
    asks = {"headers": {"HX-Request": "true"}}
    assert learner.get(f"{part}?waiting=2", **asks).status_code == 204
    check_claimed(claim_next(EvidenceFile.objects.all()), settled=nothing)
    drawn = learner.get(f"{part}?waiting=2", **asks).text
    assert (f'hx-get="{part}?waiting=1"' in drawn, "<html" in drawn) == (True, False)
    actions.check_evidence()
    drawn = learner.get(f"{part}?waiting=1", **asks).text
    assert ("hx-get" in drawn, drawn.count("Checked")) == (False, 2)


@pytest.mark.parametrize("traits", [{"received": True}, {"checking": True}, {"rejected": True}])
def test_learner_cannot_open_what_is_not_clean(
    entry: ActivityEntry, world: World, client_of: ClientOf, traits: dict[str, bool]
) -> None:
    row = f.EvidenceFactory(entry=entry, **traits)
    response = client_of(world.ours.learner).get(page("evidence_read", row.pk), follow=True)
    assert said(response) == ["“sample.txt” cannot be opened: it has not passed the check."]


def test_missing_bytes_are_told_and_logged(
    entry: ActivityEntry, world: World, client_of: ClientOf, caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    row = f.EvidenceFactory(entry=entry, file="ab/gone.txt", thumbnail="ab/gone.webp")
    learner = client_of(world.ours.learner)
    for settings.PRIVATE_FILES_ACCEL in ("", "/private/"):
        response = learner.get(page("evidence_read", row.pk), follow=True)
        assert said(response) == [
            "“sample.txt” is missing from where files are kept. Please tell your administrator."
        ]
        assert learner.get(page("evidence_thumbnail", row.pk)).status_code == 404
    assert f"The bytes of {row.pk} are missing." in caplog.text
    assert "sample.txt" not in caplog.text


def test_thumbnail_is_served_like_its_file(entry: ActivityEntry, world: World, client_of: ClientOf) -> None:
    attach(entry, ("photo.png", samples.picture("PNG")))
    actions.check_evidence()
    row, learner = EvidenceFile.objects.get(), client_of(world.ours.learner)
    assert page("evidence_thumbnail", row.pk) in learner.get(page("activity_detail", entry.pk)).text
    response = learner.get(page("evidence_thumbnail", row.pk))
    assert b"".join(response.streaming_content).startswith(b"RIFF")
    assert headers_of(response) == (
        "image/webp",
        'attachment; filename="thumbnail.webp"',
        "default-src 'none'; sandbox",
        "private, no-store",
        "nosniff",
        "same-origin",
    )


def headers_of(response: Any) -> tuple[str, ...]:
    names = "Content-Type Content-Disposition Content-Security-Policy Cache-Control X-Content-Type-Options"
    return tuple(response[name] for name in [*names.split(), "Cross-Origin-Resource-Policy"])


def test_web_server_may_send_the_bytes(
    entry: ActivityEntry, world: World, client_of: ClientOf, settings: Any
) -> None:
    row, learner = f.EvidenceFactory(entry=entry), client_of(world.ours.learner)
    plain = learner.get(page("evidence_read", row.pk))
    b"".join(plain.streaming_content)
    settings.PRIVATE_FILES_ACCEL = "/private/"
    response = learner.get(page("evidence_read", row.pk))
    assert (response["X-Accel-Redirect"], response.content) == (f"/private/{row.file.name}", b"")
    assert headers_of(response) == headers_of(plain)


# Room -----------------------------------------------------------------------------------


def test_room_of_an_enrolment_is_bounded_and_shown(
    entry: ActivityEntry, world: World, client_of: ClientOf, settings: Any
) -> None:
    settings.EVIDENCE_QUOTA_MB = 2
    f.EvidenceFactory(entry=entry, file="ab/sample.txt", size=1_500_000)
    f.EvidenceFactory(entry=entry, rejected=True, size=900_000_000)
    learner = client_of(world.ours.learner)
    assert "Your files take 1.4\u00a0MB of 2.0\u00a0MB." in learner.get(page("activity_create")).text
    large = SimpleUploadedFile("a.txt", b"a" * 600_000)
    response = learner.post(page("activity_create"), typed(world, evidence=large))
    assert response.context["form"].errors["evidence"] == [
        "There is no room for these files: yours may take 2 MB together, and 0 MB are left. "
        "To get room, remove files from drafts and returned activities, or make the new ones smaller."
    ]
    assert (ActivityEntry.objects.count(), EvidenceFile.objects.count()) == (1, 2)
    small = SimpleUploadedFile("a.txt", b"a" * 500_000)
    assert learner.post(page("activity_create"), typed(world, evidence=small)).status_code == 302


def test_refused_files_do_not_count_among_the_ten(entry: ActivityEntry) -> None:
    for _number in range(9):
        f.EvidenceFactory(entry=entry, file="ab/sample.txt")
    f.EvidenceFactory(entry=entry, rejected=True)
    assert len(attach(entry, ("a.txt", b"text"))) == 1


def test_field_offers_the_camera_and_says_what_to_do_with_heic(world: World, client_of: ClientOf) -> None:
    learner = client_of(world.ours.learner)
    text = learner.get(page("activity_create")).text
    assert "image/jpeg,image/png,image/webp" in text
    assert ("capture" in text.split('name="evidence"')[1].split(">")[0], ".pdf" in text) == (False, True)
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 100
    for name in ("IMG_0001.HEIC", "IMG_0001.jpg"):
        response = learner.post(
            page("activity_create"), typed(world, evidence=SimpleUploadedFile(name, heic))
        )
        assert "To have photos saved as JPEG" in response.context["form"].errors["evidence"][0]
