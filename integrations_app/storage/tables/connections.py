"""The table of connections, with its indexes."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Column, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from integrations_app.storage.tables.base import (
    Table,
    json_object,
    moment,
)

ASCII = sa.Text(collation="C")  # sorts bytewise, so that one index serves order and prefix search
LOWER_NAME = "lower(name)"
LOWER_ACCOUNT = "lower(coalesce(account_name, ''))"
_SEARCHED = "name || E'\\n' || coalesce(account_name, '')"
TESTED_AT = "coalesce(last_validated_at, '-infinity')"
IS_FINE = "(status <> 'error')"
"""What lists are sorted and searched by; queries must spell it as the indexes do."""
CHECK_DUE_AT = "greatest(next_check_at, token_retry_at)"
RENEWAL_DUE_AT = "greatest(token_refresh_at, token_retry_at, token_claimed_until)"
"""From when on scheduled work is to be done; greatest() passes over what is NULL."""


def _sorted(name: str, *expressions: str) -> sa.Index:
    columns = [
        text(expression) if "(" in expression else expression
        for expression in (*expressions, "uuid")
    ]
    return sa.Index(f"ix_integration_connections_{name}", *columns)


class ConnectionRow(Table, table=True):
    """A connection; see `domain.connection.Connection` for what each column means.

    Of its tokens: `token_revision` counts every change of them; from `token_refresh_at` on they
    are renewed ahead of `token_expires_at`, but after `token_failures` failures in a row not
    before `token_retry_at`. Until `token_claimed_until` a worker is at it; others may still renew
    them when they need them.

    Of its checks: from `next_check_at` on it is checked by itself, after `check_failures` failures
    in a row less and less often.
    """

    __tablename__ = "integration_connections"
    __table_args__ = (
        sa.CheckConstraint("provider ~ '^[a-z0-9_]+$'", name="provider"),
        sa.CheckConstraint("name ~ '^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$'", name="name"),
        sa.CheckConstraint(
            "status IN ('disconnected', 'configured', 'connected', 'error')", name="status"
        ),
        sa.UniqueConstraint("storage_key"),
        _sorted("service", "provider", LOWER_NAME),
        _sorted("by_name", LOWER_NAME),
        _sorted("status", "status"),
        _sorted("account", LOWER_ACCOUNT),
        _sorted("tested", TESTED_AT),
        _sorted("attention", IS_FINE, "provider", LOWER_NAME),
        sa.Index(
            "ix_integration_connections_check_due",
            text(CHECK_DUE_AT),
            postgresql_where=text("status <> 'disconnected'"),
        ),
        sa.Index(
            "ix_integration_connections_renewal_due",
            text(RENEWAL_DUE_AT),
            postgresql_where=text("token_refresh_at IS NOT NULL"),
        ),
    )

    uuid: UUID = Field(primary_key=True)
    provider: str = Field(sa_column=Column(ASCII, nullable=False))
    name: str = Field(sa_column=Column(ASCII, nullable=False))
    storage_key: str = Field(
        default=None,
        sa_column=Column(
            ASCII, sa.Computed("'integration:' || provider || ':' || name", persisted=True)
        ),
    )
    status: str = Field(
        default="disconnected",
        sa_column=Column(sa.Text, nullable=False, server_default="disconnected"),
    )
    setup_values: dict[str, Any] = json_object()
    account_id: str | None = Field(default=None, sa_column=Column(sa.Text))
    account_name: str | None = Field(default=None, sa_column=Column(sa.Text))
    metadata_: dict[str, Any] = Field(
        default_factory=dict,
        sa_column=Column("metadata", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    )
    scopes: list[str] = Field(
        default_factory=list,
        sa_column=Column(ARRAY(sa.Text), nullable=False, server_default=text("'{}'::text[]")),
    )
    last_validated_at: datetime | None = moment()
    connected_at: datetime | None = moment()
    validation_reason: str | None = Field(default=None, sa_column=Column(sa.Text))
    validation_details: dict[str, Any] = json_object()
    version: int = Field(
        default=1, sa_column=Column(sa.BigInteger, nullable=False, server_default=text("1"))
    )
    credential_revision: int = Field(
        default=1, sa_column=Column(sa.BigInteger, nullable=False, server_default=text("1"))
    )
    token_revision: int = Field(
        default=0, sa_column=Column(sa.BigInteger, nullable=False, server_default=text("0"))
    )
    token_expires_at: datetime | None = moment()
    token_refresh_at: datetime | None = moment()
    token_retry_at: datetime | None = moment()
    token_failures: int = Field(
        default=0, sa_column=Column(sa.Integer, nullable=False, server_default=text("0"))
    )
    token_claimed_until: datetime | None = moment()
    next_check_at: datetime = Field(
        default=None,
        sa_column=Column(
            sa.DateTime(timezone=True),
            nullable=False,
            server_default=text("now() + interval '3 hours' * (1 + random())"),
        ),
    )
    check_failures: int = Field(
        default=0, sa_column=Column(sa.Integer, nullable=False, server_default=text("0"))
    )
    created_at: datetime = moment(nullable=False, default_now=True)
    updated_at: datetime = moment(nullable=False, default_now=True)


_CONNECTIONS = ConnectionRow.__table__
SEARCHED = Column(
    "searched", ASCII, sa.Computed(f"integration_folded({_SEARCHED})", persisted=True)
)
SEARCH_GRAMS = Column(
    "search_grams",
    ARRAY(sa.Integer),
    sa.Computed(f"integration_grams(integration_folded({_SEARCHED}))", persisted=True),
)
"""What lists search; see `storage.search`. Added last: rows that are read do not carry them."""
for _column in (SEARCHED, SEARCH_GRAMS):
    _CONNECTIONS.append_column(_column)
sa.Index("ix_integration_connections_search_grams", SEARCH_GRAMS, postgresql_using="gin")
