"""Tables of the homes and of a learner's record as rows for a file."""

from dashboards.exporters.lead import LEARNERS_PARAMS, learners_producer
from dashboards.exporters.lead_tables import cohorts_table, rates_table, reach_table
from dashboards.exporters.organisation import enrolments_table, groups_table
from dashboards.exporters.record import criteria_table, timeline_table, ways_table
from dashboards.exporters.team import approvals_table, heat_table, month_table, value_table

__all__ = [
    "LEARNERS_PARAMS",
    "approvals_table",
    "cohorts_table",
    "criteria_table",
    "enrolments_table",
    "groups_table",
    "heat_table",
    "learners_producer",
    "month_table",
    "rates_table",
    "reach_table",
    "timeline_table",
    "value_table",
    "ways_table",
]
