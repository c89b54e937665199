"""Alembic's way to the database: through the connection it is given, else as the app does."""

from alembic import context
from sqlalchemy import Connection, text

from integrations_app import built_in
from integrations_app.storage.engine import database
from integrations_app.storage.schemas import VERSION_TABLE
from integrations_app.storage.tables import metadata

built_in.load_tables()


def ours(name: str | None, kind: str, _parents: object) -> bool:
    """Leave the tables of whoever shares the database alone."""
    return kind != "table" or name in metadata.tables


def run(connection: Connection, schema: str) -> None:
    """Run the asked-for command in one transaction.

    Args:
        connection: To the database.
        schema: Where the tables are, or go; empty for the first of the search path.
    """
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table=VERSION_TABLE,
        include_name=ours,
    )
    with context.begin_transaction():
        if schema:
            connection.execute(text(f'SET LOCAL search_path TO "{schema}"'))
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given, context.config.attributes["schema"])
else:
    used = database()
    with used.writer.connect() as own:
        run(own, used.schema.prepare(own))
        own.commit()
