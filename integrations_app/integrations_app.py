"""The web app: pages, HTTP routes, the guard before all of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

import reflex as rx

from integrations_app import feature, routes, settings
from integrations_app.components import copying
from integrations_app.components.boundary import boundary, whole
from integrations_app.components.connection_banner import connection_banner
from integrations_app.components.theme import FONT, STYLESHEETS
from integrations_app.components.translation import steady
from integrations_app.features.discovery import built_in_features, installed_features
from integrations_app.http import transformers
from integrations_app.http.long_polling import LongPolling
from integrations_app.pages import core
from integrations_app.services.operations import metrics
from integrations_app.services.scheduling import scheduler
from integrations_app.state import form_endpoints, strangers
from integrations_app.state.guard import Guard, answer
from integrations_app.state.redis_gate import Gate
from integrations_app.state.sealed_redis import App
from integrations_app.state.strangers import Strangers

SCRIPTS = (
    *("forms.js", "drafts.js", "leaving.js", "focus.js", "lists.js", "sign-in.js"),
    *(copying.SCRIPT, "post-forms.js"),
)

features = (
    core.connections(),
    *built_in_features(),
    *installed_features(),
    core.module_runs(),
    core.way_in(),
)
feature.use(features)
gate = Gate()
# The requests of a page have to reach the process that its first one has reached.
polling = LongPolling(limits=strangers.polling_limits, serves=settings.load().redis_url is None)
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
        *(
            rx.el.script(src=routes.asset(name), defer=True)
            for name in (*SCRIPTS, *(name for each in features for name in each.scripts))
        ),
        rx.el.meta(name="referrer", content="no-referrer"),
    ],
    api_transformer=[
        *transformers(
            form_endpoints.ROUTES,
            [polling.route()],
            *(each.http_routes for each in features),
            pages={
                page.route for each in features for page in each.pages if page.has_fixed_address
            },
        ),
        Strangers(),
        gate,
        polling,
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


for each in features:
    for page in each.pages:
        app.add_page(whole(page.page), route=page.route, title=page.title, on_load=page.on_load)
