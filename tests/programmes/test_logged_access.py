"""What only a logged right opens: administrators give a reason, leads open files under log."""

from collections.abc import Callable

import pytest
from django.test import Client

from core.models import AuditEvent
from people.models import User
from programmes.models import ActivityEntry
from tests.factories.programmes import ActivityFactory, EvidenceFactory
from tests.worlds import World

ClientOf = Callable[[User | None], Client]


@pytest.fixture
def entry(world: World) -> ActivityEntry:
    side = world.ours
    row = ActivityFactory(
        enrolment=side.enrolment, strategy=side.strategy, sent=True, description="Words of the learner."
    )
    EvidenceFactory(entry=row)
    return row


def bytes_of(client: Client, pk: object) -> bytes:
    """What a file's address answers with; read to its end, the client closes the file."""
    return b"".join(client.get(f"/evidence/{pk}/").streaming_content)


def test_administrator_sees_nothing_before_a_reason(
    world: World, entry: ActivityEntry, client_of: ClientOf
) -> None:
    client = client_of(world.administrator)
    page = client.get(f"/activities/{entry.pk}/")
    assert page.templates[0].name == "programmes/activity_reason.html"
    assert entry.title not in page.content.decode()
    file = entry.evidence.get()
    assert client.get(f"/evidence/{file.pk}/").url == f"/activities/{entry.pk}/"
    assert AuditEvent.objects.count() == 0


def test_administrator_with_a_reason_sees_it_and_each_showing_is_logged(
    world: World, entry: ActivityEntry, client_of: ClientOf
) -> None:
    client = client_of(world.administrator)
    answer = client.post(f"/activities/{entry.pk}/", {"reason": "The learner asked for help."})
    assert answer.url == f"/activities/{entry.pk}/"
    for _again in range(2):
        assert "Words of the learner." in client.get(f"/activities/{entry.pk}/").content.decode()
    file = entry.evidence.get()
    assert bytes_of(client, file.pk) == b"sample text"
    logged = AuditEvent.objects.order_by("pk").values_list("action", "reason", "role", "actor")
    code = world.administrator.pseudonym.code
    reason = "The learner asked for help."
    assert list(logged) == [
        ("activityentry.read", reason, "administrator", code),
        ("activityentry.read", reason, "administrator", code),
        ("evidencefile.read", reason, "administrator", code),
    ]


def test_administrator_without_a_reason_gets_the_question_again(
    world: World, entry: ActivityEntry, client_of: ClientOf
) -> None:
    page = client_of(world.administrator).post(f"/activities/{entry.pk}/", {"reason": "  "})
    assert (page.status_code, page.context["form"].errors) == (
        200,
        {"reason": ["Say why you need to see it."]},
    )


def test_administrator_never_sees_a_draft(world: World, client_of: ClientOf) -> None:
    draft = ActivityFactory(enrolment=world.ours.enrolment, strategy=world.ours.strategy)
    assert client_of(world.administrator).get(f"/activities/{draft.pk}/").status_code == 403


def test_reason_of_one_entry_opens_no_other(world: World, entry: ActivityEntry, client_of: ClientOf) -> None:
    client = client_of(world.administrator)
    client.post(f"/activities/{entry.pk}/", {"reason": "The learner asked for help."})
    other = ActivityFactory(enrolment=world.ours.enrolment, strategy=world.ours.strategy, sent=True)
    assert client.get(f"/activities/{other.pk}/").templates[0].name == "programmes/activity_reason.html"


def test_coach_has_no_use_for_a_reason(world: World, entry: ActivityEntry, client_of: ClientOf) -> None:
    assert client_of(world.ours.coach).post(f"/activities/{entry.pk}/", {"reason": "x"}).status_code == 403


def test_programme_lead_opens_a_file_under_log(
    world: World, entry: ActivityEntry, client_of: ClientOf
) -> None:
    file = entry.evidence.get()
    page = client_of(world.ours.lead).get(f"/activities/{entry.pk}/")
    assert "Opening this file is logged." in page.content.decode()
    assert bytes_of(client_of(world.ours.lead), file.pk) == b"sample text"
    assert list(AuditEvent.objects.values_list("action", "role")) == [("evidencefile.read", "programme_lead")]
