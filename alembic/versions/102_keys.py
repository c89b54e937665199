"""The encryption keys the database was written with: ids and check values, never keys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "102"
down_revision = "101"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "integration_keys",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("ordinal", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("check_value", postgresql.BYTEA, nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            server_default=sa.text("now()"),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_integration_keys"),
    )


def downgrade() -> None:
    op.drop_table("integration_keys")
