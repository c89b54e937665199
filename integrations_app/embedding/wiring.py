"""The needs of the pages, met in the server of another app."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from reflex.app import App
from reflex.config import get_config
from starlette.applications import Starlette
from starlette.routing import Route

from integrations_app import routes
from integrations_app.errors import DatabaseUnavailable, NotSignedIn
from integrations_app.http import health, icons, metrics, oauth_callback, reach
from integrations_app.http.long_polling import EVENTS, LongPolling
from integrations_app.reflex_adapter import app as adapted
from integrations_app.reflex_adapter import websocket
from integrations_app.services.operations import metrics as figures
from integrations_app.services.operations import startup
from integrations_app.services.scheduling import scheduler
from integrations_app.state import form_endpoints, guard
from integrations_app.state.guard import Guard

logger = logging.getLogger(__name__)

OnError = Callable[[Exception], Any]


def attach(
    app: App,
    *,
    says_health: bool,
    counts: bool,
    polls: bool = False,
    accepts_events_of_plugins: bool = False,
) -> None:
    """Guard what is ours, answer over HTTP, migrate at start, and do scheduled work; once.

    Args:
        app: The other app, compiled and not yet serving.
        says_health: Whether to say that the server is alive and ready.
        counts: Whether to count what it does, for the operator's monitoring.
        polls: Whether to answer pages that get no WebSocket; one process serves the app then.
        accepts_events_of_plugins: Whether our handlers may be called otherwise than over the
            websocket of an open page.
    """
    if adapted.has_middleware(app, Guard):
        return
    app.add_middleware(Guard(websockets_only=not accepts_events_of_plugins), index=0)
    if app.event_namespace:
        websocket.guard(app.event_namespace)
    app.backend_exception_handler = answering(app.backend_exception_handler)
    polling = LongPolling()
    more = [polling.route(get_config().prepend_backend_path(EVENTS))] if polls else []
    app.api_transformer = [
        _endpoints(*more, says_health=says_health, counts=counts),
        *_transformers(app),
        polling,
    ]
    app.register_lifespan_task(prepared)
    app.register_lifespan_task(scheduler.running)
    if counts:
        app.register_lifespan_task(counted)


@asynccontextmanager
async def prepared() -> AsyncIterator[None]:
    """Migrate our tables and try the keys before anything is served."""
    for warning in await asyncio.to_thread(startup.prepare_data):
        logger.warning(warning)
    yield


@asynccontextmanager
async def counted() -> AsyncIterator[None]:
    """Return what this worker does is counted, if the operator wants to know."""
    with figures.collected():
        yield


def answering(theirs: OnError) -> OnError:
    """Return what a page is told when a handler failed: our message, or the app's."""

    def answer(exception: Exception) -> Any:
        ours = isinstance(exception, (NotSignedIn, DatabaseUnavailable))
        return guard.answer(exception) if ours else theirs(exception)

    return answer


def _endpoints(*of_app: Route, says_health: bool, counts: bool) -> Starlette:
    more = [*(health.ROUTES if says_health else ()), *(metrics.ROUTES if counts else ())]
    pages = [*oauth_callback.ROUTES, *form_endpoints.ROUTES, *icons.ROUTES, reach.route(_accepts)]
    endpoints = [*pages, *more]
    if routes.API_BASE:  # where the app has its own endpoints, too; a mount would take its pages
        endpoints += [_below(routes.API_BASE, each) for each in endpoints]
    return Starlette(routes=[*endpoints, *of_app])


def _below(path: str, route: Route) -> Route:
    return Route(path + route.path, route.endpoint, methods=list(route.methods or ()))


def _accepts(origin: str) -> bool:
    """Check whether the app's own configuration lets pages of this origin have websockets."""
    allowed = get_config().cors_allowed_origins
    return "*" in allowed or origin in allowed


def _transformers(app: App) -> list[Any]:
    given = app.api_transformer
    if given is None:
        return []
    return list(given) if isinstance(given, (list, tuple)) else [given]
