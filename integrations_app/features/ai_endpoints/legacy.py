"""Turning what endpoints had of old into connections and references to them.

A key becomes a connection of the provider that the endpoint's text names, called after the
endpoint – or is found in a connection of that provider that has the very same one. Only in the
transaction that stores or finds it there is it cleared from the endpoint. An endpoint that refers
to a connection already keeps that; its old key is only put into safety. A key whose provider is
unknown stays where it is, for an admin to recover.

Texts of endpoints without a key mean what revision 107 took them for.
"""

import itertools
import logging
import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from integrations_app.domain.actor import Actor, Origin
from integrations_app.domain.connection import NAME_MAX_LENGTH
from integrations_app.domain.provider import Provider
from integrations_app.errors import AlreadyExists, DatabaseUnavailable, IntegrationError
from integrations_app.features.ai_endpoints import actions, queries, service
from integrations_app.features.ai_endpoints.drafts import INTEGRATION
from integrations_app.features.ai_endpoints.endpoint import KEY
from integrations_app.features.ai_endpoints.errors import KeysNotStored
from integrations_app.features.ai_endpoints.table import AiEndpointRow
from integrations_app.services import catalogue
from integrations_app.services.changes import facts
from integrations_app.services.connections import edit
from integrations_app.services.credentials import secret_store
from integrations_app.storage.engine import database
from integrations_app.storage.queries import connections as connection_rows

logger = logging.getLogger(__name__)

MIGRATION = Actor(
    kind="system", id="ai_endpoints", label="migration of old keys", origin=Origin.SCHEDULE
)
API_KEY = "api_key"
"""The field of a provider that takes such a key."""

_TURN_WITHIN_S = 60.0
_ROOM_FOR_NUMBER = 6
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]+")

Holders = dict[str, dict[str, UUID]]
"""By provider: a key, and the connection that holds it."""


def migrate() -> None:
    """Do all that can be done; safe to run again, and by several processes at once.

    Raises:
        KeysNotStored: Some keys stay where they are; all others are in safety.
        DatabaseUnavailable: The database cannot be reached.
    """
    if not database().fetch(queries.is_anything_left):
        return
    with database().single_flight("legacy of AI endpoints", timeout_s=_TURN_WITHIN_S):
        holders: Holders = {}
        with_keys = database().fetch(queries.with_old_keys)
        failed = [row.name for row in with_keys if not _is_dealt_with(row.uuid, holders)]
        _resolve_texts()
    if failed:
        raise KeysNotStored(failed)


def _resolve_texts() -> None:
    with database().transaction() as session:
        names = session.execute(queries.resolve_texts).scalars().all()
        service.tell_of_integration(session, names, actor=MIGRATION)


def _is_dealt_with(endpoint: UUID, holders: Holders) -> bool:
    """Return whether the endpoint's key is in safety, or for an admin to recover."""
    try:
        _store_key(endpoint, holders)
    except DatabaseUnavailable:
        raise
    except (IntegrationError, SQLAlchemyError) as error:
        # Nothing of its text, which could repeat the key.
        logger.warning("The old key of AI endpoint %s: %s", endpoint, type(error).__name__)
        return False
    return True


def _store_key(endpoint: UUID, holders: Holders) -> None:
    found = database().fetch(queries.old_key, {"uuid": endpoint})
    declared = _provider_of(found[0].provider) if found else None
    if declared is None:
        return
    key = found[0].api_key.strip()
    with secret_store.transaction() as session:
        known = _held_by(session, declared, holders)
        kept = _kept(session, known.get(key), key)  # connections are locked before endpoints
        row = session.get(AiEndpointRow, endpoint, with_for_update=True)
        if row is None or (row.api_key or "").strip() != key:
            return  # an admin was quicker
        connection = kept or _add(session, declared, row.name, key)
        _clear(session, row, connection)
    known[key] = connection


def _provider_of(text: str | None) -> Provider | None:
    """The provider that such a text names, if it takes a key."""
    declared = catalogue.find((text or "").partition(":")[0])
    field = declared.setup_field(API_KEY) if declared else None
    return declared if field is not None and field.secret else None


def _held_by(session: Session, provider: Provider, holders: Holders) -> dict[str, UUID]:
    if provider.key not in holders:
        holders[provider.key] = secret_store.holders(session, provider.key, API_KEY)
    return holders[provider.key]


def _kept(session: Session, connection: UUID | None, key: str) -> UUID | None:
    """The connection, if it still holds the key and will until the transaction ends."""
    if connection is None:
        return None
    locked = edit.locked(session, connection)
    return connection if locked and secret_store.holds(session, connection, API_KEY, key) else None


def _add(session: Session, provider: Provider, endpoint: str, key: str) -> UUID:
    for name in _names(endpoint):
        taken = sa.select(connection_rows.c.uuid).where(
            connection_rows.c.provider == provider.key, connection_rows.c.name == name
        )
        if session.scalar(taken) is not None:
            continue
        try:
            with session.begin_nested():
                values = {API_KEY: key}
                return edit.add_within(
                    session, provider.key, name, values=values, actor=MIGRATION
                ).uuid
        except AlreadyExists:  # this very moment
            continue
    raise AssertionError("There is always another number.")


def _names(endpoint: str) -> Iterator[str]:
    """Return what a connection may be called after an endpoint: as it is, then with numbers."""
    plain = unicodedata.normalize("NFKD", endpoint).encode("ascii", "ignore").decode()
    base = _NOT_IN_NAMES.sub("-", plain).strip("-_")[: NAME_MAX_LENGTH - _ROOM_FOR_NUMBER]
    base = base or "endpoint"
    yield base
    for number in itertools.count(2):
        yield f"{base}-{number}"


def _clear(session: Session, row: AiEndpointRow, connection: UUID) -> None:
    now = datetime.now(UTC)
    row.integration_uuid = row.integration_uuid or connection
    row.api_key = None
    row.version, row.updated_at = row.version + 1, now
    facts.record_module_change(
        session,
        KEY,
        actions.KEY_STORED,
        actor=MIGRATION,
        at=now,
        name=row.name,
        fields=(API_KEY, INTEGRATION),
    )
