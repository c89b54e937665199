"""Event handlers called over HTTP, as plugins that publish them do; for tests alone."""

from typing import Any

from reflex_base.event import Event
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


async def call(request: Request) -> Response:
    """Call a handler in the name of whoever asks, and tell what came of it."""
    from shop.shop import app

    asked: dict[str, Any] = await request.json()
    router_data = {"headers": dict(request.headers), "pathname": "/", "token": asked["token"]}
    event = Event(name=asked["handler"], payload=asked["payload"], router_data=router_data)
    told = [
        delta async for delta in app.event_processor.enqueue_stream_delta(asked["token"], event)
    ]
    return Response(repr(told), media_type="text/plain")


ROUTES = [Route("/api/shop/call", call, methods=["POST"])]
