"""The address that providers send browsers back to; always ends on a page that says how it went."""

import logging

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from integrations_app import routes
from integrations_app.domain.authorization import Outcome
from integrations_app.errors import DatabaseUnavailable, IntegrationError
from integrations_app.http import authentication, error_messages
from integrations_app.http.post_endpoints import request_id
from integrations_app.services.blocking_pool import run_long
from integrations_app.services.oauth import web_flow

logger = logging.getLogger(__name__)

_LONGEST = 4_096


async def callback(request: Request) -> Response:
    """Connect the account that was granted, then go to the connection's page.

    Without a signed-in admin nothing is done; the way back stays open until its time is up.
    """
    if request.method != "GET":  # Starlette lets HEAD in, too; what only looks must not act
        return Response(status_code=405)
    try:
        response = await _answer(request)
    except DatabaseUnavailable as error:
        logger.warning("An authorisation could not be completed: %s", error)
        response = PlainTextResponse(error_messages.of_error(error), status_code=503)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"  # its address holds the provider's code
    return response


async def _answer(request: Request) -> Response:
    found = await run_in_threadpool(authentication.find, request.headers)
    if found is None:
        return _to(routes.sign_in_after_return())
    params = {key: value for key, value in request.query_params.items() if len(value) <= _LONGEST}
    actor = found.admin.acting(request_id=request_id(request))
    try:
        back = await run_long(actor, web_flow.complete, params, found.token, actor=actor)
    except DatabaseUnavailable:
        raise
    except IntegrationError as error:
        logger.error("An authorisation could not be completed: %s", error)
        return _to(routes.returned(None, Outcome.STATE_MISMATCH))
    return _to(routes.returned(back.uuid, back.outcome))


def _to(address: str) -> Response:
    return RedirectResponse(routes.loaded(address), status_code=303)


ROUTES = [Route(routes.OAUTH_CALLBACK, callback, methods=["GET"])]
