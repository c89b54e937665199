"""What has to be right before the app serves, and what is asked of it while it does."""

import os
from dataclasses import dataclass
from functools import cache

from redis import Redis
from redis.exceptions import RedisError, ResponseError

from integrations_app import routes, settings
from integrations_app.errors import DatabaseUnavailable, InvalidSetting, StartRefused
from integrations_app.modules.registry import OK
from integrations_app.security import network
from integrations_app.services import admins, catalogue, keyring, legacy
from integrations_app.settings import Settings
from integrations_app.storage import migrations
from integrations_app.storage.engine import database

_REDIS_WITHIN_S = 5.0
_REDIS_TELLS_OF = "K$sgxe"
"""Which changes of keys Redis has to tell its clients of, as Reflex asks for them."""
_NOT_CONFIGURABLE = (
    f"Redis does not let itself be configured; set its notify-keyspace-events to {_REDIS_TELLS_OF}."
)
_ALONE = "WEB_CONCURRENCY has no effect without REDIS_URL; one process serves."


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
    about_redis = check_redis(configured)
    about_data = prepare_data()
    token = admins.setup_token()
    return Prepared(
        first_admin_link=f"{configured.origin}{routes.SETUP}?token={token}" if token else None,
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
    missing = keyring.check().missing
    about_modules = _migrate_old_data()
    return [
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
    """Whether the database can be reached and is at the newest revision."""
    try:
        return migrations.current(database()) == _newest()
    except DatabaseUnavailable:
        return False


def check_redis(configured: Settings, *, may_configure: bool = True) -> list[str]:
    """Find out whether the Redis that is named can be used.

    Args:
        configured: The environment's settings.
        may_configure: Whether to have it tell of changed keys, as Reflex asks for.

    Returns:
        What the operator should know, a sentence each; nothing where all is well.

    Raises:
        StartRefused: It cannot be used; the message is one line.
    """
    if configured.redis_url is None:
        return [_ALONE] if os.environ.get("WEB_CONCURRENCY") not in (None, "", "1") else []
    limits = {"socket_connect_timeout": _REDIS_WITHIN_S, "socket_timeout": _REDIS_WITHIN_S}
    try:
        with Redis.from_url(configured.redis_url, **limits) as asked:
            asked.ping()
            if may_configure:
                asked.config_set("notify-keyspace-events", _REDIS_TELLS_OF)
    except ResponseError:
        return [_NOT_CONFIGURABLE]
    except (RedisError, OSError) as error:
        line = str(error).strip().split("\n", 1)[0]
        raise StartRefused(f"The Redis that REDIS_URL names cannot be used: {line}") from error
    except (ValueError, TypeError):  # of a parameter, which its client takes for an argument
        problem = "has a parameter that the client of Redis does not know"
        raise InvalidSetting("REDIS_URL", problem) from None
    return []


def _migrate_old_data() -> list[str]:
    """What the operator should know of it; whatever fails there, the start goes on."""
    try:
        outcomes = legacy.migrate(actor=legacy.AT_START)
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
