"""The shop's tables."""

import sqlalchemy as sa
from alembic import op

revision = "1"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "shop_sessions",
        sa.Column("token", sa.Text, primary_key=True),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("is_admin", sa.Boolean, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "shop_choices",
        sa.Column("purpose", sa.Text, primary_key=True),
        sa.Column("integration_uuid", sa.Uuid, primary_key=True),
    )
    op.create_table("projects", sa.Column("title", sa.Text, primary_key=True))


def downgrade():
    op.drop_table("projects")
    op.drop_table("shop_choices")
    op.drop_table("shop_sessions")
