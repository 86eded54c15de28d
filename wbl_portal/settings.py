"""Settings of every profile in one file; what differs comes from the environment.

WBL_PROFILE is `production` unless said otherwise: a machine that was not prepared never runs open by accident.
"""

from pathlib import Path

import environ
from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _

from wbl_portal.environment import (
    SettingRefused,
    check_folder,
    check_hosts,
    check_redis_url,
    check_secret_key,
    check_sender,
    database_settings,
    host_of_site,
    mail_settings,
)

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()
if (BASE_DIR / ".env").is_file():
    env.read_env(BASE_DIR / ".env")

PROFILE = env.str("WBL_PROFILE", default="production")
if PROFILE not in {"embedded", "production", "test"}:
    raise SettingRefused("WBL_PROFILE", f"is {PROFILE!r}: use embedded, production or test.")
IS_EMBEDDED = PROFILE == "embedded"
IS_PRODUCTION = PROFILE == "production"


def required(name: str, default: str = "", *, unless: bool = IS_EMBEDDED) -> str:
    """The variable's value; a missing one stops start-up. `default` stands in for it where `unless` holds."""
    value: str = env.str(name, default=default if unless else "").strip()
    if not value:
        raise SettingRefused(name, "is not set. See .env.example, or `make run` for the embedded profile.")
    return value


SECRET_KEY = required("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # earlier keys, after a change
DATABASE_URL = required("DATABASE_URL", f"sqlite:///{VAR_DIR / 'db.sqlite3'}")
REDIS_URL = required("REDIS_URL", f"unix://{VAR_DIR / 'valkey.sock'}")
SITE_URL = required("SITE_URL", "http://127.0.0.1:8000")
DEBUG = env.bool("DEBUG", default=False)
OTHER_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if IS_EMBEDDED else [])
ALLOWED_HOSTS = list(dict.fromkeys([host_of_site(SITE_URL, https=IS_PRODUCTION), *OTHER_HOSTS]))
CSRF_TRUSTED_ORIGINS = [SITE_URL]
check_redis_url(REDIS_URL)
if IS_PRODUCTION:
    check_secret_key(SECRET_KEY)
    check_hosts(ALLOWED_HOSTS)
    if DEBUG:
        raise SettingRefused("DEBUG", "is on, which shows settings and data to visitors: leave it out.")

INSTALLED_APPS = [
    "modeltranslation",  # before admin, so that its admin classes are patched
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "django_filters",
    "csp",
    "core",
    "uploads",
    "downloads",
    "notifications",
    "people",
    "standards",
    "programmes",
    "dashboards",
]
PROJECT_APPS = [
    "core",
    "uploads",
    "downloads",
    "notifications",
    "people",
    "standards",
    "programmes",
    "dashboards",
]

MIDDLEWARE = [
    "core.middleware.RequestIdMiddleware",
    "core.middleware.RequestLogMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.middleware.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",  # below the headers: it refuses and redirects by itself
    "core.middleware.ProbeMiddleware",  # above all that knows hosts, sessions and people
    "whitenoise.middleware.WhiteNoiseMiddleware",  # below the headers: they are for static files too
    "core.middleware.RefuseBrokenTextMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "people.middleware.PreferencesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "people.middleware.SecondFactorMiddleware",  # below the preferences, whose roles it asks for
]

ROOT_URLCONF = "wbl_portal.urls"
WSGI_APPLICATION = "wbl_portal.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dashboards.context_processors.shell",
            ],
        },
    },
]

# Database ---------------------------------------------------------------------
DATABASE_POOLED = env.bool("DATABASE_POOLED", default=False)
DATABASES = {"default": database_settings(DATABASE_URL, postgres_only=IS_PRODUCTION)}
_database = DATABASES["default"]
_options = _database.setdefault("OPTIONS", {})
if _database["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE: a write transaction takes its lock at the start, so concurrent writers wait instead of failing.
    _options["timeout"] = 20
    _options["transaction_mode"] = "IMMEDIATE"
    _options["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
else:
    _database["CONN_MAX_AGE"] = 60
    _database["CONN_HEALTH_CHECKS"] = True
    _options.setdefault("connect_timeout", 5)
    # A cursor of the server's lives in one connection, and PgBouncer in transaction mode gives each transaction
    # another. The connection to PgBouncer itself may stay open: it costs the database nothing.
    _database["DISABLE_SERVER_SIDE_CURSORS"] = DATABASE_POOLED
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "wbl",
        # A Redis that hangs must not take the pages with it.
        "OPTIONS": {"socket_connect_timeout": 3, "socket_timeout": 5},
    }
}

# Celery -----------------------------------------------------------------------
# Celery names a unix socket redis+socket://, the redis client names it unix://.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    # A page that wakes the worker up does not wait for a broker that is not there: the sweep finds its row.
    "socket_connect_timeout": 2,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "notifications.deliver": {"task": "notifications.deliver", "schedule": crontab()},  # every minute
    "downloads.make_exports": {
        "task": "downloads.make_exports",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "downloads.forget_exports": {"task": "downloads.forget_exports", "schedule": crontab(hour=3, minute=35)},
    "people.clear_sessions": {"task": "people.clear_sessions", "schedule": crontab(hour=3, minute=17)},
    "programmes.check_evidence": {
        "task": "programmes.check_evidence",
        "schedule": 60.0,
        "options": {"expires": 60},  # a later tick does the same
    },
    "programmes.import_people": {
        "task": "programmes.import_people",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "programmes.forget_imports": {
        "task": "programmes.forget_imports",
        "schedule": crontab(hour=3, minute=29),
    },
    "programmes.run_breaks": {"task": "programmes.run_breaks", "schedule": crontab(minute=7)},  # every hour
    "programmes.sweep_files": {"task": "programmes.sweep_files", "schedule": crontab(hour=3, minute=41)},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")

# Languages --------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish")), ("pl", _("Polish"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
MODELTRANSLATION_DEFAULT_LANGUAGE = "en"
MODELTRANSLATION_LANGUAGES = ("en", "es", "pl")
MODELTRANSLATION_FALLBACK_LANGUAGES = ("en", "es", "pl")
FORMAT_MODULE_PATH = ["wbl_portal.formats"]

# Files ------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if IS_PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not IS_PRODUCTION
WHITENOISE_AUTOREFRESH = False
# Private: no URL leads there. In production it has to be chosen, because it has to be backed up.
MEDIA_ROOT = Path(required("MEDIA_ROOT", str(VAR_DIR / "media"), unless=not IS_PRODUCTION))
check_folder("MEDIA_ROOT", str(MEDIA_ROOT))
# Where files that people send lie: "disk" is MEDIA_ROOT, "s3" a bucket of any service that speaks S3.
EVIDENCE_STORAGE = env.str("EVIDENCE_STORAGE", default="disk")
if EVIDENCE_STORAGE not in {"disk", "s3"}:
    raise SettingRefused("EVIDENCE_STORAGE", f"is {EVIDENCE_STORAGE!r}: use disk or s3.")
EVIDENCE_S3 = {}
if EVIDENCE_STORAGE == "s3":
    _endpoint = env.str("EVIDENCE_S3_ENDPOINT", default="")
    EVIDENCE_S3 = {
        "bucket_name": required("EVIDENCE_S3_BUCKET"),
        "access_key": required("EVIDENCE_S3_ACCESS_KEY"),
        "secret_key": required("EVIDENCE_S3_SECRET_KEY"),
        "region_name": env.str("EVIDENCE_S3_REGION", default="") or None,
        "endpoint_url": _endpoint or None,
        # Only Amazon's own service has a name for each bucket without further ado.
        "addressing_style": "path" if _endpoint else "auto",
    }
EVIDENCE_QUOTA_MB = env.int("EVIDENCE_QUOTA_MB", default=500)  # for each enrolment
CLAMD_SOCKET = env.str("CLAMD_SOCKET", default="")  # of the virus scanner: /path or host:port; empty is none
# nginx's internal location, such as /private/; empty: the portal sends the files itself.
PRIVATE_FILES_ACCEL = env.str("PRIVATE_FILES_ACCEL", default="")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# People -----------------------------------------------------------------------
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["people.hashers.PortalArgon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "display_name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "dashboards:home"
LOGOUT_REDIRECT_URL = "dashboards:landing"
ACCOUNT_ADAPTER = "people.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGOUT_REDIRECT_URL = "dashboards:landing"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a mail about every change of password, address and second step
ACCOUNT_SESSION_REMEMBER = None
# How many proxies stand in front and add to X-Forwarded-For: the limits of sign-in count by the visitor's address.
# With a number too small all visitors share one limit, with one too large a visitor writes an address of their own.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=1 if IS_PRODUCTION else 0)
ACCOUNT_LOGIN_BY_CODE_ENABLED = True  # for people who come once a week and never know their password
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_RATE_LIMITS = {"invitation": "30/m/ip"}  # beside the library's own

# A second step for signing in. Required of whoever sees other people's data once the site says so.
MFA_REQUIRED = env.bool("MFA_REQUIRED", default=False)
MFA_ADAPTER = "people.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # the clock of a phone may be half a minute off
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = IS_EMBEDDED  # http://127.0.0.1; a browser insists on https elsewhere

# Mail -------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = required(
    "DEFAULT_FROM_EMAIL", "WBL Portal <portal@sample.example>", unless=not IS_PRODUCTION
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
check_sender(DEFAULT_FROM_EMAIL)
if IS_EMBEDDED:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
elif IS_PRODUCTION:
    vars().update(mail_settings(required("EMAIL_URL")))
EMAIL_TIMEOUT = 20

# Security headers -------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "core.views.csrf_failure"
if IS_PRODUCTION:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^(livez|readyz)$"]  # probes come by plain HTTP, from inside
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False
FILTERS_EMPTY_CHOICE_LABEL = _("All")

# In production JSON without personal text (core/logs.py). Requests have a line of their own, so that Django's warnings
# of 404 and the like, which name the address, are not wanted; nor are its mails, which hold the whole request.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(levelname)s %(name)s %(message)s"},
        "json": {"()": "core.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "json" if IS_PRODUCTION else "line"}
    },
    "root": {"handlers": ["console"], "level": "INFO" if IS_PRODUCTION else "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO" if IS_PRODUCTION else "WARNING"},
        "django.request": {"level": "ERROR"},
        "pikepdf": {"level": "WARNING"},
    },
}
