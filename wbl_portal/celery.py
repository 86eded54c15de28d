"""The Celery app. Tasks only wake workers up: the database rows are the truth."""

import logging.config
import os
from typing import Any

from celery import Celery, signals
from django.conf import settings

from core.audit import request_id

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wbl_portal.settings")

app = Celery("wbl_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

REQUEST_ID = "wbl_request_id"


@signals.setup_logging.connect
def use_our_logging(**_kwargs: Any) -> None:
    """Workers and beat log as the web processes do; with a receiver here Celery leaves logging alone."""
    logging.config.dictConfig(settings.LOGGING)


@signals.before_task_publish.connect
def send_request_id(headers: dict[str, Any], **_kwargs: Any) -> None:
    """A task knows which request queued it."""
    headers[REQUEST_ID] = request_id.get()


@signals.task_prerun.connect
def take_request_id(task: Any, **_kwargs: Any) -> None:
    """The audit trail and the logs of the task carry that request's id."""
    request_id.set(getattr(task.request, REQUEST_ID, None) or "")


@signals.task_postrun.connect
def drop_request_id(**_kwargs: Any) -> None:
    """What the worker does next belongs to no request."""
    request_id.set("")
