"""Finding connections: by uuid, by reference, all of them."""

from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from integrations_app.domain.check import CheckReason
from integrations_app.domain.connection import Connection, Status
from integrations_app.domain.provider import Provider
from integrations_app.domain.references import (
    is_provider_key,
    parse_provider_name,
    parse_ref,
    parse_uuid,
)
from integrations_app.errors import NotConfigured, NotFound
from integrations_app.services import catalogue
from integrations_app.storage import queries
from integrations_app.storage.engine import database


def by_uuid(uuid: object) -> Connection:
    """The connection of this uuid.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        NotFound: There is none.
    """
    parsed = parse_uuid(uuid)
    rows = database().fetch(queries.by_uuid, {"uuid": parsed})
    if not rows:
        raise NotFound(parsed, place=database().place)
    return connection_of(rows[0])


def by_ref(ref: object) -> Connection:
    """The connection that a reference means.

    Raises:
        NotConfigured: There is none.
        InvalidReference: Not a reference.
    """
    parsed = parse_ref(ref)
    rows = ()
    if isinstance(parsed, UUID):
        rows = database().fetch(queries.by_uuid, {"uuid": parsed})
    elif parsed is not None:
        rows = database().fetch(queries.by_storage_key, {"key": parsed})
    if not rows:
        raise NotConfigured(ref, place=database().place)
    return connection_of(rows[0])


def uuid_of_ref(ref: object) -> UUID:
    """The uuid that a reference means, once its row was seen to exist.

    Raises:
        NotFound: There is no such row.
        InvalidReference: Not a reference.
    """
    try:
        return by_ref(ref).uuid
    except NotConfigured:
        raise NotFound(ref, place=database().place) from None


def uuid_of_provider_name(value: object) -> UUID:
    """The uuid of `"provider:name"` or `("provider", "name")`.

    Raises:
        NotFound: There is no such row.
        InvalidReference: Neither of the two forms.
    """
    uuid = uuid_of_storage_key(parse_provider_name(value))
    if uuid is None:
        ref = value if isinstance(value, str) else ":".join(cast("tuple[str, str]", value))
        raise NotFound(ref, place=database().place)
    return uuid


def uuid_of_storage_key(key: str | None) -> UUID | None:
    """The uuid of the row with this storage key, or None."""
    if key is None:
        return None
    rows = database().fetch(queries.uuid_by_storage_key, {"key": key})
    return rows[0].uuid if rows else None


def listed(provider: str | None = None) -> list[Connection]:
    """All connections, or a provider's, by provider and name, case-insensitive."""
    if provider is None:
        rows = database().fetch(queries.all_connections)
    else:
        if not is_provider_key(provider):
            return []
        rows = database().fetch(queries.of_provider, {"provider": provider})
    return [connection_of(row) for row in rows]


def stored(session: Session, uuid: UUID) -> Connection:
    """The connection as this transaction leaves it."""
    return connection_of(session.execute(queries.by_uuid, {"uuid": uuid}).one())


def connection_of(row: Row[Any]) -> Connection:
    """A connection from a row of `queries.whole_connection`."""
    provider = catalogue.find(row.provider)
    reason = row.validation_reason
    return Connection(
        uuid=row.uuid,
        provider=row.provider,
        name=row.name,
        storage_key=row.storage_key,
        status=Status(row.status),
        auth_type=provider.auth_type if provider else None,
        setup_values=row.setup_values,
        saved_secrets=tuple(row.saved_secrets),
        account_id=row.account_id,
        account_name=row.account_name,
        metadata=row.metadata,
        scopes=tuple(row.scopes),
        last_validated_at=_utc(row.last_validated_at),
        connected_at=_utc(row.connected_at),
        next_check_at=_next_check_at(row, provider),
        validation_reason=CheckReason.stored(reason),
        validation_details=row.validation_details,
        version=row.version,
        created_at=row.created_at.astimezone(UTC),
        updated_at=row.updated_at.astimezone(UTC),
    )


def _next_check_at(row: Row[Any], provider: Provider | None) -> datetime | None:
    """One that waits to renew its token is checked after that; what has no check, never."""
    if row.status == Status.DISCONNECTED or provider is None or not provider.is_testable:
        return None
    return max(row.next_check_at, row.token_retry_at or row.next_check_at).astimezone(UTC)


def _utc(moment: datetime | None) -> datetime | None:
    """The driver gives moments in whatever zone the server is set to."""
    return moment.astimezone(UTC) if moment is not None else None
