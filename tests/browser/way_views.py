"""Pages of ways of learning and of amendments."""

from django.urls import reverse
from playwright.sync_api import Page

from programmes.models import ActivityEntry, LearningStrategy
from tests.browser.people import sample_cohort, sample_enrolment
from tests.browser.portal import sample_person
from tests.browser.views import View, press

FORM = "main form.card [type=submit]"
Status = ActivityEntry.Status


def _way() -> LearningStrategy:
    found: LearningStrategy = LearningStrategy.objects.get(code="coaching")
    return found


def learner_way_views() -> list[View]:
    ways, finder = reverse("programmes:strategy_list"), reverse("programmes:strategy_finder")
    mine = sample_enrolment().activities
    verified = mine.filter(status=Status.APPROVED, amends=None).latest("pk")
    old = mine.filter(status=Status.SUPERSEDED).earliest("pk")
    detail = reverse("programmes:strategy_detail", args=[_way().pk])
    amend = reverse("programmes:activity_amend", args=[verified.pk])
    return [
        View("ways of learning", ways, shows="tbody tr"),
        View("ways of learning, none found", f"{ways}?cost_level=high", shows="main .card a"),
        View("way of learning", detail, shows="#use-h"),
        View("which way fits", finder, shows="#suggestions-h"),
        View(
            "which way fits, with suggestions", f"{finder}?need=problems&group=group", shows="main .wbl-row"
        ),
        View("before an amendment", amend, shows="#means-h"),
        View("replaced activity", reverse("programmes:activity_detail", args=[old.pk]), shows="#versions-h"),
    ]


def coach_amendment_views() -> list[View]:
    rows = ActivityEntry.objects.filter(
        status=Status.SUBMITTED, enrolment__support_roles__person=sample_person("coach")
    )
    waiting = rows.exclude(amends=None).earliest("pk")
    detail = reverse("programmes:activity_detail", args=[waiting.pk])
    return [View("amendment with its difference", detail, shows=".wbl-changes")]


def lead_way_views() -> list[View]:
    guide = reverse("programmes:guide_change", args=[_way().pk, sample_cohort().programme.organisation_id])
    return [View("own words about a way of learning", guide, shows=".wbl-texts")]


def administrator_way_views() -> list[View]:
    change = reverse("programmes:strategy_change", args=[_way().pk])
    return [
        View("the site's words about a way of learning", change, shows=".wbl-texts"),
        View("the site's words with errors", change, _without_a_name, "#errors"),
    ]


def _without_a_name(page: Page) -> None:
    page.locator("[name=name_en]").fill("")
    press(FORM)(page)
