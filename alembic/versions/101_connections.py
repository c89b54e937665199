"""Connections and their sealed secrets."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "101"
down_revision = None
branch_labels = None
depends_on = None

EMPTY_OBJECT = sa.text("'{}'::jsonb")
ASCII = sa.Text(collation="C")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "integration_connections",
        sa.Column("uuid", sa.Uuid, nullable=False),
        sa.Column("provider", ASCII, nullable=False),
        sa.Column("name", ASCII, nullable=False),
        sa.Column(
            "storage_key",
            ASCII,
            sa.Computed("'integration:' || provider || ':' || name", persisted=True),
        ),
        sa.Column("status", sa.Text, nullable=False, server_default="disconnected"),
        sa.Column("setup_values", postgresql.JSONB, nullable=False, server_default=EMPTY_OBJECT),
        sa.Column("account_id", sa.Text),
        sa.Column("account_name", sa.Text),
        sa.Column("metadata", postgresql.JSONB, nullable=False, server_default=EMPTY_OBJECT),
        sa.Column(
            "scopes",
            postgresql.ARRAY(sa.Text),
            nullable=False,
            server_default=sa.text("'{}'::text[]"),
        ),
        sa.Column("last_validated_at", MOMENT),
        sa.Column("connected_at", MOMENT),
        sa.Column("validation_reason", sa.Text),
        sa.Column(
            "validation_details", postgresql.JSONB, nullable=False, server_default=EMPTY_OBJECT
        ),
        sa.Column("version", sa.BigInteger, nullable=False, server_default=sa.text("1")),
        sa.Column(
            "credential_revision", sa.BigInteger, nullable=False, server_default=sa.text("1")
        ),
        sa.Column("created_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        sa.Column("updated_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        sa.PrimaryKeyConstraint("uuid", name="pk_integration_connections"),
        sa.UniqueConstraint("storage_key", name="uq_integration_connections_storage_key"),
        sa.CheckConstraint("provider ~ '^[a-z0-9_]+$'", name="ck_integration_connections_provider"),
        sa.CheckConstraint(
            "name ~ '^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$'", name="ck_integration_connections_name"
        ),
        sa.CheckConstraint(
            "status IN ('disconnected', 'configured', 'connected', 'error')",
            name="ck_integration_connections_status",
        ),
    )
    _index("service", "provider", "lower(name)", "uuid")
    _index("by_name", "lower(name)", "uuid")
    _index("status", "status", "uuid")
    _index("account", "lower(coalesce(account_name, ''))", "uuid")
    _index("tested", "coalesce(last_validated_at, '-infinity')", "uuid")
    op.create_index(
        "ix_integration_connections_account_prefix",
        "integration_connections",
        [sa.literal_column("lower(coalesce(account_name, ''))").label("account")],
        postgresql_ops={"account": "text_pattern_ops"},
    )
    op.create_table(
        "integration_secrets",
        sa.Column("connection_uuid", sa.Uuid, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("sealed", postgresql.BYTEA, nullable=False),
        sa.Column("key_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("connection_uuid", "field", name="pk_integration_secrets"),
        sa.ForeignKeyConstraint(
            ["connection_uuid"],
            ["integration_connections.uuid"],
            name="fk_integration_secrets_connection_uuid",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_integration_secrets_key_id", "integration_secrets", ["key_id"])


def _index(name: str, *expressions: str) -> None:
    op.create_index(
        f"ix_integration_connections_{name}",
        "integration_connections",
        [sa.text(each) if "(" in each else each for each in expressions],
    )


def downgrade() -> None:
    op.drop_table("integration_secrets")
    op.drop_table("integration_connections")
