"""Secrets in the database are unreadable without the site's key, and survive its change."""

from typing import Any

import pytest
from cryptography.fernet import InvalidToken

from people.encryption import decrypted, encrypted


def test_what_was_encrypted_is_read_again_and_looks_different_each_time() -> None:
    first, second = encrypted("SEED"), encrypted("SEED")
    assert ("SEED" in first, first == second) == (False, False)
    assert (decrypted(first), decrypted(second)) == ("SEED", "SEED")


def test_old_key_still_reads_after_a_change(settings: Any) -> None:
    text, old = encrypted("SEED"), settings.SECRET_KEY
    settings.SECRET_KEY = "another key, long enough to be one"
    with pytest.raises(InvalidToken):
        decrypted(text)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert decrypted(text) == "SEED"
    new = encrypted("SEED")
    settings.SECRET_KEY_FALLBACKS = []
    assert decrypted(new) == "SEED"


def test_text_that_was_never_encrypted_is_refused() -> None:
    with pytest.raises(InvalidToken):
        decrypted("SEED")
