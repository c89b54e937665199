"""The keys of this process, as its environment or its key file has them."""

from integrations_app import settings
from integrations_app.security import key_file
from integrations_app.security.vault import KeyRing
from integrations_app.settings import Settings

_rings: dict[Settings, KeyRing] = {}


def opening_ring(configured: Settings | None = None) -> KeyRing:
    """The keys at hand for reading; empty if there are none.

    Args:
        configured: The environment's settings, by a caller that has read them already.

    Raises:
        InvalidSetting: A key cannot be read.
        KeyRingMismatch: Others can read the key file.
    """
    configured = configured or settings.load()
    known = _rings.get(configured)
    if known is not None:
        return known
    ring = KeyRing(configured.encryption_keys or key_file.read(configured.data_dir))
    if ring.keys:  # no file yet: somebody may be about to make it
        _rings[configured] = ring
    return ring
