"""Handing an endpoint's old key to the page of an admin who asked for it, and to nothing else."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from integrations_app import routes
from integrations_app.features.ai_endpoints import old_keys
from integrations_app.http import cookies
from integrations_app.http.post_endpoints import fields, post, request_id


@post
async def show(request: Request) -> Response:
    """The old key of the endpoint that is named; each time is audited."""
    [uuid] = await fields(request, "uuid")
    token = cookies.session_token(request.headers.get("cookie", ""))
    key = await run_in_threadpool(old_keys.show, uuid, token, request_id=request_id(request))
    return JSONResponse({"key": key})


ROUTES = [Route(routes.AI_ENDPOINT_OLD_KEY, show, methods=["POST"])]
