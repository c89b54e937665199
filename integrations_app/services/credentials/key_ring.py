"""The keys of this process, compared with those that the database was written with."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import text
from sqlalchemy.orm import Session

from integrations_app import settings
from integrations_app.errors import KeyRingMismatch
from integrations_app.security import key_file
from integrations_app.security.process_keys import opening_ring
from integrations_app.security.vault import KeyRing
from integrations_app.settings import Settings
from integrations_app.storage import queries
from integrations_app.storage.engine import Database, database
from integrations_app.storage.tables import KeyRow

_LOCK_ID = 0x6B657973  # "keys": one process at a time decides whether a key has to be made


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedRing:
    """A ring that fits the database.

    Attributes:
        ring: Its keys; the database knows all of them.
        missing: Ids of keys that the database knows and the ring lacks, with the number of
            secrets that only they open.
    """

    ring: KeyRing
    missing: dict[str, int]


def sealing_ring() -> KeyRing:
    """The ring for writing, after the database has agreed to it.

    Raises:
        KeyRingMismatch: It lacks the newest key that the database knows.
        DatabaseUnavailable: The database cannot be asked.
    """
    return check().ring


def check() -> CheckedRing:
    """Compare the keys at hand with those the database knows; make one if neither has any.

    Raises:
        KeyRingMismatch: The ring lacks the newest key that the database knows.
        DatabaseUnavailable: The database cannot be asked.
    """
    return _checked(settings.load(), database())


def compare() -> CheckedRing:
    """Do the same without making or registering a key.

    Raises:
        KeyRingMismatch: The ring lacks the newest key that the database knows.
        DatabaseUnavailable: The database cannot be asked.
    """
    ring = opening_ring()
    known_keys = {row.id: row.check_value for row in database().fetch(queries.known_keys)}
    _refuse_mismatch(ring, known_keys)
    counts = {row.key_id: row.secrets for row in database().fetch(queries.secrets_by_key)}
    return CheckedRing(ring=ring, missing=_missing(ring, known_keys, counts))


@lru_cache(maxsize=8)
def _checked(configured: Settings, of: Database) -> CheckedRing:
    with of.transaction() as session:
        session.execute(text("SELECT pg_advisory_xact_lock(:id)"), {"id": _LOCK_ID})
        known_keys = {row.id: row.check_value for row in session.execute(queries.known_keys)}
        ring = opening_ring(configured)
        if not ring.keys and not known_keys:
            key_file.create(configured.data_dir)
            ring = opening_ring(configured)
        _refuse_mismatch(ring, known_keys)
        _register(session, ring, known_keys)
        counts: dict[str, int] = dict(session.execute(queries.secrets_by_key).all())
    return CheckedRing(ring=ring, missing=_missing(ring, known_keys, counts))


def _missing(ring: KeyRing, known_keys: Iterable[str], counts: Mapping[str, int]) -> dict[str, int]:
    at_hand = {key.id for key in ring.keys}
    return {key_id: counts.get(key_id, 0) for key_id in known_keys if key_id not in at_hand}


def _refuse_mismatch(ring: KeyRing, known_keys: dict[str, bytes]) -> None:
    if not known_keys:
        return
    newest = list(known_keys)[-1]
    at_hand = {key.id: key for key in ring.keys}
    if newest not in at_hand or at_hand[newest].check_value != known_keys[newest]:
        have = ", ".join(at_hand) or "none"
        raise KeyRingMismatch(
            f"The database was last written with encryption key {newest}, and the keys at hand "
            f"are: {have}. Restore the key file or set INTEGRATIONS_ENCRYPTION_KEYS."
        )


def _register(session: Session, ring: KeyRing, known_keys: dict[str, bytes]) -> None:
    for key in reversed(ring.keys):  # the newest comes last and gets the highest ordinal
        if key.id not in known_keys:
            session.add(KeyRow(id=key.id, check_value=key.check_value))
            session.flush()
