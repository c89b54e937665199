"""Projects and their templates as they once were: one name for all of them, in any case."""

import sqlalchemy as sa
from alembic import op

revision = "105d"
down_revision = "105c"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
NOW = sa.text("now()")


def upgrade() -> None:
    op.create_table(
        "projects",
        sa.Column("uuid", sa.Uuid, primary_key=True, server_default=sa.text("gen_random_uuid()")),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False, server_default=""),
        sa.Column("is_template", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("version", sa.BigInteger, nullable=False, server_default=sa.text("1")),
        sa.Column("created_at", MOMENT, nullable=False, server_default=NOW),
        sa.Column("updated_at", MOMENT, nullable=False, server_default=NOW),
    )
    op.create_index("uq_projects_name", "projects", [sa.text("lower(name)")], unique=True)


def downgrade() -> None:
    op.drop_table("projects")
