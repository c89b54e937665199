"""For whoever watches over the server: is it alive, may it be sent people."""

import threading

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from integrations_app.services.operations import startup

_NO_STORE = {"Cache-Control": "no-store"}
_leaving = threading.Event()


def leave() -> None:
    """Say from now on that nobody is to be sent here."""
    _leaving.set()


async def alive(_request: Request) -> Response:
    """The process answers."""
    return JSONResponse({"status": "alive"}, headers=_NO_STORE)


async def ready(_request: Request) -> Response:
    """The database is as it has to be, see `startup.is_ready`, and the server goes on."""
    if await run_in_threadpool(startup.is_ready) and not _leaving.is_set():
        warnings = await run_in_threadpool(startup.warnings)
        told = {"warnings": warnings} if warnings else {}
        return JSONResponse({"status": "ready", **told}, headers=_NO_STORE)
    return JSONResponse({"status": "not ready"}, status_code=503, headers=_NO_STORE)


ROUTES = [Route("/healthz", alive), Route("/readyz", ready)]
