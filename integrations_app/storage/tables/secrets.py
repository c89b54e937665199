"""Tables of sealed secrets, and of the keys that the database knows."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import BYTEA
from sqlmodel import Field

from integrations_app.storage.tables.base import (
    Table,
    moment,
)


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
    created_at: datetime = moment(nullable=False, default_now=True)
