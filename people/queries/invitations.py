"""Invitations and the tokens that open them."""

from base64 import urlsafe_b64encode

from django.conf import settings
from django.utils.crypto import salted_hmac

from people.models import Invitation, User, hash_of_token


def token_from(seed: str, *, secret: str | None = None) -> str:
    """The token that belongs to a seed under the site's secret key: 43 letters that fit into an address."""
    digest = salted_hmac("people.invitation", seed, secret=secret, algorithm="sha256").digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


def token_of(invitation: Invitation) -> str | None:
    """The invitation's token; None when the secret key that it was made with is not known any more."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        token = token_from(invitation.token_seed, secret=secret)
        if hash_of_token(token) == invitation.token_hash:
            return token
    return None


def invitation_of(token: str) -> Invitation | None:
    """The invitation that the token opens, in whatever state it is."""
    rows = Invitation.objects.select_related("person", "organisation", "team", "invited_by")
    return rows.filter(token_hash=hash_of_token(token)).first()


def needs_account(person: User) -> bool:
    """Whether the person has never had a way in: an invitation was the first that the site heard of them."""
    return person.last_login is None and not person.has_usable_password()
