"""Composition only: settings, root urls, the Celery app."""

from wbl_portal.celery import app as celery_app

__all__ = ["celery_app"]
