"""What a mail says: the apps above tell how to look it up, once, when the portal starts.

A delivery knows its rule and the id of the object that it is about. The app that owns the rule registers a loader
in its AppConfig.ready(); the words are in templates/emails/<rule>.subject.txt, .txt and .html.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from people.models import User

Loader = Callable[[str, "User"], Mapping[str, Any] | None]
"""From the object's id and the recipient to what the templates need; None when there is nothing left to say.

Called when the mail is about to go, with the recipient's language and time zone active. It writes nothing.
"""

_loaders: dict[str, Loader] = {}


class UnknownRule(LookupError):
    """No app has registered a loader for that rule."""


def register(rule: str, loader: Loader) -> None:
    """Name the loader of a rule's mails."""
    _loaders[rule] = loader


def loader_of(rule: str) -> Loader:
    """The loader of a rule's mails. Raises UnknownRule."""
    try:
        return _loaders[rule]
    except KeyError:
        raise UnknownRule(rule) from None
