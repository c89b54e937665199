"""Bringing the database to the newest revision."""

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import Connection, text

from integrations_app import package_files
from integrations_app.errors import StartRefused
from integrations_app.storage.engine import Database, database
from integrations_app.storage.pools import translated
from integrations_app.storage.schemas import VERSION_TABLE

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

_LOCK_ID = 0x696E7467  # "intg": held while one process migrates and others wait


def upgrade(target: str = "head") -> None:
    """Run every revision up to `target`; processes that do so at once wait for each other.

    Where there are no tables of ours yet, they go to the schema that `OurSchema.prepare` says.

    An embedded database is made where there is none, and nowhere else.

    Raises:
        StartRefused: A revision refuses what is stored, or is unknown; the message is one line.
        DatabaseUnavailable: The database cannot be reached.
    """
    used = database(may_create=True)
    with translated(), used.writer.begin() as connection:
        # Held by the transaction and not by the session, which a pooler would hand to others.
        connection.execute(text("SELECT pg_advisory_xact_lock(:id)"), {"id": _LOCK_ID})
        _run(connection, target, schema=used.schema.prepare(connection))


def _run(connection: Connection, target: str, *, schema: str) -> None:
    from alembic import command  # noqa: PLC0415 - only a start needs it, never a library call
    from alembic.util import CommandError  # noqa: PLC0415

    config = _config(connection=connection, schema=schema)
    try:
        command.upgrade(config, target)
    except CommandError as error:  # a newer program's revision, or rows that one of ours refuses
        raise StartRefused(f"The database cannot be migrated: {error}") from error


def newest() -> str | None:
    """The newest revision that this code brings."""
    return _revisions().get_current_head()


def is_known(revision: str) -> bool:
    """Return whether this code brings the revision."""
    return any(script.revision == revision for script in _revisions().walk_revisions())


def _revisions() -> "ScriptDirectory":
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    return ScriptDirectory.from_config(_config())


def _config(**attributes: object) -> "Config":
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes=attributes)
    folder = str(package_files.migrations()).replace("%", "%%")  # which it would fill in
    config.set_main_option("script_location", folder)
    return config


def current(of: Database) -> str | None:
    """The revision the database is at; None before the first."""
    with translated():
        schema = of.schema.find()
    name = f'"{schema}".{VERSION_TABLE}' if schema else VERSION_TABLE
    exists = of.fetch(text("SELECT to_regclass(:name)"), {"name": name})
    if exists[0][0] is None:
        return None
    versions = sa.table(VERSION_TABLE, schema=schema or None)
    rows = of.fetch(sa.select(sa.column("version_num", sa.Text)).select_from(versions))
    return rows[0][0] if rows else None
