"""`manage.py load_demo`: sample people, programmes and activities to look around in. Never on a production site."""

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone, translation

from core.audit import record_event
from people.models import Organisation, User
from programmes.management.commands._demo.amendments import write_amendments
from programmes.management.commands._demo.applications import write_applications
from programmes.management.commands._demo.cast import Cast, cast
from programmes.management.commands._demo.content import read
from programmes.management.commands._demo.entries import Writer
from programmes.management.commands._demo.evidence import write_evidence
from programmes.management.commands._demo.goals import GoalWriter, write_templates
from programmes.management.commands._demo.people import PASSWORD, People, write_people
from programmes.management.commands._demo.programmes import (
    write_courses,
    write_programmes,
    write_strategies,
)
from programmes.management.commands._demo.standards import write_framework
from programmes.models import ActivityEntry, EvidenceFile
from standards.actions import ImportRefused

LEARNERS, MOST_LEARNERS = 12, 5000
SEED = 2026


class Command(BaseCommand):
    help = "Load sample people, programmes and half a year of activities, in three languages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--learners", type=_learners, default=LEARNERS, help="how many learners: 1 to 5000"
        )
        parser.add_argument("--seed", type=int, default=SEED, help="the same seed and day give the same data")
        parser.add_argument(
            "--today", type=_day, help="the day that the data leads up to, such as 2026-03-31"
        )
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing when there are people already"
        )
        parser.add_argument("--accounts", action="store_true", help="only print the sample accounts")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PROFILE == "production":
            raise CommandError(
                "Sample data has a published password and is never loaded on a production site."
            )
        if options["accounts"]:
            self._print_accounts()
        elif options["if_empty"] and User.objects.exists():
            self.stdout.write("There are people already: no sample data loaded.")
        elif _is_loaded():
            raise CommandError(
                "The sample data is there already. Nothing was loaded: start from an empty database."
            )
        else:
            today = options["today"] or timezone.localdate()
            self.stdout.write(load(learners=options["learners"], seed=options["seed"], today=today))

    def _print_accounts(self) -> None:
        accounts = read("people.json")["accounts"]
        there = set(
            User.objects.filter(email__in=[a["email"] for a in accounts]).values_list("email", flat=True)
        )
        if not there:
            self.stdout.write("There are no sample accounts in this database.")
            return
        self.stdout.write(f"Sample accounts, all with the password {PASSWORD}")
        for account in accounts:
            if account["email"] in there:
                self.stdout.write(f"  {account['email']:<28} {account['role']['en']}")


def load(*, learners: int, seed: int, today: dt.date) -> str:
    """Load the sample data, all of it or nothing; one line about what was written. Raises CommandError."""
    stored: list[EvidenceFile] = []
    try:
        # The plain columns of translated fields take the language that is active.
        with transaction.atomic(), translation.override("en"):
            return _load(cast(learners=learners, seed=seed), stored, seed=seed, today=today)
    except ImportRefused as error:
        _take_back(stored)
        raise CommandError(str(error)) from error
    except BaseException:
        _take_back(stored)
        raise


def _load(people_wanted: Cast, stored: list[EvidenceFile], *, seed: int, today: dt.date) -> str:
    since = today - dt.timedelta(days=2 * 365)
    framework, criteria = write_framework()
    strategies = write_strategies()
    people = write_people(people_wanted, since=since)
    programmes = write_programmes(people, framework, criteria, since=since)
    courses = write_courses(people_wanted, people, programmes, today=today)
    entries = Writer(strategies, criteria, today, seed).write(courses)
    entries += write_amendments(courses, today=today)
    levels = list(framework.scale.levels.all()) if framework.scale else []
    templates = write_templates(framework, criteria)
    goals = GoalWriter(templates, levels, criteria, today, seed).write(courses)
    write_applications(courses, today=today, seed=seed)
    main = courses[0]
    sent = main.enrolment.activities.exclude(status=ActivityEntry.Status.DRAFT)
    for evidence in write_evidence(sent, language=main.part.language, seed=seed):
        stored.append(evidence)  # noqa: PERF402 - one by one: what is stored so far is known when the next fails
    _audit(people, learners=len(people_wanted.learners), entries=entries)
    return (
        f"Loaded {len(people_wanted.learners)} learners, {len(people.users)} people, "
        f"{len(courses)} enrolments, {entries} activities and {goals} goals up to {today}."
    )


def _audit(people: People, *, learners: int, entries: int) -> None:
    provider = people.organisations["provider"]
    record_event(
        action="demo.load",
        on=provider,
        actor=None,
        changes={"learners": [0, learners], "activities": [0, entries]},
    )


def _take_back(stored: list[EvidenceFile]) -> None:
    for evidence in stored:
        evidence.file.delete(save=False)
        evidence.thumbnail.delete(save=False)


def _is_loaded() -> bool:
    """Whether any of the people or organisations that are written out in people.json is there."""
    data = read("people.json")
    emails = [row["email"] for row in (*data["staff"], *data["learners"])]
    names = [row["name"] for row in data["organisations"]]
    return (
        User.objects.filter(email__in=emails).exists() or Organisation.objects.filter(name__in=names).exists()
    )


def _learners(text: str) -> int:
    """Between 1 and MOST_LEARNERS; argparse says which option was wrong."""
    number = int(text)
    if not 1 <= number <= MOST_LEARNERS:
        raise ValueError(text)
    return number


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)
