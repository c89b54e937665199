"""Addresses that requests must not reach unasked, and somebody who listens at one."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

LOOPBACK = [
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "localhost",
    "LOCALHOST",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "127。0。0。1",
    "①②⑦.⓪.⓪.①",
    "１２７．０．０．１",
    "ｌｏｃａｌｈｏｓｔ",
]
PRIVATE = [
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "[fe80::1]",
    "[fd00:ec2::254]",
    "[fec0::1]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:7f00:1::]",
    "224.0.0.1",
    "[ff02::1]",
    "255.255.255.255",
    "240.0.0.1",
    "168.63.129.16",
    "192.0.0.9",
    "192.0.0.192",
    "192.88.99.1",
    "[3fff::1]",
    "[2001:db8::1]",
    "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
    "[2001:20::1]",
    "[64:ff9b:1::1]",
    "[100::1]",
    "[5f00::1]",
    "[::ffff:168.63.129.16]",
    "①⑥⑨.②⑤④.①⑥⑨.②⑤④",
]


@dataclass
class Listener:
    """Somebody on this machine whom no request may reach unasked."""

    port: int
    visits: list[object] = field(default_factory=list)
    visited: threading.Event = field(default_factory=threading.Event)


@contextlib.contextmanager
def listening() -> Iterator[Listener]:
    """Somebody who hangs up on everyone who calls, and remembers them."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        found = Listener(port=door.getsockname()[1])

        def hang_up() -> None:
            with contextlib.suppress(OSError):
                while True:
                    caller, address = door.accept()
                    caller.close()
                    found.visits.append(address)
                    found.visited.set()

        thread = threading.Thread(target=hang_up, daemon=True)
        thread.start()
        yield found
        door.shutdown(socket.SHUT_RDWR)
        thread.join(5)
