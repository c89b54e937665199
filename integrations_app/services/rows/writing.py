"""Writing rows that have a name and a version."""

from collections.abc import Callable, Collection
from typing import Any, Protocol, TypeVar

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from integrations_app.domain.references import parse_uuid
from integrations_app.errors import Conflict
from integrations_app.storage.engine import database


class VersionedRow(Protocol):
    """A row whose version counts its changes."""

    version: Any


RowType = TypeVar("RowType", bound=VersionedRow)


def delete(
    kind: type[RowType],
    uuid: object,
    *,
    expected_version: int | None,
    record: Callable[[Session, RowType], None],
) -> bool:
    """Delete a row, in a transaction of its own.

    Args:
        kind: Its table.
        uuid: Its primary key.
        expected_version: The version that the actor has seen; None for any.
        record: Records the change, as part of the transaction.

    Returns:
        Whether it was there.

    Raises:
        InvalidUuid: Neither a UUID nor its string.
        Conflict: Someone changed it since `expected_version`; nothing is done.
    """
    parsed = parse_uuid(uuid)
    with database().transaction() as session:
        row = session.get(kind, parsed, with_for_update=True)
        if row is None:
            return False
        if expected_version not in (None, row.version):
            raise Conflict(fields=(), version=row.version)
        session.delete(row)
        record(session, row)
    return True


def flush(session: Session, *, unique: Collection[str], taken: Exception) -> None:
    """Write what is pending.

    Args:
        session: The transaction.
        unique: Names of the indexes that keep names apart.
        taken: What to raise where one of them refuses the name.
    """
    try:
        session.flush()
    except IntegrityError as error:
        if any(index in str(error.orig) for index in unique):
            raise taken from None
        raise
