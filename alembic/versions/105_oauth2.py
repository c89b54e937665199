"""OAuth2: how long tokens last, and authorisations that are under way."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "105"
down_revision = "104"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
NOW = sa.text("now()")
CONNECTIONS = "integration_connections"
ZERO = sa.text("0")


def upgrade() -> None:
    op.add_column(
        CONNECTIONS,
        sa.Column("token_revision", sa.BigInteger, nullable=False, server_default=ZERO),
    )
    op.add_column(CONNECTIONS, sa.Column("token_expires_at", MOMENT))
    op.add_column(CONNECTIONS, sa.Column("token_refresh_at", MOMENT))
    op.add_column(CONNECTIONS, sa.Column("token_retry_at", MOMENT))
    op.add_column(
        CONNECTIONS, sa.Column("token_failures", sa.Integer, nullable=False, server_default=ZERO)
    )
    op.create_index(
        "ix_integration_connections_token_refresh_at",
        CONNECTIONS,
        ["token_refresh_at"],
        postgresql_where=sa.text("token_refresh_at IS NOT NULL"),
    )
    op.create_table(
        "integration_authorizations",
        sa.Column("state_hash", postgresql.BYTEA, nullable=False),
        sa.Column("connection_uuid", sa.Uuid, nullable=False),
        sa.Column("session_hash", postgresql.BYTEA, nullable=False),
        sa.Column("sealed_verifier", postgresql.BYTEA),
        sa.Column("credential_revision", sa.BigInteger, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False, server_default=NOW),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
        sa.PrimaryKeyConstraint("state_hash", name="pk_integration_authorizations"),
        _of_connection("integration_authorizations"),
        _of_session("integration_authorizations"),
    )
    op.create_index(
        "ix_integration_authorizations_connection_uuid",
        "integration_authorizations",
        ["connection_uuid"],
    )
    op.create_index(
        "ix_integration_authorizations_session_hash",
        "integration_authorizations",
        ["session_hash", "created_at"],
    )
    op.create_table(
        "integration_account_changes",
        sa.Column("connection_uuid", sa.Uuid, nullable=False),
        sa.Column("session_hash", postgresql.BYTEA, nullable=False),
        sa.Column("account_id", sa.Text, nullable=False),
        sa.Column("account_name", sa.Text),
        sa.Column("sealed", postgresql.BYTEA, nullable=False),
        sa.Column("credential_revision", sa.BigInteger, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("connection_uuid", name="pk_integration_account_changes"),
        _of_connection("integration_account_changes"),
        _of_session("integration_account_changes"),
    )
    op.create_index(
        "ix_integration_account_changes_session_hash",
        "integration_account_changes",
        ["session_hash"],
    )


def _of_connection(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["connection_uuid"],
        ["integration_connections.uuid"],
        name=f"fk_{table}_connection_uuid",
        ondelete="CASCADE",
    )


def _of_session(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["session_hash"],
        ["integration_sessions.token_hash"],
        name=f"fk_{table}_session_hash",
        ondelete="CASCADE",
    )


def downgrade() -> None:
    op.drop_table("integration_account_changes")
    op.drop_table("integration_authorizations")
    op.drop_index("ix_integration_connections_token_refresh_at", CONNECTIONS)
    op.drop_column(CONNECTIONS, "token_failures")
    op.drop_column(CONNECTIONS, "token_retry_at")
    op.drop_column(CONNECTIONS, "token_refresh_at")
    op.drop_column(CONNECTIONS, "token_expires_at")
    op.drop_column(CONNECTIONS, "token_revision")
