"""Writing a connection's secrets, sealed and bound to their row and field."""

from collections.abc import Generator
from contextlib import contextmanager
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from integrations_app.security.process_keys import opening_ring
from integrations_app.security.vault import CannotOpen
from integrations_app.services.credentials.key_ring import sealing_ring
from integrations_app.storage.engine import database
from integrations_app.storage.queries import connections, secrets
from integrations_app.storage.tables import SecretRow


@contextmanager
def transaction() -> Generator[Session]:
    """A transaction that may store secrets.

    That the database agrees to the keys takes a transaction of its own, which comes before: one
    within another would wait for a connection that others of its kind hold.

    Raises:
        KeyRingMismatch: The newest key is not at hand.
        DatabaseUnavailable: The database cannot be reached.
    """
    sealing_ring()
    with database().transaction() as session:
        yield session


def store(session: Session, uuid: UUID, field: str, secret: str) -> bool:
    """Seal a secret, as part of a `transaction` that has locked the connection.

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


def holders(session: Session, provider: str, field: str) -> dict[str, UUID]:
    """Each secret that the provider's connections have in a field, with its connection.

    Of several with the same one it is that of the lowest uuid; what no key opens is left out.
    """
    rows = session.scalars(
        sa.select(SecretRow)
        .join(connections, connections.c.uuid == secrets.c.connection_uuid)
        .where(connections.c.provider == provider, secrets.c.field == field)
        .order_by(secrets.c.connection_uuid.desc())
    )
    opened = {row.connection_uuid: _opened(row) for row in rows}
    return {secret: uuid for uuid, secret in opened.items() if secret is not None}


def holds(session: Session, uuid: UUID, field: str, secret: str) -> bool:
    """Return whether a connection has this very secret in a field."""
    stored = session.get(SecretRow, (uuid, field))
    return stored is not None and _holds(stored, secret)


def _holds(stored: SecretRow, secret: str) -> bool:
    return _opened(stored) == secret


def _opened(stored: SecretRow) -> str | None:
    try:
        return opening_ring().open(stored.sealed, uuid=stored.connection_uuid, field=stored.field)
    except CannotOpen:
        return None
