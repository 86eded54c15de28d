"""Reading a framework of criteria out of a file: all faults at once, each with its line; nothing is written here.

Faults found by one step do not hide those of another where that is possible: a row that cannot be used still
counts as the parent of its children, so one slip does not bring a list of orphans with it.
"""

from standards.importers.files import MAX_BYTES
from standards.importers.findings import FrameworkRefused
from standards.importers.frameworks import FORMATS, import_summary, parse_framework

__all__ = ["FORMATS", "MAX_BYTES", "FrameworkRefused", "import_summary", "parse_framework"]
