"""Secrets that have to be read again, such as the seed of an authenticator app, are encrypted in the database.

The key is worked out from the site's SECRET_KEY. After a change of that key the old one in SECRET_KEY_FALLBACKS still
reads what it wrote.
"""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"people.encryption/1"


def _cipher() -> MultiFernet:
    """Writes with the first key, reads with all; made anew each time, which takes a fraction of a millisecond."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    derived = (HKDF(SHA256(), length=32, salt=None, info=PURPOSE).derive(key.encode()) for key in keys)
    return MultiFernet([Fernet(urlsafe_b64encode(key)) for key in derived])


def encrypted(text: str) -> str:
    """The text so that only this site reads it, different each time."""
    return _cipher().encrypt(text.encode()).decode()


def decrypted(text: str) -> str:
    """What was encrypted. Raises cryptography.fernet.InvalidToken for anything else."""
    return _cipher().decrypt(text.encode()).decode()
