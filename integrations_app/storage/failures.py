"""What the driver says of a lost, an empty or a full database, as errors of our own."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from integrations_app.errors import DatabaseFull, DatabaseUnavailable

_UNDEFINED_TABLE = "42P01"
_UNDEFINED_COLUMN = "42703"
_DISK_FULL = "53100"
_INSUFFICIENT_PRIVILEGE = "42501"


@contextmanager
def of_driver_translated() -> Iterator[None]:
    """Turn what psycopg raises into our own error where there is one for it."""
    try:
        yield
    except psycopg.Error as error:
        ours = in_our_words(error)
        if ours is None:
            raise
        raise ours from error


def in_our_words(error: BaseException | None) -> DatabaseUnavailable | None:
    """Return our own error for one of the driver's; None where callers should see that one."""
    if isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError)):
        if error.sqlstate == _DISK_FULL:
            return DatabaseFull("The database has no room left on its disk.")
        return DatabaseUnavailable("The database cannot be reached.")
    if isinstance(error, psycopg.ProgrammingError):
        if error.sqlstate in (_UNDEFINED_TABLE, _UNDEFINED_COLUMN):
            return DatabaseUnavailable(
                "The database is not at the newest revision; run `integrations migrate`."
            )
        if error.sqlstate == _INSUFFICIENT_PRIVILEGE:
            return DatabaseUnavailable(
                "The database's role lacks a right; `integrations doctor` says which."
            )
    return None
