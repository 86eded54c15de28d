"""Over how many people a total may be told to somebody who may not see the people."""

SMALLEST_GROUP = 5
"""Totals about fewer people than this are not shown to somebody who may not see the people (trust.md)."""
