"""The running world: its threads, its addresses and what a product needs to live in it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from anyio.from_thread import start_blocking_portal

from .certificates import Authority
from .door import LOOPBACK, open_door
from .messages import Request, Site
from .oauth.steering import OAuth
from .proxy import Proxy
from .recorder import Recorder
from .server import Server
from .sites import plain_sites

CA_FILE_NAME = "world-ca.pem"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A running world; made by `World.start`.

    Args:
        proxy_url: Where its proxy listens.
        ca_file: The PEM file that clients have to trust.
        recorder: All that has arrived.
        oauth: Steers the authorization servers.
        server: Answers as every site.
    """

    proxy_url: str
    ca_file: Path
    recorder: Recorder = field(repr=False)
    oauth: OAuth = field(repr=False)
    server: Server = field(repr=False)

    @classmethod
    @contextlib.contextmanager
    def start(cls, directory: Path) -> Iterator[World]:
        """Run a world, in a daemon thread, as long as the `with` block lasts.

        Args:
            directory: An existing folder for the certificate file.
        """
        ca_file = directory.resolve() / CA_FILE_NAME
        authority = Authority()
        authority.write_certificate(ca_file)
        recorder = Recorder()
        oauth = OAuth(recorder)
        sites = [*plain_sites(), *oauth.sites]
        server = Server(sites=sites, authority=authority, recorder=recorder)
        with (
            start_blocking_portal() as portal,
            portal.wrap_async_context_manager(_open(server, authority, recorder)) as proxy_port,
        ):
            proxy_url = f"http://{LOOPBACK}:{proxy_port}"
            yield cls(
                proxy_url=proxy_url,
                ca_file=ca_file,
                recorder=recorder,
                oauth=oauth,
                server=server,
            )

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead a product into this world."""
        return {
            "HTTPS_PROXY": self.proxy_url,
            "https_proxy": self.proxy_url,
            "SSL_CERT_FILE": str(self.ca_file),
            "NO_PROXY": "localhost,127.0.0.1",
        }

    def hosting(self, site: Site) -> contextlib.AbstractContextManager[None]:
        """Let one more site answer as long as the `with` block lasts: a test's own."""
        return self.server.hosting(site)

    def requests(
        self, *, host: str | None = None, key: str | None = None, path: str | None = None
    ) -> list[Request]:
        """The requests so far for which everything given is true; see `Recorder.requests`."""
        return self.recorder.requests(host=host, key=key, path=path)

    def wait_for_requests(
        self, *, count: int = 1, key: str, host: str | None = None, timeout_s: float = 5.0
    ) -> list[Request]:
        """Wait until at least so many requests with this key have arrived; gives them.

        Raises:
            TimeoutError: They did not arrive in time.
        """

        def enough() -> list[Request]:
            found = self.recorder.requests(key=key, host=host)
            return found if len(found) >= count else []

        return self.recorder.wait_for(enough, timeout_s=timeout_s)


@contextlib.asynccontextmanager
async def _open(server: Server, authority: Authority, recorder: Recorder) -> AsyncIterator[int]:
    async with open_door(server.welcome, tls=authority.server_context()) as tls_port:
        proxy = Proxy(server=server, tls_port=tls_port, recorder=recorder)
        async with open_door(proxy.welcome) as proxy_port:
            yield proxy_port
