"""The second step for signing in, when its owner can no longer use it."""

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db import transaction

from core.audit import record_event
from people.models import User, pseudonym_of


@transaction.atomic
def remove_second_step(*, person: User, by: User) -> bool:
    """Take away app, keys and recovery codes of a person who lost them; whether there were any.

    For administrators, who have made sure of the person by another way. Raises PermissionDenied, also for oneself:
    one's own are removed on one's own page, which asks who one is.
    """
    if not by.is_active or not by.is_administrator or by.pk == person.pk:
        raise PermissionDenied
    number, _by_model = Authenticator.objects.filter(user_id=person.pk).delete()
    if number:
        record_event(
            action="person.second_step.remove",
            on=person,
            actor=pseudonym_of(by),
            subject=pseudonym_of(person),
        )
    return bool(number)
