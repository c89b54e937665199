"""Requests under the limits of checks: one deadline, an answer of bounded size, no redirects."""

import time
from collections.abc import Callable

import httpx2

from integrations_app.security import egress

_OWN = frozenset({"host", "accept-encoding", "connection", "content-length", "user-agent"})
"""Headers that the one door out sets by itself."""


class BoundedTransport(httpx2.BaseTransport):
    """Sends what its client wants sent through `egress.send`, which says what it raises.

    Args:
        allowed: Says whether the request's credential may go to a host.
        deadline_s: Seconds for all requests together, from now on.
    """

    def __init__(self, *, allowed: Callable[[str], bool], deadline_s: float) -> None:
        self._allowed = allowed
        self._ends_at = time.monotonic() + deadline_s

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request, and wait for the whole answer."""
        answer = egress.send(
            request.method,
            str(request.url),
            headers={name: text for name, text in request.headers.items() if name not in _OWN},
            body=request.read(),
            allowed=self._allowed,
            deadline_s=max(self._ends_at - time.monotonic(), 0),
        )
        return httpx2.Response(answer.status, headers=answer.headers, content=answer.body)
