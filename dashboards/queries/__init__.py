"""What the homes show, put together from the apps below."""

from dashboards.queries.hats import Hats, hats_of
from dashboards.queries.learner import LearnerTodo, learner_todo, open_goals
from dashboards.queries.organisation import (
    Group,
    administered_by,
    hide_small,
    organisation_groups,
)
from dashboards.queries.team import (
    Member,
    TeamSums,
    learners_of,
    led_by,
    members_of,
    rate_of_members,
    supported_by,
    team_goals,
    team_sums,
    with_checks,
    worst_first,
)
from programmes.queries.groups import SMALLEST_GROUP

__all__ = [
    "SMALLEST_GROUP",
    "Group",
    "Hats",
    "LearnerTodo",
    "Member",
    "TeamSums",
    "administered_by",
    "hats_of",
    "hide_small",
    "learner_todo",
    "learners_of",
    "led_by",
    "members_of",
    "most_active_thread",
    "open_goals",
    "organisation_groups",
    "rate_of_members",
    "supported_by",
    "team_goals",
    "team_sums",
    "with_checks",
    "worst_first",
]
