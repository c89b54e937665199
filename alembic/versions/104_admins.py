"""Admins, their sessions, and the one-time link for the first of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "104"
down_revision = "103"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
NOW = sa.text("now()")


def upgrade() -> None:
    op.create_table(
        "integration_admins",
        sa.Column("uuid", sa.Uuid, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False, server_default=NOW),
        sa.PrimaryKeyConstraint("uuid", name="pk_integration_admins"),
    )
    op.create_index(
        "uq_integration_admins_email", "integration_admins", [sa.text("lower(email)")], unique=True
    )
    op.create_table(
        "integration_sessions",
        sa.Column("token_hash", postgresql.BYTEA, nullable=False),
        sa.Column("admin_uuid", sa.Uuid, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False, server_default=NOW),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_integration_sessions"),
        sa.ForeignKeyConstraint(
            ["admin_uuid"],
            ["integration_admins.uuid"],
            name="fk_integration_sessions_admin_uuid",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_integration_sessions_admin_uuid", "integration_sessions", ["admin_uuid"])
    op.create_table(
        "integration_setup_tokens",
        sa.Column("token_hash", postgresql.BYTEA, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False, server_default=NOW),
        sa.PrimaryKeyConstraint("token_hash", name="pk_integration_setup_tokens"),
    )


def downgrade() -> None:
    op.drop_table("integration_setup_tokens")
    op.drop_table("integration_sessions")
    op.drop_table("integration_admins")
