"""Projects and templates may share a name; as before, none has two that differ only in case.

Databases that an early 105d made had an index on the name as it is written: what differs only in
case is refused here.
"""

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "106"
down_revision = "105e"
branch_labels = None
depends_on = None

LOWER_NAME = sa.text("lower(name)")
SHOWN = 5

# Nobody adds a name between the look and the indexes.
LOCK = "LOCK TABLE projects IN ACCESS EXCLUSIVE MODE"
TWICE_OF_ONE_KIND = """
    SELECT min(name) FROM projects GROUP BY is_template, lower(name) HAVING count(*) > 1
    ORDER BY 1
"""
OF_BOTH_KINDS = """
    SELECT min(name) FROM projects GROUP BY lower(name) HAVING count(DISTINCT is_template) > 1
    ORDER BY 1
"""


def upgrade() -> None:
    op.execute(LOCK)
    _refuse(TWICE_OF_ONE_KIND, "differ only in case", "Rename all but one of each")
    op.drop_index("uq_projects_name", "projects")
    op.create_index(
        "uq_projects_name_of_template",
        "projects",
        [LOWER_NAME],
        unique=True,
        postgresql_where=sa.text("is_template"),
    )
    op.create_index(
        "uq_projects_name_of_project",
        "projects",
        [LOWER_NAME],
        unique=True,
        postgresql_where=sa.text("NOT is_template"),
    )


def downgrade() -> None:
    op.execute(LOCK)
    _refuse(OF_BOTH_KINDS, "are both a project's and a template's", "Rename one of each")
    op.drop_index("uq_projects_name_of_project", "projects")
    op.drop_index("uq_projects_name_of_template", "projects")
    op.create_index("uq_projects_name", "projects", [LOWER_NAME], unique=True)


def _refuse(query: str, problem: str, remedy: str) -> None:
    """Stop before anything is changed, naming what is in the way."""
    names = op.get_bind().execute(sa.text(query)).scalars().all()
    if not names:
        return
    shown = ", ".join(repr(name) for name in names[:SHOWN])
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    raise CommandError(f"these names of projects {problem}: {shown}{more}. {remedy} first.")
