"""The audit log, which can only grow."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "103"
down_revision = "102"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "integration_audit",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")
        ),
        sa.Column("actor_kind", sa.Text, nullable=False),
        sa.Column("actor_id", sa.Text, nullable=False),
        sa.Column("actor_label", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("connection_uuid", sa.Uuid),
        sa.Column("provider", sa.Text),
        sa.Column("name", sa.Text),
        sa.Column("version", sa.BigInteger),
        sa.Column(
            "fields",
            postgresql.ARRAY(sa.Text),
            nullable=False,
            server_default=sa.text("'{}'::text[]"),
        ),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("request_id", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_integration_audit"),
    )
    op.create_index(
        "ix_integration_audit_connection", "integration_audit", ["connection_uuid", "version"]
    )
    op.create_index("ix_integration_audit_at", "integration_audit", ["at", "id"])
    op.execute(
        """
        CREATE FUNCTION integration_audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the audit log can only grow';
        END $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER integration_audit_only_grows
        BEFORE UPDATE OR DELETE OR TRUNCATE ON integration_audit
        FOR EACH STATEMENT EXECUTE FUNCTION integration_audit_only_grows()
        """
    )


def downgrade() -> None:
    op.drop_table("integration_audit")
    op.execute("DROP FUNCTION integration_audit_only_grows()")
