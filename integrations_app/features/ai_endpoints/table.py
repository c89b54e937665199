"""The table of AI endpoints."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Column, text
from sqlmodel import Field

from integrations_app.storage.tables import Table

LOWER_NAME = "lower(name)"
"""What endpoints are sorted by; unique, so that it is all a cursor needs."""
UNIQUE_NAME = "uq_ai_endpoints_lower_name"


class AiEndpointRow(Table, table=True):
    """An AI endpoint; `integration_uuid` has no foreign key, so it may dangle.

    `provider` and `api_key` are of old: a reference as text, and a key in the clear. `legacy`
    turns both into connections; `provider` stays for the way down.
    """

    __tablename__ = "ai_endpoints"
    __table_args__ = (
        sa.Index(UNIQUE_NAME, text(LOWER_NAME), unique=True),
        sa.Index("ix_ai_endpoints_integration_uuid", "integration_uuid"),
    )

    uuid: UUID = Field(
        sa_column=Column(sa.Uuid, primary_key=True, server_default=text("gen_random_uuid()"))
    )
    name: str = Field(sa_column=Column(sa.Text, nullable=False))
    model: str = Field(default="", sa_column=Column(sa.Text, nullable=False, server_default=""))
    provider: str | None = Field(default=None, sa_column=Column(sa.Text))
    api_key: str | None = Field(default=None, repr=False, sa_column=Column(sa.Text))
    integration_uuid: UUID | None = Field(default=None, sa_column=Column(sa.Uuid))
    version: int = Field(
        default=1, sa_column=Column(sa.BigInteger, nullable=False, server_default=text("1"))
    )
    created_at: datetime = Field(
        default=None,
        sa_column=Column(sa.DateTime(timezone=True), nullable=False, server_default=text("now()")),
    )
    updated_at: datetime = Field(
        default=None,
        sa_column=Column(sa.DateTime(timezone=True), nullable=False, server_default=text("now()")),
    )
