"""Tables of the homes as rows for a file."""

from dashboards.exporters.lead import learners_producer
from dashboards.exporters.organisation import enrolments_table, groups_table

__all__ = [
    "enrolments_table",
    "groups_table",
    "learners_producer",
]
