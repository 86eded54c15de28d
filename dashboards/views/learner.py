"""The learner's home."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from dashboards import queries
from dashboards.queries import thread
from dashboards.views.homes import RoleHomeView
from people.permissions import Relation
from programmes.queries import activities, progress
from programmes.queries.support import invitations_of
from programmes.views.permitted import own_enrolment


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
        lines = thread.lines_of(enrolment, self.user)
        line = thread.most_active_line(lines)
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
            "thread": line,
            "beads": thread.beads_of(line) if line else [],
            "criteria_count": len(lines),
            "goals": queries.open_goals(enrolment, self.user),
            "changes": activities.recent_decisions(enrolment),
        }
        return render(request, "dashboards/learner_home.html", context)
