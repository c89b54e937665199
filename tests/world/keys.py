"""The API keys of this world; which one is presented decides what a request gets.

`key("mistral")` is a right key, `key("mistral", Behaviour.NO_CREDIT)` one that gets 402, and so
on through `Behaviour`. Every `serial` gives another key with the same behaviour, so that a test
can have a key of its own and find its own requests by it. The same arguments give the same key
in every process. All of them look like the provider's: a wrong key fails at the provider only.

A key says itself what it gets: eight characters stand for provider and behaviour, eight check
the rest. Any other string, a shortened or altered key and another provider's key are wrong keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType


class Behaviour(StrEnum):
    """What a request with such a key gets from every address that asks for a key."""

    RIGHT = "right"  # 200 and what the address is for
    WRONG = "wrong"  # 401 in the provider's words, as for any unknown key
    EMPTY_BALANCE = "empty balance"  # the check answers 200 and says so if it can; chat gets 402
    NO_CREDIT = "no credit"  # 402
    FORBIDDEN = "forbidden"  # 403
    RATE_LIMITED = "rate limited"  # 429, Retry-After: 30
    RATE_LIMITED_UNTIL = "rate limited until"  # 429, Retry-After: an HTTP date 2 minutes ahead
    SERVER_ERROR = "server error"  # 500
    UNAVAILABLE = "unavailable"  # 503
    HANGING = "hanging"  # nothing, ever
    DRIPPING_HEADERS = "dripping headers"  # a header of one byte after the other, for ever
    DRIPPING_BODY = "dripping body"  # 200, then a byte now and then, for ever
    ENDLESS_BODY = "endless body"  # 200, then gigabytes at full speed, for ever
    COMPRESSED_BOMB = "compressed bomb"  # 200, gzip: a thousand times larger once unpacked
    COMPRESSED = "compressed"  # 200, gzip that nobody asked for, of what proves a key
    GARBAGE = "garbage"  # bytes that are not HTTP
    HTML = "html"  # 200 with a web page
    WRONG_SHAPE = "wrong shape"  # 200 with JSON that has nothing of what was asked for
    CUT_BODY = "cut body"  # 200, closed before the announced length
    REDIRECT_ELSEWHERE = "redirect elsewhere"  # 302 to https://evil.example/
    REDIRECT_TO_HTTP = "redirect to http"  # 302 to the same address without TLS


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyShape:
    """What a provider's keys look like: a fixed start, then so many hexadecimal digits."""

    prefix: str
    digits: int


SHAPES: Mapping[str, KeyShape] = MappingProxyType(
    {
        "openrouter": KeyShape(prefix="sk-or-v1-", digits=64),
        "mistral": KeyShape(prefix="", digits=32),
        "deepseek": KeyShape(prefix="sk-", digits=32),
    }
)
MARK_DIGITS = CHECK_DIGITS = 8


def key(provider: str, behaviour: Behaviour = Behaviour.RIGHT, *, serial: int | str = 0) -> str:
    """The provider's key that gets this behaviour.

    Args:
        provider: A key of `SHAPES`.
        behaviour: What requests with it get.
        serial: Any number or name; each gives another key.
    """
    shape = SHAPES[provider]
    mark = _mark(provider, behaviour)
    free = digits(f"{provider} {behaviour} {serial}", shape.digits - MARK_DIGITS - CHECK_DIGITS)
    return shape.prefix + mark + free + digits(mark + free, CHECK_DIGITS)


def behaviour_of(provider: str, presented: str | None) -> Behaviour:
    """What a request to this provider gets that presents this key."""
    shape = SHAPES[provider]
    if presented is None or not presented.startswith(shape.prefix):
        return Behaviour.WRONG
    signed, check = _split_check(presented.removeprefix(shape.prefix))
    if len(signed) + len(check) != shape.digits or check != digits(signed, CHECK_DIGITS):
        return Behaviour.WRONG
    return _BEHAVIOURS.get((provider, signed[:MARK_DIGITS]), Behaviour.WRONG)


def _split_check(marked: str) -> tuple[str, str]:
    return marked[:-CHECK_DIGITS], marked[-CHECK_DIGITS:]


def digits(text: str, count: int) -> str:
    """The first hexadecimal digits of this text's hash."""
    return sha256(text.encode()).hexdigest()[:count]


def _mark(provider: str, behaviour: Behaviour) -> str:
    return digits(f"{provider} {behaviour}", MARK_DIGITS)


_BEHAVIOURS = {
    (provider, _mark(provider, behaviour)): behaviour
    for provider in SHAPES
    for behaviour in Behaviour
}
