"""The profile form."""

import pytest

from people.forms import ProfileForm, time_zone_choices
from tests.factories.people import UserFactory

FIELDS = {"display_name": "Ana Sample", "language": "es", "time_zone": "Europe/Warsaw", "theme": "dark"}


def test_time_zones_are_places_and_utc() -> None:
    names = [name for name, _label in time_zone_choices()]
    assert names[0] == "UTC"
    assert {"Europe/Madrid", "Europe/Warsaw", "America/Bogota"} <= set(names)
    assert [name for name in names if name.startswith(("Etc/", "US/", "posix"))] == []
    assert ("America/Argentina/Buenos_Aires", "America/Argentina/Buenos Aires") in time_zone_choices()


def test_profile_has_four_fields_and_no_others(db: None) -> None:
    assert list(ProfileForm(instance=UserFactory()).fields) == [
        "display_name",
        "language",
        "time_zone",
        "theme",
    ]


def test_profile_takes_what_is_right(db: None) -> None:
    person = UserFactory()
    form = ProfileForm(FIELDS, instance=person)
    assert form.is_valid()
    assert (person.display_name, person.language, person.time_zone, person.theme) == tuple(FIELDS.values())


def test_profile_without_a_theme_follows_the_device(db: None) -> None:
    person = UserFactory(theme="dark")
    assert ProfileForm(FIELDS | {"theme": ""}, instance=person).is_valid()
    assert person.theme == ""


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("display_name", ""),
        ("display_name", "A"),
        ("display_name", "a" * 121),
        ("language", "de"),
        ("language", ""),
        ("time_zone", "Europe/Atlantis"),
        ("time_zone", ""),
        ("theme", "pink"),
    ],
)
def test_profile_refuses_what_is_not(db: None, field: str, value: str) -> None:
    form = ProfileForm(FIELDS | {field: value}, instance=UserFactory())
    assert list(form.errors) == [field]
