"""Sessions that the app around us keeps: they belong to no admin of ours."""

import sqlalchemy as sa
from alembic import op

revision = "105e"
down_revision = "105d"
branch_labels = None
depends_on = None

SESSIONS = "integration_sessions"


def upgrade() -> None:
    op.alter_column(SESSIONS, "admin_uuid", existing_type=sa.Uuid, nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM integration_sessions WHERE admin_uuid IS NULL")
    op.alter_column(SESSIONS, "admin_uuid", existing_type=sa.Uuid, nullable=False)
