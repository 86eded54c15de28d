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
    path("lead/", views.LeadView.as_view(), name="lead"),
    path("organisation/", views.OrganisationView.as_view(), name="organisation"),
    path("site/", views.SiteView.as_view(), name="site"),
    path("learners/<int:pk>/", record.RecordView.as_view(), name="record"),
    path("learners/<int:pk>/criteria/", record.CriteriaView.as_view(), name="criteria"),
    path("learners/<int:pk>/criteria/<int:criterion>/", record.ThreadView.as_view(), name="thread"),
    path("learners/<int:pk>/timeline/", record.TimelineView.as_view(), name="timeline"),
    path("learners/<int:pk>/ways/", record.WaysView.as_view(), name="ways"),
]
