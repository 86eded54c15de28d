"""Gunicorn in production: `gunicorn -c deploy/gunicorn.conf.py wbl_portal.wsgi`, behind a buffering proxy.

Sync workers: each answers one request at a time, and the proxy keeps slow clients away from them. One or two a core.
"""

import os

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", str(2 * (os.cpu_count() or 1))))
worker_class = "sync"
# The settings are read once, before any worker starts: what is wrong with them is one line and the end of it.
preload_app = True

timeout = 60  # the slowest page is an upload: 25 MB read from the proxy's disk, checked and written
graceful_timeout = 30
keepalive = 5
# Whatever leaks goes away with its worker; the jitter keeps them from leaving together.
max_requests = 2000
max_requests_jitter = 400
# Heartbeats are files: on a disk they can block a worker.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108, PTH112 - no folder for data
control_socket_disable = True

# X-Forwarded-Proto is believed from the proxy on this machine alone; name others in FORWARDED_ALLOW_IPS.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")

# The portal writes a line for each request (core/logs.py), without addresses; gunicorn would write them.
accesslog = None
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "core.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "gunicorn.error": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "gunicorn.access": {"handlers": [], "level": "ERROR", "propagate": False},
    },
}
