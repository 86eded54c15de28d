"""What runs in the background for people."""

from celery import shared_task
from django.core.management import call_command


@shared_task(name="people.clear_sessions")
def clear_sessions() -> None:
    """Delete sessions that are over, nightly."""
    call_command("clearsessions")
