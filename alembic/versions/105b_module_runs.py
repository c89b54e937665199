"""How each module's last migration of legacy data ended, for the admins' page."""

import sqlalchemy as sa
from alembic import op

revision = "105b"
down_revision = "105a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "integration_module_runs",
        sa.Column("module", sa.Text, primary_key=True),
        sa.Column("error", sa.Text),
        sa.Column(
            "at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")
        ),
    )


def downgrade() -> None:
    op.drop_table("integration_module_runs")
