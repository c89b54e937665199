"""The reads of the product, each built once; lists select what they show, nothing else."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from integrations_app.storage.tables import (
    SEARCH_GRAMS,
    SEARCHED,
    AuditRow,
    ConnectionRow,
    KeyRow,
    ModuleRunRow,
    SecretRow,
)

connections = ConnectionRow.__table__
secrets = SecretRow.__table__
audit = AuditRow.__table__
keys = KeyRow.__table__
module_runs = sa.select(ModuleRunRow.__table__)
connected_providers = (
    sa.select(connections.c.provider).where(connections.c.status == "connected").distinct()
)

_SAVED_SECRETS = sa.type_coerce(
    sa.func.array(
        sa.select(secrets.c.field)
        .where(secrets.c.connection_uuid == connections.c.uuid)
        .order_by(secrets.c.field)
        .scalar_subquery()
    ),
    ARRAY(sa.Text),
).label("saved_secrets")

_stored = [column for column in connections.c if column not in (SEARCHED, SEARCH_GRAMS)]
whole_connection = sa.select(*_stored, _SAVED_SECRETS)
by_uuid = whole_connection.where(connections.c.uuid == sa.bindparam("uuid"))
by_storage_key = whole_connection.where(connections.c.storage_key == sa.bindparam("key"))
all_connections = whole_connection.order_by(
    connections.c.provider, sa.func.lower(connections.c.name), connections.c.uuid
)
of_provider = all_connections.where(connections.c.provider == sa.bindparam("provider"))

uuid_by_storage_key = sa.select(connections.c.uuid).where(
    connections.c.storage_key == sa.bindparam("key")
)


def by_uuids(uuids: Collection[UUID]) -> sa.Select[*tuple[Any, ...]]:
    """The connections of these uuids that are there, in no order."""
    return whole_connection.where(connections.c.uuid.in_(uuids))


_other = connections.alias("other")
shares_grant = (
    sa.select(_other.c.uuid)
    .join(
        connections,
        sa.and_(
            _other.c.provider == connections.c.provider,
            _other.c.account_id == connections.c.account_id,
            _other.c.setup_values["client_id"].astext
            == connections.c.setup_values["client_id"].astext,
            _other.c.uuid != connections.c.uuid,
            _other.c.status != "disconnected",
        ),
    )
    .where(connections.c.uuid == sa.bindparam("uuid"))
    .limit(1)
)
"""Another connection to the same account through the same client: providers revoke per grant."""

lives_by_grant = (
    sa.select(_other.c.uuid)
    .where(_other.c.provider == sa.bindparam("provider"))
    .where(_other.c.setup_values["client_id"].astext == sa.bindparam("client_id"))
    .where(_other.c.account_id == sa.bindparam("account_id"))
    .where(_other.c.status != "disconnected")
    .limit(1)
)
"""A connection to this account, be it this one, through this connection's client."""

count_by_status = sa.select(connections.c.status, sa.func.count().label("count")).group_by(
    connections.c.status
)
"""From the index alone once it is vacuumed: 0.1 s for 100,000 rows, 0.2 s for a million."""

fields_changed_since = sa.select(audit.c.fields).where(
    audit.c.connection_uuid == sa.bindparam("uuid"), audit.c.version > sa.bindparam("version")
)

last_change = (
    sa.select(audit.c.actor_label)
    .where(audit.c.connection_uuid == sa.bindparam("uuid"))
    .order_by(audit.c.id.desc())
    .limit(1)
)

providers_in_use = sa.select(connections.c.provider).distinct().order_by(connections.c.provider)

known_keys = sa.select(keys.c.id, keys.c.check_value).order_by(keys.c.ordinal)
secrets_by_key = sa.select(secrets.c.key_id, sa.func.count().label("secrets")).group_by(
    secrets.c.key_id
)


def secrets_of(uuid: UUID) -> sa.Select[SecretRow]:
    """The secrets of a connection, as rows to change."""
    return sa.select(SecretRow).where(secrets.c.connection_uuid == uuid)
