"""Tables of accounts that are being connected."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import BYTEA
from sqlmodel import Field

from integrations_app.storage.tables.base import (
    Table,
    moment,
    of_connection,
    of_session,
)


class AuthorizationRow(Table, table=True):
    """An admin on the way to a provider and back; used ones stay for a day to be recognised."""

    __tablename__ = "integration_authorizations"
    __table_args__ = (
        sa.Index("ix_integration_authorizations_session_hash", "session_hash", "created_at"),
    )

    state_hash: bytes = Field(repr=False, sa_column=Column(BYTEA, primary_key=True))
    connection_uuid: UUID = of_connection()
    session_hash: bytes = of_session()
    sealed_verifier: bytes | None = Field(default=None, repr=False, sa_column=Column(BYTEA))
    credential_revision: int = Field(sa_column=Column(sa.BigInteger, nullable=False))
    created_at: datetime = moment(nullable=False, default_now=True)
    expires_at: datetime = moment(nullable=False)
    used_at: datetime | None = moment()


class AccountChangeRow(Table, table=True):
    """Tokens of another account than the connection's, until an admin says what to do.

    Once the admin's session has ended, nobody can: then `session_hash` is None, and the tokens are
    revoked.
    """

    __tablename__ = "integration_account_changes"

    connection_uuid: UUID = of_connection(primary_key=True)
    session_hash: bytes | None = of_session(ondelete="SET NULL", nullable=True, index=True)
    account_id: str = Field(sa_column=Column(sa.Text, nullable=False))
    account_name: str | None = Field(default=None, sa_column=Column(sa.Text))
    sealed: bytes = Field(repr=False, sa_column=Column(BYTEA, nullable=False))
    credential_revision: int = Field(sa_column=Column(sa.BigInteger, nullable=False))
    expires_at: datetime = moment(nullable=False)
