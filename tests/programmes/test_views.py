"""The main story over HTTP, and what the pages do when something is in the way."""

import datetime as dt
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from people.models import User
from programmes import actions
from programmes.models import ActivityEntry, Enrolment, EvidenceFile
from tests.factories import people as p
from tests.factories import programmes as f
from tests.standing.forms import post_new, typed
from tests.worlds import World

ClientOf = Callable[[User | None], Client]
STATUS = ActivityEntry.Status


def photo(name: str = "whiteboard.png") -> SimpleUploadedFile:
    written = BytesIO()
    Image.new("RGB", (8, 8), "teal").save(written, "PNG")
    return SimpleUploadedFile(name, written.getvalue(), "image/png")


def said(response: Any) -> list[str]:
    """The messages on the page."""
    return [str(message) for message in response.context["messages"]]


def page(name: str, *args: Any) -> str:
    return reverse(f"programmes:{name}", args=args)


def entry_of(world: World, **fields: Any) -> ActivityEntry:
    entry: ActivityEntry = f.ActivityFactory(
        enrolment=world.ours.enrolment, strategy=world.ours.strategy, **fields
    )
    entry.criteria.set(world.ours.criteria[:1])
    return entry


# The story ------------------------------------------------------------------------------


@pytest.mark.slow
def test_story_from_the_first_word_to_the_team_page(world: World, client_of: ClientOf) -> None:
    side = world.ours
    learner, coach, manager = (client_of(person) for person in (side.learner, side.coach, side.manager))
    waiting = entry_of(world, sent=True, title="Second in the queue", minutes=15)

    # The learner logs it with a photo and sends it.
    response = learner.post(page("activity_create"), typed(world, send="1", evidence=photo()), follow=True)
    entry = ActivityEntry.objects.get(title="Spreadsheet course")
    assert said(response) == ["Sent to be verified: “Spreadsheet course”."]
    assert response.redirect_chain == [(page("activity_detail", entry.pk), 302)]
    ActivityEntry.objects.filter(pk=entry.pk).update(
        submitted_at=waiting.submitted_at - dt.timedelta(hours=1)
    )

    # It is first in the coach's queue; returned with a reason, the next one opens.
    queue = coach.get(reverse("dashboards:queue")).context["page"]
    assert [row.title for row in queue] == ["Spreadsheet course", "Second in the queue"]
    response = coach.post(
        page("activity_return", entry.pk), {"reason": "Which part did you do?"}, follow=True
    )
    assert "Returned with your reason: “Spreadsheet course”." in said(response)[0]
    assert response.redirect_chain == [(page("activity_detail", waiting.pk), 302)]

    # The learner reads why, and mends it.
    home = learner.get(reverse("dashboards:learner"))
    assert [row.return_reason for row in home.context["todo"].returned] == ["Which part did you do?"]
    form = learner.get(page("activity_change", entry.pk))
    assert "Which part did you do?" in form.text
    revision = form.context["form"]["revision"].value()
    mended = typed(world, send="1", revision=revision, reflection="The part on pivot tables.")
    assert learner.post(page("activity_change", entry.pk), mended).status_code == 302
    entry.refresh_from_db()
    assert (entry.status, entry.reflection.text) == (STATUS.SUBMITTED, "The part on pivot tables.")

    # The coach verifies it, and the manager sees the hours.
    response = coach.post(page("activity_approve", entry.pk), follow=True)
    assert "Verified: “Spreadsheet course”." in said(response)[0]
    (member,) = manager.get(reverse("dashboards:team")).context["members"]
    row = member.progress
    assert (row.enrolment, row.off_job.counted, row.off_job.waiting) == (side.enrolment, 90, 15)
    assert row.weekly[-1] == 90
    history = learner.get(page("activity_detail", entry.pk)).context["history"]
    kinds = ["approved", "submitted", "returned", "submitted", "created"]
    assert [(line.event.kind, line.is_own) for line in history] == [
        (kind, kind in ("submitted", "created")) for kind in kinds
    ]


def test_draft_is_saved_and_sent_from_its_page(world: World, client_of: ClientOf) -> None:
    learner = client_of(world.ours.learner)
    response = learner.post(page("activity_create"), typed(world), follow=True)
    assert said(response) == ["Saved as a draft: “Spreadsheet course”."]
    entry = ActivityEntry.objects.get()
    response = learner.post(page("activity_submit", entry.pk), follow=True)
    assert said(response) == ["Sent to be verified: “Spreadsheet course”."]
    response = learner.post(page("activity_submit", entry.pk), follow=True)
    assert said(response) == ["This activity was sent already."]


def test_draft_without_a_criterion_is_opened_to_choose_one(world: World, client_of: ClientOf) -> None:
    entry = entry_of(world)
    entry.criteria.clear()
    response = client_of(world.ours.learner).post(page("activity_submit", entry.pk), follow=True)
    assert response.redirect_chain == [(page("activity_change", entry.pk), 302)]
    assert said(response) == ["Choose at least one criterion before you send it."]


def test_last_one_of_a_queue_leads_home(world: World, client_of: ClientOf) -> None:
    for persona, home in (("coach", "queue"), ("mentor", "queue"), ("manager", "team")):
        entry = entry_of(world, kind="on_job", sent=True)
        client = client_of(getattr(world.ours, persona))
        response = client.post(page("activity_approve", entry.pk), follow=True)
        assert response.redirect_chain[-1] == (reverse(f"dashboards:{home}"), 302)
        assert response.status_code == 200


def test_who_is_slower_is_told_who_was_faster(world: World, client_of: ClientOf) -> None:
    side = world.ours
    entry = entry_of(world, kind="on_job", sent=True)
    client_of(side.coach).post(page("activity_approve", entry.pk))
    words = "Sample coach Alder was faster: this activity is no longer waiting. Its state now: Verified."
    for name, body in (("activity_approve", {}), ("activity_return", {"reason": "Too short."})):
        response = client_of(side.manager).post(page(name, entry.pk), body, follow=True)
        assert said(response) == [words]
    entry.refresh_from_db()
    assert (entry.status, entry.approved_by) == (STATUS.APPROVED, side.coach)


def test_return_without_a_reason_shows_the_page_again(world: World, client_of: ClientOf) -> None:
    entry = entry_of(world, sent=True)
    response = client_of(world.ours.coach).post(page("activity_return", entry.pk), {"reason": " "})
    assert response.status_code == 200
    assert "Say what is missing, so that the entry can be mended." in response.text
    assert "Please fix 1 thing" in response.text
    entry.refresh_from_db()
    assert entry.status == STATUS.SUBMITTED


@pytest.mark.parametrize(
    ("kind", "state", "expected"),
    [
        ("on_job", "sent", ["coach", "mentor", "manager"]),
        ("off_job", "sent", ["coach"]),
        ("on_job", "returned", []),
        ("off_job", "approved", []),
    ],
)
def test_decision_is_offered_to_who_may_decide_while_it_waits(
    world: World, client_of: ClientOf, kind: str, state: str, expected: list[str]
) -> None:
    entry, offered = entry_of(world, kind=kind, **{state: True}), []
    for persona in ("learner", "coach", "mentor", "manager", "lead"):
        response = client_of(getattr(world.ours, persona)).get(page("activity_detail", entry.pk))
        assert response.context["may_decide"] is ("Your decision" in response.text)
        if response.context["may_decide"]:
            offered.append(persona)
    assert offered == expected


# The form -------------------------------------------------------------------------------


def test_form_begins_with_what_is_likely(world: World, client_of: ClientOf) -> None:
    learner, today = client_of(world.ours.learner), timezone.localdate()
    form = learner.get(page("activity_create")).context["form"]
    assert (form["done_on"].value(), form["strategy"].value(), form["is_paid"].value()) == (today, None, True)
    entry_of(world)
    day = today - dt.timedelta(days=9)
    form = learner.get(f"{page('activity_create')}?done_on={day}").context["form"]
    assert (form["done_on"].value(), form["strategy"].value()) == (day, world.ours.strategy.pk)
    before = learner.get(f"{page('activity_create')}?done_on=2001-01-01").context["form"]
    assert before["done_on"].value() == world.ours.enrolment.starts_on
    choices = learner.get(page("activity_create")).context["choices"]
    assert choices.mapped == world.ours.criteria[:2]


def test_fault_loses_nothing_that_was_typed(world: World, client_of: ClientOf) -> None:
    side = world.ours
    fields = typed(
        world, title="", description="All of it", carried_out_by="Ana", place="Office", cost="9.50", starts_at="09:15",
        criteria=[criterion.pk for criterion in side.criteria], kind="on_job", reflection="Mine", hours="2", mins="5",
    )  # fmt: skip
    del fields["is_paid"]
    response = post_new(client_of(side.learner), fields)
    form = response.context["form"]
    names = [name for name in fields if name not in ("save", "criteria")]
    assert {name: str(form[name].value()) for name in names} == {name: str(fields[name]) for name in names}
    assert (form["is_paid"].value(), form["is_shared"].value()) == (False, False)
    assert response.context["chosen"] == {str(criterion.pk) for criterion in side.criteria}
    for words in (
        "All of it",
        'value="Ana"',
        'value="Office"',
        'value="9.50"',
        "Mine</textarea>",
        'value="09:15"',
    ):
        assert words in response.text, words
    assert response.text.count('name="criteria"') == response.text.count(" checked") - 1 == 3  # and the kind
    assert "Please fix 1 thing" in response.text
    assert 'href="#id_title"' in response.text
    assert ActivityEntry.objects.count() == 0


def test_fault_that_only_the_database_knows_gives_the_form_again(world: World, client_of: ClientOf) -> None:
    entry_of(world, minutes=23 * 60, done_on=timezone.localdate())
    response = post_new(client_of(world.ours.learner), typed(world, send="1", evidence=photo()))
    errors = response.context["form"].errors
    assert errors == {"hours": ["With your other entries this day would have more than 24 hours."]}
    assert (ActivityEntry.objects.count(), EvidenceFile.objects.count()) == (1, 0)


def test_conflict_of_two_windows_is_told_and_keeps_what_was_typed(world: World, client_of: ClientOf) -> None:
    entry, learner = entry_of(world), client_of(world.ours.learner)
    first = typed(world, title="First", revision="1")
    assert learner.post(page("activity_change", entry.pk), first).status_code == 302
    response = learner.post(
        page("activity_change", entry.pk), first | {"title": "Second", "evidence": photo()}
    )
    assert response.context["form"].non_field_errors() == [
        "It was changed in another window since you opened it. Copy your text, then open it anew."
    ]
    assert 'value="Second"' in response.text
    entry.refresh_from_db()
    assert (entry.title, entry.revision, entry.evidence.count()) == ("First", 2, 0)


def test_form_without_its_revision_is_a_conflict(world: World, client_of: ClientOf) -> None:
    entry = entry_of(world)
    response = client_of(world.ours.learner).post(page("activity_change", entry.pk), typed(world))
    assert len(response.context["form"].non_field_errors()) == 1


def test_what_was_sent_cannot_be_changed(world: World, client_of: ClientOf) -> None:
    learner = client_of(world.ours.learner)
    for state in ("sent", "approved"):
        entry = entry_of(world, **{state: True})
        for response in (
            learner.get(page("activity_change", entry.pk), follow=True),
            learner.post(page("activity_change", entry.pk), typed(world, revision="1"), follow=True),
        ):
            assert response.redirect_chain == [(page("activity_detail", entry.pk), 302)]
            assert said(response) == ["This activity was sent, so it cannot be changed now."]
        assert ActivityEntry.objects.get(pk=entry.pk).title == entry.title


@pytest.mark.parametrize("status", ["completed", "withdrawn"])
def test_nothing_is_logged_when_the_programme_is_over(world: World, client_of: ClientOf, status: str) -> None:
    Enrolment.objects.filter(pk=world.ours.enrolment.pk).update(status=status)
    learner = client_of(world.ours.learner)
    for response in (
        learner.get(page("activity_create"), follow=True),
        learner.post(page("activity_create"), typed(world), follow=True),
    ):
        assert response.redirect_chain == [(page("activity_list"), 302)]
        assert said(response) == ["This programme is over for you, so nothing new can be logged in it."]
        assert "Log an activity" not in response.text
    assert ActivityEntry.objects.count() == 0


def test_second_programme_is_named_in_the_address(world: World, client_of: ClientOf) -> None:
    side = world.ours
    second = f.EnrolmentFactory(cohort=world.theirs.cohort, learner=side.learner, organisation=side.employer)
    second.status = Enrolment.Status.ON_BREAK
    second.save()
    learner = client_of(side.learner)
    address = f"{page('activity_create')}?enrolment={second.pk}"
    assert learner.get(address).context["choices"].mapped == world.theirs.criteria[:2]
    fields = typed(world, criteria=[world.theirs.criteria[0].pk], strategy=world.theirs.strategy.pk)
    assert learner.post(address, fields).status_code == 302
    assert ActivityEntry.objects.get().enrolment == second


# The list -------------------------------------------------------------------------------


def test_list_is_by_week_with_totals_and_missing_weeks(world: World, client_of: ClientOf) -> None:
    today = timezone.localdate()
    entry_of(world, minutes=60, approved=True, done_on=today)
    entry_of(world, minutes=30, kind="on_job", done_on=today - dt.timedelta(weeks=2))
    response = client_of(world.ours.learner).get(page("activity_list"))
    weeks = response.context["weeks"]
    number = world.ours.enrolment.week_of(today)
    assert [(week.number, week.is_missing, len(week.entries)) for week in weeks[:3]] == [
        (number, False, 1),
        (number - 1, True, 0),
        (number - 2, False, 1),
    ]
    totals = response.context["totals"]
    assert (totals.number, totals.off_job, totals.on_job, totals.counted) == (2, 60, 30, 60)
    assert (len(weeks), response.context["page"].paginator.num_pages) == (4, 6)
    assert "Nothing logged this week." in response.text


def test_filters_are_in_the_address_and_stay_in_the_pages(world: World, client_of: ClientOf) -> None:
    for number in range(10):
        entry_of(
            world,
            kind="on_job",
            title=f"On {number}",
            done_on=timezone.localdate() - dt.timedelta(weeks=number),
        )
    entry_of(world, title="Off")
    response = client_of(world.ours.learner).get(f"{page('activity_list')}?kind=on_job&status=&page=3")
    shown = [entry.title for week in response.context["weeks"] for entry in week.entries]
    assert shown == ["On 8", "On 9"]
    assert not any(week.is_missing for week in response.context["weeks"])
    assert '<option value="on_job" selected>' in response.text
    assert 'href="?kind=on_job&amp;status=&amp;page=2"' in response.text


def test_part_of_the_list_comes_alone_for_htmx(world: World, client_of: ClientOf) -> None:
    entry_of(world)
    learner = client_of(world.ours.learner)
    part = learner.get(page("activity_list"), headers={"HX-Request": "true", "HX-Target": "weeks"})
    assert part.templates[0].name == "programmes/_activity_weeks.html"
    boosted = learner.get(page("activity_list"), headers={"HX-Request": "true", "HX-Boosted": "true"})
    assert boosted.templates[0].name == "programmes/activity_list.html"


def test_empty_list_says_what_to_do(world: World, client_of: ClientOf) -> None:
    assert "Log your first activity" in client_of(world.ours.learner).get(page("activity_list")).text
    address = page("enrolment_activities", world.ours.enrolment.pk)
    text = client_of(world.ours.coach).get(address).text
    assert "Activities appear here once they are sent." in text
    assert "Log" not in text.split("<main")[1]


# Evidence -------------------------------------------------------------------------------


def test_evidence_is_stored_written_anew_and_given_back_as_a_file(world: World, client_of: ClientOf) -> None:
    learner = client_of(world.ours.learner)
    learner.post(page("activity_create"), typed(world, evidence=photo("Tafel Größe 1.png"), is_shared="on"))
    assert actions.check_evidence() == 1
    file = EvidenceFile.objects.get()
    assert (file.original_name, file.content_type, file.is_shared) == ("Tafel Größe 1.png", "image/png", True)
    assert file.uploaded_by == world.ours.learner
    response = learner.get(page("evidence_read", file.pk))
    content = b"".join(response.streaming_content)
    assert Image.open(BytesIO(content)).size == (8, 8)
    assert len(content) == file.size
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''Tafel%20Gr%C3%B6%C3%9Fe%201.png"
    assert (response["Content-Type"], response["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "Tafel" not in file.file.name


def test_evidence_is_for_the_mentor_only_when_the_learner_said_so(world: World, client_of: ClientOf) -> None:
    learner, mentor = client_of(world.ours.learner), client_of(world.ours.mentor)
    learner.post(page("activity_create"), typed(world, send="1", evidence=photo()))
    assert mentor.get(page("evidence_read", EvidenceFile.objects.get().pk)).status_code == 403


def test_evidence_comes_off_an_open_activity_only(
    world: World, client_of: ClientOf, django_capture_on_commit_callbacks: Any
) -> None:
    learner = client_of(world.ours.learner)
    learner.post(
        page("activity_create"), typed(world, evidence=[photo("a.png"), photo("b.png")]), follow=True
    )
    first, second = EvidenceFile.objects.order_by("original_name")
    storage = first.file.storage
    with django_capture_on_commit_callbacks(execute=True):
        response = learner.post(page("evidence_remove", first.pk), follow=True)
    assert said(response) == ["Removed: a.png."]
    assert response.redirect_chain == [(page("activity_change", first.entry_id), 302)]
    assert (storage.exists(first.file.name), storage.exists(second.file.name)) == (False, True)
    learner.post(page("activity_submit", second.entry_id), follow=True)
    response = learner.post(page("evidence_remove", second.pk), follow=True)
    assert said(response) == ["This activity was sent, so it cannot be changed now."]
    assert EvidenceFile.objects.get() == second


def test_activity_has_ten_files_at_most_over_all_visits(world: World, client_of: ClientOf) -> None:
    entry = entry_of(world)
    for _number in range(9):
        f.EvidenceFactory(entry=entry, file="ab/sample.txt")
    fields = typed(world, revision="1", title="New title", evidence=[photo("a.png"), photo("b.png")])
    response = client_of(world.ours.learner).post(page("activity_change", entry.pk), fields)
    assert response.context["form"].errors == {"evidence": ["An activity can have ten files at most."]}
    entry.refresh_from_db()
    assert (entry.evidence.count(), entry.revision, entry.title == "New title") == (9, 1, False)
    again = client_of(world.ours.learner).post(
        page("activity_change", entry.pk), fields | {"evidence": photo()}
    )
    assert again.status_code == 302


def test_lead_opens_a_file_and_it_is_logged(world: World, client_of: ClientOf) -> None:
    entry = entry_of(world, sent=True)
    file = f.EvidenceFactory(entry=entry)
    lead = client_of(world.ours.lead)
    assert "Opening this file is logged." in lead.get(page("activity_detail", entry.pk)).text
    assert b"".join(lead.get(page("evidence_read", file.pk)).streaming_content) == b"sample text"


def test_coach_of_two_learners_goes_through_both(world: World, client_of: ClientOf) -> None:
    side = world.ours
    other = f.EnrolmentFactory(cohort=side.cohort, organisation=p.OrganisationFactory())
    f.SupportRoleFactory(enrolment=other, person=side.coach, role="coach")
    first = entry_of(world, sent=True)
    second = f.ActivityFactory(enrolment=other, strategy=side.strategy, sent=True)
    response = client_of(side.coach).post(page("activity_approve", first.pk))
    assert response["Location"] == page("activity_detail", second.pk)
