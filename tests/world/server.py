"""The TLS server that answers as every outside service."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Iterator, Sequence

from .certificates import Authority
from .http import Conversation
from .messages import Answer, Later, Reply, Request, Site
from .recorder import Recorder

MISDIRECTED = 421


class Server:
    """Speaks for all sites, by the host that a request names."""

    def __init__(self, *, sites: Sequence[Site], authority: Authority, recorder: Recorder) -> None:
        self._sites = {host: site for site in sites for host in site.hosts}
        self._authority = authority
        self._recorder = recorder

    @contextlib.contextmanager
    def hosting(self, site: Site) -> Iterator[None]:
        """Speak for one more site as long as the `with` block lasts."""
        self._sites |= dict.fromkeys(site.hosts, site)
        try:
            yield
        finally:
            for host in site.hosts:
                del self._sites[host]

    async def welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client that came over TLS."""
        tls: ssl.SSLObject = writer.get_extra_info("ssl_object")
        shown = self._authority.host_shown(tls.context)
        conversation = Conversation(reader, writer)
        while request := await conversation.next_request(scheme="https"):
            same_host = request.host == shown
            if not await self.answer(request, conversation, writer, misdirected=not same_host):
                return

    async def answer(
        self,
        request: Request,
        conversation: Conversation,
        writer: asyncio.StreamWriter,
        *,
        misdirected: bool = False,
    ) -> bool:
        """Record a request and answer it; says whether the client may go on."""
        self._recorder.record(request)
        answer = _nobody_here(request) if misdirected else self._answer_of_site(request)
        if isinstance(answer, Later):
            await asyncio.sleep(answer.after_s)
            answer = answer.reply
        if isinstance(answer, Reply):
            return await conversation.send(answer, method=request.method)
        await answer(writer)
        return False

    def _answer_of_site(self, request: Request) -> Answer:
        site = self._sites.get(request.host)
        return site.answer(request) if site else _nobody_here(request)


def _nobody_here(request: Request) -> Reply:
    error = f"{request.host} is no site of this world, or not the host TLS was made for"
    return Reply.of_json({"error": error}, status=MISDIRECTED)
