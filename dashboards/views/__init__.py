"""The homes of the roles, and the public front page."""

from dashboards.views.deciding import DecideUndoView, DecideView
from dashboards.views.homes import ROWS_A_PAGE, HomeView, LandingView, RoleHomeView
from dashboards.views.lead import (
    LeadCohortsView,
    LeadCriteriaView,
    LeadLearnersView,
    LeadStrategiesView,
    LeadView,
)
from dashboards.views.learner import LearnerHomeView
from dashboards.views.organisation import OrganisationView
from dashboards.views.queue import CaseloadView, QueueView
from dashboards.views.site import SiteView
from dashboards.views.team import TeamView
from dashboards.views.value import MonthView, ValueView

__all__ = [
    "ROWS_A_PAGE",
    "CaseloadView",
    "DecideUndoView",
    "DecideView",
    "HomeView",
    "LandingView",
    "LeadCohortsView",
    "LeadCriteriaView",
    "LeadLearnersView",
    "LeadStrategiesView",
    "LeadView",
    "LearnerHomeView",
    "MonthView",
    "OrganisationView",
    "QueueView",
    "RoleHomeView",
    "SiteView",
    "TeamView",
    "ValueView",
]
