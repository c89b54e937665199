"""The tables; a MetaData and registry of their own, so that a host app never sees them."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Column, text
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = sa.MetaData(naming_convention=NAMING)
NOW = text("now()")


class Table(SQLModel, registry=registry(metadata=metadata)):
    """Base of our tables."""

    metadata = metadata

    if TYPE_CHECKING:  # as SQLModel makes them; it declares the one too wide, the other not at all
        __tablename__: ClassVar[str]  # pyright: ignore[reportIncompatibleVariableOverride]
        __table__: ClassVar[sa.Table]


def _moment(*, nullable: bool = True, default_now: bool = False) -> Any:
    server_default = NOW if default_now else None
    column = Column(sa.DateTime(timezone=True), nullable=nullable, server_default=server_default)
    return Field(default=None, sa_column=column)


def _json() -> Any:
    column = Column(JSONB, nullable=False, server_default=text("'{}'::jsonb"))
    return Field(default_factory=dict, sa_column=column)


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
    columns = [text(each) if "(" in each else each for each in (*expressions, "uuid")]
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
    setup_values: dict[str, Any] = _json()
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
    last_validated_at: datetime | None = _moment()
    connected_at: datetime | None = _moment()
    validation_reason: str | None = Field(default=None, sa_column=Column(sa.Text))
    validation_details: dict[str, Any] = _json()
    version: int = Field(
        default=1, sa_column=Column(sa.BigInteger, nullable=False, server_default=text("1"))
    )
    credential_revision: int = Field(
        default=1, sa_column=Column(sa.BigInteger, nullable=False, server_default=text("1"))
    )
    token_revision: int = Field(
        default=0, sa_column=Column(sa.BigInteger, nullable=False, server_default=text("0"))
    )
    token_expires_at: datetime | None = _moment()
    token_refresh_at: datetime | None = _moment()
    token_retry_at: datetime | None = _moment()
    token_failures: int = Field(
        default=0, sa_column=Column(sa.Integer, nullable=False, server_default=text("0"))
    )
    token_claimed_until: datetime | None = _moment()
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
    created_at: datetime = _moment(nullable=False, default_now=True)
    updated_at: datetime = _moment(nullable=False, default_now=True)


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


class SecretRow(Table, table=True):
    """One sealed secret of a connection."""

    __tablename__ = "integration_secrets"

    connection_uuid: UUID = Field(
        sa_column=Column(
            sa.Uuid,
            sa.ForeignKey("integration_connections.uuid", ondelete="CASCADE"),
            primary_key=True,
        )
    )
    field: str = Field(sa_column=Column(sa.Text, primary_key=True))
    sealed: bytes = Field(repr=False, sa_column=Column(BYTEA, nullable=False))
    key_id: str = Field(sa_column=Column(sa.Text, nullable=False, index=True))


class KeyRow(Table, table=True):
    """An encryption key the database knows: its id and a value that proves it, never the key."""

    __tablename__ = "integration_keys"

    id: str = Field(sa_column=Column(sa.Text, primary_key=True))
    ordinal: int = Field(
        default=None, sa_column=Column(sa.BigInteger, sa.Identity(always=True), nullable=False)
    )
    check_value: bytes = Field(sa_column=Column(BYTEA, nullable=False))
    created_at: datetime = _moment(nullable=False, default_now=True)


class AuditRow(Table, table=True):
    """Who changed what, and when; a trigger refuses to change or delete an entry."""

    __tablename__ = "integration_audit"
    __table_args__ = (
        sa.Index("ix_integration_audit_connection", "connection_uuid", "version"),
        sa.Index("ix_integration_audit_at", "at", "id"),
    )

    id: int = Field(
        default=None, sa_column=Column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    )
    at: datetime = _moment(nullable=False, default_now=True)
    actor_kind: str = Field(sa_column=Column(sa.Text, nullable=False))
    actor_id: str = Field(sa_column=Column(sa.Text, nullable=False))
    actor_label: str = Field(sa_column=Column(sa.Text, nullable=False))
    action: str = Field(sa_column=Column(sa.Text, nullable=False))
    connection_uuid: UUID | None = Field(default=None, sa_column=Column(sa.Uuid))
    provider: str | None = Field(default=None, sa_column=Column(sa.Text))
    name: str | None = Field(default=None, sa_column=Column(sa.Text))
    version: int | None = Field(default=None, sa_column=Column(sa.BigInteger))
    fields: list[str] = Field(
        default_factory=list,
        sa_column=Column(ARRAY(sa.Text), nullable=False, server_default=text("'{}'::text[]")),
    )
    origin: str = Field(sa_column=Column(sa.Text, nullable=False))
    request_id: str | None = Field(default=None, sa_column=Column(sa.Text))


class AdminRow(Table, table=True):
    """Someone who may sign in."""

    __tablename__ = "integration_admins"
    __table_args__ = (sa.Index("uq_integration_admins_email", text("lower(email)"), unique=True),)

    uuid: UUID = Field(primary_key=True)
    email: str = Field(sa_column=Column(sa.Text, nullable=False))
    password_hash: str = Field(repr=False, sa_column=Column(sa.Text, nullable=False))
    created_at: datetime = _moment(nullable=False, default_now=True)


class SessionRow(Table, table=True):
    """A signed-in browser; only the hash of its token is kept.

    One without an admin is kept by the app around us, and admits nobody: it is there for what
    refers to it.
    """

    __tablename__ = "integration_sessions"

    token_hash: bytes = Field(repr=False, sa_column=Column(BYTEA, primary_key=True))
    admin_uuid: UUID | None = Field(
        default=None,
        sa_column=Column(
            sa.Uuid, sa.ForeignKey("integration_admins.uuid", ondelete="CASCADE"), index=True
        ),
    )
    created_at: datetime = _moment(nullable=False, default_now=True)
    expires_at: datetime = _moment(nullable=False)


class SetupTokenRow(Table, table=True):
    """The one-time link by which the first admin is made; only its hash is kept."""

    __tablename__ = "integration_setup_tokens"

    token_hash: bytes = Field(repr=False, sa_column=Column(BYTEA, primary_key=True))
    created_at: datetime = _moment(nullable=False, default_now=True)


def _of_connection(*, primary_key: bool = False) -> Any:
    key = sa.ForeignKey("integration_connections.uuid", ondelete="CASCADE")
    return Field(
        sa_column=Column(
            sa.Uuid, key, nullable=False, primary_key=primary_key, index=not primary_key
        )
    )


def _of_session(*, ondelete: str = "CASCADE", nullable: bool = False, **options: Any) -> Any:
    key = sa.ForeignKey("integration_sessions.token_hash", ondelete=ondelete)
    return Field(repr=False, sa_column=Column(BYTEA, key, nullable=nullable, **options))


class AuthorizationRow(Table, table=True):
    """An admin on the way to a provider and back; used ones stay for a day to be recognised."""

    __tablename__ = "integration_authorizations"
    __table_args__ = (
        sa.Index("ix_integration_authorizations_session_hash", "session_hash", "created_at"),
    )

    state_hash: bytes = Field(repr=False, sa_column=Column(BYTEA, primary_key=True))
    connection_uuid: UUID = _of_connection()
    session_hash: bytes = _of_session()
    sealed_verifier: bytes | None = Field(default=None, repr=False, sa_column=Column(BYTEA))
    credential_revision: int = Field(sa_column=Column(sa.BigInteger, nullable=False))
    created_at: datetime = _moment(nullable=False, default_now=True)
    expires_at: datetime = _moment(nullable=False)
    used_at: datetime | None = _moment()


class AccountChangeRow(Table, table=True):
    """Tokens of another account than the connection's, until an admin says what to do.

    Once the admin's session has ended, nobody can: then `session_hash` is None, and the tokens are
    revoked.
    """

    __tablename__ = "integration_account_changes"

    connection_uuid: UUID = _of_connection(primary_key=True)
    session_hash: bytes | None = _of_session(ondelete="SET NULL", nullable=True, index=True)
    account_id: str = Field(sa_column=Column(sa.Text, nullable=False))
    account_name: str | None = Field(default=None, sa_column=Column(sa.Text))
    sealed: bytes = Field(repr=False, sa_column=Column(BYTEA, nullable=False))
    credential_revision: int = Field(sa_column=Column(sa.BigInteger, nullable=False))
    expires_at: datetime = _moment(nullable=False)


class ModuleRunRow(Table, table=True):
    """How the last migration of a module's old data ended."""

    __tablename__ = "integration_module_runs"

    module: str = Field(sa_column=Column(sa.Text, primary_key=True))
    error: str | None = Field(default=None, sa_column=Column(sa.Text))
    at: datetime = _moment(nullable=False, default_now=True)
