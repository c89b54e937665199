"""The shop's own migrations, in the database that it shares with integrations."""

from alembic import context
from shop.storage import engine, metadata

from integrations_app.embedding import hosts_own

with engine().connect() as connection:
    context.configure(connection=connection, target_metadata=metadata, include_name=hosts_own)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
