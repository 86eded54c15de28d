from django.urls import path

from dashboards import views
from dashboards.views import record

app_name = "dashboards"

urlpatterns = [
    path("", views.LandingView.as_view(), name="landing"),
    path("home/", views.HomeView.as_view(), name="home"),
    path("learner/", views.LearnerHomeView.as_view(), name="learner"),
    path("queue/", views.QueueView.as_view(), name="queue"),
    path("caseload/", views.CaseloadView.as_view(), name="caseload"),
    path("team/", views.TeamView.as_view(), name="team"),
    path("team/decide/", views.DecideView.as_view(), name="decide"),
    path("team/undo/", views.DecideUndoView.as_view(), name="decide_undo"),
    path("team/value/", views.ValueView.as_view(), name="value"),
    path("team/month/<int:year>-<int:month>/", views.MonthView.as_view(), name="month"),
    path("lead/", views.LeadView.as_view(), name="lead"),
    path("lead/learners/", views.LeadLearnersView.as_view(), name="lead_learners"),
    path("lead/cohorts/", views.LeadCohortsView.as_view(), name="lead_cohorts"),
    path("lead/strategies/", views.LeadStrategiesView.as_view(), name="lead_strategies"),
    path("lead/criteria/", views.LeadCriteriaView.as_view(), name="lead_criteria"),
    path("organisation/", views.OrganisationView.as_view(), name="organisation"),
    path("site/", views.SiteView.as_view(), name="site"),
    path("learners/<int:pk>/", record.RecordView.as_view(), name="record"),
    path("learners/<int:pk>/criteria/", record.CriteriaView.as_view(), name="criteria"),
    path("learners/<int:pk>/criteria/<int:criterion>/", record.ThreadView.as_view(), name="thread"),
    path("learners/<int:pk>/timeline/", record.TimelineView.as_view(), name="timeline"),
    path("learners/<int:pk>/ways/", record.WaysView.as_view(), name="ways"),
]
