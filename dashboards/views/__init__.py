"""The homes of the roles, and the public front page."""

from dashboards.views.homes import ROWS_A_PAGE, HomeView, LandingView, RoleHomeView
from dashboards.views.lead import LeadView
from dashboards.views.learner import LearnerHomeView
from dashboards.views.organisation import OrganisationView
from dashboards.views.queue import CaseloadView, QueueView
from dashboards.views.site import SiteView
from dashboards.views.team import TeamView

__all__ = [
    "ROWS_A_PAGE",
    "CaseloadView",
    "HomeView",
    "LandingView",
    "LeadView",
    "LearnerHomeView",
    "OrganisationView",
    "QueueView",
    "RoleHomeView",
    "SiteView",
    "TeamView",
]
