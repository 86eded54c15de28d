"""Bring the database up to date and load the demo data on first use, in one process: Django starts slowly."""

from __future__ import annotations

import os
import sys

import django
from django.core.management import CommandError, call_command


def main() -> int:
    """Migrate, load what is missing, print the accounts; 1 with a line when one of them fails."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wbl_portal.settings")
    django.setup()
    try:
        call_command("migrate", "--noinput", "--verbosity=0")
        call_command("load_demo", "--if-empty")
        call_command("load_demo", "--accounts")
    except CommandError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
