"""Figures for the operator's monitoring; for nobody while no token is set."""

import hmac

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from integrations_app import settings
from integrations_app.services.operations import metrics

_NO_STORE = {"Cache-Control": "no-store"}


async def read(request: Request) -> Response:
    """The figures, for whoever knows the token."""
    token = settings.load().metrics_token
    if token is None:
        return Response(status_code=404, headers=_NO_STORE)
    if not _names(request, token):
        return Response(status_code=401, headers={**_NO_STORE, "WWW-Authenticate": "Bearer"})
    figures = await run_in_threadpool(metrics.exposition)
    if figures is None:
        return Response(status_code=404, headers=_NO_STORE)
    return Response(figures, headers={**_NO_STORE, "Content-Type": metrics.CONTENT_TYPE})


def _names(request: Request, token: str) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(given.encode(), token.encode())


ROUTES = [Route("/metrics", read)]
