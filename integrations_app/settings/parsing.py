"""Reading each variable's text; what cannot be used names its variable in one line.

No message repeats the text: somebody may have put a secret into the wrong variable.
"""

import base64
import binascii
import ipaddress
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from integrations_app.errors import InvalidSetting
from integrations_app.settings import hosts

Part = TypeVar("Part")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
KEY_BYTES = 32
_SCHEMA = re.compile(r"(?!pg_|information_schema$)[a-z_][a-z0-9_]{0,62}")
_LAST_PORT = 65_535
_LONGEST_NUMBER = 5
_SHORTEST_TOKEN = 16
_WORKERS_BY_CORES = 8
_MOST_WORKERS = 64
_USUAL_CONNECTIONS = "20"
_FEWEST_CONNECTIONS = 6  # one for each purpose, two for locks and one that listens
_MOST_CONNECTIONS = 500


def redis_url(text: str) -> str | None:
    """Return the address of a Redis; None for none."""
    if text and not (_is_url(text, "redis", "rediss", "unix") and _names_redis(text)):
        raise InvalidSetting("REDIS_URL", "must be like redis://host:6379/0")
    return text or None


def _names_redis(text: str) -> bool:
    """Tell whether the path is one to a socket, or a database's number; its client takes all."""
    url = urlsplit(text)
    place = url.path.strip("/")
    return bool(place) if url.scheme == "unix" else not place or place.isdecimal()


def schema(text: str) -> str:
    """Return the name of a schema; empty for whichever has our tables."""
    if text and not _SCHEMA.fullmatch(text):
        problem = "must be like integrations_app: lower-case letters, digits and underscores"
        raise InvalidSetting("INTEGRATIONS_SCHEMA", problem)
    return text


def data_dir(text: str) -> Path:
    """Return the path of the data's folder, which may begin with `~`; see `whole`."""
    try:
        return Path(text or ".data").expanduser()
    except RuntimeError:  # no such user, or no home
        raise _leads_nowhere() from None


def whole(path: Path, folder: str) -> Path:
    """Return the whole path of the data's folder.

    Args:
        path: What `data_dir` gives.
        folder: Where a path begins that is not whole.
    """
    try:
        return (Path(folder) / path).resolve()
    except (RuntimeError, OSError, ValueError):  # links in a circle, names that are too long
        raise _leads_nowhere() from None


def _leads_nowhere() -> InvalidSetting:
    return InvalidSetting("INTEGRATIONS_DATA_DIR", "leads nowhere; name a whole path")


def workers(text: str) -> int:
    """Return how many processes serve."""
    if not text:
        return min(os.cpu_count() or 1, _WORKERS_BY_CORES)
    return _number("WEB_CONCURRENCY", text, _MOST_WORKERS)


def db_connections(text: str) -> int:
    """Return how many connections to the database a process may have at once."""
    name = "INTEGRATIONS_DB_CONNECTIONS"
    return _number(name, text or _USUAL_CONNECTIONS, _MOST_CONNECTIONS, first=_FEWEST_CONNECTIONS)


def port(text: str) -> int:
    """Return the port to serve on."""
    return _number("PORT", text or "3000", _LAST_PORT)


def log_level(text: str) -> str:
    """Return one of `LOG_LEVELS`."""
    level = text.upper() or "INFO"
    if level not in LOG_LEVELS:
        raise InvalidSetting("LOG_LEVEL", f"must be one of {', '.join(LOG_LEVELS)}")
    return level


def metrics_token(text: str) -> str | None:
    """Return what monitoring has to send; None while nobody may read."""
    if text and (len(text) < _SHORTEST_TOKEN or not text.isascii() or not text.isprintable()):
        problem = f"must have {_SHORTEST_TOKEN} characters or more, all of them plain ASCII"
        raise InvalidSetting("INTEGRATIONS_METRICS_TOKEN", problem)
    return text or None


def encryption_keys(text: str) -> tuple[bytes, ...]:
    """Return the keys, newest first; none for the key file."""
    name = "INTEGRATIONS_ENCRYPTION_KEYS"
    keys = tuple(decode_key(name, part) for part in _parts(text))
    if text and not keys:
        raise InvalidSetting(name, "names no key")
    if len(set(keys)) != len(keys):
        raise InvalidSetting(name, "names a key twice")
    return keys


def decode_key(source: str, text: str) -> bytes:
    """A key from its base64 text.

    Args:
        source: Where the text stands, for the message.
        text: Base64, standard or URL-safe alphabet, of 32 bytes.

    Raises:
        InvalidSetting: Not base64, or of another length.
    """
    key = _decoded(text)
    if key is None:
        raise InvalidSetting(source, "a key is not valid base64")
    if len(key) != KEY_BYTES:
        raise InvalidSetting(source, f"a key has {len(key)} bytes, {KEY_BYTES} are needed")
    return key


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateAddresses:
    """Private networks and hosts that requests may reach.

    Attributes:
        networks: Networks.
        hosts: Names of hosts, as they are looked up.
    """

    networks: tuple[Network, ...]
    hosts: frozenset[str]


def private_addresses(text: str) -> PrivateAddresses:
    """Return the networks and the host names that requests may reach although they are private."""
    name = "INTEGRATIONS_ALLOW_PRIVATE_NETWORK"
    found = _each(name, text, _network_or_host, "is neither a network nor a host name")
    return PrivateAddresses(
        networks=tuple(each for each in found if not isinstance(each, str)),
        hosts=frozenset(each for each in found if isinstance(each, str)),
    )


def trusted_proxies(text: str) -> tuple[Network, ...]:
    """Return the networks of the proxies that are believed."""
    problem = "is neither an address nor a network like 10.0.0.0/8"
    return tuple(_each("INTEGRATIONS_TRUSTED_PROXIES", text, _network, problem))


def listen(text: str) -> tuple[str, ...]:
    """Return the addresses to listen to, without brackets; none for the default."""
    name = "INTEGRATIONS_LISTEN"
    addresses = _each(name, text, _address, "is no address of a machine like 0.0.0.0 or ::")
    if text and not addresses:
        raise InvalidSetting(name, "names no address")
    return tuple(dict.fromkeys(addresses))


def _network_or_host(part: str) -> Network | str | None:
    network = _network(part)
    name = hosts.normalised(part)
    if network is not None or name is None:
        return network
    return name if _network(name) is None else None


def _address(part: str) -> str | None:
    bare = part[1:-1] if part.startswith("[") and part.endswith("]") else part
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return None
    return None if address.is_multicast or "%" in bare else address.compressed


def _each(name: str, text: str, read: Callable[[str], Part | None], problem: str) -> list[Part]:
    """Return what the parts of a list mean; the first that means nothing is counted out."""
    parts = _parts(text)
    meanings: list[Part] = []
    for number, part in enumerate(parts, start=1):
        meaning = read(part)
        if meaning is None:
            which = f"part {number} of {len(parts)} " if len(parts) > 1 else ""
            raise InvalidSetting(name, which + problem)
        meanings.append(meaning)
    return meanings


def _network(text: str) -> Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _is_url(text: str, *schemes: str) -> bool:
    try:
        url = urlsplit(text)
        return url.scheme in schemes and url.port != 0
    except ValueError:  # its message would quote the address, password included
        return False


def _number(name: str, text: str, last: int, *, first: int = 1) -> int:
    is_number = text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER
    if not is_number or not first <= int(text) <= last:
        raise InvalidSetting(name, f"must be a number from {first} to {last}")
    return int(text)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
