"""The server's half of HTTP/1.1 on one connection, with h11 for the protocol."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import urlsplit

import h11

from .messages import Reply, Request

RECORDED_BODY_BYTES = 64 * 1024
READ_BYTES = 64 * 1024


class Conversation:
    """One client's requests and their replies, in turn."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._protocol = h11.Connection(h11.SERVER)

    async def next_request(self, *, scheme: str) -> Request | None:
        """The next whole request, or None when the client has gone."""
        head = await self._next_event()
        if not isinstance(head, h11.Request):
            return None
        body = bytearray()
        while isinstance(event := await self._next_event(), h11.Data):
            body += event.data[: RECORDED_BODY_BYTES - len(body)]
        return _request(head, bytes(body), scheme=scheme)

    async def send(self, reply: Reply, *, method: str) -> bool:
        """Send a reply; says whether the client may go on with another request."""
        length = ("content-length", str(len(reply.body)))
        reason = HTTPStatus(reply.status).phrase.encode()
        headers = [*reply.headers, length]
        self._write(h11.Response(status_code=reply.status, headers=headers, reason=reason))
        if method != "HEAD":
            self._write(h11.Data(data=reply.body))
        self._write(h11.EndOfMessage())
        await self._writer.drain()
        if self._protocol.our_state is not h11.DONE or self._protocol.their_state is not h11.DONE:
            return False
        self._protocol.start_next_cycle()
        return True

    async def agree_to_tunnel(self) -> bytes:
        """Say yes to a CONNECT; gives what the client has sent ahead."""
        self._write(h11.Response(status_code=200, headers=[], reason=b"Connection established"))
        await self._writer.drain()
        return self._protocol.trailing_data[0]

    async def _next_event(self) -> object:
        while (event := self._protocol.next_event()) is h11.NEED_DATA:
            if self._protocol.they_are_waiting_for_100_continue:
                self._write(h11.InformationalResponse(status_code=100, headers=[]))
            self._protocol.receive_data(await self._reader.read(READ_BYTES))
        return event

    def _write(self, event: h11.Event) -> None:
        self._writer.write(self._protocol.send(event) or b"")


def _request(head: h11.Request, body: bytes, *, scheme: str) -> Request:
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers
    )
    target = head.target.decode("latin-1")
    host = dict(headers).get("host", "")
    if not target.startswith("/") and "://" in target:  # only a proxy is asked like this
        address = urlsplit(target)
        host, target = address.netloc, f"{address.path or '/'}?{address.query}"
    path, _, query = target.partition("?")
    return Request(
        at=datetime.now(UTC),
        scheme=scheme,
        host=urlsplit(f"//{host}").hostname or "",
        method=head.method.decode("ascii"),
        path=path,
        query=query,
        headers=headers,
        body=body,
    )
