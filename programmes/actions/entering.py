"""Keeping what is being typed."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from people.models import User
from people.permissions import Permission
from programmes.actions.recording import require
from programmes.models import ActivityEntry, AutosavedForm, Enrolment
from programmes.queries.entering import made_from

LONGEST_CONTENT = 30_000  # characters: the longest texts that the form takes, and some


def storable(content: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """What was typed without NUL bytes, which a form says no to and a JSON column cannot hold."""
    return {
        name.replace("\x00", ""): [text.replace("\x00", "") for text in texts]
        for name, texts in content.items()
    }


@transaction.atomic
def keep_form(
    *,
    enrolment: Enrolment,
    entry: ActivityEntry | None,
    token: UUID,
    content: Mapping[str, Sequence[str]],
    by: User,
) -> AutosavedForm | None:
    """Keep what is in the form now; what was typed last wins. None when there is nothing to keep any more.

    A form that has made its entry meanwhile, or that is far too long, is left alone.
    """
    require(by, Permission.ACTIVITY_CREATE, enrolment)
    content = storable(content)
    is_too_long = sum(len("".join([name, *texts])) for name, texts in content.items()) > LONGEST_CONTENT
    if is_too_long or made_from(token, by=by):
        return None
    row, _made = AutosavedForm.objects.update_or_create(
        enrolment=enrolment,
        entry=entry,
        defaults={"token": token, "content": content, "saved_at": timezone.now()},
    )
    return row


def discard_form(*, enrolment: Enrolment, entry: ActivityEntry | None, by: User) -> None:
    """Forget what was typed."""
    require(by, Permission.ACTIVITY_CREATE, enrolment)
    AutosavedForm.objects.filter(enrolment=enrolment, entry=entry).delete()
