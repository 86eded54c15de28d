"""One learner's record: the frame around its parts, each with an address of its own.

Without script every part is a page; htmx loads the part alone, so that what is not looked at asks the database nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.permissions import Permission, Standing
from programmes.actions import OPEN_ENROLMENTS
from programmes.models import Enrolment
from programmes.queries.record import head_of
from programmes.views.permitted import permitted_or_404

PART = "record"
"""The id of the element that htmx puts a part into."""


@dataclass(frozen=True)
class Part:
    """A part of the record: its word, its address, and what one must be allowed to see on at least some rows."""

    word: Any
    url_name: str
    permission: Permission = Permission.PROGRESS_READ


PARTS: Mapping[str, Part] = {
    "overview": Part(_("Overview"), "dashboards:record"),
    "activities": Part(_("Activities"), "programmes:enrolment_activities", Permission.ACTIVITY_READ),
    "goals": Part(_("Goals"), "programmes:enrolment_goals", Permission.GOAL_READ),
    "applied": Part(_("Applied at work"), "programmes:enrolment_applications", Permission.APPLICATION_READ),
    "criteria": Part(_("Criteria"), "dashboards:criteria"),
    "timeline": Part(_("Timeline"), "dashboards:timeline"),
    "ways": Part(_("Ways of learning"), "dashboards:ways"),
    "breaks": Part(_("Breaks"), "programmes:break_list", Permission.BREAK_READ),
}


@dataclass(frozen=True)
class Tab:
    """A link to a part; the page that one is on is `is_current`."""

    key: str
    word: Any
    url: str
    is_current: bool


def tabs_for(enrolment: Enrolment, standing: Standing, current: str) -> list[Tab]:
    """Links to the parts that the reader may see."""
    return [
        Tab(key, part.word, reverse(part.url_name, args=[enrolment.pk]), key == current)
        for key, part in PARTS.items()
        if standing.holds(part.permission)
    ]


def record_or_404(request: HttpRequest, pk: int) -> Enrolment:
    """The enrolment, when the person may read how its learner stands."""
    rows = Enrolment.objects.select_related("learner", "organisation", "cohort__programme__balance_rule")
    enrolment: Enrolment = permitted_or_404(request, rows, Permission.PROGRESS_READ, pk)
    return enrolment


def is_partial(request: HttpRequest, target: str) -> bool:
    """Whether htmx asks for what belongs into the element `target` alone."""
    htmx = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request and htmx.target == target


def show_part(
    request: HttpRequest, standing: Standing, key: str, template: str, context: dict[str, Any]
) -> HttpResponse:
    """A part of the record: in its frame, or alone for htmx. `standing` is the reader's to the enrolment."""
    enrolment = standing.record
    assert isinstance(enrolment, Enrolment)
    shared = {
        "enrolment": enrolment,
        "is_own": enrolment.learner_id == request.user.pk,
        "tabs": tabs_for(enrolment, standing, key),
        "part": PARTS[key].word,
        "part_template": template,
    }
    if is_partial(request, PART):
        return render(request, "programmes/record_part.html", {**shared, **context})
    head = {
        "head": context.get("head") or head_of(enrolment, on=timezone.localdate()),
        "may_look_after": standing.may(Permission.ENROLMENT_CHANGE),
        "can_create": standing.may(Permission.ACTIVITY_CREATE) and enrolment.status in OPEN_ENROLMENTS,
    }
    return render(request, "programmes/record.html", {**shared, **head, **context})
