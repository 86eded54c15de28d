"""What the pages of this app show, as rows for a file: a page and its file share one query."""

from programmes.exporters.activities import (
    activities_producer,
    activities_table,
    all_activities_table,
    waiting_table,
)
from programmes.exporters.applications import applications_table
from programmes.exporters.goals import goals_table
from programmes.exporters.importing import example_list_table, import_table
from programmes.exporters.programmes import cohort_table, programmes_table
from programmes.exporters.progress import progress_table

__all__ = [
    "activities_producer",
    "activities_table",
    "all_activities_table",
    "applications_table",
    "cohort_table",
    "example_list_table",
    "goals_table",
    "import_table",
    "programmes_table",
    "progress_table",
    "waiting_table",
]
