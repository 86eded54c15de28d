"""The programme lead's home, and the tables that are too long for it."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.translated import language_column
from dashboards.exporters import cohorts_table, rates_table, reach_table
from dashboards.queries import lead
from dashboards.queries.lead_tables import COHORT_SORTS, cohort_rows, criterion_rows, way_rows
from dashboards.views.homes import ROWS_A_PAGE, RoleHomeView
from downloads.tables import Table, table_response, wanted_format
from downloads.views import table_or_export
from people.models import Organisation
from people.permissions import Permission
from programmes.models import Cohort
from programmes.queries.breaks import breaks_waiting_for
from programmes.queries.progress_status import LOOKS, Level

CARDS, COHORTS, UNREACHED, CRITERIA, WAYS, WORST = 12, 8, 3, 5, 8, 5
"""How many of each the home shows; the tables behind its links have all."""


class LeadPageView(RoleHomeView):
    """A page over the programmes that the person leads: all of them, or the one that the address names."""

    key = "lead"
    page = ""

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = lead.programmes_watched(self.user).order_by(language_column("title"), "code")
        self.programmes = list(rows)
        wanted = request.GET.get("programme", "")
        self.chosen = next((row for row in self.programmes if str(row.pk) == wanted), None)
        shown = [self.chosen] if self.chosen else self.programmes
        self.by_programme = lead.summaries_of([row.pk for row in shown], on=self.today)
        self.summaries = list(self.by_programme.values())
        table, context = self.content()
        if table is not None and (wanted := wanted_format(request)):
            return table_response(table, wanted)
        context |= {
            "programmes": self.programmes,
            "chosen": self.chosen,
            "page_name": self.page,
            "totals": lead.totals_of(self.summaries),
            "as_of": min((one.at for one in self.summaries), default=None),
        }
        return render(request, f"dashboards/lead{self.page and '_'}{self.page}.html", context)

    def content(self) -> tuple[Table | None, dict[str, Any]]:
        """The page's table for a file, and what its template needs."""
        raise NotImplementedError

    def paged(self, rows: Sequence[Any]) -> Any:
        """The page of the rows that the address asks for."""
        return Paginator(rows, ROWS_A_PAGE).get_page(self.request.GET.get("page"))


class LeadView(LeadPageView):
    """The programme lead's page: programmes, cohorts side by side, what nobody reaches, who needs help first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        for table in ("learners", "activities"):
            if wanted := wanted_format(request, table):
                return table_or_export(request, table, wanted)
        return super().get(request)

    def content(self) -> tuple[Table | None, dict[str, Any]]:
        totals = {pk: lead.totals_of([one]) for pk, one in self.by_programme.items()}
        cards = [(row, totals[row.pk]) for row in self.programmes if row.pk in totals]
        cards.sort(key=lambda card: (-card[1].at_risk, -card[1].learners))
        worst = [
            line
            for line in lead.lines_of(self.summaries)
            if line.level in (Level.AT_RISK.value, Level.WATCH.value)
        ]
        criteria = criterion_rows(self.by_programme, self.programmes, most=CRITERIA)
        criteria.sort(key=lambda one: -one.untouched)
        may_create = Organisation.objects.permitted_to(self.user, Permission.PROGRAMME_CREATE).exists()
        return None, {
            "cards": cards[:CARDS],
            "cohorts": cohort_rows(self.summaries)[:COHORTS],
            "criteria": criteria[:UNREACHED],
            "ways": way_rows(self.summaries)[:WAYS],
            "rows": lead.progress_of_lines(worst[:WORST], self.user, on=self.today),
            "at_risk": len(worst),
            "may_create": may_create,
            "breaks_waiting": breaks_waiting_for(self.user),
        }


class LeadLearnersView(LeadPageView):
    """Everybody under way, the worst first; of one programme, cohort or standing where wanted."""

    page = "learners"

    def get(self, request: HttpRequest) -> HttpResponse:
        if wanted := wanted_format(request):
            return table_or_export(request, "learners", wanted, request.GET.dict())
        return super().get(request)

    def content(self) -> tuple[Table | None, dict[str, Any]]:
        cohorts = Cohort.objects.filter(programme__in=list(self.by_programme)).order_by("programme", "name")
        known = list(cohorts.select_related("programme"))
        cohort = next((row for row in known if str(row.pk) == self.request.GET.get("cohort")), None)
        level = self.request.GET.get("status", "")
        lines = lead.lines_of(
            self.summaries, cohort=cohort.pk if cohort else None, level=level if level in lead.RANKS else ""
        )
        page = self.paged(lines)
        return None, {
            "page": page,
            "rows": lead.progress_of_lines(page.object_list, self.user, on=self.today),
            "cohorts": known,
            "cohort": cohort,
            "levels": [(one.value, word) for one, (_tone, _icon, word) in LOOKS.items()],
            "level": level,
        }


class LeadCohortsView(LeadPageView):
    """The cohorts side by side, in the order that the address asks for."""

    page = "cohorts"

    def content(self) -> tuple[Table | None, dict[str, Any]]:
        wanted = self.request.GET.get("sort", "")
        sort = wanted if wanted in COHORT_SORTS else "at_risk"
        rows = cohort_rows(self.summaries, sort=sort)
        sorts = [(key, words()) for key, (words, _order) in COHORT_SORTS.items()]
        return cohorts_table(rows), {"page": self.paged(rows), "sort": sort, "sorts": sorts}


class LeadStrategiesView(LeadPageView):
    """Hours and application rate by way of learning."""

    page = "strategies"

    def content(self) -> tuple[Table | None, dict[str, Any]]:
        rows = way_rows(self.summaries)
        if self.request.GET.get("sort") == "rate":
            rows.sort(key=lambda row: -(row.way.rate.percent if row.way.rate.percent is not None else -1))
        return rates_table(rows), {"rows": rows, "sort": self.request.GET.get("sort", "")}


class LeadCriteriaView(LeadPageView):
    """The criteria of each programme's units, those that the fewest activities reach first."""

    page = "criteria"

    def content(self) -> tuple[Table | None, dict[str, Any]]:
        rows = criterion_rows(self.by_programme, self.programmes)
        untouched = self.request.GET.get("only") == "none"
        lines = [(one, line) for one in rows for line in one.lines if not untouched or not line.activities]
        return reach_table(rows), {"page": self.paged(lines), "untouched": untouched, "summed": rows}
