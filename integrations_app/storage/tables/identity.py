"""Tables of admins and of their sessions."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Column, text
from sqlalchemy.dialects.postgresql import BYTEA
from sqlmodel import Field

from integrations_app.storage.tables.base import (
    Table,
    moment,
)


class AdminRow(Table, table=True):
    """A person who may sign in."""

    __tablename__ = "integration_admins"
    __table_args__ = (sa.Index("uq_integration_admins_email", text("lower(email)"), unique=True),)

    uuid: UUID = Field(primary_key=True)
    email: str = Field(sa_column=Column(sa.Text, nullable=False))
    password_hash: str = Field(repr=False, sa_column=Column(sa.Text, nullable=False))
    created_at: datetime = moment(nullable=False, default_now=True)


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
    created_at: datetime = moment(nullable=False, default_now=True)
    expires_at: datetime = moment(nullable=False)


class SetupTokenRow(Table, table=True):
    """The one-time link by which the first admin is made; only its hash is kept."""

    __tablename__ = "integration_setup_tokens"

    token_hash: bytes = Field(repr=False, sa_column=Column(BYTEA, primary_key=True))
    created_at: datetime = moment(nullable=False, default_now=True)
