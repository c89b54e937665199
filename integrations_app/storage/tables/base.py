"""Base of our tables; a MetaData and registry of their own, so that no host app sees them."""

from typing import TYPE_CHECKING, Any, ClassVar

import sqlalchemy as sa
from sqlalchemy import Column, text
from sqlalchemy.dialects.postgresql import BYTEA, JSONB
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


def moment(*, nullable: bool = True, default_now: bool = False) -> Any:
    """Declare an aware time."""
    server_default = NOW if default_now else None
    column = Column(sa.DateTime(timezone=True), nullable=nullable, server_default=server_default)
    return Field(default=None, sa_column=column)


def json_object() -> Any:
    """Declare a JSON object, empty at first."""
    column = Column(JSONB, nullable=False, server_default=text("'{}'::jsonb"))
    return Field(default_factory=dict, sa_column=column)


def of_connection(*, primary_key: bool = False) -> Any:
    """Declare the connection that a row belongs to, and is deleted with."""
    key = sa.ForeignKey("integration_connections.uuid", ondelete="CASCADE")
    return Field(
        sa_column=Column(
            sa.Uuid, key, nullable=False, primary_key=primary_key, index=not primary_key
        )
    )


def of_session(*, ondelete: str = "CASCADE", nullable: bool = False, **options: Any) -> Any:
    """Declare the session that a row belongs to."""
    key = sa.ForeignKey("integration_sessions.token_hash", ondelete=ondelete)
    return Field(repr=False, sa_column=Column(BYTEA, key, nullable=nullable, **options))
