"""Writing a connection's secrets, sealed and bound to their row and field."""

from uuid import UUID

from sqlmodel import Session

from integrations_app.security.vault import CannotOpen
from integrations_app.services.keyring import opening_ring, sealing_ring
from integrations_app.storage.tables import SecretRow


def store(session: Session, uuid: UUID, field: str, secret: str) -> bool:
    """Seal a secret, as part of a transaction that has locked the connection.

    Returns:
        Whether it was another before; the very same is left as it is.

    Raises:
        KeyRingMismatch: The newest key is not at hand.
    """
    stored = session.get(SecretRow, (uuid, field))
    if stored is not None and _holds(stored, secret):
        return False
    ring = sealing_ring()
    row = stored or SecretRow(connection_uuid=uuid, field=field, sealed=b"", key_id="")
    row.sealed = ring.seal(secret, uuid=uuid, field=field)
    row.key_id = ring.newest.id
    session.add(row)
    return True


def _holds(stored: SecretRow, secret: str) -> bool:
    try:
        opened = opening_ring().open(stored.sealed, uuid=stored.connection_uuid, field=stored.field)
    except CannotOpen:
        return False
    return opened == secret
