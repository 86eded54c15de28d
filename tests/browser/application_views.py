"""The pages of applications: the question, the answer, the list, and what waits to be confirmed."""

from django.urls import reverse
from playwright.sync_api import Page

from programmes.models import ApplicationRecord
from tests.browser.portal import sample_person
from tests.browser.views import View, press

Status = ApplicationRecord.Status


def _page_of(record: ApplicationRecord | None) -> str:
    assert record is not None
    return reverse("programmes:application", args=[record.entry_id])


def _of_learner(status: str) -> str:
    rows = ApplicationRecord.objects.filter(entry__enrolment__learner=sample_person("learner"))
    return _page_of(rows.filter(status=status).first())


def say_yes(page: Page) -> None:
    """Choose "yes" and open the first measure."""
    page.locator("[name=used][value=yes]").check()
    page.locator(".wbl-benefit summary").first.click()


def say_no_without_reason(page: Page) -> None:
    page.locator("[name=used][value=no]").check()
    press("[name=send]")(page)


def say_half(page: Page) -> None:
    page.locator("[name=used][value=yes]").check()
    press("[name=send]")(page)


def log_with_use(page: Page) -> None:
    """In the form of an activity: off the job, used already."""
    page.locator("[name=kind][value=off_job]").check()
    page.locator("[name=applied][value=yes]").check()


def learner_application_views() -> list[View]:
    asked, applications = _of_learner(Status.PROMPTED), reverse("programmes:application_list")
    return [
        View("applied at work", applications, shows="tbody tr"),
        View("applied at work, none found", f"{applications}?status=nothing", shows="tbody tr"),
        View("question", asked),
        View("question, yes", asked, say_yes, "[name=measure_individual]"),
        View("question, yes with errors", asked, say_half, "#errors"),
        View("question, no without reason", asked, say_no_without_reason, "#errors"),
        View("answer that came back", _of_learner(Status.RETURNED), shows=".wbl-alert"),
        View("confirmed answer", _of_learner(Status.CONFIRMED), shows=".wbl-benefits"),
        View(
            "activity used at once", reverse("programmes:activity_create"), log_with_use, "#id_what_changed"
        ),
    ]


def confirming_views() -> list[View]:
    rows = ApplicationRecord.objects.filter(
        entry__enrolment__support_roles__person=sample_person("manager"), status=Status.SUBMITTED
    )
    waiting = _page_of(rows.first())
    return [
        View("answer to confirm", waiting, shows=".wbl-decision"),
        View("question without words", waiting, press(".wbl-decision form[novalidate] button"), "#errors"),
    ]
