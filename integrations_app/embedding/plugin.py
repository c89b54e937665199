"""The plugin that an app names in its `rxconfig.py` to get the pages.

Reflex reads `rxconfig.py` before it has a configuration, which states need; so everything that
defines one is imported by the hooks.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Unpack

from reflex_base.config import get_config
from reflex_base.plugins.base import (
    CommonContext,
    Plugin,
    PostCompileContext,
    PreCompileContext,
    RegisterRouteContext,
)

from integrations_app import routes
from integrations_app.embedding import files, hook
from integrations_app.http import authentication
from integrations_app.reflex_adapter import page_transports

_PREFIX = re.compile(r"(/[A-Za-z0-9_~.-]+)+")


class IntegrationsPlugin(Plugin):
    """Adds the pages for connections to an app, and what they need of its server.

    Only what is ours is guarded: the app's own pages and handlers are its own business.

    Args:
        prefix: Where the list of connections is; the other pages stand below it.
        identify: The app's function that says who is signed in, as `module:function`. It gets the
            headers of a request, or of a websocket's handshake, by lower-case name, and gives a
            `HostAdmin`, or None for whoever may not manage connections. It is called in a thread,
            for each event, so it should take milliseconds.
        sign_in_url: The app's page for whoever is not signed in.
        sign_out_url: Where "Sign out" leads, as a link would; None for no such button.
        home_url: Where the app's own pages begin; ours lead back there.
        layout: The app's function that puts its own navigation around a page, as `module:function`.
            It gets a component, and gives one with it inside. Our navigation is left out then;
            without a layout, it is there.
        health: Whether `/healthz` and `/readyz` answer for the server.
        metrics: Whether `/metrics` does, to whoever shows `INTEGRATIONS_METRICS_TOKEN`.
        long_polling: Whether the app's pages, all of them, fall back to HTTP where a proxy blocks
            WebSockets. For apps that one process serves: with several, requests of one page would
            reach processes that know nothing of it.
        accept_events_of_plugins: Whether our event handlers may be called by other plugins of the
            app, that is, otherwise than over the websocket of an open page. `identify` then gets
            whatever headers such a plugin says that there were.
    """

    def __init__(  # noqa: PLR0913 - one keyword for each choice that an app has
        self,
        *,
        prefix: str,
        identify: str,
        sign_in_url: str,
        sign_out_url: str | None = None,
        home_url: str = "/",
        layout: str | None = None,
        health: bool = False,
        metrics: bool = False,
        long_polling: bool = False,
        accept_events_of_plugins: bool = False,
    ) -> None:
        if not _PREFIX.fullmatch(prefix):
            raise ValueError(f"IntegrationsPlugin: prefix {prefix!r} must be like /settings/apps")
        self._prefix = prefix
        self._identify = identify
        self._sign_in_url = sign_in_url
        self._sign_out_url = sign_out_url
        self._home_url = home_url
        self._layout = layout
        self._health = health
        self._metrics = metrics
        self._long_polling = long_polling
        self._accept_events_of_plugins = accept_events_of_plugins

    def get_static_assets(
        self, **_context: Unpack[CommonContext]
    ) -> Sequence[tuple[Path, str | bytes]]:
        """Logos and scripts, below one folder of their own, and the stylesheet."""
        return files.all_of()

    def get_stylesheet_paths(self, **_context: Unpack[CommonContext]) -> Sequence[str]:
        """Rules that apply to what is ours alone."""
        return [files.STYLESHEET]

    def register_route(self, **context: Unpack[RegisterRouteContext]) -> None:
        """Add the pages; called at each build and at each start, before any page is drawn."""
        config = get_config()
        routes.place(base=config.frontend_path, api_base=config.backend_path)
        routes.embed(
            prefix=self._prefix,
            home=self._home_url,
            sign_in=self._sign_in_url,
            sign_out=self._sign_out_url,
            has_layout=self._layout is not None,
        )
        authentication.ask(hook.function(self._identify))
        layout = hook.function(self._layout) if self._layout else None
        from integrations_app.embedding import pages  # noqa: PLC0415 - said above

        pages.add_to(context["add_page"], layout=layout)

    def pre_compile(self, **context: Unpack[PreCompileContext]) -> None:
        """Have pages fall back to HTTP; called before they are written."""
        if self._long_polling:
            context["add_modify_task"](page_transports.SCRIPT, page_transports.fall_back_to_polling)

    def post_compile(self, **context: Unpack[PostCompileContext]) -> None:
        """Guard the pages, and serve beside them; called at each start."""
        from integrations_app.embedding import wiring  # noqa: PLC0415 - said above

        wiring.attach(
            context["app"],
            says_health=self._health,
            counts=self._metrics,
            polls=self._long_polling,
            accepts_events_of_plugins=self._accept_events_of_plugins,
        )
