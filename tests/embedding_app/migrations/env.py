"""The shop's own migrations, in the database that it shares with integrations."""

from alembic import context
from shop.storage import engine, metadata

with engine().connect() as connection:
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
