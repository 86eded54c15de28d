"""People, organisations and dated memberships."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from people.models import Membership, Organisation, User
from tests.factories.people import MembershipFactory, OrganisationFactory, TeamFactory, UserFactory

DAY = dt.timedelta(days=1)
TODAY = dt.date(2026, 3, 2)


def test_person_is_known_by_an_address_in_small_letters(db: None) -> None:
    person = User.objects.create_user("  Ana.Sample@Sample.Example ", "a password", display_name="Ana Sample")
    assert person.email == "ana.sample@sample.example"
    assert person.check_password("a password")
    assert User.objects.get_by_natural_key("ANA.Sample@sample.example ") == person


def test_person_without_a_password_cannot_sign_in(db: None) -> None:
    assert User.objects.create_user("a@sample.example", display_name="A B").has_usable_password() is False


def test_superuser_is_an_administrator_and_nothing_more(db: None) -> None:
    person = User.objects.create_superuser("a@sample.example", "a password", display_name="A B")
    assert (person.is_administrator, person.is_staff, person.is_superuser) == (True, True, True)
    assert person.has_perm("people.add_user") is person.has_module_perms("people") is True
    person.is_active = False
    assert person.has_perm("people.add_user") is person.has_module_perms("people") is False


def test_everybody_else_passes_no_check_of_django_admin(db: None) -> None:
    person = UserFactory()
    assert (person.is_staff, person.is_superuser, person.has_perm("x"), person.has_module_perms("x")) == (
        False,
    ) * 4


def test_address_with_a_capital_letter_is_refused_by_the_database(db: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        UserFactory(email="Ana@sample.example")


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Ana Sample", "AS"), ("Ana", "A"), ("ana maria de la sample", "AS"), ("Łucja Óś", "ŁÓ"), ("", "")],
)
def test_initials_are_of_the_first_and_the_last_word(name: str, initials: str) -> None:
    assert User(display_name=name).initials == initials


def test_time_zone_is_one_that_the_machine_knows() -> None:
    person = User(email="a@sample.example", display_name="Ana", password="x", time_zone="Europe/Atlantis")
    with pytest.raises(ValidationError) as caught:
        person.clean_fields()
    assert list(caught.value.error_dict) == ["time_zone"]


@pytest.mark.parametrize(
    ("starts", "ends", "expected"),
    [
        (-DAY, None, True),
        (0 * DAY, None, True),
        (DAY, None, False),
        (-3 * DAY, -DAY, False),
        (-3 * DAY, 0 * DAY, True),
        (0 * DAY, 0 * DAY, True),
    ],
)
def test_current_rows_hold_on_the_day_both_ends_included(
    db: None, starts: dt.timedelta, ends: dt.timedelta | None, expected: bool
) -> None:
    MembershipFactory(starts_on=TODAY + starts, ends_on=None if ends is None else TODAY + ends)
    assert (
        Membership.objects.filter(person__email__startswith="person.").current(on=TODAY).exists() is expected
    )


def test_membership_does_not_end_before_it_starts(db: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        MembershipFactory(starts_on=TODAY, ends_on=TODAY - DAY)


def test_team_of_a_membership_belongs_to_its_organisation(db: None) -> None:
    organisation = OrganisationFactory()
    member = Membership(person=UserFactory(), organisation=organisation, starts_on=TODAY)
    member.team = TeamFactory(organisation=organisation)
    member.clean()
    member.team = TeamFactory()
    with pytest.raises(ValidationError) as caught:
        member.clean()
    assert caught.value.message_dict == {"team": ["This team belongs to another organisation."]}


def test_team_has_a_name_of_its_own_in_the_organisation(db: None) -> None:
    team = TeamFactory(name="Sales")
    TeamFactory(name="Sales")
    with pytest.raises(IntegrityError), transaction.atomic():
        TeamFactory(name="Sales", organisation=team.organisation)


def test_names_of_rows_are_what_people_call_them(db: None) -> None:
    member = MembershipFactory(
        person__display_name="Ana Sample", organisation__name="Sample Bakery", role=Membership.Role.ORG_ADMIN
    )
    assert str(member) == "Ana Sample – Sample Bakery (Organisation administrator)"
    assert (str(member.person), str(member.organisation)) == ("Ana Sample", "Sample Bakery")
    assert str(TeamFactory(name="Sales")) == "Sales"
    assert Organisation(name="x").kind == ""
