"""Fill the database of a run with the sample; prints the sessions of its active learners as JSON."""

from __future__ import annotations

import json
import os
import sys

import django
from django.core.management import call_command

CLIENTS = 8


def main() -> int:
    """Migrate and load."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wbl_portal.settings")
    django.setup()
    from programmes.models import Enrolment
    from tools.sessions import sessions_of

    call_command("migrate", "--noinput", "--verbosity=0")
    call_command("load_demo", learners=20, stdout=sys.stderr)
    active = Enrolment.objects.filter(status=Enrolment.Status.ACTIVE).order_by("pk")
    emails = list(dict.fromkeys(active.values_list("learner__email", flat=True)))[:CLIENTS]
    print(json.dumps(sessions_of(emails)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
