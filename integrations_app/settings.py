"""The environment, read once and checked; a wrong value names itself in one line."""

import base64
import binascii
import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from integrations_app.errors import InvalidSetting

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
KEY_BYTES = 32
_LAST_PORT = 65_535
_SHORTEST_TOKEN = 16
_WORKERS_BY_CORES = 8
_MOST_WORKERS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the operator decided, with defaults filled in.

    Attributes:
        database_url: Where PostgreSQL is; None for the embedded server.
        data_dir: Folder of the embedded server's data and of the key file.
        encryption_keys: Keys of 32 bytes, the first one encrypts; empty for the key file.
        public_url: Origin under which browsers reach the app; None for localhost at `port`.
        private_networks: Networks that checks may reach although they are private.
        private_hosts: Host names that checks may reach although they are private.
        redis_url: Where Reflex keeps its state; None for the process's memory.
        workers: Processes that serve, where a Redis lets them share their state.
        port: TCP port to serve on.
        log_level: One of `LOG_LEVELS`.
        metrics_token: What monitoring shows to read figures; None while nobody may.
        trusted_proxies: Networks of the proxies whose `X-Forwarded-For` is believed.
    """

    database_url: str | None = field(repr=False)
    data_dir: Path
    encryption_keys: tuple[bytes, ...] = field(repr=False)
    public_url: str | None
    private_networks: tuple[Network, ...]
    private_hosts: frozenset[str]
    redis_url: str | None = field(repr=False)
    workers: int
    port: int
    log_level: str
    metrics_token: str | None = field(repr=False)
    trusted_proxies: tuple[Network, ...]

    @property
    def origin(self) -> str:
        """The address to print and to put into links, without a trailing slash."""
        return self.public_url or f"http://localhost:{self.port}"

    @property
    def accepted_origins(self) -> tuple[str, ...]:
        """Origins from which pages may talk to us; loopback names only while none is set."""
        if self.public_url:
            return (self.public_url,)
        return tuple(f"http://{host}:{self.port}" for host in ("localhost", "127.0.0.1", "[::1]"))


_NAMES = (
    "DATABASE_URL",
    "INTEGRATIONS_DATA_DIR",
    "INTEGRATIONS_ENCRYPTION_KEYS",
    "INTEGRATIONS_PUBLIC_URL",
    "INTEGRATIONS_ALLOW_PRIVATE_NETWORK",
    "REDIS_URL",
    "WEB_CONCURRENCY",
    "PORT",
    "LOG_LEVEL",
    "INTEGRATIONS_METRICS_TOKEN",
    "INTEGRATIONS_TRUSTED_PROXIES",
)

# What os.environ keeps: its own look-ups of what is not there cost as much as half a query.
_stored: Mapping[Any, Any] = getattr(os.environ, "_data", os.environ)
_STORED_NAMES = _NAMES if _stored is os.environ else tuple(map(os.environ.encodekey, _NAMES))


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


def _parse(  # noqa: PLR0913, PLR0917 - one argument a variable, in the order of _NAMES
    folder: str,
    database_url: str,
    data_dir: str,
    encryption_keys: str,
    public_url: str,
    private: str,
    redis_url: str,
    workers: str,
    port: str,
    log_level: str,
    metrics_token: str,
    trusted_proxies: str,
) -> Settings:
    networks, hosts = _private_networks(private)
    return Settings(
        database_url=_database_url(database_url),
        data_dir=(Path(folder) / Path(data_dir or ".data").expanduser()).resolve(),
        encryption_keys=_encryption_keys(encryption_keys),
        public_url=_public_url(public_url),
        private_networks=networks,
        private_hosts=hosts,
        redis_url=_redis_url(redis_url),
        workers=_workers(workers),
        port=_port(port),
        log_level=_log_level(log_level),
        metrics_token=_metrics_token(metrics_token),
        trusted_proxies=_trusted_proxies(trusted_proxies),
    )


def _database_url(text: str) -> str | None:
    if not text:
        return None
    try:
        url = urlsplit(text)
        fits = url.scheme in ("postgresql", "postgres", "postgresql+psycopg") and url.port != 0
    except ValueError:  # its message would quote the address, password included
        fits = False
    if not fits:
        raise InvalidSetting("DATABASE_URL", "must be like postgresql://user@host:5432/name")
    return text


def _redis_url(text: str) -> str | None:
    if not text:
        return None
    try:
        url = urlsplit(text)
        fits = url.scheme in ("redis", "rediss", "unix") and url.port != 0
    except ValueError:  # its message would quote the address, password included
        fits = False
    if not fits:
        raise InvalidSetting("REDIS_URL", "must be like redis://host:6379/0")
    return text


def _workers(text: str) -> int:
    if not text:
        return min(os.cpu_count() or 1, _WORKERS_BY_CORES)
    if not text.isdecimal() or not 1 <= int(text) <= _MOST_WORKERS:
        raise InvalidSetting("WEB_CONCURRENCY", f"must be a number from 1 to {_MOST_WORKERS}")
    return int(text)


def _encryption_keys(text: str) -> tuple[bytes, ...]:
    keys = tuple(decode_key("INTEGRATIONS_ENCRYPTION_KEYS", part) for part in _parts(text))
    if len(set(keys)) != len(keys):
        raise InvalidSetting("INTEGRATIONS_ENCRYPTION_KEYS", "names a key twice")
    return keys


def decode_key(source: str, text: str) -> bytes:
    """A key from its base64 text.

    Args:
        source: Where the text stands, for the message.
        text: Base64, standard or URL-safe alphabet, of 32 bytes.

    Raises:
        InvalidSetting: Not base64, or of another length.
    """
    try:
        key = base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        raise InvalidSetting(source, "a key is not valid base64") from None
    if len(key) != KEY_BYTES:
        raise InvalidSetting(source, f"a key has {len(key)} bytes, {KEY_BYTES} are needed")
    return key


def _public_url(text: str) -> str | None:
    if not text:
        return None
    url = urlsplit(text)
    if url.scheme not in ("http", "https") or not url.hostname or url.query or url.fragment:
        raise InvalidSetting("INTEGRATIONS_PUBLIC_URL", "must be like https://admin.example.com")
    if url.path.strip("/"):
        raise InvalidSetting("INTEGRATIONS_PUBLIC_URL", "must have no path")
    return f"{url.scheme}://{url.netloc.lower()}"


def _private_networks(text: str) -> tuple[tuple[Network, ...], frozenset[str]]:
    networks: list[Network] = []
    hosts: set[str] = set()
    for part in _parts(text):
        try:
            networks.append(ipaddress.ip_network(part, strict=False))
        except ValueError:
            if "/" in part or not part.replace("-", "").replace(".", "").isalnum():
                problem = f"{part!r} is neither a network nor a host name"
                raise InvalidSetting("INTEGRATIONS_ALLOW_PRIVATE_NETWORK", problem) from None
            hosts.add(part.lower())
    return tuple(networks), frozenset(hosts)


def _port(text: str) -> int:
    if not text:
        return 3000
    if not text.isdecimal() or not 1 <= int(text) <= _LAST_PORT:
        raise InvalidSetting("PORT", "must be a number from 1 to 65535")
    return int(text)


def _log_level(text: str) -> str:
    level = text.upper() or "INFO"
    if level not in LOG_LEVELS:
        raise InvalidSetting("LOG_LEVEL", f"must be one of {', '.join(LOG_LEVELS)}")
    return level


def _metrics_token(text: str) -> str | None:
    if text and (len(text) < _SHORTEST_TOKEN or not text.isascii() or not text.isprintable()):
        problem = f"must have {_SHORTEST_TOKEN} characters or more, all of them plain ASCII"
        raise InvalidSetting("INTEGRATIONS_METRICS_TOKEN", problem)
    return text or None


def _trusted_proxies(text: str) -> tuple[Network, ...]:
    return tuple(map(_proxy_network, _parts(text)))


def _proxy_network(part: str) -> Network:
    try:
        return ipaddress.ip_network(part, strict=False)
    except ValueError:
        problem = f"{part!r} is neither an address nor a network like 10.0.0.0/8"
        raise InvalidSetting("INTEGRATIONS_TRUSTED_PROXIES", problem) from None


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
