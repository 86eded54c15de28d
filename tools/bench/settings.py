"""The production settings with the floor page, a header that counts queries, and static files of their own."""

from wbl_portal.settings import *  # noqa: F403
from wbl_portal.settings import MIDDLEWARE, TEMPLATES, VAR_DIR

ROOT_URLCONF = "tools.bench.urls"
MIDDLEWARE = ["tools.bench.floor.CountQueriesMiddleware", *MIDDLEWARE]
TEMPLATES[0]["DIRS"] = [*TEMPLATES[0]["DIRS"], VAR_DIR.parent / "tools" / "bench" / "templates"]  # type: ignore[misc]
STATIC_ROOT = VAR_DIR / "bench" / "static"
