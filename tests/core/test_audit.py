"""The audit trail: appended with the change itself, or not at all."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from core.audit import record_event, request_id
from core.models import AuditEvent
from people.models import Pseudonym, pseudonym_of
from tests.factories.people import OrganisationFactory, UserFactory
from tests.worlds import World


def test_event_says_who_did_what_to_what_and_in_which_request(db: None) -> None:
    organisation, actor, subject = OrganisationFactory(), uuid.uuid4(), uuid.uuid4()
    token = request_id.set("the request")
    record_event(
        action="organisation.change", on=organisation, actor=actor, subject=subject, role="administrator",
        changes={"kind": ["employer", "provider"], "name": None}, reason="Asked by them",
    )  # fmt: skip
    request_id.reset(token)
    event = AuditEvent.objects.get()
    assert (event.actor, event.subject, event.role, event.action) == (
        actor, subject, "administrator", "organisation.change",
    )  # fmt: skip
    assert (event.object_type, event.object_id) == ("people.organisation", str(organisation.pk))
    assert event.changes == {"kind": ["employer", "provider"], "name": None}
    assert (event.reason, event.request_id) == ("Asked by them", "the request")
    assert (
        str(event) == f"{event.at:%Y-%m-%d %H:%M} organisation.change people.organisation {organisation.pk}"
    )


def test_event_of_nobody_in_no_request(db: None) -> None:
    record_event(action="framework.import", on=OrganisationFactory(), actor=None)
    event = AuditEvent.objects.get()
    assert (event.actor, event.subject, event.role, event.changes, event.request_id) == (
        None,
        None,
        "",
        {},
        "",
    )


def test_event_is_never_changed(db: None) -> None:
    record_event(action="framework.import", on=OrganisationFactory(), actor=None)
    event = AuditEvent.objects.get()
    event.action = "something else"
    with pytest.raises(IntegrityError), transaction.atomic():
        event.save()
    assert AuditEvent.objects.get().action == "framework.import"


def test_event_goes_with_its_change_when_that_is_rolled_back(db: None) -> None:
    organisation = OrganisationFactory()
    with transaction.atomic():
        record_event(action="organisation.change", on=organisation, actor=None)
        transaction.set_rollback(True)
    assert AuditEvent.objects.count() == 0


def test_pseudonym_is_made_once_and_goes_with_the_person(db: None) -> None:
    person = UserFactory()
    code = pseudonym_of(person)
    assert pseudonym_of(person) == code
    assert str(Pseudonym.objects.get()) == str(code)
    record_event(action="person.change", on=person, actor=code, subject=code)
    person.delete()
    assert Pseudonym.objects.count() == 0
    assert AuditEvent.objects.get().actor == code


def test_no_event_names_a_person_or_repeats_a_text(world: World) -> None:
    """The columns are pseudonyms, codes and numbers: nothing in a row leads to a person without the pseudonym's row."""
    columns = {field.name for field in AuditEvent._meta.fields}
    assert columns == {
        "id", "at", "actor", "role", "action", "object_type", "object_id", "subject", "changes", "reason", "request_id",
    }  # fmt: skip
    assert not any(field.is_relation for field in AuditEvent._meta.fields)
