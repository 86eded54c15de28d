"""What the settings take from the environment, and what they refuse: one line that names the variable, no traceback.

Only what can be told from the text is asked here. Whether the database or Redis answers is asked by /readyz.
"""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ

LEAST_KEY_LENGTH = 50
LEAST_KEY_VARIETY = 12
# Django's own, the example's, this repository's, and what people write when they mean to change it later.
SAMPLE_KEYS = ("django-insecure", "only-for-", "changeme", "change-me", "change_me", "secret", "sample")
HOW_TO_MAKE_A_KEY = 'python3 -c "import secrets; print(secrets.token_urlsafe(50))"'
MAIL_SCHEMES = ("smtp", "smtp+tls", "smtp+ssl", "smtps")
REDIS_SCHEMES = ("redis", "rediss", "unix")


class SettingRefused(SystemExit):
    """Start-up ends here. As a SystemExit it is one line in manage.py, gunicorn and Celery alike."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name} {problem}")


def check_secret_key(value: str) -> None:
    """Raises SettingRefused for a key that is short, monotonous or known."""
    if len(value) < LEAST_KEY_LENGTH:
        problem = f"has {len(value)} characters and needs at least {LEAST_KEY_LENGTH}"
    elif len(set(value)) < LEAST_KEY_VARIETY:
        problem = f"has {len(set(value))} different characters and needs at least {LEAST_KEY_VARIETY}"
    elif any(sample in value.lower() for sample in SAMPLE_KEYS):
        problem = "looks like one from an example"
    else:
        return
    raise SettingRefused("SECRET_KEY", f"{problem}. Make one: {HOW_TO_MAKE_A_KEY}")


def host_of_site(value: str, *, https: bool) -> str:
    """The host that SITE_URL names. Raises SettingRefused unless it is scheme://host[:port] and nothing more."""
    schemes = ("https",) if https else ("http", "https")
    try:
        parts = urlsplit(value)
        is_fine = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, half an IPv6 address
        is_fine = False
    if not is_fine:
        raise SettingRefused("SITE_URL", f"is no {schemes[0]} address of a host: https://portal.example.org")
    if value != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc:
        raise SettingRefused(
            "SITE_URL", "holds more than a host: give https://portal.example.org, without path or user"
        )
    host = parts.hostname or ""
    return f"[{host}]" if ":" in host else host


def check_hosts(values: list[str]) -> None:
    """Raises SettingRefused for a pattern that lets anybody's host in."""
    if any("*" in value for value in values):
        raise SettingRefused("ALLOWED_HOSTS", "has a *, which lets every host in: name the hosts")


def database_settings(url: str, *, postgres_only: bool) -> dict[str, Any]:
    """DATABASES["default"] of an address. Raises SettingRefused when it is none, or the wrong kind."""
    try:
        database: dict[str, Any] = environ.Env().db_url_config(url) if "://" in url else {}
    except (ValueError, KeyError, environ.ImproperlyConfigured):
        database = {}
    if "." not in database.get("ENGINE", "") or not database.get("NAME"):
        raise SettingRefused("DATABASE_URL", "is no address: postgres://user:password@host:5432/name")
    if postgres_only and not database["ENGINE"].endswith("postgresql"):
        raise SettingRefused("DATABASE_URL", "is no PostgreSQL, which the production profile runs on")
    return database


def check_redis_url(value: str) -> None:
    """Raises SettingRefused when it is no address of a Redis."""
    parts = urlsplit(value)
    if parts.scheme not in REDIS_SCHEMES or not (parts.path if parts.scheme == "unix" else parts.hostname):
        raise SettingRefused("REDIS_URL", "is no address: redis://host:6379/0 or unix:///path/redis.sock")


def mail_settings(url: str) -> dict[str, Any]:
    """The EMAIL_ settings of an address. Raises SettingRefused when no mail would leave the machine by it."""
    parts = urlsplit(url)
    if parts.scheme not in MAIL_SCHEMES or not parts.hostname:
        raise SettingRefused("EMAIL_URL", "is no mail server: smtp+tls://user:password@host:587")
    settings: dict[str, Any] = environ.Env().email_url_config(url)
    return settings


def check_sender(value: str) -> None:
    """Raises SettingRefused unless it holds an e-mail address: name@host, or Name <name@host>."""
    if not re.fullmatch(r"(?:[^<>@]+ )?<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+", value):
        raise SettingRefused("DEFAULT_FROM_EMAIL", "is no sender: WBL Portal <portal@example.org>")


def check_folder(name: str, value: str) -> None:
    """Raises SettingRefused for a folder whose place depends on where the process was started."""
    if not Path(value).is_absolute():
        raise SettingRefused(name, f"is {value!r}: give the whole path, from / on")
