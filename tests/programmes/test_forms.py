"""The activity form, the reason to return, the filters."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from people.permissions import standing_of
from programmes.forms import ActivityFilter, ActivityForm, ReturnForm, initial_of
from programmes.models import ActivityEntry, Reflection
from programmes.queries.activities import criteria_choices
from tests.factories import programmes as f
from tests.worlds import World

DAY = dt.timedelta(days=1)


def form_of(
    world: World, *, is_sending: bool = False, files: list[Any] | None = None, **fields: Any
) -> ActivityForm:
    side = world.ours
    data = QueryDict(mutable=True)
    values = {
        "kind": "off_job",
        "title": "Spreadsheet course",
        "done_on": timezone.localdate().isoformat(),
        "strategy": side.strategy.pk,
        "hours": "1",
        "mins": "30",
        "criteria": [side.criteria[0].pk],
        **fields,
    }
    for name, value in values.items():
        data.setlist(name, [str(item) for item in (value if isinstance(value, list) else [value])])
    return ActivityForm(
        data,
        MultiValueDict({"evidence": files or []}),
        enrolment=side.enrolment,
        choices=criteria_choices(side.enrolment),
        is_sending=is_sending,
    )


def test_form_says_what_the_actions_take(world: World) -> None:
    side = world.ours
    form = form_of(
        world,
        reflection="  I can group rows.  ",
        is_paid="on",
        cost="12.50",
        starts_at="09:15",
        place="Office",
    )
    assert form.errors == {}
    content = form.content()
    assert content.fields == {
        "kind": "off_job",
        "title": "Spreadsheet course",
        "done_on": timezone.localdate(),
        "strategy": side.strategy,
        "description": "",
        "carried_out_by": "",
        "place": "Office",
        "starts_at": dt.time(9, 15),
        "cost": form.cleaned_data["cost"],
        "is_paid": True,
        "exception_reason": "",
        "goal": None,
        "minutes": 90,
    }
    assert str(form.cleaned_data["cost"]) == "12.50"
    assert (content.criteria, content.reflection) == ([side.criteria[0]], "I can group rows.")


@pytest.mark.parametrize(
    ("hours", "mins", "minutes"),
    [("1", "30", 90), ("", "45", 45), ("2", "", 120), ("24", "0", 1440), ("0", "1", 1)],
)
def test_time_is_hours_and_minutes_of_which_one_may_be_left_out(
    world: World, hours: str, mins: str, minutes: int
) -> None:
    form = form_of(world, hours=hours, mins=mins)
    assert form.is_valid()
    assert form.content().fields["minutes"] == minutes


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"hours": "", "mins": ""}, {"hours": ["Enter the time it took, up to 24 hours."]}),
        ({"hours": "0", "mins": "0"}, {"hours": ["Enter the time it took, up to 24 hours."]}),
        ({"hours": "24", "mins": "1"}, {"hours": ["Enter the time it took, up to 24 hours."]}),
        ({"hours": "25"}, {"hours": ["A day has 24 hours."]}),
        ({"hours": "an hour"}, {"hours": ["Enter whole hours, such as 2."]}),
        ({"mins": "60"}, {"mins": ["Enter minutes between 0 and 59."]}),
        ({"kind": ""}, {"kind": ["Say where you learned: on the job or off the job."]}),
        ({"title": "  "}, {"title": ["Say in a few words what you did."]}),
        ({"done_on": ""}, {"done_on": ["Enter the day you did it."]}),
        ({"done_on": "yesterday"}, {"done_on": ["Enter a date, such as 2026-11-19."]}),
        ({"strategy": ""}, {"strategy": ["Choose how you learned."]}),
        ({"criteria": ["0"]}, {"criteria": ["Choose from the criteria of your programme."]}),
    ],
)
def test_fault_is_said_in_a_sentence_that_helps(
    world: World, fields: dict[str, Any], errors: dict[str, list[str]]
) -> None:
    assert form_of(world, **fields).errors == errors


def test_day_is_in_the_programme_and_not_in_the_future(world: World) -> None:
    side, today = world.ours, timezone.localdate()
    first, last = side.enrolment.starts_on, side.enrolment.ends_on
    assert form_of(world, done_on=first).is_valid()
    assert form_of(world, done_on=today).is_valid()
    assert form_of(world, done_on=today + DAY).errors == {"done_on": ["Enter a date in the past or today."]}
    before = form_of(world, done_on=first - DAY).errors["done_on"][0]
    assert before.startswith("Enter a date within your programme: ")
    assert str(last.year) in before
    side.enrolment.ends_on = today - DAY
    assert list(form_of(world, done_on=today).errors) == ["done_on"]
    assert form_of(world, done_on=today - DAY).is_valid()


def test_criterion_is_needed_to_send_but_not_to_save(world: World) -> None:
    assert form_of(world, criteria=[]).is_valid()
    errors = form_of(world, criteria=[], is_sending=True).errors
    assert errors == {"criteria": ["Choose at least one criterion before you send it."]}


def test_criteria_are_those_offered(world: World) -> None:
    form = form_of(world, criteria=[criterion.pk for criterion in world.ours.criteria])
    assert form.is_valid()
    assert set(form.content().criteria) == set(world.ours.criteria)
    assert set(form.fields["criteria"].queryset) == set(world.ours.criteria)


def test_fields_are_a_closed_list(world: World) -> None:
    typed = "kind title done_on strategy goal description carried_out_by place starts_at cost is_paid exception_reason"
    applied = "applied what_changed applied_on benefit_individual benefit_team benefit_organisation"
    own = "hours mins criteria reflection evidence is_shared revision form_token"
    assert list(form_of(world).fields) == [*typed.split(), *applied.split(), *own.split()]


# Files ----------------------------------------------------------------------------------


def text_file(name: str = "notes.txt", content: bytes = b"Notes") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_several_files_are_checked_each(world: World) -> None:
    form = form_of(world, files=[text_file("a.txt"), text_file("b.md")])
    assert form.is_valid()
    assert [upload.original_name for upload in form.cleaned_data["evidence"]] == ["a.txt", "b.md"]
    assert form.had_files() is False


def test_every_refused_file_is_named_with_its_reason(world: World) -> None:
    form = form_of(world, files=[text_file("a.exe"), text_file("fine.txt"), text_file("b.pdf")])
    errors = form.errors["evidence"]
    assert [error.split(":")[0] for error in errors] == ["a.exe", "b.pdf"]
    assert "its content is of another type" in errors[1]
    assert form.had_files() is True


def test_more_than_ten_files_are_refused(world: World) -> None:
    files = [text_file(f"{number}.txt") for number in range(11)]
    assert form_of(world, files=files).errors == {"evidence": ["An activity can have ten files at most."]}
    assert form_of(world, files=files[:10]).is_valid()


# What is there already ------------------------------------------------------------------


def test_initial_values_are_those_of_the_entry(world: World) -> None:
    side = world.ours
    entry = f.ActivityFactory(enrolment=side.enrolment, strategy=side.strategy, minutes=125)
    entry.criteria.set(side.criteria[:2])
    initial = initial_of(entry)
    assert sorted(initial.pop("criteria")) == sorted(criterion.pk for criterion in side.criteria[:2])
    assert initial == {"hours": 2, "mins": 5, "reflection": "", "revision": 1}
    Reflection.objects.create(entry=entry, text="Mine")
    assert initial_of(ActivityEntry.objects.get(pk=entry.pk))["reflection"] == "Mine"


def test_return_needs_a_reason() -> None:
    assert ReturnForm({"reason": "Which part?"}).is_valid()
    for reason in ("", "   "):
        assert ReturnForm({"reason": reason}).errors == {
            "reason": ["Say what is missing, so that the entry can be mended."]
        }
    assert list(ReturnForm({"reason": "a" * 2001}).errors) == ["reason"]


# Filters --------------------------------------------------------------------------------


@pytest.fixture
def entries(world: World) -> dict[str, ActivityEntry]:
    side = world.ours
    made = {"enrolment": side.enrolment, "strategy": side.strategy}
    rows = {
        "on": f.ActivityFactory(**made, kind="on_job", sent=True, title="Bread"),
        "off": f.ActivityFactory(**made, kind="off_job", title="Books about bread"),
        "done": f.ActivityFactory(**made, kind="off_job", approved=True, title="Books"),
    }
    rows["on"].criteria.set(side.criteria[:2])
    rows["done"].criteria.set(side.criteria[1:])
    return rows


@pytest.mark.parametrize(
    ("query", "expected", "is_active"),
    [
        ("", ["on", "off", "done"], False),
        ("page=2", ["on", "off", "done"], False),
        ("kind=on_job", ["on"], True),
        ("kind=off_job&status=approved", ["done"], True),
        ("q=bread", ["on", "off"], True),
        ("q=bread&kind=off_job", ["off"], True),
        ("criterion={second}", ["on", "done"], True),
        ("criterion={theirs}", ["on", "off", "done"], False),
        ("kind=nonsense", ["on", "off", "done"], False),
        ("kind=nonsense&q=bread", ["on", "off"], True),
        ("q=&kind=&status=", ["on", "off", "done"], False),
    ],
)
def test_filters_leave_out_what_they_do_not_understand(
    world: World, entries: dict[str, ActivityEntry], query: str, expected: list[str], is_active: bool
) -> None:
    side = world.ours
    query = query.format(second=side.criteria[1].pk, theirs=world.theirs.criteria[0].pk)
    filters = ActivityFilter(
        QueryDict(query),
        queryset=ActivityEntry.objects.order_by("pk"),
        standing=standing_of(side.learner, side.enrolment),
        choices=criteria_choices(side.enrolment),
    )
    assert list(filters.qs) == [entries[name] for name in expected]
    assert filters.is_active is is_active
