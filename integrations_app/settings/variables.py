"""Each variable that the operator may set: what it means, and how its text is read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from integrations_app.settings import database_url, parsing, public_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One variable of the environment.

    Attributes:
        name: What it is called there.
        field: The attribute of `Settings` that it decides.
        read: Returns what a text means; the empty one gives the default. It raises
            `InvalidSetting`, whose message never repeats the text.
        meaning: What it decides, for the documentation.
        default: What holds while it is not set, for the documentation.
        example: What one may set it to in a shell, for the documentation; never a secret that
            somebody could copy.
        is_secret: Whoever reads its value could do harm.
    """

    name: str
    field: str
    read: Callable[[str], Any]
    meaning: str
    default: str
    example: str
    is_secret: bool = False


VARIABLES = (
    Variable(
        name="DATABASE_URL",
        field="database_url",
        read=lambda text: database_url.parse("DATABASE_URL", text),
        meaning="PostgreSQL to use",
        default="an embedded server in the data folder",
        example="postgresql://app@db.example/app",
        is_secret=True,
    ),
    Variable(
        name="INTEGRATIONS_DB_CONNECTIONS",
        field="db_connections",
        read=parsing.db_connections,
        meaning="the most connections to the database that one process has at once, 6 to 500",
        default="`20`",
        example="50",
    ),
    Variable(
        name="INTEGRATIONS_SCHEMA",
        field="schema",
        read=parsing.schema,
        meaning="schema of our tables",
        default="where they are; for new ones the first of the search path, inside another app "
        "`integrations_app`",
        example="integrations",
    ),
    Variable(
        name="INTEGRATIONS_LISTEN_URL",
        field="listen_url",
        read=lambda text: database_url.parse("INTEGRATIONS_LISTEN_URL", text),
        meaning="the same database past a pooler of transactions, for live updates and locks",
        default="`DATABASE_URL`",
        example="postgresql://app@db.example:5432/app",
        is_secret=True,
    ),
    Variable(
        name="INTEGRATIONS_DATA_DIR",
        field="data_dir",
        read=parsing.data_dir,
        meaning="embedded database and key file",
        default="`.data/`",
        example="/var/lib/integrations",
    ),
    Variable(
        name="INTEGRATIONS_ENCRYPTION_KEYS",
        field="encryption_keys",
        read=parsing.encryption_keys,
        meaning="base64 keys of 32 bytes, comma-separated; the first encrypts",
        default="a key file, made at first start",
        example="$(head -c 32 /dev/urandom | base64)",
        is_secret=True,
    ),
    Variable(
        name="INTEGRATIONS_PUBLIC_URL",
        field="public_url",
        read=public_url.parse,
        meaning="the address browsers use; it may have a path, as in `https://example.com/tools/`",
        default="`http://localhost:$PORT`",
        example="https://admin.example.com",
    ),
    Variable(
        name="INTEGRATIONS_ALLOW_PRIVATE_NETWORK",
        field="private_addresses",
        read=parsing.private_addresses,
        meaning="private networks or hosts that requests with credentials may reach, "
        "comma-separated",
        default="none",
        example="10.1.0.0/16, intranet.example.com",
    ),
    Variable(
        name="REDIS_URL",
        field="redis_url",
        read=parsing.redis_url,
        meaning="where several workers share what open pages show",
        default="none: one process",
        example="redis://redis:6379/0",
        is_secret=True,
    ),
    Variable(
        name="WEB_CONCURRENCY",
        field="workers",
        read=parsing.workers,
        meaning="number of workers, 1 to 64, where `REDIS_URL` is set",
        default="one per core, at most 8",
        example="4",
    ),
    Variable(
        name="PORT",
        field="port",
        read=parsing.port,
        meaning="port to serve on",
        default="`3000`",
        example="8000",
    ),
    Variable(
        name="INTEGRATIONS_LISTEN",
        field="listen",
        read=parsing.listen,
        meaning="addresses to listen to, comma-separated; `::` is both IPv6 and IPv4; several "
        "workers take one",
        default="this machine only; with `INTEGRATIONS_PUBLIC_URL` every address",
        example="0.0.0.0",  # noqa: S104 - as containers need it
    ),
    Variable(
        name="LOG_LEVEL",
        field="log_level",
        read=parsing.log_level,
        meaning="`DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`",
        default="`INFO`",
        example="WARNING",
    ),
    Variable(
        name="INTEGRATIONS_METRICS_TOKEN",
        field="metrics_token",
        read=parsing.metrics_token,
        meaning="token that monitoring sends to read `/metrics`, 16 characters or more",
        default="none: no `/metrics`",
        example="$(head -c 16 /dev/urandom | base64)",
        is_secret=True,
    ),
    Variable(
        name="INTEGRATIONS_TRUSTED_PROXIES",
        field="trusted_proxies",
        read=parsing.trusted_proxies,
        meaning="addresses or networks of proxies whose `X-Forwarded-For` is believed, "
        "comma-separated",
        default="none",
        example="10.0.0.0/8",
    ),
)
"""In the order in which they are read and documented."""
