"""Faults of the database: the driver's errors become ours, in one line.

What fails in a statement is known by its SQLSTATE. What fails while connecting, libpq tells in
English only, and mixed with what it was given: no message here repeats more of that than the names
of roles, databases, hosts, files and options.
"""

import re
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType

import psycopg

from integrations_app.errors import (
    DatabaseFull,
    DatabaseMisconfigured,
    DatabaseReadOnly,
    DatabaseUnavailable,
    Deadlock,
    LockTimeout,
    StatementCancelled,
)

Fault = tuple[type[DatabaseUnavailable], str, str]
"""An error, its message, and what the driver's text has in it where that matters.

`{name}` in the message stands for what the pattern's group `name` matches, or `name2`, `name3`.
"""

TAKES_NO_CHANGES = "The database takes no changes: it is a standby, or read-only for this role."
ALL_IN_USE = "All database connections of this process are in use; try again in a moment."

_NEVER_OURS = (psycopg.OperationalError, psycopg.InterfaceError)
"""Nobody's mistake in a statement, whatever their SQLSTATE."""

_NOT_MIGRATED = "The database is not at the newest revision; run `integrations migrate`."
_CANCELLED = "The database server ended a statement: it was cancelled, or took too long."

_IN_A_STATEMENT: Mapping[str, Sequence[Fault]] = MappingProxyType(
    {
        "25006": [
            (
                DatabaseReadOnly,
                TAKES_NO_CHANGES,
                "",
            )
        ],
        "3F000": [
            (
                DatabaseMisconfigured,
                "No schema of the database's search path exists: create it, or correct the "
                "search_path of the role or of DATABASE_URL.",
                "",
            )
        ],
        "40001": [(StatementCancelled, _CANCELLED, "")],
        "40P01": [
            (
                Deadlock,
                "Two transactions waited for each other, and this one was given up; try again.",
                "",
            )
        ],
        "42501": [
            (
                DatabaseMisconfigured,
                "The database's role may not use schema {schema}, or not create tables in it: "
                "GRANT USAGE, CREATE ON SCHEMA {schema} to it.",
                r"denied for schema (?P<schema>\w+)",
            ),
            (
                DatabaseMisconfigured,
                "The database's role lacks a right; `integrations doctor` says which.",
                "",
            ),
        ],
        "42703": [(DatabaseUnavailable, _NOT_MIGRATED, "")],
        "42P01": [(DatabaseUnavailable, _NOT_MIGRATED, "")],
        "53100": [(DatabaseFull, "The database has no room left on its disk.", "")],
        "55P03": [
            (
                LockTimeout,
                "Another transaction held what this one needed for too long, so nothing was done.",
                "",
            )
        ],
        "57014": [(StatementCancelled, _CANCELLED, "")],
    }
)

_ROLE = r'(?:user|role) "(?P<role>[^"\n]*)"'
_FILE = r'"(?P<file>[^"\n]*)"'
_VOUCHING = "The root certificate {file}, which has to vouch for the database server,"
_NOT_FROM_HERE = "The database server's pg_hba.conf does not let role {role} in from here."
_AWAY = "The database cannot be reached"

_TO_CORRECT: Sequence[tuple[str, str]] = [
    (
        "The database refuses the password of role {role}; correct it in DATABASE_URL.",
        rf"password authentication failed for {_ROLE}",
    ),
    ("The database asks for a password, and DATABASE_URL has none.", r"no password supplied"),
    (
        "The database does not let role {role} in like this: it asks for the Unix user of that "
        "name, or for another proof than a password.",
        rf"authentication failed for {_ROLE}",
    ),
    (
        "The database server has no role {role} that may log in; create it, or correct "
        "DATABASE_URL.",
        rf"{_ROLE} (?:does not exist|is not permitted to log in)",
    ),
    (
        "The database server has no database {name}; create it, or correct DATABASE_URL.",
        r'database "(?P<name>[^"\n]*)" does not exist',
    ),
    (
        "The pooler in front of the database knows no database {name}; correct DATABASE_URL.",
        r"no such database: (?P<name>\S+)",
    ),
    (
        "The database's role may not connect to {name}: GRANT CONNECT ON DATABASE {name} to it.",
        r'permission denied for database "(?P<name>[^"\n]*)"',
    ),
    (
        _NOT_FROM_HERE,
        r'no pg_hba\.conf entry .*user "(?P<role>[^"\n]*)".*, SSL encryption',
    ),
    (
        "The database server does not let role {role} in without TLS: use sslmode=require in "
        "DATABASE_URL, or change the server's pg_hba.conf.",
        r'no pg_hba\.conf entry .*user "(?P<role>[^"\n]*)".*no encryption',
    ),
    (_NOT_FROM_HERE, r'pg_hba\.conf .*user "(?P<role>[^"\n]*)"'),
    (
        "The database server offers no TLS, which sslmode in DATABASE_URL demands.",
        r"server does not support SSL, but SSL was required",
    ),
    (
        f"{_VOUCHING} does not exist; name another with sslrootcert in DATABASE_URL.",
        rf"root certificate file {_FILE} does not exist",
    ),
    (
        f"{_VOUCHING} cannot be read; name another with sslrootcert in DATABASE_URL.",
        rf"could not (?:read|load) root certificate file {_FILE}",
    ),
    (
        "No root certificate at hand vouches for the database server; name the one of its "
        "authority with sslrootcert in DATABASE_URL.",
        r"certificate verify failed",
    ),
    (
        "The database server's certificate is not for {host}; name the host as its certificate "
        "does, or use sslmode=verify-ca.",
        r'does not match host name "(?P<host>[^"\n]*)"',
    ),
    (
        "The database server asks for a certificate; name one with sslcert and sslkey in "
        "DATABASE_URL.",
        r"certificate required|requires a valid client certificate",
    ),
    (
        "The file {file}, which DATABASE_URL names for TLS, cannot be used.",
        rf"(?:certificate|private key)(?: file)? {_FILE}",
    ),
    (
        "The parameter {option} of DATABASE_URL has a value that it cannot have.",
        r"invalid (?P<option>\w+) value: "
        r'|for connection option "(?P<option2>\w+)"|bad value for (?P<option3>\w+): ',
    ),
    (
        "DATABASE_URL names another number of ports or addresses than of hosts.",
        r"could not match \d+ ",
    ),
    (
        "The options in DATABASE_URL set {option}, which the database server refuses.",
        r'unrecognized configuration parameter "(?P<option>[\w.]+)"'
        r'|invalid value for parameter "(?P<option2>[\w.]+)"'
        r'|permission denied to set parameter "(?P<option3>[\w.]+)"',
    ),
    (
        "The pooler in front of the database refuses {option} in DATABASE_URL; set it with ALTER "
        "ROLE … SET instead.",
        r"unsupported startup parameter(?: in options)?: (?P<option>[\w.]+)",
    ),
]

_MAY_PASS: Sequence[Fault] = [
    (
        DatabaseReadOnly,
        "No server that DATABASE_URL names takes changes; they are standbys, or read-only.",
        r"session is read-only|server is in hot standby mode",
    ),
    (
        DatabaseUnavailable,
        "The database server allows no further connection; end some, or raise its limit.",
        r"too many (?:clients|connections)|connection slots are reserved|no more connections",
    ),
    (
        DatabaseUnavailable,
        "The database server is starting or stopping; try again in a moment.",
        r"the database system is |not (?:yet )?accepting connections",
    ),
    (
        DatabaseUnavailable,
        f"{_AWAY}: nobody knows a host {{host}}.",
        r"failed to resolve host '(?P<host>[^'\n]*)'"
        r'|could not translate host name "(?P<host2>[^"\n]*)"',
    ),
    (
        DatabaseUnavailable,
        f"{_AWAY}: nothing listens at {{host}}, port {{port}}.",
        r'server at "(?P<host>[^"\n]*)".*, port (?P<port>\d+) failed: Connection refused',
    ),
    (
        DatabaseUnavailable,
        f"{_AWAY}: nothing listens at {{file}}.",
        rf"server on socket {_FILE} failed: (?:No such file|Connection refused)",
    ),
    (
        DatabaseUnavailable,
        f"{_AWAY}: this user may not open {{file}}.",
        rf"server on socket {_FILE} failed: Permission denied",
    ),
    (DatabaseUnavailable, f"{_AWAY}: it does not answer in time.", r"timeout expired"),
]

# Where several servers fail, each in its own way, what somebody has to correct comes first.
_WHILE_CONNECTING: Sequence[Fault] = [
    *((DatabaseMisconfigured, message, pattern) for message, pattern in _TO_CORRECT),
    *_MAY_PASS,
]


@contextmanager
def of_driver_translated(*, variable: str = "") -> Generator[None]:
    """Turn what psycopg says of a database that cannot be used into our own error.

    Args:
        variable: Where the address stands, if not in DATABASE_URL.

    Raises:
        DatabaseUnavailable: Or one of its kinds; a mistake in a statement stays as it is.
    """
    try:
        yield
    except psycopg.Error as error:
        ours = in_our_words(error)
        if ours is None:
            raise
        if variable:
            told = str(ours).replace("DATABASE_URL", variable)
            ours = type(ours)(f"{variable}: {told}")
        raise ours from error


def in_our_words(error: BaseException | None) -> DatabaseUnavailable | None:
    """Return what an error of psycopg means; None for a mistake in a statement."""
    if not isinstance(error, psycopg.Error):
        return None
    sqlstate = error.sqlstate
    if sqlstate is not None and sqlstate in _IN_A_STATEMENT:
        return _first(_IN_A_STATEMENT[sqlstate], str(error))
    ours = _first(_WHILE_CONNECTING, str(error)) if sqlstate is None else None
    if ours is None and isinstance(error, _NEVER_OURS):
        return DatabaseUnavailable(f"{_AWAY}.")
    return ours


def _first(faults: Sequence[Fault], text: str) -> DatabaseUnavailable | None:
    for kind, message, pattern in faults:
        match = re.search(pattern, text)
        if match:
            named = {key.rstrip("23"): value for key, value in match.groupdict().items() if value}
            return kind(message.format_map(named))
    return None
