"""The configuration that Reflex gets, at every build and at every start.

Variables named `REFLEX_` and a field of `rx.Config` override what stands here: that is Reflex's
own door for operators, and none of them is needed.
"""

import os
import sys
from pathlib import Path
from typing import Any, Unpack

import reflex as rx
from reflex_base.constants import StateManagerMode
from reflex_base.plugins.base import PostBuildContext, PreCompileContext

from integrations_app import frontend, routes, settings
from integrations_app.reflex_adapter import page_addresses, page_transports
from integrations_app.reflex_adapter.configuration import BelowPath
from integrations_app.services.identity.sessions import LIFETIME


class AnyAddress(rx.plugins.Plugin):
    """Frees the built pages from the address that Reflex bakes into them."""

    def post_build(self, **context: Unpack[PostBuildContext]) -> None:
        """Called by Reflex between its build and the compression of what it built."""
        page_addresses.free_addresses(context["static_dir"])


class LongPolling(rx.plugins.Plugin):
    """Has pages whose WebSocket is blocked on the way fall back to HTTP."""

    def pre_compile(self, **context: Unpack[PreCompileContext]) -> None:
        """Called by Reflex before it writes what it builds from."""
        context["add_modify_task"](page_transports.SCRIPT, page_transports.fall_back_to_polling)


def reflex_config() -> rx.Config:
    """Return what follows from the environment's settings.

    Raises:
        InvalidSetting: The environment cannot be used.
    """
    configured = settings.load()
    by_redis = configured.redis_url is not None
    building = os.environ.get(frontend.BUILT_BELOW[0], "")
    base = building or configured.address.path
    routes.place(base=base, api_base=base)
    return BelowPath(
        app_name="integrations_app",
        telemetry_enabled=False,
        show_built_with_reflex=False,
        # Reflex's default keeps pickled states, with what people typed, in files under .states/.
        state_manager_mode=StateManagerMode.REDIS if by_redis else StateManagerMode.MEMORY,
        redis_url=configured.redis_url,
        # As long as a session: a page may rest for hours, and is to know then what it is about.
        redis_token_expiration=int(LIFETIME.total_seconds()),
        # Reflex's default lets any page on the web open a websocket with our cookies.
        cors_allowed_origins=list(configured.accepted_origins),
        plugins=[
            rx.plugins.RadixThemesPlugin(theme=rx.theme(accent_color="indigo", gray_color="slate")),
            AnyAddress(),
            LongPolling(),
        ],
        disable_plugins=[rx.plugins.SitemapPlugin],
        **_bun(),
    )


def _bun() -> dict[str, Any]:
    """The bun of this environment, whatever stands on PATH; where pages are only served, none."""
    bun = Path(sys.prefix) / "bin" / "bun"
    return {"bun_path": bun} if bun.is_file() else {}
