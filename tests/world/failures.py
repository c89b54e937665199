"""What every provider does alike with a key that gets trouble."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import MappingProxyType

from . import misbehaviour
from .keys import Behaviour
from .messages import Answer, Misbehaviour, Reply, Request

RETRY_AFTER_S = 30
RETRY_AT = timedelta(minutes=2)
ELSEWHERE = "https://evil.example/"
COMPRESSED = {
    "choices": [{"message": {"content": "Unpacked."}}],
    "data": {"label": "Unpacked"},
    "is_available": True,
}
"""What proves a key to every provider that is asked with one, and answers a prompt, too."""

STATUSES: Mapping[Behaviour, int] = MappingProxyType(
    {
        Behaviour.WRONG: 401,
        Behaviour.NO_CREDIT: 402,
        Behaviour.FORBIDDEN: 403,
        Behaviour.SERVER_ERROR: 500,
        Behaviour.UNAVAILABLE: 503,
    }
)

MISBEHAVIOURS: Mapping[Behaviour, Misbehaviour] = MappingProxyType(
    {
        Behaviour.HANGING: misbehaviour.hang,
        Behaviour.DRIPPING_HEADERS: misbehaviour.drip_headers,
        Behaviour.DRIPPING_BODY: misbehaviour.drip_body,
        Behaviour.ENDLESS_BODY: misbehaviour.pour_body,
        Behaviour.COMPRESSED_BOMB: misbehaviour.pour_compressed,
        Behaviour.GARBAGE: misbehaviour.talk_garbage,
        Behaviour.CUT_BODY: misbehaviour.cut_body,
    }
)


def failure(
    behaviour: Behaviour, request: Request, *, error: Callable[[int], Reply]
) -> Answer | None:
    """The answer to a request whose key gets trouble, or None for a key that gets none.

    Args:
        behaviour: What the presented key gets.
        request: The request that presents it.
        error: The provider's own way to say an HTTP status.
    """
    if behaviour in MISBEHAVIOURS:
        return MISBEHAVIOURS[behaviour]
    if behaviour in STATUSES:
        return error(STATUSES[behaviour])
    match behaviour:
        case Behaviour.RATE_LIMITED:
            return with_retry_after(error(429), RETRY_AFTER_S)
        case Behaviour.RATE_LIMITED_UNTIL:
            until = format_datetime(datetime.now(UTC) + RETRY_AT, usegmt=True)
            return with_retry_after(error(429), until)
        case Behaviour.HTML:
            return page()
        case Behaviour.WRONG_SHAPE:
            return Reply.of_json(["something", {"quite": "different"}, 42])
        case Behaviour.COMPRESSED:
            return packed(Reply.of_json(COMPRESSED))
        case Behaviour.REDIRECT_ELSEWHERE:
            return _redirect(ELSEWHERE)
        case Behaviour.REDIRECT_TO_HTTP:
            return _redirect(f"http://{request.host}{request.path}")
        case _:
            return None


def with_retry_after(reply: Reply, retry_after: int | str) -> Reply:
    """The reply, saying when to come back: in so many seconds, or an HTTP date."""
    return replace(reply, headers=(*reply.headers, ("retry-after", str(retry_after))))


def packed(reply: Reply) -> Reply:
    """The reply in gzip."""
    headers = (*reply.headers, ("content-encoding", "gzip"))
    return replace(reply, headers=headers, body=gzip.compress(reply.body))


def page() -> Reply:
    """A web page where none was expected."""
    headers = (("content-type", "text/html; charset=utf-8"),)
    return Reply(headers=headers, body=b"<!doctype html><title>Welcome</title><p>Hello & <b>bye")


def _redirect(location: str) -> Reply:
    return Reply(status=302, headers=(("location", location),))
