"""Errors of the database; each message says what to do about it."""

from integrations_app.errors.base import IntegrationError


class DatabaseUnavailable(IntegrationError):
    """The database cannot be used at the moment; the same may work later."""

    code = "database_unavailable"


class NoDatabase(DatabaseUnavailable):
    """The environment leads to no database: most likely it is not that of the web app."""

    code = "no_database"

    def __init__(self, data_dir: object) -> None:
        super().__init__(
            f"There is no database: DATABASE_URL is not set, and {data_dir} holds none. Set "
            "DATABASE_URL or INTEGRATIONS_DATA_DIR as the web app has it; `integrations serve` "
            "and `integrations migrate` make a new one."
        )


class NoEmbeddedDatabase(NoDatabase):
    """The environment names no database, and the embedded one is not installed."""

    def __init__(self) -> None:
        DatabaseUnavailable.__init__(
            self,
            "There is no database: DATABASE_URL is not set, and the embedded one is not "
            "installed. Set DATABASE_URL, or run pip install 'integrations-app[embedded]'.",
        )


class DatabaseMisconfigured(DatabaseUnavailable):
    """Somebody has to correct its address, its role, its rights or its certificates first."""

    code = "database_misconfigured"


class DatabaseFull(DatabaseUnavailable):
    """The database can be read, but has no room left on its disk."""


class DatabaseReadOnly(DatabaseUnavailable):
    """The database can be read, but takes no changes."""

    code = "database_read_only"


class DatabaseBusy(DatabaseUnavailable):
    """Others' work stood in the way, so nothing was done; the same works a moment later."""


class Deadlock(DatabaseBusy):
    """Two transactions waited for each other, and this one was given up."""

    code = "deadlock"


class LockTimeout(DatabaseBusy):
    """Another transaction held what this one needed, for too long."""

    code = "lock_timeout"


class StatementCancelled(DatabaseBusy):
    """The server ended a statement: an operator asked it to, or its time was over."""

    code = "statement_cancelled"
