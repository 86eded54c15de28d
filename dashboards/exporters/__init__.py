"""Tables of the homes and of a learner's record as rows for a file."""

from dashboards.exporters.lead import learners_producer
from dashboards.exporters.organisation import enrolments_table, groups_table
from dashboards.exporters.record import criteria_table, timeline_table, ways_table

__all__ = ["criteria_table", "enrolments_table", "groups_table", "timeline_table", "ways_table"]
__all__ = [
    "enrolments_table",
    "groups_table",
    "learners_producer",
]
