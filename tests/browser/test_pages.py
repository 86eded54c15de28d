"""Every page: axe finds nothing, nothing scrolls sideways, the security policy reports nothing, every file is there.

In three languages, light and dark, wide and narrow. Each test opens the pages of one role in one language and
names all faults at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from people.models import Organisation, User
from people.queries.invitations import token_from
from programmes.models import ActivityEntry, Enrolment
from programmes.queries.activities import missing_weeks, weeks_with_entries
from programmes.views.lists import WEEKS_A_PAGE
from standards.models import Framework
from tests.browser.checks import Watch, layout_faults, page_faults
from tests.browser.portal import LANGUAGES, Portal, sample_person, set_language
from tests.factories.people import InvitationFactory, UserFactory
from tests.factories.programmes import EnrolmentFactory

pytestmark = pytest.mark.browser
Status = ActivityEntry.Status


@dataclass(frozen=True)
class View:
    """A page to look at: its address, what to do there first, what must be on it, and the answer's status."""

    name: str
    path: str
    then: Callable[[Page], Any] = lambda page: None
    shows: str = "main h1"
    status: int = 200


def press(selector: str) -> Callable[[Page], Any]:
    """Press a button that leads to another page."""

    def then(page: Page) -> None:
        with page.expect_navigation():
            page.locator(selector).click()

    return then


def visitor_views() -> list[View]:
    sign_in, reset = reverse("account_login"), reverse("account_reset_password")
    return [
        View("landing", "/"),
        View("sign-in", sign_in),
        View("sign-in with errors", sign_in, press("main form [type=submit]"), "#errors"),
        View("sign-in with a code", reverse("account_request_login_code")),
        View("password reset", reset),
        View("invitation", reverse("people:invitation", args=[open_invitation()]), shows="#id_password1"),
        View("stale invitation", reverse("people:invitation", args=["stale"]), status=404),
        View("password reset with errors", reset, press("main form [type=submit]"), "#errors"),
        View("password reset done", reverse("account_reset_password_done")),
        View("password reset with a stale link", "/accounts/password/reset/key/1-stale/"),
        View("sign-up is closed", reverse("account_signup")),
        View("404", "/nothing-here/", status=404),
    ]


def open_invitation() -> str:
    """The token of an invitation of somebody who has no account yet."""
    employer = Organisation.objects.filter(kind=Organisation.Kind.EMPLOYER).first()
    return token_from(InvitationFactory(organisation=employer).token_seed)


def organisation_views() -> list[View]:
    employer = sample_person("orgadmin").memberships.get().organisation
    invitation = InvitationFactory(organisation=employer, invited_by=sample_person("orgadmin"))
    membership = sample_person("learner").memberships.first()
    invite = reverse("people:invitation_create", args=[employer.pk])
    return [
        View("organisation", reverse("dashboards:organisation"), shows="table"),
        View("people", reverse("people:organisation_people", args=[employer.pk]), shows="tbody tr"),
        View("invitations", reverse("people:organisation_invitations", args=[employer.pk]), shows="tbody tr"),
        View("invite", invite),
        View("invite with errors", invite, press("main form [type=submit]"), "#errors"),
        View("take back", reverse("people:invitation_revoke", args=[employer.pk, invitation.pk])),
        View("end a membership", reverse("people:membership_end", args=[employer.pk, membership.pk])),
    ]


def page_with_missing_week() -> int:
    """The first page of the learner's list on which a week has no entry."""
    enrolment, today = (
        Enrolment.objects.filter(learner=sample_person("learner")).first(),
        timezone.localdate(),
    )
    missing = missing_weeks(enrolment, on=today)
    weeks = sorted(weeks_with_entries(enrolment.activities.all()) | set(missing), reverse=True)
    return weeks.index(missing[0]) // WEEKS_A_PAGE + 1


def learner_views() -> list[View]:
    activities, new = reverse("programmes:activity_list"), reverse("programmes:activity_create")
    mine = ActivityEntry.objects.filter(enrolment__learner=sample_person("learner"))
    verified = mine.filter(status=Status.APPROVED, evidence__content_type__startswith="image/").first()
    returned = mine.filter(status=Status.RETURNED).first()
    standard = Framework.objects.filter(scale__isnull=False, status="published").first()
    return [
        View("home", reverse("dashboards:learner"), shows=".wbl-task"),
        View("activities", f"{activities}?page={page_with_missing_week()}", shows=".wbl-missing"),
        View("filter without result", f"{activities}?q=zzzz", shows="#weeks a"),
        View("form", new),
        View("form with errors", new, press("[name=send]"), "#errors"),
        View(
            "verified activity", reverse("programmes:activity_detail", args=[verified.pk]), shows=".wbl-photo"
        ),
        View(
            "returned activity", reverse("programmes:activity_change", args=[returned.pk]), shows=".wbl-alert"
        ),
        View("profile", reverse("people:profile")),
        View("who sees my data", reverse("people:visibility"), shows="tbody tr"),
        View("second step", reverse("mfa_index")),
        View("is it you", reverse("mfa_activate_totp"), shows="#id_password"),
        View("sessions", reverse("usersessions_list")),
        View("standards", reverse("standards:framework_list"), shows="tbody tr"),
        View("standard", reverse("standards:framework_detail", args=[standard.pk]), shows=".wbl-tree"),
        View("change password", reverse("account_change_password")),
        View("change e-mail", reverse("account_email")),
        View("sign out", reverse("account_logout")),
        View("403", reverse("dashboards:queue"), status=403),
    ]


def coach_views() -> list[View]:
    waiting = ActivityEntry.objects.filter(
        status=Status.SUBMITTED, enrolment__support_roles__person=sample_person("coach")
    ).first()
    detail = reverse("programmes:activity_detail", args=[waiting.pk])
    learner = Enrolment.objects.filter(learner=sample_person("learner")).first()
    return [
        View("queue", reverse("dashboards:queue"), shows="#act-h"),
        View("waiting activity", detail, shows=".wbl-decision"),
        View("returned without reason", detail, press(".wbl-decision form[novalidate] button"), "#errors"),
        View("learner's activities", reverse("programmes:enrolment_activities", args=[learner.pk])),
    ]


def one_view(name: str, url_name: str, shows: str) -> Callable[[], list[View]]:
    return lambda: [View(name, reverse(url_name), shows=shows)]


def administrator_views() -> list[View]:
    entry = ActivityEntry.objects.filter(status=Status.APPROVED).first()
    return [
        View("site", reverse("dashboards:site"), shows=".wbl-kpis"),
        View(
            "reason for reading", reverse("programmes:activity_detail", args=[entry.pk]), shows="#id_reason"
        ),
    ]


def lead_views() -> list[View]:
    enrolment = Enrolment.objects.filter(learner=sample_person("learner")).first()
    programme = enrolment.cohort.programme
    unit = programme.units.first()

    def at(name: str, *args: Any) -> str:
        return reverse(f"programmes:{name}", args=args)

    def other_hours(page: Page) -> None:
        page.fill("#id_off_job_minutes", "400")
        press("main form [type=submit]")(page)

    employer = f"?employer={enrolment.organisation_id}"
    return [
        View("lead", reverse("dashboards:lead"), shows="tbody tr"),
        View("programmes", at("programme_list"), shows="tbody tr"),
        View("programme", at("programme_detail", programme.pk), shows="#units-h"),
        View("programme form", at("programme_change", programme.pk), shows=".wbl-texts-columns"),
        View("preview", at("programme_change", programme.pk), other_hours, "[name=confirm]"),
        View("new programme", at("programme_create"), press("main form [type=submit]"), "#errors"),
        View("unit", at("unit_change", unit.pk), shows=".wbl-texts-columns"),
        View("criteria of a unit", at("unit_criteria", unit.pk), shows=".wbl-tree"),
        View("unit to remove", at("unit_remove", unit.pk), shows=".btn-outline-danger"),
        View("cohort", at("cohort_detail", enrolment.cohort_id), shows="tbody tr"),
        View("enrol", at("enrolment_create", enrolment.cohort_id) + employer, shows="#id_learner"),
        View("invite", at("enrolment_invite", enrolment.cohort_id) + employer, shows="#id_email"),
        View("enrolment", at("enrolment_detail", enrolment.pk), shows="#support-h"),
        View("support", at("support_change", enrolment.pk, "mentor"), shows="#id_person"),
    ]


def newcomer_views() -> list[View]:
    return [
        View("home of a newcomer", reverse("dashboards:learner")),
        View("no activities yet", reverse("programmes:activity_list"), shows=".wbl-empty"),
    ]


VIEWS: dict[str, Callable[[], list[View]]] = {
    "visitor": visitor_views,
    "learner": learner_views,
    "coach": coach_views,
    "mentor": one_view("queue of a mentor", "dashboards:queue", "#caseload"),
    "manager": one_view("team", "dashboards:team", ".wbl-spark"),
    "lead": lead_views,
    "orgadmin": organisation_views,
    "admin": administrator_views,
    "multi": one_view("person with two roles", "dashboards:learner", "#roles-h"),
    "newcomer": newcomer_views,
    "nobody": one_view("no role", "dashboards:home", ".wbl-empty"),
}


def person_of(role: str) -> User | None:
    """The sample person of that name; the two that the sample has none of are made at first need."""
    if role == "visitor":
        return None
    email = f"{role}@sample.example"
    if role in {"newcomer", "nobody"} and not User.objects.filter(email=email).exists():
        person = UserFactory(email=email)
        if role == "newcomer":
            cohort = Enrolment.objects.filter(learner=sample_person("learner")).first().cohort
            EnrolmentFactory(learner=person, cohort=cohort)
    return User.objects.get(email=email)


def open_view(watch: Watch, view: View) -> None:
    """Go there and do what the view says; what it must show is there."""
    watch.expected = {view.status} if view.status != 200 else set()
    response = watch.page.goto(view.path)
    assert response is not None
    assert response.status == view.status, view.name
    view.then(watch.page)
    expect(watch.page.locator(view.shows).first, view.name).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", VIEWS)
def test_pages_have_no_faults(open_browser, portal: Portal, role, language):
    person = person_of(role)
    watch = open_browser(person)
    set_language(watch.page, portal, language, person)
    faults = []
    for view in VIEWS[role]():
        open_view(watch, view)
        assert watch.page.locator("html").get_attribute("lang") == language
        faults += page_faults(watch, view.name)
        faults += layout_faults(watch.page, view.name)
    assert not faults, "\n".join(["", *faults])
