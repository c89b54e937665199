"""AI endpoints refer to a connection by its uuid, and no two are called alike but for case."""

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "107"
down_revision = "106"
branch_labels = None
depends_on = None

ENDPOINTS = "ai_endpoints"
SHOWN = 5

# Nobody adds a name between the look and the index, or a reference between column and backfill.
LOCK = "LOCK TABLE ai_endpoints IN ACCESS EXCLUSIVE MODE"
ALIKE = """
    SELECT array_agg(name ORDER BY name, uuid) FROM ai_endpoints
    GROUP BY lower(name) HAVING count(*) > 1 ORDER BY min(name)
"""
# What a text can mean: `provider:name` that one connection; a bare `provider`, which has no colon,
# the one that was validated last. Any other text means nothing.
BACKFILL = """
    UPDATE ai_endpoints SET integration_uuid = meant.uuid
    FROM (
        SELECT provider || ':' || name AS reference, uuid FROM integration_connections
        UNION ALL (
            SELECT DISTINCT ON (provider) provider, uuid FROM integration_connections
            ORDER BY provider, last_validated_at DESC NULLS LAST, uuid
        )
    ) AS meant
    WHERE ai_endpoints.provider = meant.reference
"""


def upgrade() -> None:
    op.execute(LOCK)
    _refuse_alike()
    op.add_column(ENDPOINTS, sa.Column("integration_uuid", sa.Uuid))
    op.execute(BACKFILL)
    op.create_index("ix_ai_endpoints_integration_uuid", ENDPOINTS, ["integration_uuid"])
    op.create_index("uq_ai_endpoints_lower_name", ENDPOINTS, [sa.text("lower(name)")], unique=True)


def downgrade() -> None:
    op.drop_index("uq_ai_endpoints_lower_name", ENDPOINTS)
    op.drop_index("ix_ai_endpoints_integration_uuid", ENDPOINTS)
    op.drop_column(ENDPOINTS, "integration_uuid")


def _refuse_alike() -> None:
    """Stop before anything is changed, naming what is in the way."""
    alike = op.get_bind().execute(sa.text(ALIKE)).scalars().all()
    if not alike:
        return
    shown = "; ".join(" and ".join(map(repr, names[:SHOWN])) for names in alike[:SHOWN])
    more = f"; and {len(alike) - SHOWN} more" if len(alike) > SHOWN else ""
    raise CommandError(
        "these AI endpoints are called alike, or differ only in case: "
        f"{shown}{more}. Rename all but one of each first."
    )
