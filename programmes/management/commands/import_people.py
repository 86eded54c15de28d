"""`manage.py import_people FILE --cohort ID --employer NAME --as E-MAIL`: the same list as on the page."""

from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from people.models import Organisation, User
from programmes import actions
from programmes.importers import ListRefused, parse_people
from programmes.models import Cohort, PeopleImport
from programmes.queries.importing import counted, plan_of
from programmes.queries.people_lists import MAX_BYTES, Remark


class Command(BaseCommand):
    help = "Enrol learners from a CSV or XLSX list; without --confirm it only says what it would do."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--cohort", type=int, required=True, help="The number in the cohort's address.")
        parser.add_argument("--employer", required=True, help="The employer's name.")
        parser.add_argument("--as", dest="email", required=True, help="The e-mail address of who does it.")
        parser.add_argument("--language", choices=User.Language.values, default="en")
        parser.add_argument("--leave-out", action="store_true", help="Go without the lines that have faults.")
        parser.add_argument("--confirm", action="store_true", help="Do it.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = self.upload(options["file"], options)
            plan = plan_of(made, on=timezone.localdate())
            self.say(plan.faults)
            for count in counted(plan.counts, plan.faulty_lines):
                self.stdout.write(f"{count.label}: {count.number}")
            if not options["confirm"]:
                actions.discard_import(people_import=made, by=made.uploaded_by)
                self.stdout.write("Nothing was changed: say --confirm to do it.")
                return
            self.carry_out(made, leave_out=options["leave_out"])
        except (Cohort.DoesNotExist, Organisation.DoesNotExist, User.DoesNotExist) as error:
            raise CommandError(str(error)) from None
        except (ListRefused, OSError) as error:
            raise CommandError(f"{options['file']}: {error}") from None
        except PermissionDenied:
            raise CommandError(f"{options['email']} may not enrol into this cohort.") from None
        except ValidationError as error:
            actions.discard_import(people_import=made, by=made.uploaded_by)
            raise CommandError(" ".join(error.messages)) from None

    def upload(self, file: Path, options: dict[str, Any]) -> PeopleImport:
        """Read the file and keep it as the person would. Raises what is missing or refused."""
        with file.open("rb") as stream:
            people = parse_people(stream.read(MAX_BYTES + 1), language=options["language"])
        try:
            return actions.upload_people(
                cohort=Cohort.objects.select_related("programme__organisation").get(pk=options["cohort"]),
                employer=Organisation.objects.get(name=options["employer"]),
                people=people,
                file_name=file.name[:150],
                language=options["language"],
                by=User.objects.get(email=options["email"].lower()),
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None

    def carry_out(self, made: PeopleImport, *, leave_out: bool) -> None:
        """Confirm the list and do all of it."""
        actions.confirm_import(people_import=made, leave_out=leave_out, by=made.uploaded_by)
        while actions.carry_out(people_import=made):
            pass
        made.refresh_from_db()
        self.say([Remark.restored(stored) for stored in made.failures])
        self.stdout.write("Done.")

    def say(self, remarks: list[Remark]) -> None:
        """Each remark with its line."""
        for remark in remarks:
            self.stderr.write(f"Line {remark.line}: {remark.text}")
