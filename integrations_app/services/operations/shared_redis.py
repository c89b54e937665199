"""The Redis by which several workers share what open pages show."""

# pyright: reportUnknownMemberType=false
# Redis says of its commands only in part what they take.

import os

from integrations_app import extras
from integrations_app.errors import InvalidSetting, StartRefused
from integrations_app.settings import Settings

_WITHIN_S = 5.0
_TELLS_OF = "K$sgxe"
"""Which changes of keys Redis has to tell its clients of, as Reflex asks for them."""
_NOT_CONFIGURABLE = (
    f"Redis does not let itself be configured; set its notify-keyspace-events to {_TELLS_OF}."
)
NEEDS_WEBSOCKETS = (
    "Several workers serve, so pages need WebSockets: long polling needs one process."
)
_ALONE = "WEB_CONCURRENCY has no effect without REDIS_URL; one process serves."


def check(configured: Settings, *, may_configure: bool = True) -> list[str]:
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
    extras.require("web")
    from redis import Redis  # noqa: PLC0415 - programs that serve nobody lack it
    from redis.exceptions import RedisError, ResponseError  # noqa: PLC0415

    limits = {"socket_connect_timeout": _WITHIN_S, "socket_timeout": _WITHIN_S}
    try:
        with Redis.from_url(configured.redis_url, **limits) as redis:
            redis.ping()
            if may_configure:
                redis.config_set("notify-keyspace-events", _TELLS_OF)
    except ResponseError:
        return [_NOT_CONFIGURABLE]
    except (RedisError, OSError) as error:
        line = str(error).strip().split("\n", 1)[0]
        raise StartRefused(f"The Redis that REDIS_URL names cannot be used: {line}") from error
    except (ValueError, TypeError):  # of a parameter, which its client takes for an argument
        problem = "has a parameter that the client of Redis does not know"
        raise InvalidSetting("REDIS_URL", problem) from None
    return []
