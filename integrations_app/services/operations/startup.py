"""Conditions for serving, examined before the app starts, and its health while it serves."""

from dataclasses import dataclass
from functools import cache

from integrations_app import routes, settings
from integrations_app.errors import DatabaseUnavailable
from integrations_app.modules.registry import OK
from integrations_app.security import network
from integrations_app.services import catalogue
from integrations_app.services.changes import event_stream
from integrations_app.services.credentials import key_ring
from integrations_app.services.identity import admins
from integrations_app.services.operations import legacy_migrations, shared_redis
from integrations_app.storage import migrations
from integrations_app.storage.engine import database
from integrations_app.storage.faults import of_driver_translated


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """The app may serve now.

    Attributes:
        first_admin_link: Where the first admin is made, good for one use; None if there is one.
        warnings: What the operator should know, a sentence each.
    """

    first_admin_link: str | None
    warnings: tuple[str, ...]


def prepare() -> Prepared:
    """Check the environment and the declarations, migrate the database, try the keys.

    Raises:
        StartRefused: The app must not start like this; the message is one line.
        DatabaseUnavailable: The database cannot be reached.
    """
    configured = settings.load()
    about_redis = shared_redis.check(configured)
    about_data = prepare_data()
    token = admins.setup_token()
    return Prepared(
        first_admin_link=f"{configured.url}{routes.SETUP}?token={token}" if token else None,
        warnings=(*about_redis, *about_data),
    )


def prepare_data() -> list[str]:
    """The same for an app with a sign-in of its own.

    Returns:
        What the operator should know, a sentence each.

    Raises:
        StartRefused: The app must not start like this; the message is one line.
        DatabaseUnavailable: The database cannot be reached.
    """
    settings.load()
    network.check_environment()
    catalogue.all_providers()
    migrations.upgrade()
    missing = key_ring.check().missing
    about_modules = _migrate_old_data()
    return [
        *_about_notices(),
        *about_modules,
        *(_missing_key(key_id, secrets) for key_id, secrets in missing.items()),
    ]


def migrate() -> tuple[str, ...]:
    """Bring the database, and the old data of modules, up to date.

    Returns:
        What the operator should know, a sentence each.

    Raises:
        StartRefused: The database cannot be migrated, or a module not be loaded.
        DatabaseUnavailable: The database cannot be reached.
    """
    migrations.upgrade()
    return tuple(_migrate_old_data())


def is_ready() -> bool:
    """Return whether the database can be reached, takes changes and is at the newest revision."""
    try:
        used = database()
        return used.takes_changes() and migrations.current(used) == _newest()
    except DatabaseUnavailable:
        return False


def warnings() -> list[str]:
    """Return what works, and not as well as it could; a sentence each."""
    return [event_stream.NO_NOTICES] if event_stream.is_late() else []


def _about_notices() -> list[str]:
    used = database()
    with used.connect_directly() as listening, of_driver_translated():
        return [] if event_stream.hears(used, listening) else [event_stream.NO_NOTICES]


def _migrate_old_data() -> list[str]:
    """Return what the operator should know of it; whatever fails there, the start goes on."""
    try:
        outcomes = legacy_migrations.migrate(actor=legacy_migrations.AT_START)
    except DatabaseUnavailable as error:
        return [f"Old data of modules was not looked at: {error}"]
    return [
        f"Module {module} could not migrate its old data: {outcome}"
        for module, outcome in outcomes.items()
        if outcome != OK
    ]


@cache
def _newest() -> str | None:
    return migrations.newest()


def _missing_key(key_id: str, secrets: int) -> str:
    needed = {0: "no stored secret needs it", 1: "1 stored secret needs it"}
    return (
        f"Encryption key {key_id} is not at hand; "
        f"{needed.get(secrets, f'{secrets:,} stored secrets need it')}."
    )
