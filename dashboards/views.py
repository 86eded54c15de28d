"""The homes of the roles, and the public front page."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View

from dashboards import queries
from dashboards.context_processors import HOME_KEY, home_keys
from dashboards.exporters import enrolments_table, groups_table
from downloads.tables import table_response, wanted_format
from downloads.views import table_or_export
from notifications.models import Delivery
from people.models import Organisation, User
from people.permissions import Permission, Relation
from programmes.exporters import progress_table, waiting_table
from programmes.models import Enrolment, Programme
from programmes.queries import activities, progress
from programmes.queries.cover import covered_today
from programmes.queries.support import invitations_of
from programmes.views.permitted import own_enrolment
from standards.models import Framework

ROWS_A_PAGE = 25


@method_decorator(login_not_required, name="dispatch")
class LandingView(View):
    """What work-based learning is, for visitors; who is signed in goes to their home."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            return redirect("dashboards:home")
        return render(request, "dashboards/landing.html")


class HomeView(View):
    """To the home that the person used last, else to the first that they have."""

    def get(self, request: HttpRequest) -> HttpResponse:
        keys = home_keys(queries.hats_of(request.user))
        if not keys:
            return render(request, "dashboards/no_home.html")
        wanted = request.session.get(HOME_KEY, "")
        return redirect(f"dashboards:{wanted if wanted in keys else keys[0]}")


class RoleHomeView(View):
    """A home: only for who has the role, and remembered as the one in use."""

    key = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.user: User = request.user  # type: ignore[assignment]
        self.today = timezone.localdate()
        self.hats = queries.hats_of(self.user)
        # For the frame around the page, which would ask again.
        request.hats = self.hats  # type: ignore[attr-defined]
        if self.key not in home_keys(self.hats):
            raise PermissionDenied
        if request.session.get(HOME_KEY) != self.key:  # otherwise each visit would write the session
            request.session[HOME_KEY] = self.key
        return super().dispatch(request, *args, **kwargs)


class LearnerHomeView(RoleHomeView):
    """Next actions, hours with their arithmetic, the thread, and what changed."""

    key = "learner"

    def get(self, request: HttpRequest) -> HttpResponse:
        waiting = invitations_of(self.user, on=self.today)
        if not self.hats.is_learner:
            return render(request, "dashboards/invited.html", {"waiting": waiting})
        mine = activities.current_enrolments(self.user)
        enrolment = own_enrolment(request, mine)
        (row,) = progress.progress_of_rows([enrolment], on=self.today)
        coach = (
            enrolment.support_roles.current(on=self.today)
            .filter(role=Relation.COACH.value, covers=None)
            .select_related("person")
            .order_by("starts_on", "pk")
            .first()
        )
        context = {
            "enrolment": enrolment,
            "waiting": waiting,
            "enrolments": mine,
            "week": enrolment.week_of(self.today),
            "weeks": enrolment.week_of(enrolment.ends_on),
            "hour": timezone.localtime().hour,
            "coach": coach.person if coach else None,
            "progress": row,
            "todo": queries.learner_todo(enrolment, on=self.today),
            "thread": queries.most_active_thread(enrolment),
            "changes": activities.recent_decisions(enrolment),
        }
        return render(request, "dashboards/learner_home.html", context)


class QueueView(RoleHomeView):
    """What waits for a coach or mentor, oldest first, and their caseload."""

    key = "queue"

    def get(self, request: HttpRequest) -> HttpResponse:
        waiting = activities.waiting_for(self.user)
        learners = queries.learners_of(waiting)
        chosen = next((row for row in learners if str(row.pk) == request.GET.get("learner")), None)
        shown = waiting.filter(enrolment=chosen) if chosen else waiting
        page = Paginator(activities.for_queue(shown), ROWS_A_PAGE).get_page(request.GET.get("page"))
        mine = queries.supported_by(self.user, Relation.COACH, Relation.MENTOR)
        rows = queries.worst_first(progress.progress_of(mine, on=self.today))
        if wanted := wanted_format(request, "waiting"):
            every = queries.with_checks(activities.for_queue(shown), reader=self.user)
            return table_response(waiting_table(every), wanted)
        if wanted := wanted_format(request, "learners"):
            return table_response(progress_table(rows, title=_("Your learners")), wanted)
        context = {
            "page": page,
            "entries": queries.with_checks(page.object_list, reader=self.user),
            "waiting_count": waiting.count() if chosen else page.paginator.count,
            "learners": learners,
            "chosen": chosen,
            "caseload": rows,
            "covered": covered_today(self.user, on=self.today),
            "may_set_cover": self.hats.is_coach,
            "companies": len({row.enrolment.organisation_id for row in rows}),
            "today": self.today,
        }
        return render(request, "dashboards/queue.html", context)


class TeamView(RoleHomeView):
    """The line manager's page: hours, entries waiting for them, the team."""

    key = "team"

    def get(self, request: HttpRequest) -> HttpResponse:
        team = queries.supported_by(self.user, Relation.MANAGER)
        rows = queries.worst_first(progress.progress_of(team, on=self.today))
        waiting = activities.for_queue(activities.waiting_for(self.user))
        if wanted := wanted_format(request, "waiting"):
            return table_response(waiting_table(queries.with_checks(waiting, reader=self.user)), wanted)
        if wanted := wanted_format(request, "team"):
            return table_response(progress_table(rows, title=_("Your team")), wanted)
        context = {
            "rows": rows,
            "sums": queries.team_sums(rows),
            "waiting": queries.with_checks(waiting[:ROWS_A_PAGE], reader=self.user),
            "waiting_count": waiting.count(),
            "week_starts_on": progress.monday(self.today),
            "today": self.today,
        }
        return render(request, "dashboards/team.html", context)


class LeadView(RoleHomeView):
    """The programme lead's page: the programmes they lead and everybody under way in them."""

    key = "lead"

    def get(self, request: HttpRequest) -> HttpResponse:
        programmes = Programme.objects.permitted_to(self.user, Permission.PROGRAMME_WATCH)
        if wanted := wanted_format(request):
            return table_or_export(request, "learners", wanted)
        if wanted := wanted_format(request, "activities"):
            return table_or_export(request, "activities", wanted)
        page = Paginator(queries.led_by(self.user), ROWS_A_PAGE).get_page(request.GET.get("page"))
        ids = [row.pk for row in page.object_list]
        rows = progress.progress_of(
            Enrolment.objects.filter(pk__in=ids).order_by("learner__display_name", "pk"), on=self.today
        )
        may_create = Organisation.objects.permitted_to(self.user, Permission.PROGRAMME_CREATE).exists()
        programmes = programmes.prefetch_related("units")
        context = {"programmes": programmes, "page": page, "rows": rows, "may_create": may_create}
        return render(request, "dashboards/lead.html", context)


class OrganisationView(RoleHomeView):
    """The organisation administrator's page: who is in a programme, and totals that point at nobody."""

    key = "organisation"

    def get(self, request: HttpRequest) -> HttpResponse:
        organisations = [
            (organisation, queries.organisation_groups(organisation, on=self.today))
            for organisation in queries.administered_by(self.user)
        ]
        people = Enrolment.objects.permitted_to(self.user, Permission.ENROLMENT_READ).filter(
            organisation__in=[organisation.pk for organisation, _groups in organisations]
        )
        people = people.select_related("learner", "organisation", "cohort__programme")
        people = people.order_by("learner__display_name", "pk")
        if wanted := wanted_format(request, "people"):
            return table_response(enrolments_table(people), wanted)
        for organisation, groups in organisations:
            if wanted := wanted_format(request, f"totals-{organisation.pk}"):
                return table_response(groups_table(groups, title=organisation.name), wanted)
        page = Paginator(people, ROWS_A_PAGE).get_page(request.GET.get("page"))
        context = {"organisations": organisations, "page": page, "smallest": queries.SMALLEST_GROUP}
        return render(request, "dashboards/organisation.html", context)


class SiteView(RoleHomeView):
    """The administrator's page: what is on this site, and the way to its settings."""

    key = "site"

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "people": User.objects.filter(is_active=True).count(),
            "organisations": Organisation.objects.count(),
            "programmes": Programme.objects.count(),
            "frameworks": Framework.objects.count(),
            "failed_mails": Delivery.objects.filter(status=Delivery.Status.FAILED).count(),
        }
        return render(request, "dashboards/site.html", context)
