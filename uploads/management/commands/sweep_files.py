"""`manage.py sweep_files`: delete stored bytes that no row names, and say which rows are without their bytes."""

from typing import Any

from django.core.management.base import BaseCommand

from uploads.sweeping import sweep


class Command(BaseCommand):
    help = "Delete stored files older than a day that no row names; report rows whose bytes are missing."

    def handle(self, *args: Any, **options: Any) -> None:
        swept = sweep()
        self.stdout.write(f"{swept.deleted} stored files without a row were deleted.")
        for row in swept.missing:
            self.stdout.write(f"missing: {row}")
        self.stdout.write(f"{len(swept.missing)} rows are without their bytes.")
