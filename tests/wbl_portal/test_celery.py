"""The request's id goes with the task that the request queues."""

from types import SimpleNamespace

from core.audit import request_id
from wbl_portal.celery import REQUEST_ID, drop_request_id, send_request_id, take_request_id


def test_task_carries_the_id_of_its_request() -> None:
    headers: dict[str, str] = {}
    token = request_id.set("an id")
    send_request_id(headers=headers)
    request_id.reset(token)
    assert headers == {REQUEST_ID: "an id"}
    take_request_id(task=SimpleNamespace(request=SimpleNamespace(**headers)))
    assert request_id.get() == "an id"
    drop_request_id()
    assert request_id.get() == ""


def test_task_of_no_request_carries_no_id() -> None:
    take_request_id(task=SimpleNamespace(request=SimpleNamespace()))
    assert request_id.get() == ""
