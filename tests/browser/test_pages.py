"""Every page: axe finds nothing, nothing scrolls sideways, the security policy reports nothing, every file is there.

In three languages, light and dark, wide and narrow. Each test opens the pages of one role in one language and
names all faults at once.
"""

from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from people.models import User
from programmes.models import ActivityEntry, BreakInLearning
from programmes.queries.activities import missing_weeks, weeks_with_entries
from programmes.views.lists import WEEKS_A_PAGE
from standards.models import Framework
from tests.browser.account_views import (
    invitation_views,
    key_views,
    nobody_views,
    second_step_views,
    set_up_views,
    signing_in_views,
)
from tests.browser.application_views import confirming_views, learner_application_views
from tests.browser.checks import layout_faults, page_faults
from tests.browser.goal_views import learner_goal_views, manager_goal_views, template_views
from tests.browser.lead_views import (
    cohort_views,
    enrolment_views,
    list_views,
    organisation_views,
    programme_views,
)
from tests.browser.people import person_of, sample_enrolment
from tests.browser.portal import LANGUAGES, Portal, sample_person, set_language
from tests.browser.record_views import record_views
from tests.browser.views import View, open_view, press
from tests.browser.way_views import (
    administrator_way_views,
    coach_amendment_views,
    lead_way_views,
    learner_way_views,
)

pytestmark = pytest.mark.browser
Status = ActivityEntry.Status


def visitor_views() -> list[View]:
    sign_in, reset = reverse("account_login"), reverse("account_reset_password")
    return [
        View("landing", "/"),
        View("sign-in", sign_in),
        View("sign-in with errors", sign_in, press("main form [type=submit]"), "#errors"),
        View("password reset", reset),
        View("password reset with errors", reset, press("main form [type=submit]"), "#errors"),
        View("password reset done", reverse("account_reset_password_done")),
        View("password reset with a stale link", "/accounts/password/reset/key/1-stale/"),
        View("sign-up is closed", reverse("account_signup")),
        View("404", "/nothing-here/", status=404),
    ]


def page_with_missing_week() -> int:
    """The first page of the learner's list on which a week has no entry."""
    enrolment, today = sample_enrolment(), timezone.localdate()
    missing = missing_weeks(enrolment, on=today)
    weeks = sorted(weeks_with_entries(enrolment.activities.all()) | set(missing), reverse=True)
    return weeks.index(missing[0]) // WEEKS_A_PAGE + 1


def more_days(page: Page) -> None:
    """The part of the form for further days, with a row more than it has at first."""
    page.locator("#more-days > summary").click()
    press("[name=more_days]")(page)


def ask_break(page: Page) -> None:
    """The page that says what a break would do."""
    page.locator("[name=starts_on]").fill(timezone.localdate().isoformat())
    press("main form.card [type=submit]")(page)


def learner_views() -> list[View]:
    activities, new = reverse("programmes:activity_list"), reverse("programmes:activity_create")
    mine = ActivityEntry.objects.filter(enrolment__learner=sample_person("learner"))
    verified = mine.filter(status=Status.APPROVED, evidence__content_type__startswith="image/").first()
    returned, draft = mine.filter(status=Status.RETURNED).first(), mine.filter(status=Status.DRAFT).first()
    standard = Framework.objects.filter(scale__isnull=False, status="published").first()
    return [
        View("home", reverse("dashboards:learner"), shows=".wbl-task"),
        View("activities", f"{activities}?page={page_with_missing_week()}", shows=".wbl-missing"),
        View("filter without result", f"{activities}?q=zzzz", shows="#weeks a"),
        View("form", new),
        View("form with errors", new, press("[name=send]"), "#errors"),
        View("form with further days", new, more_days, "[name='days-2-done_on']"),
        View("deletion of a draft", reverse("programmes:activity_delete", args=[draft.pk])),
        View("breaks", reverse("programmes:break_list", args=[sample_enrolment().pk])),
        View(
            "break asked for",
            reverse("programmes:break_ask", args=[sample_enrolment().pk]),
            ask_break,
            "[name=confirm]",
        ),
        View("how hours are worked out", reverse("programmes:hours_explained", args=[sample_enrolment().pk])),
        View("rule of the status", reverse("programmes:status_rule"), shows=".wbl-facts .wbl-tag"),
        View("who sees my data", reverse("people:visibility"), shows="main .card"),
        View(
            "verified activity", reverse("programmes:activity_detail", args=[verified.pk]), shows=".wbl-photo"
        ),
        View(
            "returned activity", reverse("programmes:activity_change", args=[returned.pk]), shows=".wbl-alert"
        ),
        View("profile", reverse("people:profile")),
        View("standards", reverse("standards:framework_list"), shows="tbody tr"),
        View("standard", reverse("standards:framework_detail", args=[standard.pk]), shows=".wbl-tree"),
        View("change password", reverse("account_change_password")),
        View("change e-mail", reverse("account_email")),
        View("sign out", reverse("account_logout")),
        View("403", reverse("dashboards:queue"), status=403),
    ]


def return_several(page: Page) -> None:
    """From the queue, with every entry on it selected."""
    for box in page.locator("[name=ids]").all():
        box.check()
    press("[name=do][value=return]")(page)


def return_without_reason(page: Page) -> None:
    return_several(page)
    press("main form.card [type=submit]")(page)


def coach_views() -> list[View]:
    waiting = ActivityEntry.objects.filter(
        status=Status.SUBMITTED, enrolment__support_roles__person=sample_person("coach")
    ).first()
    detail = reverse("programmes:activity_detail", args=[waiting.pk])
    asked = BreakInLearning.objects.asked().filter(enrolment__learner=sample_person("learner.b")).get()
    learner, queue = sample_enrolment(), reverse("dashboards:queue")
    return [
        View("queue", queue, shows="#act-h"),
        View("waiting activity", detail, shows=".wbl-decision"),
        View("returned without reason", detail, press(".wbl-decision form[novalidate] button"), "#errors"),
        View("return of several", queue, return_several, "[name=preset]"),
        View("return of several without reason", queue, return_without_reason, "#errors"),
        View("break to decide", reverse("programmes:break_decide", args=[asked.pk]), shows="[name=do]"),
        View("cover", reverse("programmes:cover"), shows="[name=enrolments]"),
        View(
            "cover with errors", reverse("programmes:cover"), press("main form.card [type=submit]"), "#errors"
        ),
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
        View("organisations", reverse("people:organisation_list"), shows="main li, tbody tr"),
        View("programmes", reverse("programmes:programme_list"), shows="tbody tr"),
    ]


def newcomer_views() -> list[View]:
    return [
        View("home of a newcomer", reverse("dashboards:learner")),
        View("no activities yet", reverse("programmes:activity_list"), shows=".wbl-empty"),
    ]


def team_views() -> list[View]:
    today, team = timezone.localdate(), reverse("dashboards:team")
    value = reverse("dashboards:value")
    return [
        View("team", team, shows=".wbl-spark"),
        View("criteria of the team", f"{team}?sort=least", shows=".wbl-heat"),
        View("value", value, shows=".wbl-suggest"),
        View("value, nothing found", f"{value}?month=1999-01"),
        View("month", reverse("dashboards:month", args=[today.year, today.month]), shows=".wbl-kpis"),
        View("month to come", reverse("dashboards:month", args=[today.year + 1, 1]), shows=".wbl-empty"),
    ]


VIEWS: dict[str, Callable[[], list[View]]] = {
    "visitor": visitor_views,
    "visitor.invitations": invitation_views,
    "visitor.signing-in": signing_in_views,
    "learner": learner_views,
    "learner.applications": learner_application_views,
    "learner.goals": learner_goal_views,
    "learner.ways": learner_way_views,
    "coach": coach_views,
    "coach.record": record_views,
    "coach.amendments": coach_amendment_views,
    "mentor": one_view("queue of a mentor", "dashboards:queue", "#caseload"),
    "manager": team_views,
    "manager.applications": confirming_views,
    "manager.goals": manager_goal_views,
    "lead.programmes": programme_views,
    "lead.cohorts": cohort_views,
    "lead.lists": list_views,
    "lead.enrolments": enrolment_views,
    "lead.ways": lead_way_views,
    "beginning-lead": one_view("lead of nothing yet", "dashboards:lead", ".wbl-empty"),
    "orgadmin": organisation_views,
    "admin": administrator_views,
    "admin.templates": template_views,
    "admin.ways": administrator_way_views,
    "multi": one_view("person with two roles", "dashboards:learner", "#roles-h"),
    "newcomer": newcomer_views,
    "invited": one_view("home of who is invited", "dashboards:learner", ".wbl-decision"),
    "careful": set_up_views,
    "protected": second_step_views,
    "keyholder": key_views,
    "nobody": nobody_views,
}


@pytest.fixture
def own_language(portal: Portal):
    """Afterwards everybody reads in their own language again, as the tests after this one expect."""
    before = dict(User.objects.values_list("pk", "language"))
    yield
    for key, language in before.items():
        User.objects.filter(pk=key).exclude(language=language).update(language=language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", VIEWS)
def test_pages_have_no_faults(open_browser, portal: Portal, own_language, role, language):
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
