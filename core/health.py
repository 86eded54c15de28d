"""Whether this process lives, and whether it can do its work; asked by machines every few seconds."""

import logging
from collections.abc import Callable
from functools import cache as remembered

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)


@login_not_required
@require_safe
@never_cache
def livez(request: HttpRequest) -> HttpResponse:
    """The process answers. It touches nothing, so that no restart is ordered for somebody else's fault."""
    return JsonResponse({"process": "ok"})


@login_not_required
@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when database and Redis answer, else 503: which of them failed, and why only in the log."""
    results = {name: "ok" if is_fine(name, check) else "failed" for name, check in CHECKS.items()}
    return JsonResponse(results, status=200 if set(results.values()) == {"ok"} else 503)


def is_fine(name: str, check: Callable[[], bool]) -> bool:
    """Whether the check says so; what it raises is logged."""
    try:
        passed = check()
    except Exception:
        logger.exception("A readiness check failed", extra={"check": name})
        return False
    if not passed:
        logger.error("A readiness check failed", extra={"check": name})
    return passed


@remembered
def newest_migrations() -> frozenset[tuple[str, str]]:
    """The last migration of every app, as the files of this release say; read once a process."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def database_is_migrated() -> bool:
    """The database answers and every migration of this release was applied."""
    applied = MigrationRecorder(connection).migration_qs.values_list("app", "name")
    return newest_migrations() <= set(applied)


def redis_answers() -> bool:
    """The cache, which is the broker of the tasks too, answers a read."""
    return cache.get("readyz") is None


CHECKS = {"database": database_is_migrated, "redis": redis_answers}
PROBES = {"/livez": livez, "/readyz": readyz}
