"""The password of an embedded PostgreSQL, which asks everyone for it, its own users too."""

import re
import secrets
import time

import psycopg
from psycopg import sql

from integrations_app.storage.embedded_folder import Postmaster, ServerFolder

USER = "postgres"

_FILE = ".password"
_RULES = "pg_hba.conf"
_METHOD = "scram-sha-256"
_LET_IN = f"local all {USER} trust\n"
_LET_IN_WITHIN_S = 10
_AGAIN_AFTER_S = 0.02
_TRUST = re.compile(r"^([^#\n]*\s)trust\b", re.MULTILINE)


def demand(folder: ServerFolder, postmaster: Postmaster) -> str:
    """Make sure that the running server lets nobody in without the password.

    A server of an older version trusted whoever reached it; a file that is lost is made anew.
    Interrupted at any point, the next call completes it.

    Returns:
        The password.

    Raises:
        OSError: A file of the folder cannot be read or written.
        RuntimeError: The server does not take the password.
    """
    password, rules = _stored(folder), (folder.path / _RULES).read_text()
    if password and not _TRUST.search(rules):
        return password
    password = password or secrets.token_urlsafe(32)
    rules = rules.replace(_LET_IN, "")
    if not _TRUST.search(rules):
        folder.write(_RULES, _LET_IN + rules)
        folder.run("pg_ctl", "reload")
    _set_password(postmaster, password)
    folder.write(_RULES, _TRUST.sub(rf"\1{_METHOD}", rules))
    folder.run("pg_ctl", "reload")
    folder.write(_FILE, password)  # last, since whoever finds it takes all this for done
    return password


def _stored(folder: ServerFolder) -> str:
    try:
        return (folder.path / _FILE).read_text().strip()
    except FileNotFoundError:
        return ""


def _set_password(postmaster: Postmaster, password: str) -> None:
    with _let_in(postmaster) as connection:
        # Only what the password is checked against leaves this process.
        verifier = connection.pgconn.encrypt_password(
            password.encode(), USER.encode(), _METHOD.encode()
        )
        connection.execute(
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                sql.Identifier(USER), sql.Literal(verifier.decode())
            )
        )


def _let_in(postmaster: Postmaster) -> psycopg.Connection:
    """Connect without a password, once the server has read that this may be."""
    give_up_at = time.monotonic() + _LET_IN_WITHIN_S
    while True:
        try:
            return psycopg.connect(
                host=str(postmaster.socket_folder),
                port=postmaster.port,
                user=USER,
                dbname=USER,
                autocommit=True,
            )
        except psycopg.OperationalError as error:
            if time.monotonic() > give_up_at:
                raise RuntimeError("The server lets nobody in.") from error
            time.sleep(_AGAIN_AFTER_S)
