"""Posting the activity form in tests: as a browser would, and as none would."""

from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.worlds import World

BOUNDARY = "multipart/form-data; boundary=BoUnDaRy"


def typed(world: World, **fields: Any) -> dict[str, Any]:
    """A form that would be saved, with some fields otherwise."""
    return {
        "kind": "off_job",
        "title": "Spreadsheet course",
        "done_on": timezone.localdate().isoformat(),
        "strategy": world.ours.strategy.pk,
        "hours": "1",
        "mins": "30",
        "criteria": [world.ours.criteria[0].pk],
        "reflection": "I can now group rows.",
        "is_paid": "on",
        "save": "1",
        **fields,
    }


def post_new(client: Client, data: dict[str, Any]) -> Any:
    return client.post(reverse("programmes:activity_create"), data)


def faults_of(response: Any) -> set[str]:
    """The fields of the form that came back with a fault."""
    assert response.status_code == 200
    return set(response.context["form"].errors)


def parts(*fields: tuple[str, bytes]) -> bytes:
    """The body of a multipart form, byte for byte."""
    return (
        b"".join(
            b"--BoUnDaRy\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % (head.encode(), value)
            for head, value in fields
        )
        + b"--BoUnDaRy--\r\n"
    )
