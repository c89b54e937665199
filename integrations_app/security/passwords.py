"""Hashing what people sign in with, and what their browsers are recognised by."""

import hashlib
import secrets
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MIN_LENGTH = 12
MAX_LENGTH = 500

_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$" + "A" * 43
"""Verified against when there is no such account, so that both cases take as long."""


def hashed(password: str) -> str:
    """The password as it may be stored."""
    return _hasher().hash(password)


def verify(password: str, stored: str | None) -> bool:
    """Return whether the password is the stored one; as slow when nothing is stored."""
    from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415 - see _hasher

    try:
        return _hasher().verify(stored or _NOBODY, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher  # noqa: PLC0415 - programs that sign nobody in lack it

    return PasswordHasher()


def new_token() -> str:
    """A random text that nobody can guess, fit for a cookie or a link."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """The token as it may be stored; it is random, so that a plain hash is enough."""
    return hashlib.sha256(token.encode()).digest()
