"""The web app: pages, HTTP routes, the guard before all of it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from typing import Any

import reflex as rx

from integrations_app import routes, settings
from integrations_app.components import copying
from integrations_app.components.boundary import boundary, whole
from integrations_app.components.connection_banner import connection_banner
from integrations_app.components.theme import FONT, STYLESHEETS
from integrations_app.components.translation import steady
from integrations_app.features.ai_endpoints import old_key_card, old_key_post
from integrations_app.features.ai_endpoints import pages as ai_endpoints
from integrations_app.features.projects import pages as projects
from integrations_app.http import transformers
from integrations_app.i18n import _
from integrations_app.pages import connections, login, missing, modules, setup
from integrations_app.services.operations import metrics
from integrations_app.services.scheduling import scheduler
from integrations_app.state import form_endpoints
from integrations_app.state.gate import Gate
from integrations_app.state.guard import Guard, answer
from integrations_app.state.login import Login
from integrations_app.state.modules import Modules
from integrations_app.state.shared import App
from integrations_app.state.strangers import Strangers

gate = Gate()
app = App(
    stylesheets=STYLESHEETS,
    head_components=[
        rx.el.link(
            rel="preload",
            href=routes.asset(FONT),
            type="font/woff2",
            cross_origin="anonymous",
            custom_attrs={"as": "font"},
        ),
        rx.el.link(rel="icon", href=routes.asset("favicon.svg"), type="image/svg+xml"),
        rx.el.script(src=routes.asset("forms.js"), defer=True),
        rx.el.script(src=routes.asset("drafts.js"), defer=True),
        rx.el.script(src=routes.asset("sign-in.js"), defer=True),
        rx.el.script(src=routes.asset(copying.SCRIPT), defer=True),
        rx.el.script(src=routes.asset("post-forms.js"), defer=True),
        rx.el.script(src=routes.asset(old_key_card.SCRIPT), defer=True),
        rx.el.meta(name="referrer", content="no-referrer"),
    ],
    api_transformer=[
        *transformers(old_key_post.ROUTES, form_endpoints.ROUTES),
        Strangers(),
        gate,
    ],
    backend_exception_handler=answer,
)
# The whole app becomes a further child of what is given here.
app.app_wraps[5, "Overlay"] = lambda _stateful: rx.fragment(steady(connection_banner()))
app.app_wraps[55, "ErrorBoundary"] = lambda _stateful: boundary()
app.add_middleware(Guard(), index=0)


@app.register_lifespan_task
@asynccontextmanager
async def figures() -> AsyncIterator[None]:
    """Return what this worker does is counted, if the operator wants to know."""
    with metrics.collected():
        yield


@app.register_lifespan_task
@asynccontextmanager
async def shared_state() -> AsyncIterator[None]:
    """Pages are served only while the state that they share with other workers can be had."""
    redis_url = settings.load().redis_url
    async with gate.following(redis_url) if redis_url else nullcontext():
        yield


app.register_lifespan_task(scheduler.running)


def add_page(page: Callable[[], rx.Component], **options: Any) -> None:
    """Add a page of ours."""
    app.add_page(whole(page), **options)


connections.add_to(add_page)
add_page(
    modules.page,
    route=routes.MODULES,
    title=_("Modules"),
    on_load=[Modules.load, Modules.watch],
)
ai_endpoints.add_to(add_page)
projects.add_to(add_page)
add_page(login.page, route=routes.LOGIN, title=_("Sign in"), on_load=Login.enter)
add_page(setup.page, route=routes.SETUP, title=_("Create the first admin"), on_load=Login.enter)
add_page(missing.page, route="404", title=_("Not found"))
add_page(missing.home, route="/", title=_("Integrations"), on_load=rx.redirect(routes.LISTING))
