"""AI endpoints as they once were: a provider's name as text, and a key of their own."""

import sqlalchemy as sa
from alembic import op

revision = "105c"
down_revision = "105b"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
NOW = sa.text("now()")


def upgrade() -> None:
    op.create_table(
        "ai_endpoints",
        sa.Column("uuid", sa.Uuid, primary_key=True, server_default=sa.text("gen_random_uuid()")),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False, server_default=""),
        sa.Column("provider", sa.Text),
        sa.Column("api_key", sa.Text),
        sa.Column("version", sa.BigInteger, nullable=False, server_default=sa.text("1")),
        sa.Column("created_at", MOMENT, nullable=False, server_default=NOW),
        sa.Column("updated_at", MOMENT, nullable=False, server_default=NOW),
    )


def downgrade() -> None:
    op.drop_table("ai_endpoints")
