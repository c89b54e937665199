"""Reading the audit log."""

from integrations_app.domain.references import parse_uuid
from integrations_app.storage import queries
from integrations_app.storage.engine import database


def last_actor(uuid: object) -> str:
    """Return who last changed a connection, as a person reads it; empty if nobody did.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
    """
    rows = database().fetch(queries.last_change, {"uuid": parse_uuid(uuid)})
    return rows[0].actor_label if rows else ""
