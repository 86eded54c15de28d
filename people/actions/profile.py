"""What people change about themselves."""

from django.db import transaction

from core.audit import record_event
from people.models import User, pseudonym_of


@transaction.atomic
def change_language(*, person: User, language: str) -> None:
    """Remember the language that the person switched to; raises ValueError for one the portal does not speak."""
    if language not in User.Language.values:
        raise ValueError(language)
    User.objects.filter(pk=person.pk).update(language=language)
    person.language = language


@transaction.atomic
def change_profile(*, person: User, by: User) -> None:
    """Store the changed name and preferences of a person; the audit row names the fields only."""
    fields = ("display_name", "language", "time_zone", "theme")
    person.save(update_fields=fields)
    code = pseudonym_of(person)
    record_event(
        action="person.change", on=person, actor=pseudonym_of(by), subject=code, changes=dict.fromkeys(fields)
    )
