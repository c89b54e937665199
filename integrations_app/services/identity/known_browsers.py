"""Markers by which a browser shows that somebody has signed in with it before."""

import base64
import binascii
import secrets
import time
from datetime import timedelta

from integrations_app.security.process_keys import opening_ring
from integrations_app.security.vault import CannotOpen

LIFETIME = timedelta(days=180)

_ID_BYTES = 16
_TIME_BYTES = 8
_LONGEST_MARKER = 200


def marker(email: str, *, lifetime: timedelta = LIFETIME) -> str | None:
    """Make the marker of a browser in which this e-mail has just signed in.

    It is sealed, so that nobody can make one up, and bound to the e-mail. What is in it opens
    nothing: a random id, and when it expires.

    Returns:
        A text fit for a cookie; None while there is no encryption key.
    """
    ring = opening_ring()
    if not ring.keys:
        return None
    expires_at = int(time.time() + lifetime.total_seconds())
    content = secrets.token_bytes(_ID_BYTES) + expires_at.to_bytes(_TIME_BYTES)
    return base64.urlsafe_b64encode(ring.seal_bytes(content, place=_place(email))).decode()


def browser_id(marker: str, email: str) -> str | None:
    """Return the id of the browser that this marker was given to, for this e-mail.

    Args:
        marker: Whatever a browser sent.
        email: Whatever was typed.

    Returns:
        None if the marker is another e-mail's, expired, or made up.
    """
    if not marker or len(marker) > _LONGEST_MARKER:
        return None
    try:
        sealed = base64.b64decode(marker, altchars=b"-_", validate=True)
        content = opening_ring().open_bytes(sealed, place=_place(email))
    except (CannotOpen, binascii.Error, ValueError):
        return None
    expires_at = int.from_bytes(content[_ID_BYTES:])
    return content[:_ID_BYTES].hex() if expires_at > time.time() else None


def _place(email: str) -> bytes:
    return b"known browser of " + email.casefold().encode("utf-8", "surrogatepass")
