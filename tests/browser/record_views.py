"""The parts of one learner's record, for the tests that look at every page."""

from django.urls import reverse

from programmes.models import ActivityEntry
from tests.browser.people import sample_enrolment
from tests.browser.views import View


def record_views() -> list[View]:
    """Every part, and the thread of a criterion with an activity."""
    learner = sample_enrolment()
    named = ActivityEntry.objects.filter(enrolment=learner, status="approved", criteria__isnull=False)
    criterion = named.order_by("pk").values_list("criteria", flat=True).first()

    def part(name: str) -> str:
        return reverse(name, args=[learner.pk])

    return [
        View("your learners", reverse("dashboards:caseload"), shows="tbody tr"),
        View("record", part("dashboards:record"), shows=".wbl-gauge"),
        View("activities of a record", part("programmes:enrolment_activities"), shows="#weeks tbody"),
        View("goals of a record", part("programmes:enrolment_goals"), shows="#tab-goals[aria-current]"),
        View(
            "answers of a record",
            part("programmes:enrolment_applications"),
            shows="#tab-applied[aria-current]",
        ),
        View("criteria of a record", part("dashboards:criteria"), shows="tbody tr"),
        View("criteria without result", f"{part('dashboards:criteria')}?state=untouched", shows="main .card"),
        View("timeline of a record", part("dashboards:timeline"), shows=".wbl-timeline"),
        View("timeline without result", f"{part('dashboards:timeline')}?before=0.0.0", shows="#timeline a"),
        View("ways of a record", part("dashboards:ways"), shows="tbody tr"),
        View("breaks of a record", part("programmes:break_list"), shows="#tab-breaks[aria-current]"),
        View(
            "thread of a criterion",
            reverse("dashboards:thread", args=[learner.pk, criterion]),
            shows=".wbl-thread",
        ),
    ]
