"""Ways of learning: whose words are read, who writes them, what is told of their use, how a site gets them."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.test import Client

from core.models import AuditEvent
from core.texts import LANGUAGES, TextState, column, state_of
from people.models import Membership, User
from programmes import actions
from programmes.management.commands._demo.content import read
from programmes.models import Enrolment, LearningStrategy, StrategyGuide
from programmes.models.strategies import GUIDE_TEXTS, STRATEGY_TEXTS, validate_needs
from programmes.queries import strategies as reads
from tests.factories import people as p
from tests.factories import programmes as f
from tests.programmes.test_views import page, said
from tests.worlds import World

ClientOf = Callable[[User | None], Client]


def guide_of(world: World, **texts: str) -> StrategyGuide:
    side = world.ours
    guide: StrategyGuide = StrategyGuide.objects.create(
        strategy=side.strategy, organisation=side.provider, **(texts or {"summary_en": "Our words"})
    )
    return guide


def typed(**fields: Any) -> dict[str, Any]:
    return {"source_language": "en", "summary_en": "Our words", "revision": "0", **fields}


# Whose words ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("persona", "reads_ours"),
    [
        ("learner", True),
        ("coach", True),
        ("mentor", True),
        ("manager", True),
        ("lead", True),
        ("org_admin", False),
        ("other_learner", False),
        ("other_coach", False),
        ("other_lead", False),
        ("administrator", False),
    ],
)
def test_people_around_a_provider_read_its_words_and_nobody_else_does(
    world: World, client_of: ClientOf, persona: str, reads_ours: bool
) -> None:
    guide_of(world, summary_en="Words of ours")
    client = client_of(world.everybody()[persona])
    for url in (page("strategy_detail", world.ours.strategy.pk), page("strategy_list")):
        assert ("Words of ours" in client.get(url).text) is reads_ours


def test_what_the_provider_leaves_empty_is_the_sites(world: World) -> None:
    LearningStrategy.objects.filter(pk=world.ours.strategy.pk).update(skills_en="Site's skills")
    guide_of(world, summary_pl="Po polsku")
    (way,) = reads.ways_for(world.ours.learner, [LearningStrategy.objects.get(pk=world.ours.strategy.pk)])
    assert (way.words["summary"], way.words["skills"]) == (way.guide, way.strategy)


def test_learner_of_two_providers_reads_the_words_of_the_later_programme(world: World) -> None:
    side, other = world.ours, world.theirs
    f.EnrolmentFactory(cohort=other.cohort, learner=side.learner, organisation=side.employer)
    Enrolment.objects.filter(learner=side.learner, cohort=other.cohort).update(starts_on="2020-01-01")
    assert reads.providers_of(side.learner) == [side.provider.pk, other.provider.pk]
    StrategyGuide.objects.create(strategy=side.strategy, organisation=other.provider, summary="Theirs")
    guide_of(world)
    (way,) = reads.ways_for(side.learner, [side.strategy])
    assert way.guide is not None
    assert way.guide.organisation == side.provider


def test_words_of_a_provider_end_with_the_enrolment(world: World) -> None:
    Enrolment.objects.filter(pk=world.ours.enrolment.pk).update(status="withdrawn")
    assert reads.providers_of(world.ours.learner) == []


def test_list_is_empty_for_who_belongs_nowhere(world: World, client_of: ClientOf) -> None:
    text = client_of(world.outsider).get(page("strategy_list")).text
    assert "No ways of learning yet" in text
    assert "Strategy Alder" not in text
    assert page("strategy_list") not in client_of(world.outsider).get("/home/").text
    assert page("strategy_list") in client_of(world.ours.learner).get("/learner/").text


# Writing --------------------------------------------------------------------------------


@pytest.mark.parametrize("persona", ["learner", "coach", "mentor", "org_admin", "other_lead"])
def test_others_write_nobodys_words(world: World, persona: str) -> None:
    side, person = world.ours, world.everybody()[persona]
    assert person is not None
    content = actions.StrategyContent({"source_language": "en", "summary_en": "Mine"})
    with pytest.raises(PermissionDenied):
        actions.write_guide(
            strategy=side.strategy, organisation=side.provider, content=content, revision=0, by=person
        )
    with pytest.raises(PermissionDenied):
        actions.remove_guide(guide=guide_of(world), by=person)
    with pytest.raises(PermissionDenied):
        actions.change_strategy(strategy=side.strategy, content=content, revision=1, by=person)


def test_lead_does_not_write_the_sites_words(world: World) -> None:
    content = actions.StrategyContent({"source_language": "en", "summary_en": "Mine"})
    with pytest.raises(PermissionDenied):
        actions.change_strategy(strategy=world.ours.strategy, content=content, revision=1, by=world.ours.lead)


def test_an_employer_has_no_words_of_its_own(world: World) -> None:
    side = world.ours
    p.MembershipFactory(person=side.lead, organisation=side.employer, role=Membership.Role.PROGRAMME_LEAD)
    content = actions.StrategyContent({"source_language": "en", "summary_en": "Mine"})
    for person in (side.lead, world.administrator):
        with pytest.raises(PermissionDenied):
            actions.write_guide(
                strategy=side.strategy, organisation=side.employer, content=content, revision=0, by=person
            )
    assert list(reads.written_for(side.lead)) == [side.provider]


def test_lead_writes_the_providers_words_in_three_languages(world: World, client_of: ClientOf) -> None:
    side = world.ours
    LearningStrategy.objects.filter(pk=side.strategy.pk).update(
        summary_en="Site", summary_es="Sitio", skills_en="Skills", skills_pl="Umiejętności"
    )
    lead, url = client_of(side.lead), page("guide_change", side.strategy.pk, side.provider.pk)
    form = lead.get(url)
    assert "Fewer than 5 learners in the programmes of Sample Alder Training read this" in form.text
    assert form.context["form"].initial["summary_es"] == "Sitio"
    response = lead.post(
        url, typed(summary_pl="Nasze słowa", skills_en="Skills", skills_pl="Umiejętności"), follow=True
    )
    assert said(response) == ["The words of Sample Alder Training were saved."]
    guide = StrategyGuide.objects.get()
    assert [getattr(guide, column("summary", language)) for language in LANGUAGES] == [
        "Our words",
        "",
        "Nasze słowa",
    ]
    assert [getattr(guide, column("skills", language)) for language in LANGUAGES] == ["", "", ""]
    assert "In the words of Sample Alder Training" in response.text
    assert AuditEvent.objects.filter(action="guide.create").count() == 1
    lead.post(url, typed(summary_en="Newer words", summary_pl="Nasze słowa", revision="1"))
    guide.refresh_from_db()
    assert (guide.revision, state_of(guide, "summary", "pl")) == (2, TextState.CHANGED_SINCE)


def test_form_names_what_is_missing(world: World, client_of: ClientOf) -> None:
    url = page("guide_change", world.ours.strategy.pk, world.ours.provider.pk)
    response = client_of(world.ours.lead).post(url, typed(summary_en=""))
    assert list(response.context["form"].errors) == ["summary_en"]
    assert not StrategyGuide.objects.exists()


@pytest.mark.parametrize("revision", ["0", "7"])
def test_of_two_who_write_at_once_the_second_is_told(
    world: World, client_of: ClientOf, revision: str
) -> None:
    guide_of(world)
    url = page("guide_change", world.ours.strategy.pk, world.ours.provider.pk)
    response = client_of(world.ours.lead).post(url, typed(summary_en="Second", revision=revision))
    assert "changed in another window" in response.text
    assert StrategyGuide.objects.get().summary_en == "Our words"


def test_words_are_removed_after_a_question(world: World, client_of: ClientOf) -> None:
    side = world.ours
    guide_of(world)
    lead, url = client_of(side.lead), page("guide_remove", side.strategy.pk, side.provider.pk)
    assert "Your texts go for good" in lead.get(url).text
    assert said(lead.post(url, follow=True)) == ["The words of the training provider were removed."]
    assert not StrategyGuide.objects.exists()
    assert (lead.get(url).status_code, lead.post(url).status_code) == (404, 404)


def test_administrator_writes_the_sites_words(world: World, client_of: ClientOf) -> None:
    strategy, client = world.ours.strategy, client_of(world.administrator)
    url = page("strategy_change", strategy.pk)
    assert "Everybody reads this" in client.get(url).text
    fields = {
        "source_language": "en",
        "name_en": "Coaching",
        "summary_en": "Talks",
        "usual_kind": "off_job",
        "disruption": "low",
        "cost_level": "medium",
        "group": "pair",
        "suits": ["attitude", "practice"],
        "revision": "1",
    }
    assert said(client.post(url, fields, follow=True)) == ["The way of learning was changed."]
    strategy.refresh_from_db()
    assert (strategy.name_en, strategy.group, strategy.suits, strategy.revision) == (
        "Coaching",
        "pair",
        ["attitude", "practice"],
        2,
    )
    assert "changed in another window" in client.post(url, fields).text


@pytest.mark.parametrize(
    "value", ["knowledge", ["unknown"], ["people", "people"], {"people": 1}, [["people"]], None]
)
def test_needs_are_a_list_of_known_ones(value: Any) -> None:
    with pytest.raises(ValidationError):
        validate_needs(value)


def test_filters_find_what_can_be_both(world: World, client_of: ClientOf) -> None:
    LearningStrategy.objects.all().delete()
    for code, kind, group in (("a", "on_job", "alone"), ("b", "", "group"), ("c", "off_job", "group")):
        f.StrategyFactory(code=code, usual_kind=kind, group=group)
    client = client_of(world.ours.learner)

    def found(query: str) -> list[str]:
        return [way.strategy.code for way, _use in client.get(page("strategy_list") + query).context["rows"]]

    assert found("") == ["a", "b", "c"]
    assert found("?kind=on_job") == ["a", "b"]
    assert found("?kind=off_job&group=group") == ["b", "c"]
    assert found("?group=nonsense&kind=x") == ["a", "b", "c"]
    assert "No way of learning matches." in client.get(page("strategy_list") + "?cost_level=high").text


def test_logging_starts_with_the_way_and_its_usual_type(world: World, client_of: ClientOf) -> None:
    strategy = f.StrategyFactory(usual_kind="on_job")
    client = client_of(world.ours.learner)
    address = f"{page('activity_create')}?strategy={strategy.pk}"
    assert address in client.get(page("strategy_detail", strategy.pk)).text
    form = client.get(address).context["form"]
    assert (form.initial["strategy"], form.initial["kind"]) == (strategy, "on_job")
    assert "strategy" in client.get(f"{page('activity_create')}?strategy=99999").context["form"].initial
    assert address not in client_of(world.ours.coach).get(page("strategy_detail", strategy.pk)).text


# What is used at work -------------------------------------------------------------------


def learners_with(world: World, number: int, *, applied: int = 0) -> list[Enrolment]:
    """Further learners of our coach who learned in our way off the job; `applied` of them use it."""
    side, found = world.ours, []
    for place in range(number):
        enrolment = f.EnrolmentFactory(cohort=side.cohort, organisation=side.employer)
        f.SupportRoleFactory(enrolment=enrolment, person=side.coach, role="coach")
        entry = f.ActivityFactory(
            enrolment=enrolment, strategy=side.strategy, approved=True, approved_by=side.coach, minutes=60
        )
        f.ApplicationFactory(entry=entry, **({"confirmed": True} if place < applied else {}))
        found.append(enrolment)
    return found


def test_use_is_told_over_five_people_and_not_over_four(world: World, client_of: ClientOf) -> None:
    learners_with(world, 4, applied=2)
    assert reads.uses_for(world.ours.coach) == {}
    url = page("strategy_detail", world.ours.strategy.pk)
    assert "Shown once 5 people" in client_of(world.ours.coach).get(url).text
    learners_with(world, 1)
    text = client_of(world.ours.coach).get(url).text
    assert "2 h used at work and confirmed, of 5 h verified off the job: 40%." in text.replace("\u00a0", " ")
    assert "Over 5 learners whose records you may read." in text


def test_several_activities_of_one_person_do_not_make_a_group(world: World) -> None:
    (enrolment, *_others) = learners_with(world, 4)
    for _n in range(3):
        f.ActivityFactory(enrolment=enrolment, strategy=world.ours.strategy, approved=True)
    assert reads.uses_for(world.ours.coach) == {}


def test_learner_is_told_over_five_others_of_the_programme(world: World) -> None:
    side = world.ours
    own = f.ActivityFactory(enrolment=side.enrolment, strategy=side.strategy, approved=True, minutes=600)
    f.ApplicationFactory(entry=own, confirmed=True)
    learners_with(world, 4)
    assert reads.uses_for(side.learner) == {}
    learners_with(world, 1, applied=1)
    use = reads.uses_for(side.learner)[side.strategy.pk]
    assert (use.people, use.rate.applied, use.rate.approved, use.is_of_peers) == (5, 60, 300, True)
    assert use.group == "Over 5 other learners of your programme."
    assert reads.uses_for(world.theirs.learner) == reads.uses_for(world.theirs.coach) == {}


@pytest.mark.parametrize("persona", ["org_admin", "administrator", "outsider"])
def test_who_sees_no_group_is_told_no_use(world: World, persona: str) -> None:
    learners_with(world, 6, applied=3)
    person = world.everybody()[persona]
    assert person is not None
    assert reads.uses_for(person) == {}


def test_lead_sees_how_many_read_the_words(world: World, client_of: ClientOf) -> None:
    learners_with(world, 4)
    assert reads.readers_of(world.ours.provider) == 5
    url = page("guide_change", world.ours.strategy.pk, world.ours.provider.pk)
    assert (
        "5 learners in the programmes of Sample Alder Training read this"
        in client_of(world.ours.lead).get(url).text
    )


# Loading --------------------------------------------------------------------------------


def loaded() -> str:
    out = StringIO()
    call_command("load_strategies", stdout=out)
    return out.getvalue().strip()


def test_new_site_gets_sixteen_ways_in_three_languages_once(db: None) -> None:
    LearningStrategy.objects.all().delete()
    assert loaded() == "Added 16 ways of learning, filled in 0."
    rows = list(LearningStrategy.objects.values())
    for row in LearningStrategy.objects.all():
        row.full_clean()
        for text in STRATEGY_TEXTS:
            assert all(getattr(row, column(text, language)) for language in LANGUAGES), (row.code, text)
            assert {state_of(row, text, language) for language in LANGUAGES} == {
                TextState.SOURCE,
                TextState.CURRENT,
            }
        assert row.suits
        assert row.disruption
        assert row.cost_level
        assert row.group
    assert loaded() == "Added 0 ways of learning, filled in 0."
    assert list(LearningStrategy.objects.values()) == rows


def test_loading_fills_in_what_is_empty_and_leaves_what_is_written(db: None) -> None:
    LearningStrategy.objects.all().delete()
    given = {row["code"]: row for row in read("strategies.json")}["coaching"]
    LearningStrategy.objects.create(
        code="coaching",
        name_en="Coaching",
        summary_en="In our own words",
        skills_en=given["skills"]["en"],
        disruption="high",
        usual_kind="on_job",
        order=99,
    )
    assert loaded() == "Added 15 ways of learning, filled in 1."
    row = LearningStrategy.objects.get(code="coaching")
    assert (row.disruption, row.cost_level, row.usual_kind, row.order) == ("high", "medium", "on_job", 99)
    assert (row.summary_en, row.summary_es or "", row.skills_es) == (
        "In our own words",
        "",
        given["skills"]["es"],
    )


def test_texts_of_a_provider_can_say_all_that_the_site_says_but_the_name() -> None:
    assert set(STRATEGY_TEXTS) - set(GUIDE_TEXTS) == {"name"}
