"""deploy/nginx.conf under a real nginx, in front of a small server that stands for the portal."""

import http.client
import os
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tools import valkey

CONF = Path(__file__).resolve().parents[2] / "deploy" / "nginx.conf"
HOST = "portal.example.org"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
    "Content-Disposition": 'attachment; filename="sample.txt"',
    "Content-Type": "text/markdown",
    "Cache-Control": "private, no-store",
    "X-Request-ID": "an-id",
}
pytestmark = pytest.mark.slow


class Upstream(BaseHTTPRequestHandler):
    """Answers /file with an X-Accel-Redirect and the portal's headers, everything else with what it was asked."""

    def do_GET(self) -> None:
        self.send_response(200)
        if self.path.startswith("/file"):
            for name, value in HEADERS.items():
                self.send_header(name, value)
            self.send_header("X-Accel-Redirect", "/private/ab/sample.md")
        self.end_headers()
        self.wfile.write("".join(f"{name}: {value}\n" for name, value in self.headers.items()).encode())

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        while length:
            length -= len(self.rfile.read(min(length, 1 << 20)))
        self.do_GET()

    def log_message(self, *_args: object) -> None:
        """Nothing: the output is pytest's."""


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., http.client.HTTPResponse]]:
    binary = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if binary is None:
        pytest.skip("nginx is not installed, and installing it would start it on port 80")
    folder = tmp_path_factory.mktemp("nginx")
    for name, text in (("media/ab/sample.md", "private bytes"), ("static/a.123.css", "a {}"), ("logs/x", "")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    upstream = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    threading.Thread(target=upstream.serve_forever, daemon=True).start()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    site = CONF.read_text()
    for old, new in (
        (r"listen \[::\]:80.*?;", ""),
        (r"listen 80", f"listen 127.0.0.1:{port}"),
        (r"127\.0\.0\.1:8000", f"127.0.0.1:{upstream.server_port}"),
        (r"/srv/wbl-portal/app/staticfiles/", f"{folder}/static/"),
        (r"/srv/wbl-portal/media/", f"{folder}/media/"),
        (r"/var/log/nginx/", f"{folder}/logs/"),
    ):
        site, found = re.subn(old, new, site)
        assert found, old
    (folder / "site.conf").write_text(site)
    places = "".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"daemon off; {user} worker_processes 1; pid {folder}/pid; error_log {folder}/logs/error.log;"
        f" events {{}} http {{ {places} include {folder}/site.conf; }}"
    )
    command = [binary, "-e", f"{folder}/logs/error.log", "-p", str(folder), "-c", f"{folder}/nginx.conf"]
    process = subprocess.Popen(command, start_new_session=True, preexec_fn=valkey.end_with_parent())

    def ask(
        path: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        sent = {"Host": HOST, **{name.replace("_", "-"): value for name, value in headers.items()}}
        connection.request(method, path, body, sent)
        response = connection.getresponse()
        response.text = response.read().decode()  # type: ignore[attr-defined]
        connection.close()
        return response

    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            assert process.poll() is None, (folder / "logs" / "error.log").read_text()
            time.sleep(0.05)
    yield ask
    valkey.end(process)
    upstream.shutdown()
    upstream.server_close()
    assert "secret" not in (folder / "logs" / "wbl-portal.log").read_text()


def test_private_file_keeps_every_header_of_the_portal(nginx) -> None:
    response = nginx("/file?q=secret")
    assert (response.status, response.text) == (200, "private bytes")
    assert {name: response.headers.get_all(name) for name in HEADERS} == {
        name: [value] for name, value in HEADERS.items()
    }
    assert response.getheader("X-Accel-Redirect") is None


def test_part_of_a_private_file_keeps_them_too(nginx) -> None:
    response = nginx("/file", Range="bytes=0-6")
    assert (response.status, response.text) == (206, "private")
    assert response.getheader("Content-Security-Policy") == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    "path",
    ["/private/ab/sample.md", "/private/", "/private/../private/ab/sample.md", "//private/ab/sample.md"],
)
def test_private_files_have_no_address(nginx, path: str) -> None:
    assert nginx(path).status == 404


def test_static_file_comes_from_disk_with_headers(nginx) -> None:
    response = nginx("/static/a.123.css")
    assert (response.status, response.text) == (200, "a {}")
    assert response.getheader("Cache-Control") == "public, max-age=31536000, immutable"
    assert response.getheader("X-Content-Type-Options") == "nosniff"
    assert "private bytes" not in nginx("/static/../media/ab/sample.md").text
    assert "private bytes" not in nginx("/static../media/ab/sample.md").text


def test_portal_hears_of_the_visitor_and_not_what_the_visitor_claims(nginx) -> None:
    said = nginx("/", X_Forwarded_For="6.6.6.6", X_Forwarded_Proto="https").text
    assert "X-Forwarded-For: 127.0.0.1\n" in said
    assert "X-Forwarded-Proto: http\n" in said
    assert f"Host: {HOST}\n" in said


def test_unknown_host_gets_no_answer(nginx) -> None:
    with pytest.raises(http.client.RemoteDisconnected):
        nginx("/", Host="elsewhere.example")


def test_upload_of_the_largest_files_passes_and_a_larger_one_does_not(nginx) -> None:
    assert nginx("/upload", "POST", b"x" * (30 << 20)).status == 200
    assert nginx("/upload", "POST", b"", Content_Length=str(200 << 20)).status == 413


def test_probes_are_for_this_machine(nginx) -> None:
    assert nginx("/readyz").status == 200
    assert "deny all" in CONF.read_text().split("livez|readyz")[1].split("}")[0]
