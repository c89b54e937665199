"""The database: reachable, new enough, writable, roomy, and telling of changes."""

from collections.abc import Iterator
from datetime import timedelta

import psycopg

from integrations_app.domain.finding import Finding, ok, problem, warning
from integrations_app.errors import (
    DatabaseMisconfigured,
    DatabaseUnavailable,
    InvalidSetting,
    StartRefused,
)
from integrations_app.settings import Settings
from integrations_app.storage import inspection, migrations
from integrations_app.storage.engine import Database, database
from integrations_app.storage.inspection import ServerFacts

OLDEST_VERSION = 13
_MIGRATE = "Run `integrations migrate`; `integrations serve` does it at its start."
_NOTIFIED_WITHIN_S = 2.0
_CLOCKS_APART = timedelta(seconds=5)


def examine(configured: Settings) -> Iterator[Finding]:
    """Examine the database that the settings name; the rest only if it can be reached."""
    try:
        used = database(configured)
        facts = inspection.server_facts(used)
    except InvalidSetting as error:
        yield problem(
            "database.schema", str(error), f"Set {error.name}; the rest was not examined."
        )
        return
    except (DatabaseUnavailable, StartRefused) as error:
        yield problem(
            "database.reachable",
            str(error),
            "Correct that, or start the server; the rest was not examined.",
        )
        return
    through = ", through a pooler" if facts.is_pooled else ""
    yield ok("database.reachable", f"PostgreSQL {facts.version}, {used.place}{through}")
    yield from _version(facts)
    yield from _privileges(configured, used, facts)
    yield from _revision(used)
    yield from _connections(configured, facts)
    yield from _clock(facts)
    yield from _notifications(used)


def _version(facts: ServerFacts) -> Iterator[Finding]:
    major = int(facts.version.split(".", 1)[0])
    if major < OLDEST_VERSION:
        message = f"PostgreSQL {facts.version} is older than {OLDEST_VERSION}."
        yield problem("database.version", message, "Use a newer server.")
    if facts.encoding != "UTF8":
        message = f"The database stores text as {facts.encoding}: not every name can be saved."
        yield problem("database.encoding", message, "Use a database with the encoding UTF8.")


def _revision(used: Database) -> Iterator[Finding]:
    newest = migrations.newest()
    try:
        at = migrations.current(used)
    except DatabaseUnavailable:
        message = "This role cannot read at which revision the database is."
        yield problem("database.revision", message, "Grant it the rights that are named above.")
        return
    if at == newest:
        yield ok("database.revision", f"at the newest revision, {newest}")
    elif at is None:
        yield problem(
            "database.revision", "The database has no tables of this product yet.", _MIGRATE
        )
    elif migrations.is_known(at):
        message = f"The database is at revision {at}, and {newest} is the newest."
        yield problem("database.revision", message, _MIGRATE)
    else:
        message = f"A newer release has migrated the database to revision {at}."
        yield problem("database.revision", message, "Use that release, or restore a backup.")


def _privileges(configured: Settings, used: Database, facts: ServerFacts) -> Iterator[Finding]:
    if facts.is_read_only:
        message = "The database refuses writes: it is a standby, or read-only for this role."
        yield problem("database.writable", message, "Name the primary server in DATABASE_URL.")
    else:
        yield ok("database.writable", "the server accepts writes")
    tables = inspection.tables_out_of_reach(used)
    if tables:
        message = f"This role cannot read and write: {', '.join(tables)}."
        remedy = "Grant it SELECT, INSERT, UPDATE and DELETE, or let it own the tables."
        yield problem("database.privileges", message, remedy)
    elif facts.schema is None and configured.schema:
        message = f"There is no schema {configured.schema} yet."
        yield problem("database.privileges", message, _MIGRATE)
    elif facts.schema is None:
        remedy = "Create the schema, or correct the role's search_path."
        yield problem("database.privileges", "No schema of the search path exists.", remedy)
    elif not facts.may_create:
        message = f"This role cannot create tables in schema {facts.schema}."
        remedy = f"GRANT CREATE ON SCHEMA {facts.schema}, or migrate as another role."
        yield warning("database.privileges", message, remedy)
    else:
        yield ok(
            "database.privileges", f"this role can create and write tables in schema {facts.schema}"
        )


def _connections(configured: Settings, facts: ServerFacts) -> Iterator[Finding]:
    processes = configured.workers if configured.redis_url else 1
    needed = configured.db_connections * processes
    message = (
        f"up to {needed} connections (INTEGRATIONS_DB_CONNECTIONS={configured.db_connections}, "
        f"{processes} serving) of the {facts.connections_allowed} that the server allows; "
        f"{facts.connections_used} in use now"
    )
    if needed > facts.connections_allowed:
        remedy = (
            "Lower INTEGRATIONS_DB_CONNECTIONS or WEB_CONCURRENCY, or raise the limit of the "
            "server (max_connections), the role or the database."
        )
        yield warning("database.connections", f"This program takes {message}.", remedy)
    else:
        yield ok("database.connections", message)


def _clock(facts: ServerFacts) -> Iterator[Finding]:
    seconds = facts.ahead.total_seconds()
    if abs(facts.ahead) > _CLOCKS_APART:
        message = f"The server's clock and this one's differ by {abs(seconds):,.0f} seconds."
        yield warning("database.clock", message, "Let both follow a time server.")
    else:
        yield ok("database.clock", f"clocks differ by {abs(seconds) * 1000:,.0f} ms")


def _notifications(used: Database) -> Iterator[Finding]:
    try:
        with used.connect_directly() as listening:
            took_s = inspection.notification_round_trip(
                listening, used.notify, within_s=_NOTIFIED_WITHIN_S
            )
    except DatabaseMisconfigured as error:
        yield problem("database.notifications", str(error), "Correct that.")
        return
    except (psycopg.Error, DatabaseUnavailable):
        took_s = None
    if took_s is None:
        message = "A NOTIFY does not arrive: pages show what others change only after seconds."
        remedy = (
            "Set INTEGRATIONS_LISTEN_URL to the server's own address, or let the pooler hand out "
            "sessions, not transactions."
        )
        yield problem("database.notifications", message, remedy)
    else:
        yield ok(
            "database.notifications", f"live updates arrive; a NOTIFY takes {took_s * 1000:,.1f} ms"
        )
