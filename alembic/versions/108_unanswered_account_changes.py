"""A question about another account outlives its session, so that its grant is revoked."""

import sqlalchemy as sa
from alembic import op

revision = "108"
down_revision = "107"
branch_labels = None
depends_on = None

TABLE = "integration_account_changes"
SESSION = "session_hash"
REFERENCE = f"fk_{TABLE}_{SESSION}"

# Nobody can answer them, and the revision before knows no such rows.
DELETE_UNANSWERABLE = sa.text(f"DELETE FROM {TABLE} WHERE {SESSION} IS NULL")  # noqa: S608


def upgrade() -> None:
    op.alter_column(TABLE, SESSION, nullable=True)
    _refer(ondelete="SET NULL")


def downgrade() -> None:
    op.execute(DELETE_UNANSWERABLE)
    _refer(ondelete="CASCADE")
    op.alter_column(TABLE, SESSION, nullable=False)


def _refer(*, ondelete: str) -> None:
    op.drop_constraint(REFERENCE, TABLE, type_="foreignkey")
    op.create_foreign_key(
        REFERENCE, TABLE, "integration_sessions", [SESSION], ["token_hash"], ondelete=ondelete
    )
