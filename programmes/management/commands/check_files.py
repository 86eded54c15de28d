"""`manage.py check_files`: whether every evidence file lies in the storage as its row says, after a restore for one."""

import hashlib
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from programmes.models import EvidenceFile

CHUNK = 1024 * 1024


class Command(BaseCommand):
    help = (
        "Compare the bytes of every evidence file with its row; names rows by their id, never by file name."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        checked = faulty = 0
        for row in EvidenceFile.objects.exclude(file="").order_by("pk").iterator():
            checked += 1
            problem = problem_of(row)
            if problem:
                faulty += 1
                self.stderr.write(f"{row.pk}: {problem}")
        if faulty:
            raise CommandError(f"{faulty} of {checked} files are not as their rows say.")
        self.stdout.write(f"All {checked} files are as their rows say.")


def problem_of(row: EvidenceFile) -> str:
    """What is wrong with the bytes of a row; "" when nothing is."""
    digest = hashlib.sha256()
    try:
        with row.file.open("rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
    except FileNotFoundError:
        return "the bytes are missing"
    return "" if digest.hexdigest() == row.sha256 else "the bytes are others than those that were checked"
