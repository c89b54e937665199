"""Facts about the database server, for examining an installation."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import namedtuple_row
from sqlalchemy import text

from integrations_app.storage import poolers
from integrations_app.storage.engine import Database
from integrations_app.storage.pools import translated

_FACTS = """
    SELECT
        current_setting('server_version') AS version,
        current_setting('server_encoding') AS encoding,
        pg_is_in_recovery() OR current_setting('default_transaction_read_only')::bool AS read_only,
        least(
            current_setting('max_connections')::int
                - current_setting('superuser_reserved_connections')::int,
            (SELECT nullif(rolconnlimit, -1) FROM pg_roles WHERE rolname = current_user),
            (SELECT nullif(datconnlimit, -1) FROM pg_database WHERE datname = current_database())
        ) AS connections_allowed,
        (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')
            AS connections_used,
        coalesce(has_schema_privilege(named.oid, 'CREATE'), false) AS may_create,
        named.nspname AS schema,
        clock_timestamp() AS now
    FROM (SELECT coalesce(nullif(%s::text, ''), current_schema()) AS name) AS wanted
        LEFT JOIN pg_namespace AS named ON named.nspname = wanted.name
"""
_UNREADABLE = text("""
    SELECT relname FROM pg_class
    WHERE relkind IN ('r', 'p') AND relnamespace = (
            SELECT oid FROM pg_namespace
            WHERE nspname = coalesce(nullif(:schema, ''), current_schema())
        )
        AND (relname LIKE 'integration%' OR relname IN ('ai_endpoints', 'projects'))
        AND NOT (
            has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')
            AND (
                relname = 'integration_audit'  -- it only grows
                OR has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE')
            )
        )
    ORDER BY relname
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """Facts that one connection learns about its server.

    Attributes:
        version: PostgreSQL's own words for it.
        encoding: How the database stores text.
        is_read_only: Whether writes are refused: a standby, or a read-only role or database.
        connections_allowed: How many connections it takes from this role.
        connections_used: How many clients are connected now.
        schema: Where our tables are or would go; None if there is none of that name, or the
            search path names none that exists.
        may_create: Whether this role may make tables there.
        is_pooled: Whether something between us and the server hands out its connections.
        ahead: How much the server's clock is ahead of ours; negative if it is behind.
    """

    version: str
    encoding: str
    is_read_only: bool
    connections_allowed: int
    connections_used: int
    schema: str | None
    may_create: bool
    is_pooled: bool
    ahead: timedelta


def server_facts(of: Database) -> ServerFacts:
    """Ask the server about itself.

    Raises:
        DatabaseUnavailable: It cannot be reached.
    """
    with of.connect() as connection, translated():
        schema = of.schema.find() or ""
        asked_at = datetime.now(UTC)
        cursor = connection.cursor(row_factory=namedtuple_row)
        row: Any = cursor.execute(_FACTS, [schema], prepare=False).fetchone()
        elapsed = datetime.now(UTC) - asked_at
        is_pooled = poolers.stands_between(connection)
    return ServerFacts(
        version=row.version,
        encoding=row.encoding,
        is_read_only=row.read_only,
        connections_allowed=row.connections_allowed,
        connections_used=row.connections_used,
        schema=row.schema,
        may_create=row.may_create,
        is_pooled=is_pooled,
        ahead=row.now - (asked_at + elapsed / 2),
    )


def tables_out_of_reach(of: Database) -> tuple[str, ...]:
    """Return our tables that this role may not read and write.

    Raises:
        DatabaseUnavailable: It cannot be reached.
    """
    with translated():
        schema = of.schema.find() or ""
    return tuple(row.relname for row in of.fetch(_UNREADABLE, {"schema": schema}))


def notification_round_trip(
    listening: psycopg.Connection, notify: Callable[[str], None], *, within_s: float
) -> float | None:
    """Return how many seconds a NOTIFY takes; None if it does not arrive in time.

    Args:
        listening: Whoever listens, in autocommit.
        notify: Notifies a channel as whoever writes does.
        within_s: How long to wait.

    Raises:
        psycopg.Error: One of the two is cut off.
        DatabaseUnavailable: Nobody can be notified.
    """
    channel = f"integrations_probe_{uuid.uuid4().hex[:12]}"  # nobody else's notices are missed
    listening.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
    began = time.monotonic()
    notify(channel)
    took_s = None
    for _notice in listening.notifies(timeout=within_s, stop_after=1):
        took_s = time.monotonic() - began
    listening.execute(sql.SQL("UNLISTEN {}").format(sql.Identifier(channel)))
    return took_s
