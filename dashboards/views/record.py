"""The parts of one learner's record that put several things together; lists of one thing are with that thing."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from core.translated import translated_text
from dashboards.exporters import criteria_table, timeline_table, ways_table
from dashboards.queries import thread, timeline, ways
from dashboards.queries.record import overview_of
from downloads.tables import Table, table_response, wanted_format
from people.permissions import Permission, standing_of
from programmes.actions import OPEN_ENROLMENTS
from programmes.queries import activities
from programmes.queries.record import head_of
from programmes.views.record import is_partial, record_or_404, show_part
from standards.models import Criterion

CRITERIA_A_PAGE = 100
ENTRIES_A_PAGE = 10
ANSWERS_SHOWN = 5


class RecordPartView(View):
    """What the parts have in common: whose record it is, how the reader stands to it, the day."""

    key = ""
    template = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.enrolment = record_or_404(request, kwargs["pk"])
        self.standing = standing_of(request.user, self.enrolment)
        self.today = timezone.localdate()
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if wanted := wanted_format(request):
            return table_response(self.table(), wanted)
        return show_part(request, self.standing, self.key, self.template, self.context())

    def context(self) -> dict[str, Any]:
        """What the part shows."""
        raise NotImplementedError

    def table(self) -> Table:
        """The part as a table, with the filters of the address."""
        raise Http404

    def title(self, word: str) -> str:
        """What a file is called."""
        return f"{word} – {self.enrolment.learner.display_name}"


class RecordView(RecordPartView):
    """Hours with their arithmetic, the status, and what waits."""

    key = "overview"
    template = "dashboards/_record_overview.html"

    def context(self) -> dict[str, Any]:
        head = head_of(self.enrolment, on=self.today)
        return {
            "head": head,
            "progress": head.progress,
            "overview": overview_of(self.enrolment, self.request.user, on=self.today),
        }


class CriteriaView(RecordPartView):
    """Every criterion of the programme with what there is on it."""

    key = "criteria"
    template = "dashboards/_record_criteria.html"

    def lines(self) -> list[thread.CriterionLine]:
        self.every = thread.lines_of(self.enrolment, self.request.user)
        wanted = self.request.GET.get("state", "")
        self.state = wanted if wanted in thread.STATES else ""
        return [line for line in self.every if not self.state or line.state == self.state]

    def context(self) -> dict[str, Any]:
        lines = self.lines()
        counts = [
            (state, word, sum(line.state == state for line in self.every))
            for state, (_tone, _icon, word) in thread.STATES.items()
        ]
        page = Paginator(lines, CRITERIA_A_PAGE).get_page(self.request.GET.get("page"))
        return {"page": page, "counts": counts, "total": len(self.every), "state": self.state}

    def table(self) -> Table:
        return criteria_table(self.lines(), title=self.title(_("Criteria")))


class TimelineView(RecordPartView):
    """Everything that happened, newest first."""

    key = "timeline"
    template = "dashboards/_record_timeline.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        wanted = request.GET.get("kind", "")
        self.kind = wanted if wanted in timeline.KINDS else ""
        self.choices = list(thread.planned_criteria(self.enrolment))
        self.criterion = self.chosen(request.GET.get("criterion", ""))
        if is_partial(request, "timeline"):
            return render(
                request, "dashboards/_timeline.html", {"enrolment": self.enrolment, **self.context()}
            )
        return super().get(request, pk)

    def chosen(self, wanted: str) -> Criterion | None:
        """The criterion that the address names: one of those offered, or one whose thread the reader may open."""
        offered = next((row for row in self.choices if str(row.pk) == wanted), None)
        if offered is None and wanted.isascii() and wanted.isdecimal() and len(wanted) < 19:
            offered = thread.criteria_reached(self.enrolment, self.request.user).filter(pk=wanted).first()
            self.choices += [offered] if offered else []
        return offered

    def narrowed(self) -> dict[str, Any]:
        return {"kinds": [self.kind] if self.kind else [], "criterion": self.criterion}

    def context(self) -> dict[str, Any]:
        before = timeline.place_from(self.request.GET.get("before", ""))
        return {
            "page": timeline.page_of(self.enrolment, self.request.user, before=before, **self.narrowed()),
            "is_later_page": before is not None,
            "kinds": timeline.KINDS,
            "kind": self.kind,
            "criteria": self.choices,
            "criterion": self.criterion,
            "today": self.today,
        }

    def table(self) -> Table:
        items = timeline.every_item(self.enrolment, self.request.user, **self.narrowed())
        return timeline_table(items, title=self.title(_("Timeline")))


class WaysView(RecordPartView):
    """Verified time by way of learning, on and off the job, and how much of it is used."""

    key = "ways"
    template = "dashboards/_record_ways.html"

    def context(self) -> dict[str, Any]:
        return {"ways": ways.ways_of(self.enrolment, self.request.user)}

    def table(self) -> Table:
        return ways_table(
            ways.ways_of(self.enrolment, self.request.user), title=self.title(_("Ways of learning"))
        )


class ThreadView(View):
    """The golden thread of one criterion: every bead with what there is, and the pieces themselves."""

    def get(self, request: HttpRequest, pk: int, criterion: int) -> HttpResponse:
        user, enrolment = request.user, record_or_404(request, pk)
        found = thread.criteria_reached(enrolment, user).filter(pk=criterion).first()
        if found is None:
            raise Http404
        standing = standing_of(user, enrolment)
        may_open_files = standing.holds(Permission.EVIDENCE_READ)
        line = thread.line_of(enrolment, user, found)
        entries = thread.entries_read(enrolment, user).filter(criteria=found)
        rows = activities.for_table(entries, on=timezone.localdate()).order_by("-done_on", "-pk")
        answers = thread.answers_on(found, enrolment, user)
        context = {
            "enrolment": enrolment,
            "is_own": enrolment.learner_id == user.pk,
            "criterion": found,
            "description": translated_text(found, "description"),
            "can_create": standing.may(Permission.ACTIVITY_CREATE) and enrolment.status in OPEN_ENROLMENTS,
            "parents": thread.parents_of(found),
            "line": line,
            "beads": thread.beads_of(
                line,
                with_evidence=thread.entries_with_evidence(found, enrolment, user)
                if may_open_files
                else None,
            ),
            "goals": thread.goals_on(found, enrolment, user),
            "page": Paginator(rows, ENTRIES_A_PAGE).get_page(request.GET.get("page")),
            "answers": answers[:ANSWERS_SHOWN],
            "answer_count": sum(line.answers.values()) - line.open_answers,
            "today": timezone.localdate(),
        }
        return render(request, "dashboards/thread.html", context)
