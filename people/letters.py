"""What the mails about people say, looked up when they go out."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from people.models import Invitation, User
from people.queries.invitations import token_of


def invitation_letter(object_id: str, recipient: User) -> Mapping[str, Any] | None:
    """The invitation and the address that opens it; None when it was answered, taken back, or is too old."""
    rows = Invitation.objects.pending(at=timezone.now()).filter(pk=object_id, person=recipient)
    invitation = rows.select_related("organisation", "invited_by").first()
    token = token_of(invitation) if invitation is not None else None
    if token is None:
        return None
    url = settings.SITE_URL.rstrip("/") + reverse("people:invitation", args=[token])
    return {"invitation": invitation, "url": url}
