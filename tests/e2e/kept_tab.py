"""One tab that tests use in turn: pages open there at half the cost of those in a new one."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Error, Page

_OUTLASTING = (
    "on",
    "once",
    "route",
    "add_init_script",
    "expose_binding",
    "expose_function",
    "emulate_media",
    "set_viewport_size",
    "set_default_timeout",
)
"""What stays with a tab wherever it goes: a tab on which a test calls it is not used again."""

# A script that has yet to end writes nothing any more.
_FORGET = "sessionStorage.clear(); Storage.prototype.setItem = () => {}"


class KeptTab:
    """A tab of a browser whose scripts stay compiled from one test to the next."""

    def __init__(self, context: BrowserContext, *, origin: str) -> None:
        self._context = context
        self._origin = origin
        self._page: Page | None = None
        self._changed = False

    def open(self) -> Page:
        """The tab as a new one is: it has been nowhere, and has nothing stored."""
        if self._page is None:
            self._page = self._context.new_page()
            self._changed = False
            for name in _OUTLASTING:
                setattr(self._page, name, self._noting(getattr(self._page, name)))
        return self._page

    def empty_browser(self) -> None:
        """Have the browser be as a new one is: without cookies, and with nothing stored."""
        self._context.clear_cookies()
        session = self._context.new_cdp_session(self.open())
        stored = {"origin": self._origin, "storageTypes": "local_storage"}
        session.send("Storage.clearDataForOrigin", stored)
        session.detach()

    def leave(self, *, failed: bool) -> None:
        """Leave the tab to the next test, or close it where it could show what this one did."""
        page = self._page
        if page is None or (not (failed or self._changed) and self._emptied(page)):
            return
        self._page = None
        page.close()

    def _emptied(self, page: Page) -> bool:
        """Whether the tab has forgotten all, which it can only do where it is ours."""
        with contextlib.suppress(Error):
            if page.url.startswith(f"{self._origin}/"):
                page.evaluate(_FORGET)
                page.goto("about:blank")
                return True
        return False

    def _noting(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            self._changed = True
            return method(*arguments, **named)

        return call
