"""Fill one database for the bench and sign its people in; prints what the clients need as JSON."""

from __future__ import annotations

import json
import os
import sys
import time

import django
from django.core.management import call_command

SENDERS = 32
"""Learners who send entries; none of them is one whose pages are measured."""
READERS = 8


def main(learners: int) -> int:
    """Migrate, load, grow."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wbl_portal.settings")
    django.setup()
    from django.db import connection

    from people.models import User
    from programmes.models import Enrolment
    from programmes.queries.applications import applications_for
    from tools.bench import data
    from tools.sessions import sessions_of

    call_command("migrate", "--noinput", "--verbosity=0")
    begun = time.monotonic()
    call_command("load_demo", stdout=sys.stderr)
    data.grow(learners)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    seconds = time.monotonic() - begun

    def email(part: str, number: int) -> str:
        return f"bench.{part}.{number:05}@{data.DOMAIN}"

    def answers_of(manager: str) -> list[int]:
        return [record.pk for record in applications_for(User.objects.get(email=manager))]

    readers = [email("learner", 1 + number) for number in range(READERS)]
    senders = [email("learner", 1 + READERS + number) for number in range(SENDERS)]
    answer = {
        "seconds": seconds,
        "readers": sessions_of(readers),
        "senders": sessions_of(senders),
        "coach": sessions_of([email("coach", 0)])[0],
        "manager": sessions_of([email("manager", 0)])[0],
        "lead": sessions_of([email("lead", 0)])[0],
        "confirmer": sessions_of([email("manager", 1)])[0],
        "answers": answers_of(email("manager", 1)),
        "enrolment": Enrolment.objects.get(learner__email=readers[0]).pk,
    }
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
