"""Somebody in front of the server's pages, without a browser."""

from __future__ import annotations

from html.parser import HTMLParser

import httpx2

LONGEST_WAY = 10


class Visitor:
    """Goes where the pages lead, signs in where asked to, and decides on the consent page.

    Args:
        client: Keeps this visitor's cookies.
    """

    def __init__(self, client: httpx2.Client, *, username: str, password: str) -> None:
        self._client = client
        self._typed = {"username": username, "password": password}

    def decide(self, url: str, *, allow: bool) -> str:
        """Open an authorisation request, press a button; gives where that leads back to."""
        here = httpx2.URL(url)
        page = self._client.get(here)
        for _ in range(LONGEST_WAY):
            if page.is_redirect:
                target = here.join(page.headers["location"])
                if target.host != here.host:
                    return str(target)
                page = self._client.get(target)
            else:
                page = self._submit(page, allow=allow)
        raise AssertionError(f"The pages lead nowhere: {page.url}")

    def _submit(self, page: httpx2.Response, *, allow: bool) -> httpx2.Response:
        inputs = _inputs(page.text)
        if "password" in inputs:
            inputs |= self._typed
        elif "allow" in inputs:
            if not allow:
                del inputs["allow"]  # only the pressed button is sent, and Cancel has no name
        else:
            raise AssertionError(f"Nothing to press, {page.status_code} at {page.url}: {page.text}")
        origin = f"{page.url.scheme}://{page.url.host}"
        return self._client.post(page.url, data=inputs, headers={"Origin": origin})


def _inputs(page: str) -> dict[str, str]:
    collector = _Inputs()
    collector.feed(page)
    return collector.found


class _Inputs(HTMLParser):
    """Collects the named inputs of a page, which has one form at most."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "input" and (name := attributes.get("name")):
            self.found[name] = attributes.get("value") or ""
