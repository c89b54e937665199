"""Signing in and out: the browser's own requests, so that passwords never pass through state."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from integrations_app.domain.admin import Admin
from integrations_app.http import cookies
from integrations_app.http.post_endpoints import client, fields, post, request_id
from integrations_app.services.identity import admins, known_browsers, sessions

SIGN_IN = "/api/integrations/sign-in"
SET_UP = "/api/integrations/setup"
SIGN_OUT = "/api/integrations/sign-out"


@post
async def sign_in(request: Request) -> Response:
    """Email and password against a session's cookie."""
    email, password = await fields(request, "email", "password")
    admin, token = await run_in_threadpool(
        sessions.sign_in,
        email,
        password,
        client(request),
        browser_marker=cookies.browser_marker(request.headers.get("cookie", "")),
        request_id=request_id(request),
    )
    return _signed_in(admin, token)


@post
async def set_up(request: Request) -> Response:
    """The one-time token of first start against an admin, who is signed in at once."""
    setup_token, email, password = await fields(request, "token", "email", "password")
    told = request_id(request)
    admin = await run_in_threadpool(
        admins.create_first, setup_token, email, password, request_id=told
    )
    token = await run_in_threadpool(sessions.open_for, admin, request_id=told)
    return _signed_in(admin, token)


@post
async def sign_out(request: Request) -> Response:
    """End the session that the cookie names, and drop the cookie."""
    token = cookies.session_token(request.headers.get("cookie", ""))
    await run_in_threadpool(sessions.sign_out, token, request_id=request_id(request))
    response = Response(status_code=204)
    cookies.forget(response)
    return response


def _signed_in(admin: Admin, token: str) -> Response:
    response = Response(status_code=204)
    cookies.keep(response, token)
    if marker := known_browsers.marker(admin.email):
        cookies.keep_marker(response, marker, path=SIGN_IN)
    return response


ROUTES = [
    Route(SIGN_IN, sign_in, methods=["POST"]),
    Route(SET_UP, set_up, methods=["POST"]),
    Route(SIGN_OUT, sign_out, methods=["POST"]),
]
