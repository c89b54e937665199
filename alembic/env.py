"""How Alembic reaches the database: through the connection it is given, else as the app does."""

from alembic import context
from sqlalchemy import Connection

from integrations_app.features.ai_endpoints import table as _ai_endpoints  # noqa: F401 - fills metadata
from integrations_app.features.projects import table as _projects  # noqa: F401 - fills metadata
from integrations_app.storage.engine import database
from integrations_app.storage.migrations import VERSION_TABLE
from integrations_app.storage.tables import metadata


def ours(name: str | None, kind: str, _parents: object) -> bool:
    """Leave the tables of whoever shares the database alone."""
    return kind != "table" or name in metadata.tables


def run(connection: Connection) -> None:
    """Run the asked-for command in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table=VERSION_TABLE,
        include_name=ours,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with database().writer.connect() as own:
        run(own)
        own.commit()
