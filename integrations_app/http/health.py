"""For whoever watches over the server: is it alive, may it be sent people."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from integrations_app.services import startup

_NO_STORE = {"Cache-Control": "no-store"}


async def alive(_request: Request) -> Response:
    """The process answers."""
    return JSONResponse({"status": "alive"}, headers=_NO_STORE)


async def ready(_request: Request) -> Response:
    """The database can be reached and is at the newest revision."""
    if await run_in_threadpool(startup.is_ready):
        return JSONResponse({"status": "ready"}, headers=_NO_STORE)
    return JSONResponse({"status": "not ready"}, status_code=503, headers=_NO_STORE)


ROUTES = [Route("/healthz", alive), Route("/readyz", ready)]
