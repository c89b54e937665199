"""The audit log."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Column, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from integrations_app.storage.tables.base import (
    Table,
    moment,
)


class AuditRow(Table, table=True):
    """An entry of the audit log; a trigger refuses to change or delete one."""

    __tablename__ = "integration_audit"
    __table_args__ = (
        sa.Index("ix_integration_audit_connection", "connection_uuid", "version"),
        sa.Index("ix_integration_audit_at", "at", "id"),
    )

    id: int = Field(
        default=None, sa_column=Column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    )
    at: datetime = moment(nullable=False, default_now=True)
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
