"""What the settings refuse, word by word, and what a start with production settings says."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from wbl_portal import environment as e

ROOT = Path(__file__).resolve().parents[2]
GOOD_KEY = "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0z-aB3dE5gH7jK9mN1pQ2rS4t"
GOOD = {
    "WBL_PROFILE": "production",
    "SECRET_KEY": GOOD_KEY,
    "SITE_URL": "https://portal.sample.example",
    "DATABASE_URL": "postgres://wbl:pw@127.0.0.1:1/wbl",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "EMAIL_URL": "smtp+tls://user:pw@127.0.0.1:1",
    "DEFAULT_FROM_EMAIL": "WBL Portal <portal@sample.example>",
    "MEDIA_ROOT": "/srv/wbl-portal/media",
}


def refusal(check, *args, **kwargs) -> str:
    with pytest.raises(e.SettingRefused) as caught:
        check(*args, **kwargs)
    return str(caught.value)


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("aB3dE5gH7jK9mN1", "has 15 characters"),
        ("ab" * 30, "has 2 different characters"),
        ("django-insecure-" + GOOD_KEY, "looks like one from an example"),
        ("only-for-tests-" + GOOD_KEY, "looks like one from an example"),
        (GOOD_KEY + "CHANGEME", "looks like one from an example"),
    ],
)
def test_weak_key_is_refused(key: str, problem: str) -> None:
    line = refusal(e.check_secret_key, key)
    assert line.startswith(f"SECRET_KEY {problem}")
    assert key not in line


def test_key_as_the_line_makes_one_is_taken() -> None:
    made = subprocess.run(e.HOW_TO_MAKE_A_KEY, shell=True, capture_output=True, text=True, check=True)
    e.check_secret_key(made.stdout.strip())


@pytest.mark.parametrize(
    ("url", "https", "host"),
    [
        ("https://portal.sample.example", True, "portal.sample.example"),
        ("https://portal.sample.example:8443", True, "portal.sample.example"),
        ("https://[::1]:8443", True, "[::1]"),
        ("http://testserver", False, "testserver"),
    ],
)
def test_site_url_gives_its_host(url: str, https: bool, host: str) -> None:
    assert e.host_of_site(url, https=https) == host


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://portal.sample.example", "is no https address"),
        ("portal.sample.example", "is no https address"),
        ("https://", "is no https address"),
        ("https://host:port", "is no https address"),
        ("https://[::1", "is no https address"),
        ("https://portal.sample.example/", "holds more than a host"),
        ("https://portal.sample.example/wbl", "holds more than a host"),
        ("https://portal.sample.example?a=b", "holds more than a host"),
        ("https://user:pw@portal.sample.example", "holds more than a host"),
    ],
)
def test_site_url_that_is_more_or_less_than_a_host_is_refused(url: str, problem: str) -> None:
    assert refusal(e.host_of_site, url, https=True).startswith(f"SITE_URL {problem}")


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("nonsense", "is no address"),
        ("postgres://", "is no address"),
        ("postgres://u:p@host:port/name", "is no address"),
        ("oddbase://host/name", "is no address"),
        ("sqlite:////srv/db.sqlite3", "is no PostgreSQL"),
    ],
)
def test_database_url_that_production_cannot_run_on_is_refused(url: str, problem: str) -> None:
    assert refusal(e.database_settings, url, postgres_only=True).startswith(f"DATABASE_URL {problem}")


def test_options_of_a_database_url_are_kept() -> None:
    url = "postgres://u:p@host:5432/name?sslmode=verify-full"
    assert e.database_settings(url, postgres_only=True)["OPTIONS"] == {"sslmode": "verify-full"}


@pytest.mark.parametrize("url", ["redis://127.0.0.1:6379/0", "rediss://cache/1", "unix:///run/redis.sock"])
def test_redis_url_is_taken(url: str) -> None:
    e.check_redis_url(url)


@pytest.mark.parametrize("url", ["memory://", "127.0.0.1:6379", "redis://", "unix://"])
def test_redis_url_of_another_kind_is_refused(url: str) -> None:
    assert refusal(e.check_redis_url, url).startswith("REDIS_URL is no address")


@pytest.mark.parametrize("url", ["consolemail://", "dummymail://", "nonsense", "smtp://"])
def test_mail_that_would_go_nowhere_is_refused(url: str) -> None:
    assert refusal(e.mail_settings, url).startswith("EMAIL_URL is no mail server")


def test_mail_address_becomes_settings() -> None:
    settings = e.mail_settings("smtp+tls://user:p%40ss@mail.sample.example:587")
    assert settings["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    assert (settings["EMAIL_HOST"], settings["EMAIL_PORT"]) == ("mail.sample.example", 587)
    assert (settings["EMAIL_HOST_PASSWORD"], settings["EMAIL_USE_TLS"]) == ("p@ss", True)


@pytest.mark.parametrize("sender", ["portal@sample.example", "WBL Portal <portal@sample.example>"])
def test_sender_is_taken(sender: str) -> None:
    e.check_sender(sender)


@pytest.mark.parametrize("sender", ["portal", "WBL Portal", "WBL <portal>", "a@b <c@d> e"])
def test_sender_without_an_address_is_refused(sender: str) -> None:
    assert refusal(e.check_sender, sender).startswith("DEFAULT_FROM_EMAIL is no sender")


def test_folder_that_depends_on_the_start_is_refused() -> None:
    assert refusal(e.check_folder, "MEDIA_ROOT", "media").startswith("MEDIA_ROOT is 'media'")


def test_hosts_that_let_everybody_in_are_refused() -> None:
    e.check_hosts(["portal.sample.example", ".sample.example"])
    assert refusal(e.check_hosts, ["portal.sample.example", "*"]).startswith("ALLOWED_HOSTS has a *")


# A start, whole: each takes more than a second --------------------------------------------


def start(arguments: list[str], **changes: str) -> subprocess.CompletedProcess[str]:
    """A command of ours in an environment that holds GOOD with changes, and nothing else of the settings."""
    known = {*GOOD, "DEBUG", "ALLOWED_HOSTS", "DATABASE_POOLED", "DJANGO_SETTINGS_MODULE"}
    known.add("DJANGO_ALLOW_ASYNC_UNSAFE")  # set by tests/plugin.py for browser tests
    environment = {name: value for name, value in os.environ.items() if name not in known}
    return subprocess.run(
        [sys.executable, *arguments],
        env=environment | GOOD | changes,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.slow
def test_check_deploy_has_nothing_to_say() -> None:
    done = start(["manage.py", "check", "--deploy", "--fail-level=DEBUG"])
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        "System check identified no issues (0 silenced).\n",
        "",
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["SECRET_KEY", "SITE_URL", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "DEFAULT_FROM_EMAIL", "MEDIA_ROOT"],
)
def test_start_without_a_setting_ends_with_one_line(name: str) -> None:
    done = start(["manage.py", "check"], **{name: ""})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (f"{name} is not set. See .env.example, or `make run` for the embedded profile.\n")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "value", "begins"),
    [
        ("DEBUG", "1", "DEBUG is on"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS has a *"),
        ("WBL_PROFILE", "productoin", "WBL_PROFILE is 'productoin'"),
        ("SECRET_KEY", "short", "SECRET_KEY has 5 characters"),
    ],
)
def test_start_with_a_weak_setting_ends_with_one_line(name: str, value: str, begins: str) -> None:
    done = start(["manage.py", "check"], **{name: value})
    assert done.stderr.startswith(begins)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ["-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "--bind=127.0.0.1:0", "wbl_portal.wsgi"],
        ["-m", "celery", "--quiet", "-A", "wbl_portal", "worker"],
    ],
)
def test_web_server_and_worker_end_with_the_same_line(command: list[str]) -> None:
    done = start(command, SECRET_KEY="short")
    assert done.returncode != 0
    assert "SECRET_KEY has 5 characters" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_settings_follow_the_site_and_the_pool() -> None:
    names = ("ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "SECURE_SSL_REDIRECT", "ALLAUTH_TRUSTED_PROXY_COUNT")
    script = f"""
from django.conf import settings as s
print([getattr(s, name) for name in {names}])
print(s.DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"], s.DATABASES["default"]["CONN_MAX_AGE"])
"""
    given = {"DJANGO_SETTINGS_MODULE": "wbl_portal.settings", "ALLOWED_HOSTS": "portal.internal"}
    done = start(["-c", script], DATABASE_POOLED="1", **given)
    assert done.stdout.splitlines() == [
        "[['portal.sample.example', 'portal.internal'], ['https://portal.sample.example'], True, 1]",
        "True 60",
    ]
    assert start(["-c", script], **given).stdout.endswith("False 60\n")


@pytest.mark.slow
def test_probe_by_address_and_plain_http_is_answered_in_production() -> None:
    script = """
import django
django.setup()
from django.test import Client
probe = Client(SERVER_NAME="10.1.2.3")
print([probe.get(address).status_code for address in ("/livez", "/readyz")])
"""
    done = start(["-c", script], DJANGO_SETTINGS_MODULE="wbl_portal.settings")
    # Neither database nor Redis is there.
    assert done.stdout == "[200, 503]\n", done.stderr
    assert '"check": "database"' in done.stderr
    assert '"check": "redis"' in done.stderr
