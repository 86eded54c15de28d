"""From nothing to a first entry on a phone, in each language: a lead makes a programme, and somebody new joins it.

Only the training provider, an employer that it works with, a standard and the lead's own account are there before.
"""

import re
from dataclasses import dataclass

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect

from notifications.tasks import deliver
from people.models import Membership, Organisation, User
from programmes.models import ActivityEntry, Enrolment, LearningStrategy, Partnership, Programme
from standards.models import Criterion
from tests.browser.actors import PASSWORD, Actor, open_account
from tests.browser.portal import LANGUAGES
from tests.factories.people import MembershipFactory, OrganisationFactory, UserFactory
from tests.factories.programmes import StrategyFactory
from tests.factories.standards import CriterionFactory, FrameworkFactory

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = 360
TITLES = {
    "en": "Caring for sample machines",
    "es": "Cuidado de máquinas de muestra",
    "pl": "Dbanie o przykładowe maszyny",
}
SUMMARIES = {
    "en": "For people who keep the sample line running.",
    "es": "Para quienes mantienen en marcha la línea de muestra.",
    "pl": "Dla osób, które dbają o pracę przykładowej linii.",
}
UNITS = {"en": "Looking and listening", "es": "Mirar y escuchar", "pl": "Patrzenie i słuchanie"}
HALF_HOURS = {"en": "62.5", "es": "62,5", "pl": "62,5"}
ENTRY = "Listened to the bearings of the sample press"


@dataclass
class Provider:
    """Who is there before the story begins."""

    lead: User
    coach: User
    employer: Organisation
    criteria: list[Criterion]
    strategy: LearningStrategy


def make_provider(language: str) -> Provider:
    name = f"Start-{language}"
    provider = OrganisationFactory(name=f"Sample {name} Training", kind=Organisation.Kind.PROVIDER)
    employer = OrganisationFactory(name=f"Sample {name} Ltd")
    Partnership.objects.create(provider=provider, employer=employer)
    people = {}
    for role in (Membership.Role.PROGRAMME_LEAD, Membership.Role.COACH):
        person = UserFactory(
            email=f"{role.value}.{name.lower()}@sample.example", display_name=f"Sample {role.value} {name}"
        )
        MembershipFactory(person=person, organisation=provider, role=role)
        people[role] = person
    open_account(people[Membership.Role.PROGRAMME_LEAD], language)
    framework = FrameworkFactory(title=f"Framework {name}")
    criteria = [
        CriterionFactory(framework=framework, code=f"S{n}", title=f"Criterion {name} {n}") for n in (1, 2)
    ]
    return Provider(
        lead=people[Membership.Role.PROGRAMME_LEAD],
        coach=people[Membership.Role.COACH],
        employer=employer,
        criteria=criteria,
        strategy=StrategyFactory(),
    )


def fill_texts(lead: Actor, field: str, texts: dict[str, str]) -> None:
    """One text in all languages, each in its own box of the row."""
    lead.fill(**{f"{field}_{language}": text for language, text in texts.items()})


def make_programme(lead: Actor, sample: Provider) -> Programme:
    """From the empty home page; what is missing comes back with all that was typed."""
    page = lead.page
    lead.look_closely("home of a lead without a programme")
    lead.follow("New programme")
    page.locator("[name=source_language]").select_option(lead.language)
    fill_texts(lead, "title", {language: text for language, text in TITLES.items() if language != "pl"})
    fill_texts(lead, "summary", SUMMARIES)
    lead.press("Make the programme")
    expect(page.locator("#errors")).to_be_focused()
    lead.look_closely("new programme with errors")
    expect(page.locator("[name=summary_pl]")).to_have_value(SUMMARIES["pl"])
    lead.fill(
        code=f"START-{lead.language}",
        duration_weeks="10",
        review_interval_weeks="5",
        off_job_minutes=HALF_HOURS[lead.language],
        on_job_minutes="120",
        title_pl=TITLES["pl"],
    )
    page.get_by_label(sample.criteria[0].framework.title).check()
    lead.press("Make the programme")
    lead.heading(TITLES[lead.language])
    lead.look_closely("new programme")
    programme = Programme.objects.get(code=f"START-{lead.language}")
    assert (programme.off_job_minutes, programme.title_pl) == (3750, TITLES["pl"])
    return programme


def add_unit(lead: Actor, sample: Provider, programme: Programme) -> None:
    """A unit in three languages, mapped to the second criterion; the programme's page shows it."""
    page = lead.page
    lead.follow("Add a unit")
    fill_texts(lead, "title", UNITS)
    lead.fill(planned_minutes="20")
    lead.look_closely("new unit")
    lead.press("Add the unit")
    lead.look_closely("criteria of a unit")
    page.get_by_label(sample.criteria[1].code).check()
    lead.press("Save the criteria")
    expect(page.locator("section[aria-labelledby=units-h]")).to_contain_text(UNITS[lead.language])
    expect(page.locator("section[aria-labelledby=units-h] .wbl-code")).to_have_text(sample.criteria[1].code)
    lead.look_closely("programme with a unit")
    assert list(programme.units.get().criteria.all()) == [sample.criteria[1]]


def invite_learner(lead: Actor, sample: Provider, email: str, name: str) -> Enrolment:
    """A cohort that begins today; somebody who is in nobody's list yet; and the coach."""
    page = lead.page
    lead.follow("New cohort")
    lead.fill(name=f"Sample cohort {lead.language}", starts_on=timezone.localdate().isoformat())
    lead.look_closely("new cohort")
    lead.press("Make the cohort")
    lead.look_closely("empty cohort")
    lead.follow("Enrol a learner")
    page.locator("[name=employer]").select_option(label=sample.employer.name)
    lead.look_closely("employer of a learner")
    lead.press("Continue")
    lead.look_closely("enrolment")
    lead.follow("Not in the list? Invite somebody new by e-mail")
    lead.fill(email=email, display_name=name)
    page.locator("[name=language]").last.select_option(lead.language)
    lead.look_closely("invitation to a programme")
    lead.press("Enrol and invite")
    lead.heading(name)
    lead.look_closely("enrolment that waits")
    page.locator("main a[href$='/support/coach/']").click()
    page.locator("[name=person]").select_option(label=sample.coach.display_name)
    lead.look_closely("choice of a coach")
    lead.press("Save the change")
    expect(page.locator("section[aria-labelledby=support-h]")).to_contain_text(sample.coach.display_name)
    return Enrolment.objects.get(learner__email=email)


def link_in_mail(email: str) -> str:
    """What a worker does, and the address that the mail leads to."""
    deliver()
    (message,) = [message for message in mail.outbox if message.to == [email]]
    link = re.search(r"http://\S+/invitations/\S+", str(message.body))
    assert link, message.body
    return link[0]


def join(learner: Actor, link: str) -> None:
    """The page behind the link speaks the language of the invitation; two passwords that differ are refused."""
    page = learner.page
    page.goto(link)
    expect(page.locator("html")).to_have_attribute("lang", learner.language)
    learner.fill(password1=PASSWORD, password2="another-long-password")
    learner.press("Accept and open my account")
    expect(page.locator("#errors")).to_be_focused()
    learner.look_closely("invitation with errors")
    learner.fill(password1=PASSWORD, password2=PASSWORD)
    learner.press("Accept and open my account")
    expect(page.get_by_role("heading", name=TITLES[learner.language])).to_be_visible()
    expect(page.get_by_text(SUMMARIES[learner.language])).to_be_visible()
    learner.look_closely("home of who is invited")


def start_and_log(learner: Actor, sample: Provider, enrolment: Enrolment) -> None:
    """Started, the programme's own criterion is offered first, and the first entry goes to the coach."""
    page = learner.page
    learner.press("Start")
    learner.says(learner.words("Welcome! You can log your first activity now."))
    learner.look_closely("home of a beginner")
    learner.follow("Log an activity")
    page.locator("[name=kind][value=on_job]").check()
    learner.fill(title=ENTRY, mins="45")
    page.locator("[name=strategy]").select_option(str(sample.strategy.pk))
    page.get_by_label(sample.criteria[1].code).check()
    learner.press("Send to coach")
    learner.says(ENTRY)
    learner.look_closely("first entry")
    entry = ActivityEntry.objects.get(enrolment=enrolment)
    assert (entry.title, entry.status, entry.minutes) == (ENTRY, ActivityEntry.Status.SUBMITTED, 45)


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_an_empty_page_to_a_first_entry(open_browser, language):
    sample = make_provider(language)
    faults: list[str] = []
    lead = Actor(open_browser, sample.lead, language, faults, width=PHONE)
    lead.sign_in()
    programme = make_programme(lead, sample)
    add_unit(lead, sample, programme)
    email, name = f"beginner.{language}@sample.example", f"Sample Beginner {language}"
    enrolment = invite_learner(lead, sample, email, name)

    learner = Actor(open_browser, None, language, faults, width=PHONE)
    join(learner, link_in_mail(email))
    start_and_log(learner, sample, enrolment)

    lead.page.reload()
    lead.look_closely("enrolment under way")
    assert not faults, "\n".join(["", *faults])
