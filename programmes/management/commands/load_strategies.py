"""`manage.py load_strategies`: the ways of learning that a new site begins with, in three languages."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from programmes.actions import load_strategies
from programmes.management.commands._demo.content import read


class Command(BaseCommand):
    help = "Add the ways of learning that are missing, and fill in what is empty; what is written stays."

    def handle(self, *args: Any, **options: Any) -> None:
        # The plain columns of translated fields take the language that is active.
        with translation.override("en"):
            added, filled = load_strategies(rows=read("strategies.json"))
        self.stdout.write(f"Added {added} ways of learning, filled in {filled}.")
