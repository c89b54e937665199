"""A Reflex app of somebody else, whose pages have pickers on them."""

import sys
from pathlib import Path

import reflex as rx
from reflex_base.constants import StateManagerMode

from integrations_app.reflex_adapter import page_addresses


class AnyAddress(rx.plugins.Plugin):
    """The tests serve it on any port."""

    def post_build(self, **context):
        page_addresses.free_addresses(context["static_dir"])


config = rx.Config(
    app_name="picker_app",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    bun_path=Path(sys.prefix) / "bin" / "bun",
    state_manager_mode=StateManagerMode.MEMORY,
    plugins=[rx.plugins.RadixThemesPlugin(theme=rx.theme(accent_color="teal")), AnyAddress()],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
