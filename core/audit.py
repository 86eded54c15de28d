"""Writing the audit trail, and the id of the request that a change belongs to."""

import uuid
from contextvars import ContextVar
from typing import Any

from django.db import models

request_id: ContextVar[str] = ContextVar("request_id", default="")


def record_event(
    *,
    action: str,
    on: models.Model,
    actor: uuid.UUID | None,
    subject: uuid.UUID | None = None,
    role: str = "",
    changes: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Append one audit row about the object `on`. Call it inside the transaction of the change itself.

    `changes` maps names of fields to [old, new] for statuses and numbers, or to None where the value is text.
    """
    from core.models import (
        AuditEvent,
    )  # here, because settings import this module's middleware before apps load

    AuditEvent.objects.create(
        action=action,
        object_type=on._meta.label_lower,
        object_id=str(on.pk),
        actor=actor,
        subject=subject,
        role=role,
        changes=changes or {},
        reason=reason,
        request_id=request_id.get(),
    )
