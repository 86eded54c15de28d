"""`manage.py import_framework FILE`: a framework of criteria out of a file, whole or not at all."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import ngettext

from standards.actions import ImportRefused, import_framework
from standards.importers import FORMATS, MAX_BYTES, FrameworkRefused, import_summary, parse_framework


class Command(BaseCommand):
    help = "Import a framework of criteria: Moodle's competency CSV, plain CSV, or code,type,statement."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Django's own --version gives way: here it is the version of the framework."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--format", choices=FORMATS, default="auto")
        parser.add_argument("--dry-run", action="store_true", help="Check everything, keep nothing.")
        parser.add_argument("--code", default="", help="The code; else the file's own, else the file's name.")
        parser.add_argument("--version", default="1", help="The version of the framework (default: 1).")
        parser.add_argument(
            "--title", default="", help="The title; else the file's own, else the file's name."
        )
        parser.add_argument(
            "--language",
            choices=[code for code, _name in settings.LANGUAGES],
            default="en",
            help="Of texts without a language column (default: en).",
        )
        parser.add_argument("--encoding", default="", help="Of the file; found out when not given.")
        parser.add_argument("--publish", action="store_true", help="Publish: people see it, and it is fixed.")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        try:
            with file.open("rb") as stream:
                data = stream.read(MAX_BYTES + 1)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None
        names = ("format", "code", "version", "language", "title", "encoding")
        try:
            parsed = parse_framework(data, name=file.name, **{name: options[name] for name in names})
            result = import_framework(parsed=parsed, publish=options["publish"], dry_run=options["dry_run"])
        except FrameworkRefused as refusal:
            for fault in refusal.faults:
                self.stderr.write(str(fault))
            count = len(refusal.faults)
            message = ngettext("%(count)s fault: nothing changed", "%(count)s faults: nothing changed", count)
            raise CommandError(message % {"count": count}) from None
        except ImportRefused as refusal:
            raise CommandError(str(refusal)) from None
        for warning in parsed.warnings:
            self.stderr.write(str(warning))
        self.stdout.write(f"{file.name}: {parsed.format}, {parsed.encoding}, {parsed.delimiter}.")
        self.stdout.write(import_summary(parsed, result, dry_run=options["dry_run"]))
