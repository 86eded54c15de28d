"""What a browser does with the portal's forms, for the tools that load it: read the fields, fill them in, send them."""

from __future__ import annotations

import html
import uuid
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser

Fields = dict[str, list[str]]
HOST = "portal.sample.example"
SITE = f"https://{HOST}"


class _FormReader(HTMLParser):
    """Collects what the form that has a field `title` would send; of radio buttons, and of a select, the first."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Fields] = []
        self.fields: Fields = {}
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the field, if it is one."""
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self.fields = {}
            self.forms.append(self.fields)
        elif tag == "input" and name:
            self._input(name, given)
        elif tag == "textarea" and name:
            self.fields[name] = [""]
        elif tag == "select":
            self.select = name
        elif tag == "option":
            self._option(given.get("value", ""), is_selected="selected" in given)

    def _input(self, name: str, given: dict[str, str]) -> None:
        kind, value = given.get("type", "text"), given.get("value", "")
        if kind in ("radio", "checkbox"):
            if "checked" in given or name not in self.fields:
                self.fields[name] = [value or "on"]
        elif kind != "file":
            self.fields[name] = [value]

    def _option(self, value: str, *, is_selected: bool) -> None:
        if self.select and value and (is_selected or self.select not in self.fields):
            self.fields[self.select] = [value]

    def handle_endtag(self, tag: str) -> None:
        """A select is over."""
        if tag == "select":
            self.select = ""


def form_of(page: str, *, field: str = "title") -> Fields:
    """What the form with that field would send as it stands. Raises LookupError when the page has none."""
    reader = _FormReader()
    reader.feed(page)
    for fields in reader.forms:
        if field in fields:
            return fields
    raise LookupError(f"The page has no form with a field {field!r}: {html.escape(page[:200])}")


def multipart(
    fields: Mapping[str, Sequence[str]], files: Sequence[tuple[str, str, bytes]] = ()
) -> tuple[str, bytes]:
    """The content type and the body of a form; a file is (field, name, content)."""
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, values in fields.items()
        for value in values
    ]
    for name, file_name, content in files:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'
        parts.append(head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + content + b"\r\n")
    parts.append(f"--{boundary}--\r\n".encode())
    return f"multipart/form-data; boundary={boundary}", b"".join(parts)


def headers(session: str, csrf: str = "") -> dict[str, str]:
    """The headers of a signed-in browser behind the proxy that ends TLS."""
    cookies = f"sessionid={session}" + (f"; csrftoken={csrf}" if csrf else "")
    return {
        "Host": HOST,
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "127.0.0.1",
        "Origin": SITE,
        "Referer": f"{SITE}/",
        "Cookie": cookies,
        "Accept": "text/html",
        "Accept-Language": "en",
    }
