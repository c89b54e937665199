"""A server of one's own process that answers every GET over TLS, as little work as can be.

`python -m tests.benchmarks.echo_server CERTIFICATE` prints its port and serves until its input
ends.
"""

from __future__ import annotations

import asyncio
import ssl
import sys

BODY = b'{"ok": true, "data": [1, 2, 3]}'
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (
    len(BODY),
    BODY,
)
END = b"\r\n\r\n"


class Answering(asyncio.Protocol):
    """One client's connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._received = b""

    def data_received(self, data: bytes) -> None:
        self._received += data
        while END in self._received:
            self._received = self._received.partition(END)[2]
            self._transport.write(ANSWER)


async def serve(certificate: str) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Answering, "127.0.0.1", 0, ssl=tls)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
