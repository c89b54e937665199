"""Sealing secrets with AES-256-GCM under a ring of keys, each bound to the place it belongs to."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FORMAT = b"\x01"
"""What everything sealed begins with."""

_ID_BYTES = 8
_NONCE_BYTES = 12
_HEADER_BYTES = len(FORMAT) + _ID_BYTES + _NONCE_BYTES


class CannotOpen(Exception):
    """No key of the ring opens this ciphertext in this place."""


@dataclass(frozen=True)
class Key:
    """One encryption key; neither `repr` nor comparison shows it."""

    _secret: bytes

    def __repr__(self) -> str:
        return f"Key(id={self.id!r})"

    @cached_property
    def id(self) -> str:
        """Names the key without telling anything about it."""
        return self._derived(b"key id", length=_ID_BYTES).hex()

    @cached_property
    def check_value(self) -> bytes:
        """Proves that two holders mean the same key."""
        return self._derived(b"check value", length=32)

    @cached_property
    def cipher(self) -> AESGCM:
        """Kept, because building it costs more than using it."""
        return AESGCM(self._secret)

    def _derived(self, purpose: bytes, *, length: int) -> bytes:
        info = b"integrations_app " + purpose
        return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(self._secret)


class KeyRing:
    """The keys at hand; the first one seals, any of them opens."""

    def __init__(self, secrets: Sequence[bytes]) -> None:
        self.keys = tuple(Key(secret) for secret in secrets)
        self._by_id = {bytes.fromhex(key.id): key for key in self.keys}

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(key.id for key in self.keys)})"

    @property
    def newest(self) -> Key:
        """The key that seals."""
        return self.keys[0]

    def seal(self, text: str, *, uuid: UUID, field: str) -> bytes:
        """Encrypt a secret for one field of one row, as `seal_bytes` does."""
        return self.seal_bytes(text.encode(), place=_place(uuid, field))

    def seal_bytes(self, content: bytes, *, place: bytes) -> bytes:
        """Encrypt anything for one place.

        Returns:
            Format byte, key id, nonce, ciphertext with tag.
        """
        nonce = os.urandom(_NONCE_BYTES)
        header = FORMAT + bytes.fromhex(self.newest.id) + nonce
        return header + self.newest.cipher.encrypt(nonce, content, _context(header, place))

    def open(self, sealed: bytes, *, uuid: UUID, field: str) -> str:
        """Decrypt what was sealed for this field of this row.

        Raises:
            CannotOpen: Another key, row or field, or the ciphertext was changed.
        """
        try:
            return self.open_bytes(sealed, place=_place(uuid, field)).decode()
        except UnicodeDecodeError:
            raise CannotOpen from None

    def open_bytes(self, sealed: bytes, *, place: bytes) -> bytes:
        """Decrypt what was sealed for this place.

        Raises:
            CannotOpen: Another key or place, or the ciphertext was changed.
        """
        key = self._by_id.get(sealed[1 : 1 + _ID_BYTES])
        if key is None or sealed[:1] != FORMAT:
            raise CannotOpen
        header, body = sealed[:_HEADER_BYTES], sealed[_HEADER_BYTES:]
        try:
            return key.cipher.decrypt(header[-_NONCE_BYTES:], body, _context(header, place))
        except (InvalidTag, ValueError):
            raise CannotOpen from None


def _place(uuid: UUID, field: str) -> bytes:
    return uuid.bytes + field.encode()


def _context(header: bytes, place: bytes) -> bytes:
    """Return what the ciphertext is bound to: its own header and the place."""
    return header[: 1 + _ID_BYTES] + place
