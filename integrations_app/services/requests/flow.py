"""The steps of a request between its caller and the provider, without performing them.

A flow is a generator that yields what is to be done and is sent what came of it, so that one flow
serves threads and event loops: `carry_out` and `carry_out_async` do the same things in either.
"""

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

import anyio
import httpx2
from anyio import to_thread
from anyio.lowlevel import RunVar

from integrations_app.errors import DestinationNotAllowed, Unauthorized
from integrations_app.providers.retry_after import retry_after_s
from integrations_app.security import network
from integrations_app.services.requests import credential_cache, renewal_limits
from integrations_app.services.requests.credential_cache import Access
from integrations_app.services.requests.placing import (
    CredentialedRequest,
    with_credential,
    without_credential,
)

UNAUTHORIZED = 401
ERRORS_FROM = 400

_BUSY = frozenset({429, 503})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_MOST_WAITS = 3
_DEADLINE_S = 60.0
"""How long to try where the caller set no timeout."""

_FIRST_ORIGIN = "integrations_app.first_origin"
"""Extension of a request; clients copy it into the requests that redirects lead to."""


@dataclass(frozen=True, slots=True)
class Call:
    """Call a function that may ask the database or a provider, on behalf of a connection."""

    uuid: UUID
    function: Callable[[Any], Any]
    argument: Any


@dataclass(frozen=True, slots=True)
class Wait:
    """Let some seconds pass."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Discard:
    """Close a response that nobody will read."""

    response: httpx2.Response


Effect = Call | Wait | Discard


def exchange(
    uuid: UUID, request: httpx2.Request
) -> Generator[Effect | CredentialedRequest, Any, httpx2.Response]:
    """Send one request with its connection's credential, and again where that helps.

    Yields:
        Requests to send, with responses sent back, and errands.

    Returns:
        The response to hand on.

    Raises:
        DestinationNotAllowed: The credential must not go there.
        Unauthorized: The provider refuses it, renewed where it can be.
        IntegrationError: There is no credential to be had; see `access.load`.
    """
    began_at = time.monotonic()
    waits = 0
    access = yield from current(uuid)
    while True:
        _refuse_elsewhere(access, request)
        response: httpx2.Response = yield with_credential(request, access.placed)
        if response.status_code == UNAUTHORIZED:
            yield Discard(response)
            repeatable = _can_be_repeated(request)
            access = yield from after_refusal(access, request.url, repeatable=repeatable)
        elif (
            response.status_code in _BUSY
            and waits < _MOST_WAITS
            and (pause_s := _pause_s(request, response, began_at=began_at)) is not None
        ):
            yield Discard(response)
            yield Wait(pause_s)
            waits += 1
            access = yield from current(uuid)
        else:
            note_answer(access, request.url, response.status_code)
            return without_credential(response, access.placed)


def current(uuid: UUID) -> Generator[Call, Any, Access]:
    """Return what a request is to carry first."""
    return credential_cache.kept(uuid) or (yield Call(uuid, credential_cache.current, uuid))


def after_refusal(refused: Access, url: Any, *, repeatable: bool) -> Generator[Call, Any, Access]:
    """Return what to send a request with once more after a 401; see `access.after_refusal`.

    Args:
        refused: What it carried.
        url: Where it went; one of httpx2 or httpx.
        repeatable: Its body can be sent again.

    Raises:
        Unauthorized: There is nothing else to try, or the body cannot be sent again.
    """
    ask = partial(credential_cache.after_refusal, url=url)
    latest = yield Call(refused.uuid, ask, refused)
    if latest is None or not repeatable:
        raise Unauthorized(refused.uuid)
    return latest


def note_answer(access: Access, url: Any, status: int) -> None:
    """Remember that the provider took the credential, if it did.

    Args:
        access: What the request carried.
        url: Where it went; one of httpx2 or httpx.
        status: HTTP status of the answer.
    """
    if status < ERRORS_FROM:
        renewal_limits.succeeded(access.uuid, url)


def perform(effect: Effect) -> Any:
    """Run an errand in this thread."""
    match effect:
        case Call(_uuid, function, argument):
            return function(argument)
        case Wait(seconds):
            return time.sleep(seconds)
        case Discard(response):
            return response.close()


def complete(steps: Generator[Call, Any, Access]) -> Access:
    """Do all that it takes to get a credential, in this thread."""
    outcome = None
    try:
        while True:
            outcome = perform(steps.send(outcome))
    except StopIteration as end:
        return end.value


async def complete_async(steps: Generator[Call, Any, Access]) -> Access:
    """The same without holding up the event loop."""
    outcome = None
    try:
        while True:
            outcome = await perform_async(steps.send(outcome))
    except StopIteration as end:
        return end.value


async def perform_async(effect: Effect) -> Any:
    """Run an errand without holding up the event loop.

    A call goes on to its end even when its task is cancelled: tokens that it got are stored. A
    crowd of tasks that wait for one connection takes one thread, of ours and not of the program's.
    """
    match effect:
        case Call(uuid, function, argument):
            async with _queue_of(uuid):
                return await to_thread.run_sync(
                    function, argument, abandon_on_cancel=True, limiter=network.threads()
                )
        case Wait(seconds):
            return await anyio.sleep(seconds)
        case Discard(response):
            return await response.aclose()


def refuse_misdirected(request: Any, headers: list[tuple[bytes, bytes]]) -> None:
    """Refuse a request that says in another place than its address whom it is meant for.

    Servers and proxies that serve many go by the Host header and the target of a request; the
    certificate is checked for the name in its extensions.

    Args:
        request: One of httpx2 or httpx.
        headers: Names and values of its headers, as they are sent.

    Raises:
        DestinationNotAllowed: One of them names another host.
    """
    url, extensions = request.url, request.extensions
    named = [value.lower() for name, value in headers if name.lower() == b"host"]
    if named != [url.netloc]:
        host = b", ".join(named).decode("ascii", "backslashreplace")
        raise DestinationNotAllowed(host, "the Host header does not fit the address")
    shown = extensions.get("sni_hostname")
    if shown is not None and shown != url.raw_host.decode("ascii"):
        raise DestinationNotAllowed(str(shown), "sni_hostname does not fit the address")
    if not extensions.get("target", b"/").startswith(b"/"):
        raise DestinationNotAllowed(url.host, "the target is not a path there")


_queues: RunVar[WeakValueDictionary[UUID, anyio.Lock]] = RunVar("integrations_app queues")


def _queue_of(uuid: UUID) -> anyio.Lock:
    """Return where this event loop's tasks wait for their turn with a connection."""
    try:
        queues = _queues.get()
    except LookupError:
        queues = WeakValueDictionary[UUID, anyio.Lock]()
        _queues.set(queues)
    return queues.setdefault(uuid, anyio.Lock())


def _refuse_elsewhere(access: Access, request: httpx2.Request) -> None:
    url = request.url
    host = url.raw_host.decode("ascii")
    here = (url.scheme, host, url.port)
    first = request.extensions.setdefault(_FIRST_ORIGIN, here)
    if first != here:
        raise DestinationNotAllowed(
            host, "a redirect led there; if that is right, request that address directly"
        )
    access.refuse_foreign(url.scheme, host)
    refuse_misdirected(request, request.headers.raw)


def _can_be_repeated(request: httpx2.Request) -> bool:
    return isinstance(request.stream, httpx2.ByteStream)


def _pause_s(
    request: httpx2.Request, response: httpx2.Response, *, began_at: float
) -> float | None:
    """Return the pause before a busy provider is asked again; None leaves it to the caller."""
    asked_s = retry_after_s(response.headers)
    if asked_s is None or request.method not in _SAFE or not _can_be_repeated(request):
        return None
    read_s = request.extensions.get("timeout", {}).get("read")
    deadline_s = _DEADLINE_S if read_s is None else read_s
    return asked_s if time.monotonic() - began_at + asked_s <= deadline_s else None
