"""Logging in depth: several days, copies, what is kept while somebody types, the same form twice, reasons."""

import datetime as dt
import re
import uuid
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from people.models import User
from programmes.models import ActivityEntry, AutosavedForm, EvidenceFile
from programmes.queries.entering import made_from
from tests.factories import programmes as f
from tests.programmes.test_views import entry_of, page, photo, said
from tests.standing.forms import post_new, typed
from tests.worlds import World

ClientOf = Callable[[User | None], Client]
TOKEN = "9b2f1c52-1f6f-4f59-9b0a-0d2f6b1f7c11"


def rows(*days: tuple[dt.date | str, str], total: int | None = None) -> dict[str, Any]:
    """The part of a post that names further days."""
    number = total if total is not None else len(days)
    found: dict[str, Any] = {"days-TOTAL_FORMS": number, "days-INITIAL_FORMS": 0}
    for place, (day, hours) in enumerate(days):
        found |= {f"days-{place}-done_on": str(day), f"days-{place}-hours": hours}
    return found


def day(ago: int) -> dt.date:
    return timezone.localdate() - dt.timedelta(days=ago)


# Several days ---------------------------------------------------------------------------


def test_an_entry_for_each_day(world: World, client_of: ClientOf) -> None:
    data = typed(world, send="1", evidence=photo(), **rows((day(1), "2"), ("", ""), (day(2), "3")))
    response = client_of(world.ours.learner).post(page("activity_create"), data, follow=True)
    made = ActivityEntry.objects.order_by("-done_on")
    assert [(row.done_on, row.minutes, row.status) for row in made] == [
        (day(0), 90, "submitted"),
        (day(1), 120, "submitted"),
        (day(2), 180, "submitted"),
    ]
    assert [row.criteria.count() for row in made] == [1, 1, 1]
    assert [row.evidence.count() for row in made] == [1, 0, 0]
    assert said(response) == ["Sent to be verified: 3 days."]


def test_a_fault_in_one_row_saves_none(world: World, client_of: ClientOf) -> None:
    data = typed(world, **rows((day(1), "2"), (day(-1), "3"), ("", "1"), (day(1), "1"), (day(3), "")))
    response = post_new(client_of(world.ours.learner), data)
    found = [form.errors for form in response.context["days"]]
    assert [list(errors) for errors in found] == [[], ["done_on"], ["done_on"], ["done_on"], ["hours"]]
    assert ActivityEntry.objects.count() == 0
    assert 'href="#id_days-1-done_on"' in response.text


def test_more_rows_keep_what_was_typed_and_complain_of_nothing(world: World, client_of: ClientOf) -> None:
    data = typed(world, title="", more_days="1", **rows((day(1), "2"), ("", "")))
    response = post_new(client_of(world.ours.learner), data)
    assert response.context["days"].total_form_count() == 4
    assert f'value="{day(1)}"' in response.text
    assert "I can now group rows." in response.text
    assert "Please fix" not in response.text
    assert response.context["form"]["is_paid"].value() is True


def test_rows_stay_folded_unless_something_was_typed(world: World, client_of: ClientOf) -> None:
    def is_open(*days: tuple[dt.date | str, str]) -> bool:
        text = post_new(client_of(world.ours.learner), typed(world, title="", **rows(*days))).text
        found = re.search(r'<details class="wbl-details"( open)? id="more-days">', text)
        assert found
        return found[1] is not None

    assert not is_open(("", ""), ("", ""))
    assert is_open(("", ""), (day(1), "2"))


def test_rows_have_an_end(world: World, client_of: ClientOf) -> None:
    data = typed(world, **rows(*[(day(n), "1") for n in range(1, 15)]))
    assert post_new(client_of(world.ours.learner), data).status_code == 200
    assert ActivityEntry.objects.count() == 0


# Copies ---------------------------------------------------------------------------------


def test_a_copy_starts_from_an_earlier_entry_without_its_day_and_reflection(
    world: World, client_of: ClientOf
) -> None:
    earlier = entry_of(
        world, title="Machine set-up", minutes=150, done_on=day(30), kind="on_job", approved=True
    )
    response = client_of(world.ours.learner).get(page("activity_create"), {"copy": earlier.pk})
    form = response.context["form"]
    assert {name: form[name].value() for name in ("title", "kind", "hours", "mins", "reflection")} == {
        "title": "Machine set-up",
        "kind": "on_job",
        "hours": 2,
        "mins": 30,
        "reflection": None,
    }
    assert form["done_on"].value() == day(0)
    assert response.context["chosen"] == {str(world.ours.criteria[0].pk)}


def test_nothing_of_others_can_be_copied(world: World, client_of: ClientOf) -> None:
    theirs = f.ActivityFactory(enrolment=world.theirs.enrolment, title="Theirs", sent=True)
    for wanted in (theirs.pk, "x", 10**30):
        response = client_of(world.ours.learner).get(page("activity_create"), {"copy": wanted})
        assert response.context["form"]["title"].value() is None


# The same form twice --------------------------------------------------------------------


def test_the_same_post_twice_makes_one_entry_and_gives_the_same_answer(
    world: World, client_of: ClientOf
) -> None:
    learner = client_of(world.ours.learner)
    answers = [
        post_new(learner, typed(world, send="1", form_token=TOKEN, evidence=photo(), **rows((day(1), "1"))))
        for _time in range(2)
    ]
    assert [answer.url for answer in answers] == [answers[0].url] * 2
    assert (ActivityEntry.objects.count(), EvidenceFile.objects.count()) == (2, 1)


def test_a_form_that_was_saved_and_then_says_something_else_is_not_taken_for_the_same(
    world: World, client_of: ClientOf
) -> None:
    learner = client_of(world.ours.learner)
    post_new(learner, typed(world, form_token=TOKEN))
    response = post_new(learner, typed(world, form_token=TOKEN, title="Something else"))
    assert "This page was saved already" in response.context["form"].non_field_errors()[0]
    assert 'value="Something else"' in response.text
    assert [row.title for row in ActivityEntry.objects.all()] == ["Spreadsheet course"]


def test_a_change_sent_twice_is_one_change(world: World, client_of: ClientOf) -> None:
    entry, learner = entry_of(world), client_of(world.ours.learner)
    data = typed(world, send="1", revision="1", form_token=TOKEN)
    answers = [learner.post(page("activity_change", entry.pk), data, follow=True) for _time in range(2)]
    assert [said(answer) for answer in answers] == [["Sent to be verified: “Spreadsheet course”."]] * 2
    assert list(entry.events.values_list("kind", flat=True)) == ["submitted"]


def test_a_token_of_somebody_elses_form_gets_the_form_again(world: World, client_of: ClientOf) -> None:
    f.ActivityFactory(enrolment=world.theirs.enrolment, form_token=TOKEN)
    assert made_from(uuid.UUID(TOKEN), by=world.ours.learner) == []
    assert len(made_from(uuid.UUID(TOKEN), by=world.theirs.learner)) == 1
    response = post_new(client_of(world.ours.learner), typed(world, form_token=TOKEN))
    assert response.status_code == 200
    assert str(response.context["token"]) != TOKEN
    again = post_new(client_of(world.ours.learner), typed(world, form_token=response.context["token"]))
    assert again.status_code == 302


# Kept while typing ----------------------------------------------------------------------


def keep(client: Client, data: dict[str, Any], *args: Any) -> Any:
    return client.post(page("form_keep_changed" if args else "form_keep", *args), data)


def test_what_is_typed_is_there_again(world: World, client_of: ClientOf) -> None:
    learner = client_of(world.ours.learner)
    data = typed(world, title="", place="Office", form_token=TOKEN, **rows((day(1), "2")))
    del data["is_paid"]
    assert "Kept at" in keep(learner, data).text
    assert ActivityEntry.objects.count() == 0
    response = learner.get(page("activity_create"))
    form = response.context["form"]
    assert (form["place"].value(), form["reflection"].value()) == ("Office", "I can now group rows.")
    assert form["is_paid"].value() is False
    assert response.context["chosen"] == {str(world.ours.criteria[0].pk)}
    assert f'value="{day(1)}"' in response.text
    assert str(response.context["token"]) == TOKEN
    assert "did not save" in response.text


def test_saving_forgets_what_was_kept_and_a_late_keep_does_not_bring_it_back(
    world: World, client_of: ClientOf
) -> None:
    learner, data = client_of(world.ours.learner), typed(world, form_token=TOKEN)
    keep(learner, data)
    post_new(learner, data)
    assert "Kept" not in keep(learner, data).text
    assert AutosavedForm.objects.count() == 0


def test_starting_afresh_forgets_it(world: World, client_of: ClientOf) -> None:
    learner = client_of(world.ours.learner)
    keep(learner, typed(world, form_token=TOKEN))
    assert keep(learner, {"discard": "1"}).status_code == 302
    assert "did not save" not in learner.get(page("activity_create")).text


def test_what_is_kept_of_an_entry_is_of_the_version_that_it_has(world: World, client_of: ClientOf) -> None:
    entry, learner = entry_of(world, title="Stored"), client_of(world.ours.learner)
    keep(learner, typed(world, title="Typed", revision="1", form_token=TOKEN), entry.pk)
    assert learner.get(page("activity_change", entry.pk)).context["form"]["title"].value() == "Typed"
    ActivityEntry.objects.filter(pk=entry.pk).update(revision=2)
    assert learner.get(page("activity_change", entry.pk)).context["form"]["title"].value() == "Stored"


def test_what_is_kept_is_of_its_person_and_of_a_sane_size(world: World, client_of: ClientOf) -> None:
    keep(client_of(world.ours.learner), typed(world, form_token=TOKEN))
    assert "did not save" not in client_of(world.theirs.learner).get(page("activity_create")).text
    huge = typed(world, form_token=str(uuid.uuid4()), description="x" * 40_000)
    assert "Kept" not in keep(client_of(world.theirs.learner), huge).text
    for token in ("", "x", "0" * 400):
        assert keep(client_of(world.theirs.learner), typed(world, form_token=token)).status_code == 200
    assert AutosavedForm.objects.count() == 1


# Reasons --------------------------------------------------------------------------------


def test_sending_what_is_out_of_the_ordinary_asks_for_the_reason_first(
    world: World, client_of: ClientOf
) -> None:
    learner, late = client_of(world.ours.learner), typed(world, send="1", done_on=str(day(20)), hours="11")
    response = post_new(learner, late)
    assert response.context["form"].errors == {"exception_reason": ["Say why before you send it."]}
    assert "More than 10 h on this day" in response.text
    assert "Sent more than 14 days later" in response.text
    assert post_new(learner, late | {"exception_reason": "I was at a fair."}).status_code == 302
    entry = ActivityEntry.objects.get()
    assert (entry.status, entry.exception_reason) == ("submitted", "I was at a fair.")
    assert "I was at a fair." in client_of(world.ours.coach).get(reverse("dashboards:queue")).text


def test_a_draft_needs_no_reason_until_it_is_sent(world: World, client_of: ClientOf) -> None:
    learner = client_of(world.ours.learner)
    post_new(learner, typed(world, done_on=str(day(20))))
    entry = ActivityEntry.objects.get()
    response = learner.post(page("activity_submit", entry.pk), follow=True)
    assert response.redirect_chain == [(page("activity_change", entry.pk), 302)]
    assert said(response)[-1] == "Say why before you send it."
    entry.refresh_from_db()
    assert entry.status == "draft"


def test_the_reason_is_not_for_the_manager_of_what_was_off_the_job(world: World, client_of: ClientOf) -> None:
    entry = entry_of(world, sent=True, kind="off_job", exception_reason="Private enough")
    assert "Private enough" in client_of(world.ours.mentor).get(page("activity_detail", entry.pk)).text
    assert "Private enough" not in client_of(world.ours.manager).get(page("activity_detail", entry.pk)).text


def test_seven_questions_come_before_the_details(world: World, client_of: ClientOf) -> None:
    text = client_of(world.ours.learner).get(page("activity_create")).text
    before = text[text.index('<form class="card"') :]
    shown, level = "", 0
    for part in before.split("<details"):
        shown += part if level == 0 else part.split("</details>")[-1]
        level = 1
    names = {"kind", "title", "done_on", "hours", "mins", "strategy", "criteria", "reflection"}
    # Whether it is used at work is asked of an activity off the job only, and the rest of it after a "yes".
    names |= {"applied", "what_changed", "applied_on"}
    names |= {f"benefit_{level}" for level in ("individual", "team", "organisation")}
    found = set(re.findall(r'<(?:input|select|textarea)(?![^>]*type="hidden")[^>]*? name="(\w+)"', shown))
    assert found == names
