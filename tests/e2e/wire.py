"""What goes between a browser and the product."""

from __future__ import annotations

import contextlib
import re
import time
from dataclasses import dataclass, field

from playwright.sync_api import Error, Page, Response, WebSocket

_LOADED = '"is_hydrated_rx_state_":true'
_LOOK_EVERY_MS = 20
_POLLING = re.compile(r"/_event\b.*transport=polling")


@dataclass(kw_only=True)
class Overheard:
    """Every websocket frame and every answer of one tab, from now on."""

    frames_received: list[str] = field(default_factory=list)
    frames_sent: list[str] = field(default_factory=list)
    _answers: list[Response] = field(default_factory=list)

    @classmethod
    def listen(cls, page: Page) -> Overheard:
        """Listen to a tab that has not been anywhere yet."""
        overheard = cls()
        page.on("response", overheard._keep)
        page.on("websocket", overheard._attend)
        # While a server restarts, a page may come back by polling, which has no frames.
        page.route(_POLLING, lambda route: route.abort())
        return overheard

    @property
    def loads(self) -> int:
        """How often a page has been loaded, or brought up to date after a lost connection."""
        return sum(_LOADED in frame for frame in self.frames_received)

    def wait_for_load(self, page: Page, *, after: int, timeout_s: float) -> None:
        """Wait until the page has been loaded once more than so many times."""
        give_up_at = time.monotonic() + timeout_s
        while self.loads <= after:
            assert time.monotonic() < give_up_at, "The page was not brought up to date."
            page.wait_for_timeout(_LOOK_EVERY_MS)

    @property
    def received(self) -> str:
        """All that the tab was told, over HTTP and websocket, headers included."""
        return "\n".join([*self.frames_received, *(_text_of(each) for each in self._answers)])

    @property
    def sent(self) -> str:
        """All that it told over its websockets."""
        return "\n".join(self.frames_sent)

    def _keep(self, answer: Response) -> None:
        self._answers.append(answer)

    def _attend(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self.frames_received.append(_decoded(frame)))
        socket.on("framesent", lambda frame: self.frames_sent.append(_decoded(frame)))


def _decoded(frame: str | bytes) -> str:
    return frame if isinstance(frame, str) else frame.decode(errors="replace")


def _text_of(answer: Response) -> str:
    headers = "\n".join(f"{name}: {value}" for name, value in answer.all_headers().items())
    body = b""
    with contextlib.suppress(Error):  # redirects have none
        body = answer.body()
    return f"{answer.url}\n{headers}\n{body.decode(errors='replace')}"
