"""Lists of people as rows for a file."""

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext as _

from downloads.tables import Table
from programmes.models import (
    Cohort,
    PeopleImport,
)
from programmes.queries.importing import ShownLine


def import_table(people_import: PeopleImport, lines: Iterable[ShownLine]) -> Table:
    """What a list of people would do, line by line."""
    return Table(
        people_import.file_name,
        [_("Line"), _("Full name"), _("E-mail"), _("What happens"), _("Details")],
        ([row.line, row.name, row.email, row.tag.word, " ".join(row.texts)] for row in lines),
    )


def example_list_table(cohort: Cohort) -> Table:
    """A list of people to start from; its columns are those that the importer knows."""
    start = cohort.starts_on + dt.timedelta(days=7)
    return Table(
        _("Learners"),
        [
            _("Full name"),
            _("E-mail"),
            _("Language"),
            _("Team"),
            _("First day"),
            _("Contracted hours a week"),
            _("Coach"),
            _("Workplace mentor"),
            _("Line manager"),
        ],
        [
            [
                "Sample Learner A",
                "learner.a@company.example",
                "en",
                "",
                start,
                40,
                "coach@provider.example",
                "mentor@company.example",
                "manager@company.example",
            ],
            ["Sample Learner B", "learner.b@company.example", "pl", "", None, None, "", "", ""],
        ],
    )
