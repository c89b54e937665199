"""In which schema of the database our tables are.

Statements name it, rather than rely on a search path: behind a pooler of transactions, what one of
them sets for its session is gone with the next.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from integrations_app import routes
from integrations_app.errors import InvalidSetting, StartRefused

if TYPE_CHECKING:
    from sqlalchemy import Connection

IN_HOSTS = "integrations_app"
"""Where they are inside another app, unless the operator says otherwise."""

VERSION_TABLE = "integrations_alembic_version"

PLACEHOLDER = "our_schema"
"""What statements for the driver itself name, which are written before the schema is known."""

_SETTING = "INTEGRATIONS_SCHEMA"
_FIND = """
    SELECT namespace.nspname, pg_table_is_visible(found.oid)
    FROM pg_class AS found JOIN pg_namespace AS namespace ON namespace.oid = found.relnamespace
    WHERE found.relname = %s AND found.relkind = 'r'
        AND (namespace.nspname = %s OR pg_table_is_visible(found.oid))
    ORDER BY 2
"""
_CREATABLE = """
    SELECT
        current_user AS role,
        has_database_privilege(current_database(), 'CREATE') AS may_create,
        EXISTS (SELECT FROM pg_namespace WHERE nspname = :name) AS exists
"""

Ask = Callable[[str, Sequence[Any]], Sequence[tuple[Any, ...]]]
"""Runs a read of the driver's own, and gives its rows."""


class OurSchema:
    """The schema of one database that has our tables.

    Args:
        told: Its name, by an operator who has set it; empty to look for it.
        ask: Asks the database.
    """

    def __init__(self, name: str, ask: Ask) -> None:
        self._told = name
        self._ask = ask
        self._spelled: dict[str, str] = {}
        self._known: str | None = None
        self.forget()

    def find(self) -> str | None:
        """Return its name; empty if it is the search path's, None while there are no tables.

        Raises:
            InvalidSetting: There are tables of ours in two schemas, and nobody says which to use.
            psycopg.Error: The database cannot be asked.
        """
        if self._known is None:
            self._known = _chosen(self._ask(_FIND, (VERSION_TABLE, IN_HOSTS)))
        return self._known

    def forget(self) -> None:
        """Look for it anew when it is needed next."""
        self._known = self._told or None
        self._spelled = {}

    def qualify(self, connection: "Connection") -> None:
        """Have what this connection executes name the schema; called as it is taken.

        Raises:
            As `find`.
        """
        name = self.find()
        if name:
            connection.execution_options(schema_translate_map={None: name})

    def spell(self, sql: str) -> str:
        """Return a statement for the driver with the schema in place of the placeholder."""
        if sql in self._spelled:
            return self._spelled[sql]
        name = self.find()
        spelled = _spelled(sql, name)
        if name is not None:
            self._spelled[sql] = spelled
        return spelled

    def prepare(self, connection: "Connection") -> str:
        """Choose it where there are no tables yet, and create it where it is none of PostgreSQL's.

        Args:
            connection: In the transaction that makes the tables.

        Returns:
            Its name; empty for the first of the search path.

        Raises:
            StartRefused: It cannot be that one, or not be created.
        """
        if (
            self._known is None
        ):  # asked within the transaction, which waits for no second connection
            rows = connection.exec_driver_sql(_FIND, (VERSION_TABLE, IN_HOSTS))
            self._known = _chosen([(row[0], row[1]) for row in rows])
        name = self._known
        if name is None:
            name = IN_HOSTS if routes.is_embedded() else ""
        if name:
            _create(connection, name)
        return name


def spell_for(connection: "Connection", sql: str) -> str:
    """Return a statement for the driver with the schema that this connection's others name."""
    options = connection.get_execution_options()
    translated: Mapping[str | None, str] = options.get("schema_translate_map") or {}
    return _spelled(sql, translated.get(None))


def _spelled(sql: str, name: str | None) -> str:
    return sql.replace(f"{PLACEHOLDER}.", f'"{name}".' if name else "")


def _chosen(candidates: Sequence[tuple[str, bool]]) -> str | None:
    if not candidates:
        return None
    if len(candidates) > 1:
        names = " and ".join(sorted(name for name, _is_visible in candidates))
        problem = f"must name one: there are tables of integrations in the schemas {names}"
        raise InvalidSetting(_SETTING, problem)
    [(name, is_visible)] = candidates
    return "" if is_visible else name


def _create(connection: "Connection", name: str) -> None:
    from sqlalchemy import text  # noqa: PLC0415 - the library alone never waits for it

    state = connection.execute(text(_CREATABLE), {"name": name}).one()
    if state.role == name:
        # Everybody's tables go where the search path begins, that is, to a schema called so.
        problem = f"must name a schema that is not called like the database's role, {name}"
        raise InvalidSetting(_SETTING, problem)
    if state.exists:
        return
    if not state.may_create:
        raise StartRefused(
            f"The database's role {state.role} may not create the schema {name}; "
            "create it for that role, or grant it CREATE on the database."
        )
    connection.execute(text(f'CREATE SCHEMA "{name}"'))
