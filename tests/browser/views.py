"""What a page test looks at: an address, what to do there first, and what must be seen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.checks import Watch


@dataclass(frozen=True)
class View:
    """A page to look at: its address, what to do there first, what must be on it, and the answer's status."""

    name: str
    path: str
    then: Callable[[Page], Any] = lambda page: None
    shows: str = "main h1"
    status: int = 200


def press(selector: str) -> Callable[[Page], Any]:
    """Press a button that leads to another page."""

    def then(page: Page) -> None:
        with page.expect_navigation():
            page.locator(selector).click()

    return then


def open_view(watch: Watch, view: View) -> None:
    """Go there and do what the view says; what it must show is there."""
    watch.expected = {view.status} if view.status != 200 else set()
    response = watch.page.goto(view.path)
    assert response is not None
    assert response.status == view.status, view.name
    view.then(watch.page)
    expect(watch.page.locator(view.shows).first, view.name).to_be_visible()
