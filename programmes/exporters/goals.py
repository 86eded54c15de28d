"""Goals as rows for a file."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from core.translated import translated_text
from downloads.tables import Table, hours_cell
from programmes.exporters.cells import codes
from programmes.models import (
    Goal,
)


def goals_table(goals: Iterable[Goal], *, title: str) -> Table:
    """Goals with what is said of them; rows as goals_of() gives them."""
    return Table(
        title,
        [
            _("Goal"),
            _("Why it matters at work"),
            _("How I will know"),
            _("Criteria"),
            _("Level now"),
            _("Target level"),
            _("Target date"),
            _("State"),
            _("Progress in per cent"),
            _("Last check-in"),
            _("Verified hours"),
            _("What came of it"),
        ],
        (
            [
                goal.title,
                goal.why,
                goal.measure,
                codes(goal),
                translated_text(goal.baseline_level, "label").text if goal.baseline_level else "",
                translated_text(goal.target_level, "label").text if goal.target_level else "",
                goal.target_on,
                str(goal.get_status_display()),
                goal.progress,  # type: ignore[attr-defined]
                goal.last_checked_on,  # type: ignore[attr-defined]
                hours_cell(goal.verified_minutes),  # type: ignore[attr-defined]
                goal.outcome,
            ]
            for goal in goals
        ),
    )
