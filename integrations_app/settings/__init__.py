"""The environment, read once and checked; a wrong value names itself in one line."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from integrations_app.settings import database_url as postgresql
from integrations_app.settings import parsing
from integrations_app.settings.parsing import KEY_BYTES, LOG_LEVELS, Network, decode_key
from integrations_app.settings.public_url import PublicUrl
from integrations_app.settings.public_url import parse as parse_public_url

__all__ = [
    "KEY_BYTES",
    "LOG_LEVELS",
    "NAMES",
    "Network",
    "PublicUrl",
    "Settings",
    "decode_key",
    "load",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the operator decided, with defaults filled in.

    Attributes:
        database_url: Where PostgreSQL is; None for the embedded server.
        db_connections: How many connections to it a process may have at once.
        schema: Schema of our tables; empty where programs find it themselves.
        listen_url: A way to the same database on which a session stays one's own, past a pooler.
        data_dir: Folder of the embedded server's data and of the key file.
        encryption_keys: Keys of 32 bytes, the first one encrypts; empty for the key file.
        public_url: Where browsers reach the app; None for localhost at `port`.
        private_networks: Networks that checks may reach although they are private.
        private_hosts: Host names that checks may reach although they are private.
        redis_url: Where Reflex keeps its state; None for the process's memory.
        workers: Processes that serve, where a Redis lets them share their state.
        port: TCP port to serve on.
        listen: Addresses to listen to; none for what `public_url` asks for.
        log_level: One of `LOG_LEVELS`.
        metrics_token: What monitoring shows to read figures; None while nobody may.
        trusted_proxies: Networks of the proxies whose `X-Forwarded-For` is believed.
    """

    database_url: str | None = field(repr=False)
    db_connections: int
    schema: str
    listen_url: str | None = field(repr=False)
    data_dir: Path
    encryption_keys: tuple[bytes, ...] = field(repr=False)
    public_url: PublicUrl | None
    private_networks: tuple[Network, ...]
    private_hosts: frozenset[str]
    redis_url: str | None = field(repr=False)
    workers: int
    port: int
    listen: tuple[str, ...]
    log_level: str
    metrics_token: str | None = field(repr=False)
    trusted_proxies: tuple[Network, ...]

    @property
    def address(self) -> PublicUrl:
        """Return where browsers reach the app, in its parts."""
        return self.public_url or PublicUrl(scheme="http", host="localhost", port=self.port)

    @property
    def url(self) -> str:
        """The address to print and to put into links, without a trailing slash."""
        return self.address.url

    @property
    def origin(self) -> str:
        """That without its path, as browsers name where a page comes from."""
        return self.address.origin

    @property
    def accepted_origins(self) -> tuple[str, ...]:
        """Origins from which pages may talk to us; those listened to only while none is set."""
        if self.public_url:
            return (self.public_url.origin,)
        hosts = dict.fromkeys(("localhost", "127.0.0.1", "::1", *self.listen))
        urls = (PublicUrl(scheme="http", host=host, port=self.port) for host in hosts)
        return tuple(url.origin for url in urls)


NAMES = (
    "DATABASE_URL",
    "INTEGRATIONS_DB_CONNECTIONS",
    "INTEGRATIONS_SCHEMA",
    "INTEGRATIONS_LISTEN_URL",
    "INTEGRATIONS_DATA_DIR",
    "INTEGRATIONS_ENCRYPTION_KEYS",
    "INTEGRATIONS_PUBLIC_URL",
    "INTEGRATIONS_ALLOW_PRIVATE_NETWORK",
    "REDIS_URL",
    "WEB_CONCURRENCY",
    "PORT",
    "INTEGRATIONS_LISTEN",
    "LOG_LEVEL",
    "INTEGRATIONS_METRICS_TOKEN",
    "INTEGRATIONS_TRUSTED_PROXIES",
)
"""Variables that are read here, in the order of `_parse`'s arguments."""

# What os.environ keeps: its own look-ups of what is not there cost as much as half a query.
_stored: Mapping[Any, Any] = getattr(os.environ, "_data", os.environ)
_STORED_NAMES = NAMES if _stored is os.environ else tuple(map(os.environ.encodekey, NAMES))


def load() -> Settings:
    """The settings of the environment as it is now; unchanged variables are not parsed again.

    Raises:
        InvalidSetting: A variable has a value that cannot be used.
    """
    folder = os.getcwd()  # noqa: PTH109 - asked at every call, and Path.cwd() takes 10 times as long
    return _read(folder, tuple(map(_stored.get, _STORED_NAMES)))


@lru_cache(maxsize=8)
def _read(folder: str, stored: tuple[str | bytes | None, ...]) -> Settings:
    return _parse(folder, *(os.fsdecode(value or "").strip() for value in stored))


def _parse(  # noqa: PLR0913, PLR0917 - one argument a variable, in the order of NAMES
    folder: str,
    database_url: str,
    db_connections: str,
    schema: str,
    listen_url: str,
    data_dir: str,
    encryption_keys: str,
    public_url: str,
    private: str,
    redis_url: str,
    workers: str,
    port: str,
    listen: str,
    log_level: str,
    metrics_token: str,
    trusted_proxies: str,
) -> Settings:
    networks, hosts = parsing.private_networks(private)
    return Settings(
        database_url=postgresql.parse("DATABASE_URL", database_url),
        db_connections=parsing.db_connections(db_connections),
        schema=parsing.schema(schema),
        listen_url=postgresql.parse("INTEGRATIONS_LISTEN_URL", listen_url),
        data_dir=parsing.data_dir(data_dir, folder),
        encryption_keys=parsing.encryption_keys(encryption_keys),
        public_url=parse_public_url(public_url),
        private_networks=networks,
        private_hosts=hosts,
        redis_url=parsing.redis_url(redis_url),
        workers=parsing.workers(workers),
        port=parsing.port(port),
        listen=parsing.listen(listen),
        log_level=parsing.log_level(log_level),
        metrics_token=parsing.metrics_token(metrics_token),
        trusted_proxies=parsing.trusted_proxies(trusted_proxies),
    )
