"""Our tables in a database that another app has its own in."""

import warnings

from integrations_app import built_in
from integrations_app.storage.schemas import VERSION_TABLE
from integrations_app.storage.tables import metadata

built_in.load_tables()


def exclude_our_tables(name: str | None, kind: str, _parents: object) -> bool:
    """Return whether something in the database is none of ours; for the other app's own Alembic.

    Only where both have their tables in one schema. Without it, that app's autogenerate takes our
    tables for some that it should drop:

        context.configure(..., include_name=exclude_our_tables)
    """
    return kind != "table" or (name != VERSION_TABLE and name not in metadata.tables)


def hosts_own(name: str | None, kind: str, parents: object) -> bool:
    """Return what `exclude_our_tables` does; the name until 0.4, deprecated."""
    warnings.warn("hosts_own is called exclude_our_tables now.", DeprecationWarning, stacklevel=2)
    return exclude_our_tables(name, kind, parents)
