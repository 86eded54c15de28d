"""People of a story: each at a browser of their own, signed in as anybody would, noting the faults of what they see."""

import datetime as dt
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.utils import translation
from django.utils.formats import date_format
from playwright.sync_api import Locator, Page, expect

from people.models import User
from tests.browser.checks import WIDTHS, layout_faults, page_faults
from tests.browser.portal import words

PASSWORD = "a-long-sample-password"


def open_account(person: User, language: str) -> None:
    """Give the person a password, an address that is theirs, and a language."""
    person.language, person.password = language, make_password(PASSWORD)
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)


class Actor:
    """Somebody at their own browser, who notes the faults of the pages that they look at."""

    def __init__(
        self,
        open_browser: Any,
        person: User | None,
        language: str,
        faults: list[str],
        *,
        width: int = WIDTHS[0],
    ) -> None:
        self.watch = open_browser(width=width)
        self.page: Page = self.watch.page
        self.person, self.language, self.faults = person, language, faults

    def words(self, message: str, plural: str = "", number: int = 1, **values: Any) -> str:
        return words(self.language, message, plural, number, **values)

    def decimal(self, number: str) -> str:
        """A number that is written with a point here, as the pages write it."""
        return number if self.language == "en" else number.replace(".", ",")

    def hours(self, number: str) -> str:
        """The same as a number of hours."""
        return self.words("%(hours)s h", hours=self.decimal(number))

    def day(self, value: dt.date) -> str:
        """A day as the pages write it."""
        with translation.override(self.language):
            return date_format(value)

    def look(self, name: str) -> None:
        self.faults += page_faults(self.watch, name)

    def look_closely(self, name: str) -> None:
        """The same, and whether it fits at every width and with longer words."""
        self.look(name)
        self.faults += layout_faults(self.page, name)

    def sign_in(self) -> None:
        """From the front page, in the language of the story, through the sign-in page."""
        page, person = self.page, self.person
        assert person is not None
        page.goto("/")
        page.locator(f"button[name=language][value={self.language}]").click()
        page.get_by_role("link", name=self.words("Sign in")).first.click()
        page.get_by_label(self.words("E-mail")).fill(person.email)
        page.get_by_label(self.words("Password"), exact=True).fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name=self.words("Sign in")).click()
        expect(page.locator(".wbl-whoami")).to_have_text(person.display_name)

    def says(self, text: str) -> None:
        """The page's message, which names what it is about."""
        expect(self.page.get_by_role("status").filter(has_text=text)).to_be_visible()

    def press(self, message: str, plural: str = "", number: int = 1, **values: Any) -> None:
        """The one button of the page that says so."""
        name = self.words(message, plural, number, **values)
        self.page.get_by_role("main").get_by_role("button", name=name).click()

    def follow(self, message: str) -> None:
        """The first link of the page that says so."""
        self.page.get_by_role("main").get_by_role("link", name=self.words(message)).first.click()

    def go(self, message: str) -> None:
        """Through the menu, which is a drawer where the window is narrow."""
        menu, opener = self.page.locator("#site-nav"), self.page.locator("header [href='#site-nav']")
        if opener.is_visible():
            opener.click()
        menu.get_by_role("link", name=self.words(message)).first.click()

    def card(self, message: str) -> Locator:
        """The part of the page under this heading."""
        return self.page.get_by_role("region", name=self.words(message), exact=True)

    def fill(self, **values: str) -> None:
        """The controls of these names."""
        for name, value in values.items():
            self.page.locator(f"main [name='{name}']").fill(value)

    def heading(self, text: str) -> None:
        """The page is the one with this heading."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text)
