"""Poolers between us and the server, which hand its connections from client to client.

What a client leaves behind in a connection then belongs to whoever comes next. The driver numbers
prepared statements alike in every process, so behind a pooler that knows nothing of them one
client's name may run another one's statement: none is prepared there, and nothing is set.
"""

from typing import LiteralString

import psycopg

_BACKEND: LiteralString = "SELECT pg_backend_pid()"


def stands_between(connection: psycopg.Connection) -> bool:
    """Tell whether another process than the server answers; leaves no transaction behind.

    A pooler gives each of its clients a number of its own in place of that of the server's process.
    """
    row = connection.execute(_BACKEND, prepare=False).fetchone()
    if not connection.autocommit:
        connection.rollback()
    return row is None or row[0] != connection.info.backend_pid


def heeded(connection: psycopg.Connection) -> psycopg.Connection:
    """Return a fresh connection, which prepares no statement where a pooler stands between."""
    if stands_between(connection):
        connection.prepare_threshold = None
    return connection
