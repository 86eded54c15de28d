"""What the loading tools send is what a browser would send."""

from email import message_from_bytes

import pytest
from django.test import Client

from people.models import User
from tests.worlds import World
from tools import visitor

PAGE = """
<form action="/language/"><input name="language" value="es"></form>
<form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="abc">
<input type="radio" name="kind" value="on_job"><input type="radio" name="kind" value="off_job" checked>
<input name="title" value="a &amp; b"><input type="file" name="evidence"><textarea name="reflection"></textarea>
<input type="checkbox" name="is_paid" checked><input type="checkbox" name="criteria" value="4">
<input type="checkbox" name="criteria" value="5"><button name="send" value="1">Send</button>
<select name="strategy"><option value="">---</option><option value="2">A</option><option value="3" selected>B</option>
</select><select name="goal"><option value="7">G</option><option value="8">H</option></select></form>
"""


def test_form_is_read_as_a_browser_would_send_it() -> None:
    assert visitor.form_of(PAGE) == {
        "csrfmiddlewaretoken": ["abc"],
        "kind": ["off_job"],
        "title": ["a & b"],
        "reflection": [""],
        "is_paid": ["on"],
        "criteria": ["4"],
        "strategy": ["3"],
        "goal": ["7"],
    }


def test_page_without_the_form_is_an_error() -> None:
    with pytest.raises(LookupError, match="no form with a field"):
        visitor.form_of("<form><input name=q></form>")


def test_multipart_body_holds_fields_and_files() -> None:
    kind, body = visitor.multipart({"a": ["1", "ó"]}, [("file", "sample.txt", b"bytes\n")])
    parts = message_from_bytes(b"Content-Type: " + kind.encode() + b"\n\n" + body).get_payload()
    assert [part.get_payload(decode=True) for part in parts] == [b"1", "ó".encode(), b"bytes\n"]
    assert [part.get_filename() for part in parts] == [None, None, "sample.txt"]


def test_form_of_the_portal_can_be_filled_in_and_sent(world: World, client_of) -> None:
    """The names that `make bench` and `make faults` fill in are those of the form."""
    client: Client = client_of(User.objects.get(pk=world.ours.learner.pk))
    fields = visitor.form_of(client.get("/activities/new/").text)
    assert {"kind", "title", "done_on", "hours", "mins", "criteria", "strategy"} <= set(fields)
    filled = fields | {"kind": ["on_job"], "title": ["Sample"], "mins": ["1"], "hours": ["0"], "send": ["1"]}
    filled.pop("save", None)
    kind, body = visitor.multipart(filled, [("evidence", "sample.txt", b"bytes\n")])
    response = client.post("/activities/new/", data=body, content_type=kind)
    assert response.status_code == 302, response.text
