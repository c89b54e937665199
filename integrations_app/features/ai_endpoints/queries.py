"""The reads of AI endpoints; none of them but `old_key` touches a key."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from integrations_app.features.ai_endpoints.table import AiEndpointRow
from integrations_app.storage.counting import counted
from integrations_app.storage.keyset import Cut, Keyset
from integrations_app.storage.queries import connections

endpoints = AiEndpointRow.__table__

has_old_key = sa.func.coalesce(sa.func.btrim(endpoints.c.api_key), "") != ""
sort_key = sa.func.lower(endpoints.c.name, type_=sa.Text)
"""Spelled like the unique index."""

by_name = Keyset(sort_key)

by_uuid: sa.Select[*tuple[Any, ...]] = sa.select(
    endpoints.c.uuid,
    endpoints.c.name,
    endpoints.c.model,
    endpoints.c.provider,
    endpoints.c.integration_uuid,
    has_old_key.label("has_old_key"),
    endpoints.c.version,
).where(endpoints.c.uuid == sa.bindparam("uuid"))

using = (
    sa.select(endpoints.c.uuid, endpoints.c.name)
    .where(endpoints.c.integration_uuid == sa.bindparam("connection"))
    .order_by(sort_key)
)

with_old_keys = (
    sa.select(endpoints.c.uuid, endpoints.c.name)
    .where(has_old_key, endpoints.c.provider.is_not(None))
    .order_by(endpoints.c.uuid)
)

is_anything_left = (
    sa.select(sa.literal_column("1"))
    .where(
        endpoints.c.provider.is_not(None),
        sa.or_(has_old_key, endpoints.c.integration_uuid.is_(None)),
    )
    .limit(1)
)

old_key = sa.select(endpoints.c.api_key, endpoints.c.provider).where(
    endpoints.c.uuid == sa.bindparam("uuid"), has_old_key
)

lines = sa.select(
    endpoints.c.uuid,
    endpoints.c.name,
    endpoints.c.model,
    endpoints.c.integration_uuid,
    has_old_key.label("has_old_key"),
    endpoints.c.version,
    connections.c.provider,
    connections.c.name.label("connection"),
    connections.c.status,
).select_from(endpoints.outerjoin(connections, connections.c.uuid == endpoints.c.integration_uuid))


def count(cut: Cut) -> sa.Select[*tuple[Any, ...]]:
    """Return the query for the number of endpoints, and of those that precede a page."""
    return counted(endpoints, preceding=by_name.preceding(cut))


def these(uuids: Collection[UUID]) -> sa.Select[*tuple[Any, ...]]:
    """The lines of these endpoints, by name."""
    return by_name.sort(lines.where(endpoints.c.uuid.in_(uuids)))


_references = sa.union_all(
    sa.select(
        (connections.c.provider + ":" + connections.c.name).label("reference"), connections.c.uuid
    ),
    sa.select(
        sa.select(connections.c.provider, connections.c.uuid)
        .ext(distinct_on(connections.c.provider))
        .order_by(
            connections.c.provider,
            connections.c.last_validated_at.desc().nulls_last(),
            connections.c.uuid,
        )
        .subquery()
    ),
).subquery("meant")
"""What a text can mean, as revision 107 has it."""

resolve_texts = (
    sa.update(endpoints)
    .where(
        endpoints.c.provider == _references.c.reference,
        endpoints.c.integration_uuid.is_(None),
        ~has_old_key,
    )
    .values(
        integration_uuid=_references.c.uuid,
        version=endpoints.c.version + 1,
        updated_at=sa.func.now(),
    )
    .returning(endpoints.c.name)
)


def repoint() -> sa.Update:
    """Have the endpoints of `:old` use `:new`."""
    return (
        sa.update(endpoints)
        .where(endpoints.c.integration_uuid == sa.bindparam("old"))
        .values(
            integration_uuid=sa.bindparam("new", type_=sa.Uuid),
            version=endpoints.c.version + 1,
            updated_at=sa.func.now(),
        )
        .returning(endpoints.c.name)
    )
