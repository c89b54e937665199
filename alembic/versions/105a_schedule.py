"""Scheduled work: when each connection is checked next, and whose turn its renewal is."""

import sqlalchemy as sa
from alembic import op

revision = "105a"
down_revision = "105"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
CONNECTIONS = "integration_connections"
RENEWABLE = sa.text("token_refresh_at IS NOT NULL")


def upgrade() -> None:
    # Volatile, so that the rows that are there already get a moment each.
    soon = sa.text("now() + interval '3 hours' * (1 + random())")
    op.add_column(
        CONNECTIONS, sa.Column("next_check_at", MOMENT, nullable=False, server_default=soon)
    )
    op.add_column(
        CONNECTIONS,
        sa.Column("check_failures", sa.Integer, nullable=False, server_default=sa.text("0")),
    )
    op.add_column(CONNECTIONS, sa.Column("token_claimed_until", MOMENT))
    op.create_index(
        "ix_integration_connections_check_due",
        CONNECTIONS,
        [sa.text("greatest(next_check_at, token_retry_at)")],
        postgresql_where=sa.text("status <> 'disconnected'"),
    )
    op.create_index(
        "ix_integration_connections_renewal_due",
        CONNECTIONS,
        [sa.text("greatest(token_refresh_at, token_retry_at, token_claimed_until)")],
        postgresql_where=RENEWABLE,
    )
    op.drop_index("ix_integration_connections_token_refresh_at", CONNECTIONS)
    op.create_index(
        "ix_integration_connections_attention",
        CONNECTIONS,
        [sa.text("(status <> 'error')"), "provider", sa.text("lower(name)"), "uuid"],
    )


def downgrade() -> None:
    op.drop_index("ix_integration_connections_attention", CONNECTIONS)
    op.create_index(
        "ix_integration_connections_token_refresh_at",
        CONNECTIONS,
        ["token_refresh_at"],
        postgresql_where=RENEWABLE,
    )
    op.drop_index("ix_integration_connections_renewal_due", CONNECTIONS)
    op.drop_index("ix_integration_connections_check_due", CONNECTIONS)
    op.drop_column(CONNECTIONS, "token_claimed_until")
    op.drop_column(CONNECTIONS, "check_failures")
    op.drop_column(CONNECTIONS, "next_check_at")
