"""Bodies of requests: how large they may be, and how soon they have to be whole.

A request that never ends would hold its place in the server for ever.
"""

import asyncio

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

WHOLE_WITHIN_S = 15.0
MAX_BYTES = 1_048_576


class BodyRefused(HTTPException):
    """A body is longer than it may be, or takes longer; `status_code` says which."""


def bounded(
    receive: Receive, *, max_bytes: int = MAX_BYTES, within_s: float = WHOLE_WITHIN_S
) -> Receive:
    """Return what receives the body of one request, within limits that count from now.

    Raises, when called:
        BodyRefused: The body is too long (413) or not whole in time (408).
    """
    deadline = asyncio.get_running_loop().time() + within_s
    received_bytes = 0
    is_whole = False

    async def receive_bounded() -> Message:
        nonlocal received_bytes, is_whole
        if is_whole:  # what may still come is the news that the client has left
            return await receive()
        try:
            async with asyncio.timeout_at(deadline):
                message = await receive()
        except TimeoutError:
            raise BodyRefused(408, "The request did not arrive in time.") from None
        received_bytes += len(message.get("body", b""))
        is_whole = not message.get("more_body", False)
        if received_bytes > max_bytes:
            raise BodyRefused(413, "The request is too long.")
        return message

    return receive_bounded


def bounded_bodies(
    app: ASGIApp, *, max_bytes: int = MAX_BYTES, within_s: float = WHOLE_WITHIN_S
) -> ASGIApp:
    """Wrap the whole app, so that no endpoint waits for a body that never ends."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        bounded_receive = bounded(receive, max_bytes=max_bytes, within_s=within_s)
        has_begun = False

        async def noting(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await app(scope, bounded_receive, noting)
        except BodyRefused as refused:
            if has_begun:
                raise
            response = PlainTextResponse(refused.detail, refused.status_code)
            await response(scope, receive, send)

    return wrapped
