"""The administration of people and organisations."""

from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from people.models import Membership, User
from tests.worlds import World

ClientOf = Callable[[User | None], Client]
NO_ROWS = {
    f"memberships-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")
}
FIELDS = {
    "email": "New.Person@sample.example", "display_name": "New Person", "language": "es", "time_zone": "Europe/Madrid",
    "theme": "", "is_active": "on",
}  # fmt: skip


@pytest.fixture
def admin(world: World, client_of: ClientOf) -> Client:
    return client_of(world.administrator)


def test_new_person_has_no_password_yet(admin: Client) -> None:
    assert admin.post("/admin/people/user/add/", FIELDS | NO_ROWS).status_code == 302
    person = User.objects.get(email="new.person@sample.example")
    assert (person.has_usable_password(), person.is_administrator, person.language) == (False, False, "es")


def test_change_of_a_person_keeps_the_password(admin: Client, world: World) -> None:
    person = world.ours.learner
    person.set_password("a long enough password")
    person.save()
    page = f"/admin/people/user/{person.pk}/change/"
    rows = NO_ROWS | {"memberships-INITIAL_FORMS": "0"}
    assert admin.post(page, FIELDS | rows | {"email": person.email}).status_code == 302
    stored = User.objects.get(pk=person.pk)
    assert (stored.display_name, stored.password) == ("New Person", person.password)


def test_changed_address_is_the_one_to_sign_in_with(admin: Client, world: World) -> None:
    person = world.ours.learner
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    admin.post(f"/admin/people/user/{person.pk}/change/", FIELDS | NO_ROWS)
    found = EmailAddress.objects.filter(user=person).values_list("email", "verified", "primary")
    assert list(found) == [("new.person@sample.example", True, True)]


def test_membership_is_given_with_the_person(admin: Client, world: World) -> None:
    rows = NO_ROWS | {
        "memberships-TOTAL_FORMS": "1",
        "memberships-0-organisation": str(world.ours.employer.pk),
        "memberships-0-role": "org_admin",
        "memberships-0-starts_on": "2026-01-01",
    }
    admin.post("/admin/people/user/add/", FIELDS | rows)
    member = Membership.objects.get(person__email="new.person@sample.example")
    assert (member.organisation, member.role) == (world.ours.employer, "org_admin")


def test_person_is_not_deleted_but_made_inactive(admin: Client, world: World) -> None:
    assert admin.post(f"/admin/people/user/{world.outsider.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=world.outsider.pk).exists()


def test_page_of_a_person_shows_no_password(admin: Client, world: World) -> None:
    text = admin.get(f"/admin/people/user/{world.ours.learner.pk}/change/").text
    assert "argon2" not in text
    assert 'name="password"' not in text
