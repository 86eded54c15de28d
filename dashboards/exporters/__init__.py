"""Tables of the homes as rows for a file."""

from dashboards.exporters.organisation import enrolments_table, groups_table

__all__ = [
    "enrolments_table",
    "groups_table",
]
