"""The environment, read once and checked; a wrong value names itself in one line.

`variables.VARIABLES` declares each variable once: its name, meaning, default, example, and how it
is read; the table of the documentation is made from it. They are not read by pydantic-settings:
every program that asks for a credential reads them first, and that library adds 13 % to what the
import of this one takes (0.39 to 0.45 s of processor time, medians of 25 runs), and two packages.
What it would have been wanted for, tests hold: no message, traceback or `repr` has a value in it.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from integrations_app.settings import parsing
from integrations_app.settings.parsing import (
    KEY_BYTES,
    LOG_LEVELS,
    Network,
    PrivateAddresses,
    decode_key,
)
from integrations_app.settings.public_url import PublicUrl
from integrations_app.settings.variables import VARIABLES

__all__ = [
    "KEY_BYTES",
    "LOG_LEVELS",
    "NAMES",
    "VARIABLES",
    "Network",
    "PrivateAddresses",
    "PublicUrl",
    "Settings",
    "decode_key",
    "load",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Decisions of the operator, with defaults filled in.

    Attributes:
        database_url: Where PostgreSQL is; None for the embedded server.
        db_connections: How many connections to it a process may have at once.
        schema: Schema of our tables; empty where programs find it themselves.
        listen_url: A way to the same database on which a session stays one's own, past a pooler.
        data_dir: Folder of the embedded server's data and of the key file.
        encryption_keys: Keys of 32 bytes, the first one encrypts; empty for the key file.
        public_url: Where browsers reach the app; None for localhost at `port`.
        private_addresses: What requests may reach although it is private.
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
    private_addresses: PrivateAddresses
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


NAMES = tuple(variable.name for variable in VARIABLES)
"""Variables that are read here."""

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
    texts = (os.fsdecode(value or "").strip() for value in stored)
    read: dict[str, Any] = {
        variable.field: variable.read(text) for variable, text in zip(VARIABLES, texts, strict=True)
    }
    read["data_dir"] = parsing.whole(read["data_dir"], folder)
    return Settings(**read)
