"""Reads as part of a transaction: whoever writes never waits for a second connection."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from integrations_app.storage.schemas import spell_for

if TYPE_CHECKING:
    from sqlalchemy import Executable, Row
    from sqlalchemy.orm import Session


class Reads(Protocol):
    """Reads that a `Database` offers, and a transaction just as well."""

    def fetch(
        self, statement: "Executable", parameters: Mapping[str, Any] | None = None
    ) -> "Sequence[Row[Any]]":
        """All rows of a read."""
        ...

    def fetch_fast(self, sql: str, parameters: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """All rows of a read in the driver's own spelling."""
        ...


class Within:
    """The reads of a transaction; what it has changed and not flushed they do not see.

    Args:
        session: The transaction.
    """

    def __init__(self, session: "Session") -> None:
        self._session = session

    def fetch(
        self, statement: "Executable", parameters: Mapping[str, Any] | None = None
    ) -> "Sequence[Row[Any]]":
        """All rows of a read."""
        return self._session.connection().execute(statement, parameters).all()

    def fetch_fast(self, sql: str, parameters: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """All rows of a read in the driver's own spelling."""
        connection = self._session.connection()
        return connection.exec_driver_sql(spell_for(connection, sql), tuple(parameters)).all()
