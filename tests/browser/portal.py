"""The running portal, and ways into it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext, ngettext
from playwright.sync_api import Page

from people.models import User

LANGUAGES = ("en", "es", "pl")
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True)
class Portal:
    """The running portal: its address without a slash at the end, and the folder of private files."""

    url: str
    media: Path


def sample_person(name: str) -> User:
    """A person of the sample data by the part of their address in front of the @."""
    return User.objects.get(email=f"{name}@sample.example")


def sign_in_without_page(page: Page, portal: Portal, person: User) -> None:
    """Put a session of the person into the browser, as if they had just given their password."""
    client = Client()
    client.force_login(person, backend=BACKEND)
    request, session = HttpRequest(), client.session
    request.session = session
    record_authentication(request, person, "password", reauthenticated=True)
    session.save()
    UserSession.objects.create(
        user=person, session_key=session.session_key, ip="127.0.0.1", user_agent="Sample browser 1.0"
    )
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": portal.url}])


def set_language(page: Page, portal: Portal, language: str, person: User | None) -> None:
    """From the next page on: in the person's settings, or in the cookie of a visitor."""
    if person is not None:
        User.objects.filter(pk=person.pk).update(language=language)
        return
    cookie = {"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": portal.url}
    page.context.add_cookies([cookie])


def words(language: str, message: str, plural: str = "", number: int = 1, **values: Any) -> str:
    """The message as the pages say it in that language, so that no test depends on a wording."""
    with translation.override(language):
        said = ngettext(message, plural, number) if plural else gettext(message)
    if plural or values:
        said %= {"number": number} | values
    return said
