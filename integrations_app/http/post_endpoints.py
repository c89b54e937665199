"""The frame of POST endpoints: who may call them, what they read, how they refuse."""

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from integrations_app import settings
from integrations_app.errors import DatabaseUnavailable, IntegrationError
from integrations_app.http import authentication, bodies, error_messages
from integrations_app.http.bodies import BodyRefused
from integrations_app.http.forwarding import client_address

logger = logging.getLogger(__name__)

Endpoint = Callable[[Request], Awaitable[Response]]

_LONGEST_BODY = 8_192
_TOO_LONG = 413


class Refused(Exception):
    """The request is not acted upon.

    Attributes:
        status: The HTTP status that says so.
        code: What is wrong with it.
    """

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


def post(endpoint: Endpoint) -> Endpoint:
    """An endpoint that pages of ours call and pages of others cannot; failures become JSON."""

    @wraps(endpoint)
    async def guarded(request: Request) -> Response:
        try:
            refuse_foreign(request)
            response = await endpoint(request)
        except Refused as refused:
            response = _refusal(refused.status, refused.code)
        except IntegrationError as error:
            response = _failure(error)
        except ClientDisconnect:
            response = Response(status_code=400)
        except Exception as error:
            logger.error("A request failed.", exc_info=error)
            response = _failure(IntegrationError())
        response.headers["Cache-Control"] = "no-store"
        return response

    return guarded


def refuse_foreign(request: Request) -> None:
    """Refuse what the page of another origin sent; programs, which name none, may pass.

    Raises:
        Refused: The browser says that another site is behind the request.
    """
    if not authentication.is_own_page(request.headers):
        raise Refused(403, "foreign_origin")
    if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        raise Refused(403, "foreign_origin")


async def fields(request: Request, *names: str) -> list[str]:
    """The texts of a form or a JSON object, in the order of their names.

    Raises:
        Refused: The body is too long, not readable, or lacks one of them.
    """
    body = await _body(request)
    try:
        text = body.decode()
        is_json = request.headers.get("content-type", "").startswith("application/json")
        told = json.loads(text) if is_json else dict(parse_qsl(text, keep_blank_values=True))
    except (ValueError, RecursionError):
        raise Refused(400, "unreadable") from None
    values = [told.get(name) if isinstance(told, Mapping) else None for name in names]
    if not all(isinstance(value, str) and _is_text(value) for value in values):
        raise Refused(400, "unreadable")
    return [str(value) for value in values]


async def json_object(request: Request, *, limit: int) -> dict[str, Any]:
    """Return the JSON object of a request's body.

    Args:
        request: Whose body is read.
        limit: Longest body, in bytes.

    Raises:
        Refused: The body is too long or no JSON object.
    """
    body = await _body(request, limit=limit)
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(400, "unreadable") from None
    if not isinstance(sent, dict):
        raise Refused(400, "unreadable")
    return sent


def client(request: Request) -> str:
    """Return the address that a request came from.

    Headers that proxies add are believed only of those in `INTEGRATIONS_TRUSTED_PROXIES`, since
    anyone can send them.
    """
    peer = request.client.host if request.client else "unknown"
    forwarded = request.headers.getlist("x-forwarded-for")
    return client_address(peer, forwarded, settings.load().trusted_proxies)


def request_id(request: Request) -> str | None:
    """The id that `security_headers` gave the request."""
    return request.scope.get("request_id")


async def _body(request: Request, *, limit: int = _LONGEST_BODY) -> bytes:
    receive = bodies.bounded(request.receive, max_bytes=limit)
    try:
        return await Request(request.scope, receive).body()
    except BodyRefused as refused:
        code = "too_long" if refused.status_code == _TOO_LONG else "too_slow"
        raise Refused(refused.status_code, code) from None


def _is_text(value: str) -> bool:
    return "\0" not in value and not any("\ud800" <= each <= "\udfff" for each in value)


def _refusal(status: int, code: str) -> Response:
    return JSONResponse(
        {"code": code, "message": error_messages.of_refusal(code)}, status_code=status
    )


def _failure(error: IntegrationError) -> Response:
    if isinstance(error, DatabaseUnavailable):
        logger.warning("A request could not be answered: %s", error)
    response = JSONResponse(
        {"code": error.code, "message": error_messages.of_error(error)},
        status_code=error_messages.status_of(error),
    )
    retry_after_s = getattr(error, "retry_after_s", None)
    if retry_after_s is not None:
        response.headers["Retry-After"] = str(retry_after_s)
    return response
