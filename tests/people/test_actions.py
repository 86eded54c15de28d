"""Writes about people."""

import pytest

from core.models import AuditEvent
from people import actions
from people.models import User, pseudonym_of
from tests.factories.people import UserFactory


def test_change_language_is_remembered(db: None) -> None:
    person = UserFactory()
    actions.change_language(person=person, language="pl")
    assert (person.language, User.objects.get(pk=person.pk).language) == ("pl", "pl")


def test_change_language_to_one_that_is_not_spoken_here_is_refused(db: None) -> None:
    person = UserFactory()
    with pytest.raises(ValueError, match="de"):
        actions.change_language(person=person, language="de")
    assert User.objects.get(pk=person.pk).language == "en"


def test_change_profile_stores_four_fields_and_names_them_in_the_trail(db: None) -> None:
    person = UserFactory()
    person.display_name, person.theme, person.is_administrator = "New Name", "dark", True
    actions.change_profile(person=person, by=person)
    stored = User.objects.get(pk=person.pk)
    assert (stored.display_name, stored.theme, stored.is_administrator) == ("New Name", "dark", False)
    event = AuditEvent.objects.get()
    assert event.changes == {"display_name": None, "language": None, "time_zone": None, "theme": None}
    assert (event.action, event.actor, event.subject) == (
        "person.change",
        pseudonym_of(person),
        pseudonym_of(person),
    )
