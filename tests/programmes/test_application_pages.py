"""The pages of applications over HTTP: asked, answered, confirmed; and what is typed wrongly or in bad faith."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from people.models import User
from programmes.forms import ApplicationForm
from programmes.models import ActivityEntry, ApplicationEvent, ApplicationRecord
from programmes.queries.answering import content_of
from programmes.queries.applications import applications_for
from tests.factories import programmes as f
from tests.programmes.test_views import entry_of, page, said
from tests.standing.forms import post_new, typed
from tests.worlds import World

ClientOf = Callable[[User | None], Client]
DAY = dt.timedelta(days=1)


def record_in(world: World, state: str = "prompted", days: int = 20, **fields: Any) -> ApplicationRecord:
    entry = entry_of(world, approved=True, done_on=timezone.localdate() - days * DAY, title=f"Course {state}")
    traits = {} if state == "prompted" else {state: True}
    record: ApplicationRecord = f.ApplicationFactory(entry=entry, **traits, **fields)
    return record


def answer(record: ApplicationRecord, **fields: Any) -> dict[str, Any]:
    """An answer that would be sent, with some fields otherwise."""
    return {
        "used": "yes",
        "what_changed": "I plan the week with the team.",
        "applied_on": timezone.localdate().isoformat(),
        "evidence_note": "On the wall",
        "benefit_team": "Fewer surprises.",
        "measure_team": "Looking for things",
        "before_team": "12.5",
        "after_team": "4",
        "unit_team": "hours_month",
        "better_team": "less",
        "revision": record.revision,
        "send": "1",
        **fields,
    }


def post(client: Client, record: ApplicationRecord, **fields: Any) -> Any:
    return client.post(page("application", record.entry_id), answer(record, **fields), follow=True)


def faults(response: Any) -> set[str]:
    assert response.status_code == 200
    return set(response.context["form"].errors)


# The story --------------------------------------------------------------------------------


@pytest.mark.slow
def test_story_from_the_question_to_the_confirmation(world: World, client_of: ClientOf) -> None:
    side, record = world.ours, record_in(world)
    learner, mentor, manager = (client_of(person) for person in (side.learner, side.mentor, side.manager))
    home = learner.get(reverse("dashboards:learner"))
    assert home.context["todo"].prompts == [record]
    assert "Did you use “Course prompted” at work?" in home.text

    notes = SimpleUploadedFile("notes.txt", b"notes")
    response = post(learner, record, evidence=notes, is_shared="on")
    assert said(response) == ["Sent to be confirmed: how you use “Course prompted”."]
    assert "Looking for things: 12.5 before, 4 now (hours a month)." in response.text
    assert "notes.txt" in response.text

    queue = mentor.get(reverse("dashboards:queue"))
    assert queue.context["applications"] == [record]
    assert "Nothing waits for you." not in queue.text
    response = mentor.post(
        page("application_return", record.entry_id), {"question": "Who else does?"}, follow=True
    )
    assert "Your question was sent: “Course prompted”." in said(response)[0]
    asked = learner.get(reverse("dashboards:learner"))
    assert [row.question for row in asked.context["todo"].questions] == ["Who else does?"]

    record.refresh_from_db()
    post(learner, record, what_changed="I plan with the team, and so do two others.")
    team = manager.get(reverse("dashboards:team"))
    assert "and so do two others" in team.text
    response = manager.post(page("application_confirm", record.entry_id), follow=True)
    assert "Confirmed: Sample learner Alder uses “Course prompted” at work." in said(response)[0]
    history = learner.get(page("application", record.entry_id)).text
    assert "Confirmed by Sample manager Alder" in history
    assert "1.5\u00a0h used at work and confirmed, of 1.5\u00a0h verified off the job: 100%." in (
        learner.get(page("application_list")).text
    )


def test_not_yet_is_one_click_on_the_home_page(world: World, client_of: ClientOf) -> None:
    learner, record = client_of(world.ours.learner), record_in(world)
    response = learner.post(page("application_put_off", record.entry_id), follow=True)
    day = record.entry.done_on + 60 * DAY
    with translation.override("en"):
        assert said(response) == [f"Not yet: you will be asked again on {day:%-d %B %Y}."]
    assert response.context["todo"].prompts == []
    old = record_in(world, days=400)
    response = post(learner, old, used="not_yet")
    assert said(response) == ["Not yet: you can answer at any time, and will not be asked again."]


def test_not_used_is_kept_with_its_reason_and_may_change_later(world: World, client_of: ClientOf) -> None:
    learner, record = client_of(world.ours.learner), record_in(world)
    assert faults(post(learner, record, used="no")) == {"not_applied_reason"}
    response = post(learner, record, used="no", not_applied_reason="Sold.", applied_on="nonsense")
    assert said(response) == ["Your answer was kept: you will not use it."]
    record.refresh_from_db()
    assert (record.status, record.what_changed) == ("not_applied", "")
    assert "Sold." in client_of(world.ours.manager).get(page("application", record.entry_id)).text
    post(learner, record)
    record.refresh_from_db()
    assert record.status == "submitted"


def test_saved_answer_is_seen_by_nobody_else(world: World, client_of: ClientOf) -> None:
    learner, record = client_of(world.ours.learner), record_in(world)
    fields = answer(record) | {"save": "1", "applied_on": ""}
    del fields["send"]
    response = learner.post(page("application", record.entry_id), fields, follow=True)
    assert said(response) == ["Saved, not sent yet. Only you can see it."]
    assert response.context["form"]["used"].value() == "yes"
    for person in (world.ours.coach, world.ours.manager):
        assert client_of(person).get(page("application", record.entry_id)).status_code == 403


def test_several_are_confirmed_and_undone_together(world: World, client_of: ClientOf) -> None:
    manager = client_of(world.ours.manager)
    first, second, third = records = [record_in(world, "sent") for _n in range(3)]
    theirs = f.ApplicationFactory(
        entry=f.ActivityFactory(enrolment=world.theirs.enrolment, approved=True), sent=True
    )
    ids = [first.pk, second.pk, theirs.pk]
    response = manager.post(page("applications_confirm"), {"ids": ids}, follow=True)
    assert "Confirmed: 2 answers." in said(response)[0]
    states = dict(ApplicationRecord.objects.values_list("pk", "status"))
    assert [states[row.pk] for row in (*records, theirs)] == [
        "confirmed",
        "confirmed",
        "submitted",
        "submitted",
    ]
    events = list(ApplicationEvent.objects.filter(kind="confirmed").values_list("pk", flat=True))
    response = manager.post(page("confirmation_undo"), {"events": events}, follow=True)
    assert said(response) == ["Undone: 2 answers wait again."]
    assert len(applications_for(world.ours.manager)) == 3
    assert third.status == "submitted"


@pytest.mark.parametrize("ids", [[], ["x"], ["9" * 40], ["-1"], ["1"] * 101])
def test_nonsense_in_the_selection_is_told(world: World, client_of: ClientOf, ids: list[str]) -> None:
    manager = client_of(world.ours.manager)
    response = manager.post(page("applications_confirm"), {"ids": ids}, follow=True)
    assert (response.status_code, len(said(response))) == (200, 1)
    response = manager.post(page("confirmation_undo"), {"events": ids}, follow=True)
    assert said(response) == ["It is too late to undo this."]


def test_slower_of_two_is_told(world: World, client_of: ClientOf) -> None:
    record = record_in(world, "confirmed")
    f.ApplicationEventFactory(record=record, kind="confirmed", by=world.ours.mentor)
    manager = client_of(world.ours.manager)
    for name, fields in (("application_confirm", {}), ("application_return", {"question": "How?"})):
        response = manager.post(page(name, record.entry_id), fields, follow=True)
        assert said(response) == [
            "Sample mentor Alder was faster: this answer is no longer waiting. Its state now: Confirmed."
        ]
    learner = client_of(world.ours.learner)
    late = "This answer cannot be changed any more. Its state now: Confirmed."
    assert said(post(learner, record)) == [late]
    response = learner.post(page("application_put_off", record.entry_id), follow=True)
    assert said(response) == [late]


def test_second_window_is_told_and_keeps_what_was_typed(world: World, client_of: ClientOf) -> None:
    learner, record = client_of(world.ours.learner), record_in(world)
    response = post(learner, record, revision="7", what_changed="Typed in a second window")
    assert faults(response) == {"__all__"}
    assert "Typed in a second window" in response.text
    record.refresh_from_db()
    assert (record.status, record.what_changed) == ("prompted", "")


def test_question_without_words_comes_back(world: World, client_of: ClientOf) -> None:
    record = record_in(world, "sent")
    response = client_of(world.ours.manager).post(
        page("application_return", record.entry_id), {"question": " "}
    )
    assert faults(response) == {"question"}


# What is typed ------------------------------------------------------------------------------

FAULTS: list[tuple[dict[str, Any], set[str]]] = [
    ({"used": ""}, {"used"}),
    ({"used": "perhaps"}, {"used"}),
    ({"what_changed": " "}, {"what_changed"}),
    ({"what_changed": "x" * 5001}, {"what_changed"}),
    ({"what_changed": "NUL \x00"}, {"what_changed"}),
    ({"applied_on": ""}, {"applied_on"}),
    ({"applied_on": "yesterday"}, {"applied_on"}),
    ({"applied_on": "2999-01-01"}, {"applied_on"}),
    ({"applied_on": "2000-01-01"}, {"applied_on"}),
    ({"benefit_team": ""}, {"benefit_team"}),
    ({"measure_team": ""}, {"measure_team"}),
    ({"before_team": ""}, {"before_team"}),
    ({"unit_team": ""}, {"unit_team"}),
    ({"unit_team": "bananas"}, {"unit_team"}),
    ({"before_team": "many"}, {"before_team"}),
    ({"before_team": "-1"}, {"before_team"}),
    ({"before_team": "NaN"}, {"before_team"}),
    ({"before_team": "Infinity"}, {"before_team"}),
    ({"before_team": "1" * 13}, {"before_team"}),
    ({"after_team": "1.234"}, {"after_team"}),
    ({"better_team": "x"}, {"better_team"}),
    ({"before_individual": "0"}, {"measure_individual"}),
    ({"evidence": SimpleUploadedFile("run.exe", b"MZ")}, {"evidence"}),
]


@pytest.mark.parametrize(("fields", "expected"), FAULTS, ids=lambda value: str(value)[:40])
def test_fault_is_told_beside_its_field(
    world: World, client_of: ClientOf, fields: dict[str, Any], expected: set[str]
) -> None:
    record = record_in(world)
    assert faults(post(client_of(world.ours.learner), record, **fields)) == expected
    record.refresh_from_db()
    assert (record.status, record.benefits.count()) == ("prompted", 0)


@pytest.mark.parametrize(
    ("language", "typed_number", "expected"),
    [
        ("en", "12.5", "12.5"),
        ("es", "12,5", "12.5"),
        ("pl", "12,5", "12.5"),
        ("es", "12.5", "12.5"),
        ("en", "0", "0"),
    ],
)
def test_numbers_are_read_as_they_are_written(
    world: World, language: str, typed_number: str, expected: str
) -> None:
    record = record_in(world)
    with translation.override(language):
        form = ApplicationForm(answer(record, before_team=typed_number), record=record)
        assert form.is_valid(), form.errors
        assert str(form.content().benefits[0].before) == expected
        record.benefits.create(level="team", text="T", measure="M", unit="percent", before="12.50", after=0)
        again = ApplicationForm(record=record)
        assert again["before_team"].value() == ("12.5" if language == "en" else "12,5")


def test_not_yet_is_not_offered_for_an_answer_that_came_back(world: World, client_of: ClientOf) -> None:
    record = record_in(world, "returned")
    form = client_of(world.ours.learner).get(page("application", record.entry_id)).context["form"]
    assert [value for value, _label in form.fields["used"].choices] == ["yes", "no"]
    assert faults(post(client_of(world.ours.learner), record, used="not_yet")) == {"used"}


def test_file_is_taken_off_the_answer(world: World, client_of: ClientOf) -> None:
    learner, record = client_of(world.ours.learner), record_in(world)
    file = f.EvidenceFactory(entry=record.entry, application=record, is_held_back=True)
    assert "sample.txt" not in learner.get(page("activity_detail", record.entry_id)).text
    response = learner.post(page("evidence_remove", file.pk), follow=True)
    assert said(response) == ["Removed: sample.txt."]
    assert response.request["PATH_INFO"] == page("application", record.entry_id)


# With the activity --------------------------------------------------------------------------

APPLIED = {
    "applied": "yes",
    "what_changed": "I use the sheet.",
    "benefit_individual": "Less typing.",
    "benefit_team": " ",
}


def logged(**fields: Any) -> dict[str, Any]:
    return {**APPLIED, "applied_on": timezone.localdate().isoformat(), **fields}


def test_use_is_said_while_logging_and_sent_along(world: World, client_of: ClientOf) -> None:
    learner = client_of(world.ours.learner)
    post_new(learner, typed(world, **logged(), send="1"))
    record = ApplicationRecord.objects.get()
    assert (record.status, record.entry.status) == ("submitted", "submitted")
    content = content_of(record)
    assert [(row.level, row.text) for row in content.benefits] == [("individual", "Less typing.")]
    assert client_of(world.ours.mentor).get(reverse("dashboards:queue")).context["applications"] == [record]


def test_draft_shows_what_was_said_and_hidden_values_are_not_kept(world: World, client_of: ClientOf) -> None:
    learner = client_of(world.ours.learner)
    post_new(learner, typed(world, **logged(applied_on="")))
    entry = ActivityEntry.objects.get()
    form = learner.get(page("activity_change", entry.pk)).context["form"]
    assert (form["applied"].value(), form["what_changed"].value()) == ("yes", "I use the sheet.")
    change = {"revision": entry.revision, "form_token": "9b2f1c52-1f6f-4f59-9b0a-0d2f6b1f7c11"}
    fields = typed(world, **logged(applied_on="nonsense", applied="no idea"), kind="on_job", **change)
    response = learner.post(page("activity_change", entry.pk), fields, follow=True)
    assert said(response) == ["Saved as a draft: “Spreadsheet course”."]
    assert not ApplicationRecord.objects.exists()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"what_changed": ""}, {"what_changed"}),
        ({"applied_on": ""}, {"applied_on"}),
        ({"applied_on": "2000-01-01"}, {"applied_on"}),
        ({"applied": "perhaps"}, {"applied"}),
        ({"applied": "not_yet", "what_changed": "\x00"}, None),
        ({"applied": "", "applied_on": "x"}, None),
    ],
)
def test_use_that_is_sent_has_to_be_whole(
    world: World, client_of: ClientOf, fields: dict[str, Any], expected: set[str] | None
) -> None:
    response = post_new(client_of(world.ours.learner), typed(world, **logged(**fields), send="1"))
    if expected is None:
        assert response.status_code == 302
    else:
        assert faults(response) == expected
    assert not ApplicationRecord.objects.exists()


def test_same_post_twice_makes_one_answer(world: World, client_of: ClientOf) -> None:
    learner = client_of(world.ours.learner)
    token = {"form_token": "9b2f1c52-1f6f-4f59-9b0a-0d2f6b1f7c11"}
    fields = typed(world, **logged(), send="1", **token)
    assert post_new(learner, fields)["Location"] == post_new(learner, fields)["Location"]
    assert ApplicationRecord.objects.count() == 1
    response = post_new(learner, fields | {"what_changed": "Something else"})
    assert faults(response) == {"__all__"}


def test_kind_stays_once_the_answer_was_sent(world: World, client_of: ClientOf) -> None:
    entry = entry_of(world, returned=True)
    f.ApplicationFactory(entry=entry, sent=True)
    learner = client_of(world.ours.learner)
    shown = learner.get(page("activity_change", entry.pk)).text
    assert 'name="applied"' not in shown
    assert "You have answered whether you used it at work." in shown
    fields = typed(world, kind="on_job", revision=entry.revision)
    response = learner.post(page("activity_change", entry.pk), fields)
    assert faults(response) == {"kind"}


def test_draft_is_answered_in_its_own_form(world: World, client_of: ClientOf) -> None:
    entry = entry_of(world)
    f.ApplicationFactory(entry=entry, what_changed="Something")
    response = client_of(world.ours.learner).get(page("application", entry.pk))
    assert response["Location"] == page("activity_change", entry.pk)


def test_taken_back_too_late_is_told(world: World, client_of: ClientOf) -> None:
    entry = entry_of(world, sent=True)
    f.ApplicationFactory(entry=entry, confirmed=True)
    response = client_of(world.ours.learner).post(page("activity_withdraw", entry.pk), follow=True)
    assert said(response) == [
        "Somebody has decided about its use at work, so it can no longer be taken back."
    ]


# The list -----------------------------------------------------------------------------------


def test_list_is_filtered_by_state_in_the_address(world: World, client_of: ClientOf) -> None:
    learner = client_of(world.ours.learner)
    states = ("prompted", "sent", "returned", "confirmed", "not_applied")
    records = {state: record_in(world, state) for state in states}
    f.ApplicationFactory(entry=entry_of(world))  # of a draft
    shown = learner.get(page("application_list"), {"status": "confirmed"}).context["page"].object_list
    assert list(shown) == [records["confirmed"]]
    for nonsense in ("x", "9" * 50):
        shown = learner.get(page("application_list"), {"status": nonsense}).context["page"].object_list
        assert set(shown) == set(records.values())
    of_others = client_of(world.ours.coach).get(page("enrolment_applications", world.ours.enrolment.pk))
    assert set(of_others.context["page"].object_list) == set(records.values()) - {records["prompted"]}


def test_list_says_what_will_be_there(world: World, client_of: ClientOf) -> None:
    assert "Nothing to answer yet" in client_of(world.ours.learner).get(page("application_list")).text
    of_others = page("enrolment_applications", world.ours.enrolment.pk)
    assert "No answers yet" in client_of(world.ours.coach).get(of_others).text
    record_in(world)
    text = client_of(world.ours.learner).get(page("application_list"), {"status": "confirmed"}).text
    assert "No answers match." in text


def test_list_comes_as_a_file_without_formulas(world: World, client_of: ClientOf) -> None:
    record = record_in(world, "confirmed", what_changed="=1+1", confirmed_by=world.ours.manager)
    f.BenefitFactory(record=record, measured=True)
    answered = client_of(world.ours.learner).get(page("application_list"), {"download": "csv"})
    (head, row) = csv.reader(io.StringIO(answered.content.decode("utf-8-sig")))
    found = dict(zip(head, row, strict=True))
    assert found["What is done differently"] == "'=1+1"
    assert found["Measured"] == "Time for the weekly sheet: 10 before, 4 now (hours a month)."
    assert (found["State"], found["Confirmed by"]) == ("Confirmed", "Sample manager Alder")


# Next actions -------------------------------------------------------------------------------


def test_not_yet_is_between_the_learner_and_the_portal(world: World, client_of: ClientOf) -> None:
    record = record_in(world, "sent")
    f.ApplicationEventFactory(record=record, kind="put_off")
    said_by_learner = "“Not yet” said by"
    assert said_by_learner in client_of(world.ours.learner).get(page("application", record.entry_id)).text
    assert said_by_learner not in client_of(world.ours.manager).get(page("application", record.entry_id)).text


@pytest.mark.slow
def test_next_actions_are_five_at_most_and_questions_come_first(world: World, client_of: ClientOf) -> None:
    for _n in range(3):
        entry_of(world, returned=True)
        entry_of(world)
        record_in(world)
        record_in(world, "returned")
    todo = client_of(world.ours.learner).get(reverse("dashboards:learner")).context["todo"]
    assert (len(todo.returned), len(todo.questions), todo.number) == (3, 2, 5)
    ActivityEntry.objects.filter(status="returned").delete()
    ApplicationRecord.objects.filter(status="returned").delete()
    todo = client_of(world.ours.learner).get(reverse("dashboards:learner")).context["todo"]
    assert (len(todo.missing_weeks), len(todo.prompts), len(todo.drafts), todo.number) == (2, 2, 1, 5)
