"""Cells that several tables have."""

from programmes.models import ActivityEntry, Goal


def codes(row: ActivityEntry | Goal) -> str:
    """The codes of the criteria, in the order of the tree."""
    return ", ".join(criterion.code for criterion in row.criteria.all())
