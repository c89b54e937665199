"""Limits of Granian: connections served at a time, and how long a request is waited for.

By itself it serves a few hundred, open pages among them, and waits for ever for the first byte of
one that may turn out to speak HTTP/2, as no browser does without TLS.
"""

import resource
from typing import Any

from granian.constants import HTTPModes
from granian.http import HTTP1Settings

HEADERS_WITHIN_MS = 30_000
"""How long a connection may take to say what it wants, be it its first request or a further one."""

CONNECTIONS = 8_192
"""For each worker."""

_OPEN_FILES = 2 * CONNECTIONS


def limits(*, headers_within_ms: int = HEADERS_WITHIN_MS) -> dict[str, Any]:
    """Return what Granian's servers are told."""
    return {
        "http": HTTPModes.http1,
        "http1_settings": HTTP1Settings(
            header_read_timeout=headers_within_ms, max_buffer_size=65_536
        ),
        "backlog": 2_048,
        "backpressure": CONNECTIONS,
    }


def allow_connections() -> None:
    """Let this process open as many files as so many connections need, or the system grants."""
    granted, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if most == resource.RLIM_INFINITY else min(_OPEN_FILES, most)
    if granted != resource.RLIM_INFINITY and granted < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
