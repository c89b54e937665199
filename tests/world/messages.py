"""What arrives at the world and what it answers."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote_plus

Misbehaviour = Callable[[asyncio.StreamWriter], Awaitable[None]]
"""An answer that is not proper HTTP: it writes what it likes, then the connection is closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it arrived.

    Args:
        at: When its last byte arrived, aware UTC.
        scheme: `https`, or `http` for one that came through the proxy unencrypted.
        host: Whom it was meant for, lower case, without port.
        path: As sent, still percent-encoded.
        query: As sent, without the question mark.
        headers: Names in lower case, in the order of arrival.
        body: Its first `http.RECORDED_BODY_BYTES` bytes.
    """

    at: datetime
    scheme: str
    host: str
    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The first header of this name, or None."""
        return next((value for key, value in self.headers if key == name.lower()), None)

    @property
    def bearer(self) -> str | None:
        """The token of an `Authorization: Bearer` header, or None."""
        scheme, _, token = (self.header("authorization") or "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else None

    def carries(self, secret: str) -> bool:
        """Whether the secret arrived anywhere: in the address, a header or the body."""
        return any(secret in part for part in self._readable_parts())

    def _readable_parts(self) -> list[str]:
        address = f"{self.path}?{self.query}"
        body = self.body.decode("utf-8", "replace")
        headers = [value for _, value in self.headers]
        return [address, unquote_plus(address), body, unquote_plus(body), *headers, self._basic]

    @property
    def _basic(self) -> str:
        scheme, _, token = (self.header("authorization") or "").partition(" ")
        if scheme.lower() != "basic":
            return ""
        try:
            return base64.b64decode(token).decode("utf-8", "replace")
        except binascii.Error:
            return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A well-formed answer; its length is added on the way out."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    @classmethod
    def of_json(cls, content: object, *, status: int = 200) -> Reply:
        """An answer whose body is this content as JSON."""
        headers = (("content-type", "application/json"),)
        return cls(status=status, headers=headers, body=json.dumps(content).encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """A well-formed answer that lets the client wait."""

    reply: Reply
    after_s: float


Answer = Reply | Later | Misbehaviour


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One outside service: the hosts it answers for and how it answers.

    `answer` runs on the world's own event loop: it must return at once; an answer that takes
    its time is a `Later`. A site that remembers something (codes, rotated tokens) keeps it in an
    object whose bound method is `answer`.
    """

    hosts: tuple[str, ...]
    answer: Callable[[Request], Answer]
