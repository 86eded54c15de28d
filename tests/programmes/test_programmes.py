"""Programmes and their units by their leads: making, changing with a preview, translations, copying, the order."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEvent
from core.texts import TextState, state_of
from people.models import Membership, User
from programmes import actions
from programmes.models import Enrolment, Programme, ProgrammeRole, ProgrammeUnit
from programmes.queries.effects import effects_of_criteria, effects_of_plan
from programmes.queries.programmes import coverage_of, language_states, units_of
from tests.factories import people as p
from tests.factories import programmes as f
from tests.factories import standards as s
from tests.worlds import World

ClientOf = Callable[[User | None], Client]


def typed(programme: Programme, **fields: Any) -> dict[str, Any]:
    """The form of a programme as it is stored, with some fields otherwise."""
    texts = {
        f"{field}_{language}": getattr(programme, f"{field}_{language}") or ""
        for field in ("title", "summary")
        for language in ("en", "es", "pl")
    }
    return {
        **texts,
        "source_language": programme.source_language,
        "duration_weeks": programme.duration_weeks,
        "off_job_minutes": str(programme.off_job_minutes // 60),
        "on_job_minutes": str(programme.on_job_minutes // 60),
        "review_interval_weeks": programme.review_interval_weeks,
        "frameworks": list(programme.frameworks.values_list("pk", flat=True)),
        "revision": programme.revision,
        **fields,
    }


def new(world: World, **fields: Any) -> dict[str, Any]:
    """The form of a new programme that would be made."""
    return {
        "organisation": world.ours.provider.pk,
        "code": "NEW-1",
        "source_language": "es",
        "title_es": "Vender por internet",
        "duration_weeks": "30",
        "off_job_minutes": "120.5",
        "on_job_minutes": "200",
        "review_interval_weeks": "8",
        "frameworks": [world.ours.framework.pk],
        **fields,
    }


@pytest.fixture
def lead(world: World, client_of: ClientOf) -> Client:
    return client_of(world.ours.lead)


def change(client: Client, programme: Programme, **fields: Any) -> Any:
    url = reverse("programmes:programme_change", args=[programme.pk])
    return client.post(url, typed(programme, **fields))


# Making ---------------------------------------------------------------------------------


def test_lead_makes_a_programme_and_leads_it(world: World, lead: Client) -> None:
    response = lead.post(reverse("programmes:programme_create"), new(world))
    made = Programme.objects.get(code="NEW-1")
    assert response["Location"] == reverse("programmes:programme_detail", args=[made.pk])
    assert (made.title_es, made.title_en, made.off_job_minutes) == ("Vender por internet", "", 7230)
    assert list(made.frameworks.all()) == [world.ours.framework]
    role = ProgrammeRole.objects.get(programme=made)
    assert (role.person, role.starts_on, role.ends_on) == (world.ours.lead, timezone.localdate(), None)
    assert AuditEvent.objects.get(action="programme.create").changes["off_job_minutes"] == [None, 7230]
    assert "title_es" in AuditEvent.objects.get().changes


def test_administrator_names_who_leads_a_new_programme(world: World, client_of: ClientOf) -> None:
    client, url = client_of(world.administrator), reverse("programmes:programme_create")
    assert set(client.post(url, new(world)).context["form"].errors) == {"lead"}
    assert set(client.post(url, new(world, lead=world.theirs.lead.pk)).context["form"].errors) == {"lead"}
    assert client.post(url, new(world, lead=world.ours.lead.pk)).status_code == 302
    assert ProgrammeRole.objects.get(programme__code="NEW-1").person == world.ours.lead


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        ({"code": "PROGRAMME-ALDER"}, {"code"}),
        ({"code": "with space"}, {"code"}),
        ({"title_es": ""}, {"title_es"}),
        ({"source_language": "pl"}, {"title_pl"}),
        ({"source_language": "de"}, {"source_language"}),
        ({"off_job_minutes": "NaN"}, {"off_job_minutes"}),
        ({"off_job_minutes": "-1"}, {"off_job_minutes"}),
        ({"on_job_minutes": "1e9"}, {"on_job_minutes"}),
        ({"duration_weeks": "0"}, {"duration_weeks"}),
        ({"duration_weeks": "9" * 50}, {"duration_weeks"}),
        ({"title_es": "a\x00b"}, {"title_es"}),
        ({"frameworks": ["1" + "0" * 30]}, {"frameworks"}),
    ],
)
def test_form_says_what_is_wrong(
    world: World, lead: Client, fields: dict[str, Any], faults: set[str]
) -> None:
    response = lead.post(reverse("programmes:programme_create"), new(world, **fields))
    assert response.status_code == 200
    assert set(response.context["form"].errors) == faults
    assert not Programme.objects.filter(code="NEW-1").exists()


def test_rows_of_others_are_no_choice(world: World, lead: Client) -> None:
    draft = s.FrameworkFactory(status="draft")
    for fields in ({"organisation": world.theirs.provider.pk}, {"frameworks": [draft.pk]}):
        response = lead.post(reverse("programmes:programme_create"), new(world, **fields))
        assert set(response.context["form"].errors) == set(fields)


@pytest.mark.parametrize(("typed_hours", "minutes"), [("120,5", 7230), ("120.25", 7215), ("0", 0), ("1", 60)])
def test_hours_are_stored_as_whole_minutes(
    world: World, lead: Client, typed_hours: str, minutes: int
) -> None:
    lead.post(reverse("programmes:programme_create"), new(world, off_job_minutes=typed_hours))
    assert Programme.objects.get(code="NEW-1").off_job_minutes == minutes


def test_making_asks_for_a_membership_as_lead_at_the_provider(world: World) -> None:
    content = actions.ProgrammeContent({"code": "X", "title_en": "X", "duration_weeks": 1}, [])
    for person in (world.ours.coach, world.theirs.lead, world.ours.learner):
        with pytest.raises(PermissionDenied):
            actions.create_programme(
                organisation=world.ours.provider, content=content, lead=person, by=person
            )
    Membership.objects.filter(person=world.ours.lead).update(role=Membership.Role.MEMBER)
    with pytest.raises(PermissionDenied):
        actions.create_programme(
            organisation=world.ours.provider, content=content, lead=world.ours.lead, by=world.ours.lead
        )


# Changing, with the preview -------------------------------------------------------------


def test_change_of_the_plan_is_previewed_and_nothing_is_saved_before_the_yes(
    world: World, lead: Client
) -> None:
    programme = world.ours.programme
    fields = {"off_job_minutes": "520", "duration_weeks": "40", "review_interval_weeks": "6"}
    response = change(lead, programme, **fields)
    assert response.templates[0].name == "programmes/preview_page.html"
    effects = response.context["effects"]
    assert effects.running == 1
    # 20 weeks and a day of 52 weeks, of 260 and 520 hours
    assert "change from 100.7\u00a0h to 201.4\u00a0h for the person in the middle" in effects.sentences[0]
    assert "1 of 1 instead of 1" in effects.sentences[1]
    assert "New enrolments last 40 weeks" in effects.sentences[2]
    assert "Planned ends do not move" in effects.sentences[-1]
    assert Programme.objects.get(pk=programme.pk).off_job_minutes == 260 * 60
    assert AuditEvent.objects.count() == 0

    sent = dict.fromkeys(name for name, _value in response.context["sent"])
    assert set(sent) == set(typed(programme)) - {n for n in typed(programme) if n == "csrfmiddlewaretoken"}
    again = change(lead, programme, **fields, edit="1")
    assert (again.context["form"]["off_job_minutes"].value(), AuditEvent.objects.count()) == ("520", 0)

    assert change(lead, programme, **fields, confirm="1").status_code == 302
    programme.refresh_from_db()
    assert (programme.off_job_minutes, programme.duration_weeks) == (520 * 60, 40)
    assert AuditEvent.objects.get().changes == {
        "off_job_minutes": [15600, 31200],
        "duration_weeks": [52, 40],
        "review_interval_weeks": [10, 6],
    }
    enrolment = Enrolment.objects.get(pk=world.ours.enrolment.pk)
    assert enrolment.ends_on == world.ours.enrolment.ends_on


def test_change_that_touches_nobody_is_saved_at_once(world: World, lead: Client) -> None:
    assert change(lead, world.ours.programme, title_en="Better").status_code == 302
    Enrolment.objects.filter(pk=world.ours.enrolment.pk).update(status="completed")
    programme = Programme.objects.get(pk=world.ours.programme.pk)
    assert change(lead, programme, off_job_minutes="300").status_code == 302
    assert Programme.objects.get(pk=programme.pk).off_job_minutes == 300 * 60


def test_person_in_the_middle_is_the_lower_middle_one(world: World) -> None:
    side, today = world.ours, timezone.localdate()
    for weeks in (10, 40):
        f.EnrolmentFactory(
            cohort=side.cohort, organisation=side.employer, starts_on=today - dt.timedelta(weeks=weeks)
        )
    effects = effects_of_plan(side.programme, {"on_job_minutes": 0}, on=today)
    assert effects.running == 3
    assert "from 201.4\u00a0h to 0\u00a0h" in effects.sentences[0]
    assert "0 of 3 instead of 3" in effects.sentences[1]


def test_second_window_is_told_and_loses_nothing(world: World, lead: Client) -> None:
    programme = world.ours.programme
    assert change(lead, programme, title_en="First").status_code == 302
    response = change(lead, programme, title_en="Second")
    assert "changed in another window" in str(response.context["form"].non_field_errors())
    assert response.context["form"]["title_en"].value() == "Second"
    assert Programme.objects.get(pk=programme.pk).title_en == "First"


def test_framework_that_a_unit_works_towards_stays(world: World, lead: Client) -> None:
    response = change(lead, world.ours.programme, frameworks=[])
    assert set(response.context["form"].errors) == {"frameworks"}
    ProgrammeUnit.objects.get(programme=world.ours.programme).criteria.clear()
    assert change(lead, Programme.objects.get(pk=world.ours.programme.pk), frameworks=[]).status_code == 302


# Translations ---------------------------------------------------------------------------


def states(row: Any, field: str = "title") -> list[str]:
    fresh = type(row).objects.get(pk=row.pk)
    return [state_of(fresh, field, language).value for language in ("en", "es", "pl")]


def test_translation_is_behind_once_its_original_changes(world: World, lead: Client) -> None:
    programme = world.ours.programme
    programme.title_es = "Programa"
    programme.save()
    assert states(programme) == ["source", "current", "missing"]
    assert states(programme, "summary") == ["not_written"] * 3

    change(lead, programme, title_en="Another title")
    assert states(programme) == ["source", "changed_since", "missing"]
    page = lead.get(reverse("programmes:programme_change", args=[programme.pk]))
    assert page.text.count("Original changed since") == 1
    assert 'name="fits_title_es"' in page.text
    assert 'lang="pl"' in page.text

    programme = Programme.objects.get(pk=programme.pk)
    change(lead, programme, title_es="Otro título")
    assert states(programme) == ["source", "current", "missing"]


def test_translation_that_is_still_right_needs_no_new_words(world: World, lead: Client) -> None:
    programme = world.ours.programme
    Programme.objects.filter(pk=programme.pk).update(title_es="Programa")
    programme.refresh_from_db()
    change(lead, programme, title_en="A title, mended")
    programme.refresh_from_db()
    assert states(programme) == ["source", "changed_since", "missing"]
    change(lead, programme, summary_en="Something else")
    programme.refresh_from_db()
    assert states(programme) == ["source", "changed_since", "missing"]
    change(lead, programme, fits_title_es="on")
    assert states(programme) == ["source", "current", "missing"]


def test_another_original_leaves_what_was_behind_behind(world: World, lead: Client) -> None:
    programme = world.ours.programme
    Programme.objects.filter(pk=programme.pk).update(title_es="Programa", title_pl="Program")
    programme.refresh_from_db()
    change(lead, programme, title_en="Changed")
    programme.refresh_from_db()
    change(lead, programme, title_es="Cambiado")
    assert states(programme) == ["source", "current", "changed_since"]
    programme.refresh_from_db()
    change(lead, programme, source_language="es")
    assert states(programme) == ["current", "source", "changed_since"]


def test_white_space_alone_is_no_change_of_the_original(world: World, lead: Client) -> None:
    programme = world.ours.programme
    Programme.objects.filter(pk=programme.pk).update(summary_en="One two", summary_es="Uno dos")
    programme.refresh_from_db()
    change(lead, programme, summary_en="One\r\ntwo")
    assert states(programme, "summary") == ["source", "current", "missing"]


def test_language_states_count_programme_and_units(world: World) -> None:
    programme = world.ours.programme
    Programme.objects.filter(pk=programme.pk).update(title_es="Programa")
    programme.refresh_from_db()
    found = language_states(programme, units_of(programme))
    assert [(row.language, row.current, row.missing, row.total) for row in found] == [
        ("en", 2, 0, 2),
        ("es", 1, 1, 2),
        ("pl", 0, 2, 2),
    ]


def test_title_of_the_window_is_plain_text_where_a_translation_is_missing(world: World, lead: Client) -> None:
    User.objects.filter(pk=world.ours.lead.pk).update(language="pl")
    text = lead.get(reverse("programmes:programme_detail", args=[world.ours.programme.pk])).text
    assert "<title>Programme Alder – WBL Portal</title>" in text
    assert '<span lang="en">Programme Alder</span>' in text


# Units ----------------------------------------------------------------------------------


def unit_typed(unit: ProgrammeUnit | None = None, **fields: Any) -> dict[str, Any]:
    title = unit.title_en if unit else "New unit"
    return {
        "source_language": "en",
        "title_en": title,
        "planned_minutes": str((unit.planned_minutes if unit else 600) // 60),
        "revision": unit.revision if unit else "",
        **fields,
    }


def test_unit_is_added_last_changed_and_removed(world: World, lead: Client) -> None:
    programme = world.ours.programme
    lead.post(reverse("programmes:unit_create", args=[programme.pk]), unit_typed())
    unit = programme.units.get(title_en="New unit")
    assert (unit.order, unit.planned_minutes) == (2, 600)
    url = reverse("programmes:unit_change", args=[unit.pk])
    lead.post(url, unit_typed(unit, title_en="Renamed"))
    assert ProgrammeUnit.objects.get(pk=unit.pk).title_en == "Renamed"
    assert "changed in another window" in lead.post(url, unit_typed(unit)).text
    assert lead.get(reverse("programmes:unit_remove", args=[unit.pk])).status_code == 200
    lead.post(reverse("programmes:unit_remove", args=[unit.pk]))
    assert not programme.units.filter(pk=unit.pk).exists()
    kinds = AuditEvent.objects.order_by("pk").values_list("action", flat=True)
    assert list(kinds) == ["unit.create", "unit.change", "unit.remove"]


def test_other_hours_of_a_unit_are_previewed(world: World, lead: Client) -> None:
    unit = world.ours.programme.units.get()
    url = reverse("programmes:unit_change", args=[unit.pk])
    response = lead.post(url, unit_typed(unit, planned_minutes="5"))
    assert response.templates[0].name == "programmes/preview_page.html"
    lead.post(url, unit_typed(unit, planned_minutes="5", confirm="1"))
    assert ProgrammeUnit.objects.get(pk=unit.pk).planned_minutes == 300


def test_units_change_places_and_the_ends_stay(world: World, lead: Client) -> None:
    programme = world.ours.programme
    first = programme.units.get()
    second = f.UnitFactory(programme=programme, order=4, title="Second")
    third = f.UnitFactory(programme=programme, order=9, title="Third")

    def move(unit: ProgrammeUnit, direction: str) -> list[int]:
        lead.post(reverse("programmes:unit_move", args=[unit.pk]), {"direction": direction})
        return list(programme.units.order_by("order").values_list("pk", flat=True))

    assert move(third, "up") == [first.pk, third.pk, second.pk]
    assert move(first, "up") == [first.pk, third.pk, second.pk]
    assert move(first, "down") == [third.pk, first.pk, second.pk]
    assert move(second, "down") == [third.pk, first.pk, second.pk]
    assert AuditEvent.objects.filter(action="unit.move").count() == 2
    url = reverse("programmes:unit_move", args=[first.pk])
    assert lead.post(url, {"direction": "sideways"}).status_code == 400


def mapped(unit: ProgrammeUnit) -> set[int]:
    return set(ProgrammeUnit.objects.get(pk=unit.pk).criteria.values_list("pk", flat=True))


def test_mapping_is_previewed_and_what_a_search_hides_stays(world: World, lead: Client) -> None:
    side = world.ours
    unit = side.programme.units.get()
    one, two, three = (criterion.pk for criterion in side.criteria)
    url = reverse("programmes:unit_criteria", args=[unit.pk])
    page = lead.get(url, {"q": "Alder 3"})
    assert ("Criterion Alder 3" in page.text, "Criterion Alder 1" in page.text) == (True, False)
    entry = f.ActivityFactory(
        enrolment=side.enrolment, strategy=side.strategy, approved=True, approved_by=side.coach
    )
    entry.criteria.set(side.criteria)

    data = {"revision": unit.revision, "shown": [two, three], "criteria": [three]}
    response = lead.post(url, data)
    sentences = response.context["effects"].sentences
    assert "Criteria of the programme: 2 instead of 2." in sentences[0]
    assert "1 verified activity names a criterion that goes." in sentences[1]
    assert mapped(unit) == {one, two}
    assert lead.post(url, {**data, "confirm": "1"}).status_code == 302
    assert mapped(unit) == {one, three}
    assert "changed in another window" in lead.post(url, {**data, "confirm": "1"}).text


def test_criterion_of_another_framework_cannot_be_mapped(world: World, lead: Client) -> None:
    unit = world.ours.programme.units.get()
    for foreign in (world.theirs.criteria[0].pk, "1" + "0" * 30, "abc"):
        for name in ("criteria", "shown"):
            data = {"revision": unit.revision, name: [foreign], "confirm": "1"}
            response = lead.post(reverse("programmes:unit_criteria", args=[unit.pk]), data)
            assert set(response.context["form"].errors) == {name}
    assert len(mapped(unit)) == 2


def test_coverage_names_what_is_in_no_unit(world: World) -> None:
    programme = world.ours.programme
    (found,) = coverage_of(programme, units_of(programme))
    assert (found.total, found.covered, list(found.uncovered)) == (3, 2, [world.ours.criteria[2]])


def test_without_running_enrolments_criteria_have_no_effects(world: World) -> None:
    Enrolment.objects.update(status="withdrawn")
    effects = effects_of_criteria(world.ours.programme, before={1}, after={2})
    assert (effects.running, effects.need_a_yes) == (0, False)


# Copying, closing, removing -------------------------------------------------------------


def test_copy_takes_texts_states_plan_units_and_mapping_but_no_cohorts(world: World, lead: Client) -> None:
    programme = world.ours.programme
    Programme.objects.filter(pk=programme.pk).update(title_es="Programa", text_states={"title_es": "?"})
    url = reverse("programmes:programme_copy", args=[programme.pk])
    assert set(lead.post(url, {"code": programme.code}).context["form"].errors) == {"code"}
    lead.post(url, {"code": "COPY-1"})
    made = Programme.objects.get(code="COPY-1")
    assert (made.title_en, made.title_es, made.off_job_minutes) == ("Programme Alder", "Programa", 15600)
    assert state_of(made, "title", "es") is TextState.CHANGED_SINCE
    assert list(made.frameworks.all()) == [world.ours.framework]
    assert [(unit.title_en, mapped(unit)) for unit in made.units.all()] == [
        ("Unit Alder", {criterion.pk for criterion in world.ours.criteria[:2]})
    ]
    assert (made.cohorts.count(), programme.cohorts.count(), programme.units.count()) == (0, 1, 1)
    assert ProgrammeRole.objects.get(programme=made).person == world.ours.lead
    assert AuditEvent.objects.get().action == "programme.copy"


def test_archived_programme_takes_nobody_and_opens_again(world: World, lead: Client) -> None:
    side, today = world.ours, timezone.localdate()
    lead.post(reverse("programmes:programme_archive", args=[side.programme.pk]))
    with pytest.raises(ValidationError):
        actions.create_cohort(programme=side.programme, name="New", starts_on=today, by=side.lead)
    with pytest.raises(ValidationError):
        actions.enrol_learner(
            cohort=side.cohort,
            learner=side.manager,
            employer=side.employer,
            placement=actions.Placement(None, today, today + dt.timedelta(days=7), 60),
            by=side.lead,
        )
    assert Enrolment.objects.get(pk=side.enrolment.pk).status == "active"
    lead.post(reverse("programmes:programme_reopen", args=[side.programme.pk]))
    actions.create_cohort(
        programme=Programme.objects.get(pk=side.programme.pk), name="New", starts_on=today, by=side.lead
    )


def test_programme_with_a_cohort_stays(world: World, lead: Client) -> None:
    side = world.ours
    url = reverse("programmes:programme_remove", args=[side.programme.pk])
    assert lead.get(url).status_code == 302
    lead.post(url)
    assert Programme.objects.filter(pk=side.programme.pk).exists()
    empty = f.ProgrammeFactory(organisation=side.provider)
    f.ProgrammeRoleFactory(programme=empty, person=side.lead)
    assert lead.get(reverse("programmes:programme_remove", args=[empty.pk])).status_code == 200
    lead.post(reverse("programmes:programme_remove", args=[empty.pk]))
    assert not Programme.objects.filter(pk=empty.pk).exists()


def test_leads_change_from_today(world: World, lead: Client) -> None:
    side, today = world.ours, timezone.localdate()
    other = p.UserFactory()
    p.MembershipFactory(person=other, organisation=side.provider, role=Membership.Role.PROGRAMME_LEAD)
    url = reverse("programmes:programme_leads", args=[side.programme.pk])
    for wrong in ([], [side.coach.pk], [world.theirs.lead.pk]):
        assert set(lead.post(url, {"leads": wrong}).context["form"].errors) == {"leads"}
    assert lead.post(url, {"leads": [other.pk]})["Location"] == "/programmes/"
    rows = ProgrammeRole.objects.filter(programme=side.programme).order_by("starts_on")
    assert [(row.person, row.ends_on) for row in rows] == [
        (side.lead, today - dt.timedelta(days=1)),
        (other, None),
    ]
    assert lead.get(url).status_code == 403  # still a member of the provider


# Lists ----------------------------------------------------------------------------------


def test_list_shows_ones_own_and_filters_in_every_language(world: World, lead: Client) -> None:
    side = world.ours
    f.ProgrammeRoleFactory(programme=f.ProgrammeFactory(organisation=side.provider), person=side.lead)
    Programme.objects.filter(pk=side.programme.pk).update(title_pl="Żółty program")
    url = reverse("programmes:programme_list")
    assert len(lead.get(url).context["rows"]) == 2
    assert [row.pk for row, _states in lead.get(url, {"q": "łty pro"}).context["rows"]] == [side.programme.pk]
    assert len(lead.get(url, {"status": "archived"}).context["rows"]) == 0
    assert "No programmes match." in lead.get(url, {"status": "archived"}).text
    assert len(lead.get(url, {"status": "nonsense", "page": "9" * 50}).context["rows"]) == 2
