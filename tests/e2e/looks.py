"""The ways in which every page is looked at: wide and on a phone, light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from playwright.sync_api import Page

WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


def looks(page: Page) -> Iterator[str]:
    """Show the page each way, without loading it anew; gives the name of each."""
    modes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for size, viewport in (("wide", WIDE), ("phone", PHONE)):
        page.set_viewport_size({**viewport})
        for mode in modes:
            page.emulate_media(color_scheme=mode, reduced_motion="reduce")
            page.wait_for_function(
                "(mode) => document.documentElement.classList.contains(mode)", arg=mode
            )
            yield f"{size}-{mode}"
