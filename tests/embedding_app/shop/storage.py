"""The shop's own tables; what it stores of a connection is its uuid, and no foreign key."""

import os
from functools import cache

import sqlalchemy as sa

metadata = sa.MetaData()

sessions = sa.Table(
    "shop_sessions",
    metadata,
    sa.Column("token", sa.Text, primary_key=True),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("is_admin", sa.Boolean, nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
)
choices = sa.Table(
    "shop_choices",
    metadata,
    sa.Column("purpose", sa.Text, primary_key=True),
    sa.Column("integration_uuid", sa.Uuid, primary_key=True),
)
projects = sa.Table("projects", metadata, sa.Column("title", sa.Text, primary_key=True))
"""Called like a table of integrations, which theirs is no conflict with."""


@cache
def engine() -> sa.Engine:
    """The database that DATABASE_URL names, which integrations use, too."""
    _scheme, _, address = os.environ["DATABASE_URL"].partition("://")
    return sa.create_engine(f"postgresql+psycopg://{address}")
