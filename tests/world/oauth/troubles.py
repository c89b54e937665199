"""Trouble that a test orders for one client while the world runs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import urlencode

from .. import misbehaviour
from ..failures import ELSEWHERE, RETRY_AFTER_S, packed, page, with_retry_after
from ..messages import Answer, Later, Misbehaviour, Reply

SLOW_S = 0.7


class Trouble(StrEnum):
    """How a token endpoint treats a client's requests; only those from `SLOW` on process them."""

    INVALID_GRANT = "invalid grant"  # 400
    INVALID_CLIENT = "invalid client"  # 401, as if the secret had been changed or expired
    SERVER_ERROR = "server error"  # 500
    UNAVAILABLE = "unavailable"  # 503, Retry-After: 30
    RATE_LIMITED = "rate limited"  # 429, Retry-After: 30
    GARBAGE = "garbage"  # bytes that are not HTTP
    HTML = "html"  # 200 with a web page
    HANGING = "hanging"  # nothing, ever
    CUT_BODY = "cut body"  # 200, closed before the announced length
    REDIRECT_ELSEWHERE = "redirect elsewhere"  # 307 to https://evil.example/: send it all again
    NO_ACCESS_TOKEN = "no access token"  # 200 {}
    SLOW = "slow"  # the right answer, after 0.7 s
    ANSWER_LOST = "answer lost"  # tokens are issued, and old ones replaced; nobody is told
    PACKED = "packed"  # the right answer in gzip, which nobody asked for
    FORM_ENCODED = "form encoded"  # the right answer as a form, not as JSON
    PACKED_FORM = "packed form"  # both
    NO_USABLE_TOKEN = "no usable token"  # the right answer, with an access token too long to send


async def hang_up(client: asyncio.StreamWriter) -> None:
    """Answer nothing and close the connection."""


MISBEHAVIOURS: Mapping[Trouble, Misbehaviour] = MappingProxyType(
    {
        Trouble.GARBAGE: misbehaviour.talk_garbage,
        Trouble.HANGING: misbehaviour.hang,
        Trouble.CUT_BODY: misbehaviour.cut_body,
    }
)
REFUSALS: Mapping[Trouble, tuple[int, object]] = MappingProxyType(
    {
        Trouble.INVALID_GRANT: (400, {"error": "invalid_grant"}),
        Trouble.INVALID_CLIENT: (401, {"error": "invalid_client"}),
        Trouble.SERVER_ERROR: (500, {"error": "server_error"}),
        Trouble.UNAVAILABLE: (503, {"error": "temporarily_unavailable"}),
        Trouble.RATE_LIMITED: (429, {"error": "rate_limit_exceeded"}),
        Trouble.NO_ACCESS_TOKEN: (200, {}),
    }
)
WAITING = (Trouble.UNAVAILABLE, Trouble.RATE_LIMITED)


def answer_in(trouble: Trouble | None, proper: Callable[[], Reply]) -> Answer:
    """What a token request gets in this trouble.

    Args:
        trouble: None for none.
        proper: Processes the request and gives the answer that belongs to it.
    """
    if trouble is None:
        return proper()
    if trouble in MISBEHAVIOURS:
        return MISBEHAVIOURS[trouble]
    if trouble in REFUSALS:
        status, content = REFUSALS[trouble]
        reply = Reply.of_json(content, status=status)
        return with_retry_after(reply, RETRY_AFTER_S) if trouble in WAITING else reply
    match trouble:
        case Trouble.HTML:
            return page()
        case Trouble.REDIRECT_ELSEWHERE:
            return Reply(status=307, headers=(("location", ELSEWHERE),))
        case Trouble.SLOW:
            return Later(reply=proper(), after_s=SLOW_S)
        case Trouble.ANSWER_LOST:
            proper()
            return hang_up
        case Trouble.PACKED:
            return packed(proper())
        case Trouble.FORM_ENCODED:
            return _as_form(proper())
        case Trouble.PACKED_FORM:
            return packed(_as_form(proper()))
        case Trouble.NO_USABLE_TOKEN:
            return _with(proper(), access_token="x" * 20_000)
    raise NotImplementedError(trouble)


def _as_form(reply: Reply) -> Reply:
    headers = (("content-type", "application/x-www-form-urlencoded; charset=utf-8"),)
    return replace(reply, headers=headers, body=urlencode(json.loads(reply.body)).encode())


def _with(reply: Reply, **fields: object) -> Reply:
    return replace(reply, body=json.dumps({**json.loads(reply.body), **fields}).encode())


@dataclass(slots=True, kw_only=True)
class ApiTrouble:
    """What a client's next API requests get instead of their answers."""

    status: int
    retry_after_s: int | None
    times: int


class Orders:
    """The troubles ordered for the clients of one provider."""

    def __init__(self) -> None:
        self.refreshes: dict[str, Trouble] = {}
        self.token_requests: dict[str, Trouble] = {}
        self.api: dict[str, ApiTrouble] = {}

    def withdraw(self, client_id: str) -> None:
        """Let everything go well again for this client."""
        for orders in (self.refreshes, self.token_requests, self.api):
            orders.pop(client_id, None)

    def next_api_trouble(self, client_id: str) -> ApiTrouble | None:
        """The trouble of this client's API request, counted as one of its times, or None."""
        trouble = self.api.get(client_id)
        if trouble is None or trouble.times == 0:
            return None
        trouble.times -= 1
        return trouble
