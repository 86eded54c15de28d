"""What holds for every request: an id, and no text that the database cannot hold."""

import uuid

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from core.audit import request_id
from core.middleware import HeadersMiddleware, RefuseBrokenTextMiddleware, RequestIdMiddleware


def fine(request: HttpRequest) -> HttpResponse:
    return HttpResponse("fine")


def test_request_id_is_there_during_the_request_and_gone_after_it() -> None:
    seen = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request_id.get())
        return HttpResponse()

    response = RequestIdMiddleware(view)(RequestFactory().get("/"))
    assert seen == [response["X-Request-ID"]]
    assert uuid.UUID(seen[0]).version == 4
    assert request_id.get() == ""


def test_request_id_is_gone_after_a_failure_too() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        raise LookupError

    with pytest.raises(LookupError):
        RequestIdMiddleware(view)(RequestFactory().get("/"))
    assert request_id.get() == ""


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/?q=%C3%B3", 200),
        ("/?q=%2500", 200),
        ("/a%00b", 400),
        ("/?a=1&b=%00", 400),
        ("/?%00", 400),
    ],
)
def test_nul_byte_is_refused_wherever_it_is_in_the_address(path: str, status: int) -> None:
    assert RefuseBrokenTextMiddleware(fine)(RequestFactory().get(path)).status_code == status


def test_nul_byte_in_a_cookie_is_refused() -> None:
    request = RequestFactory(headers={"cookie": 'a="b\\000"'}).get("/")
    assert RefuseBrokenTextMiddleware(fine)(request).status_code == 400


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("text/plain", 200),
        ("text/plain; charset=UTF-8", 200),
        ("text/plain; charset=utf8", 200),
        ("text/plain; charset=nonsense", 200),
        ("text/plain; charset=utf-7", 400),
        ("text/plain; charset=utf-16", 400),
    ],
)
def test_only_utf_8_is_read(kind: str, status: int) -> None:
    request = RequestFactory(headers={"content-type": kind}).get("/")
    assert RefuseBrokenTextMiddleware(fine)(request).status_code == status


def test_headers_do_not_replace_what_the_view_said() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(
            headers={"Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": "public"}
        )

    response = HeadersMiddleware(view)(RequestFactory().get("/"))
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response["Cache-Control"] == "public"


def test_headers_without_a_person_say_nothing_of_caches() -> None:
    assert "Cache-Control" not in HeadersMiddleware(fine)(RequestFactory().get("/"))
