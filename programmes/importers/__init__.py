"""Reading lists of people out of files: all faults at once, each with its line; nothing is written here."""

from programmes.importers.people import ListRefused, parse_people

__all__ = ["ListRefused", "parse_people"]
