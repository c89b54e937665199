"""Long polling is no way around what guards the websocket."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time

import pytest

from integrations_app import routes
from tests.attacks import polls, sockets
from tests.attacks.attacked import Attacked
from tests.attacks.polls import EVENTS, Polled, ask
from tests.attacks.tabs import HYDRATE, forged_connect
from tests.attacks.test_memory import AT_ONCE, HOSTILE, MANY_HEADERS, MOST_BYTES, settled
from tests.attacks.unfinished import answer_time_s, held
from tests.e2e import stranger
from tests.e2e.stranger import Call, Message

pytestmark = pytest.mark.alone

ADMIN = "ada@example.com"
POLLING = "polling"
LISTING = Call(handler="reflex___state____state.hydrate_and_load", path=routes.LISTING)
MANY = 500
WITHIN_S = 1.0


def cookie_of(product: Attacked) -> str:
    return f"Cookie: {product.cookie}\r\n"


# --- Who is believed ---


def test_headers_of_the_first_request_are_believed(one_process: Attacked) -> None:
    """So that the tests below would notice if those of others were."""
    own = {"Cookie": one_process.cookie}

    answers = stranger.call(
        one_process.origin, [LISTING], headers=own, until=ADMIN, transport=POLLING
    )

    assert ADMIN in answers.text


def test_headers_that_a_message_brings_are_not(one_process: Attacked) -> None:
    forged = forged_connect(cookie=one_process.cookie)

    answers = stranger.call(one_process.origin, [forged, LISTING], transport=POLLING)

    assert ADMIN not in answers.text


def test_a_tab_stays_open_whatever_a_message_says(one_process: Attacked) -> None:
    calls = [Message(name="disconnect"), HYDRATE]

    answers = stranger.call(one_process.origin, calls, until="is_hydrated", transport=POLLING)

    assert answers.packets


def test_a_session_that_somebody_else_learns_of_is_of_no_use_to_them(one_process: Attacked) -> None:
    async def story() -> None:
        port, own = one_process.product.port, cookie_of(one_process)
        polled = await Polled.open(port, headers=own)
        await polled.hydrate(path=routes.LISTING)

        for headers in ("", f"Cookie: {one_process.product.session_cookie}=made-up\r\n"):
            assert (await polled.poll(headers=headers)).status == 400
            assert (await polled.say('42/_event,["event",{}]', headers=headers)).status == 400

        assert await polled.hears(ADMIN)

    asyncio.run(story())


def test_a_later_cookie_makes_nobody_an_admin(one_process: Attacked) -> None:
    async def story() -> None:
        polled = await Polled.open(one_process.product.port)

        answer = await polled.say("40/_event,", headers=cookie_of(one_process))

        assert answer.status == 400
        await polled.hydrate(path=routes.LISTING)
        assert not await asyncio.wait_for(_hears_of_admin(polled), 10)

    asyncio.run(story())


async def _hears_of_admin(polled: Polled) -> bool:
    heard = ""
    while "is_hydrated" not in heard:
        answer = await polled.poll()
        assert answer.status == 200
        heard += answer.text
    return ADMIN in heard


def test_another_name_of_the_session_reaches_no_websocket(one_process: Attacked) -> None:
    """The server's own name of it is among what its pages are told when they connect."""

    async def story() -> None:
        own = cookie_of(one_process)
        polled = await Polled.open(one_process.product.port, headers=own)
        await polled.say("40/_event,")
        told = json.loads((await polled.poll()).text.partition(",")[2])

        thief = Polled(port=polled.port, sid=told["sid"], headers=own)

        assert (await thief.poll()).status == 400

    asyncio.run(story())


# --- Pages of others ---


@pytest.mark.parametrize(
    "header", ["Origin: https://evil.example", "Sec-Fetch-Site: cross-site", "Origin: null"]
)
def test_pages_of_others_get_no_session_and_no_leave_to_read(
    one_process: Attacked, header: str
) -> None:
    async def story() -> None:
        headers = f"{cookie_of(one_process)}{header}\r\n"
        answer = await ask(one_process.product.port, EVENTS, headers=headers)

        assert answer.status == 403
        assert "access-control-allow-origin" not in answer.headers
        assert "sid" not in answer.text

    asyncio.run(story())


def test_pages_of_others_are_not_told_that_they_may(one_process: Attacked) -> None:
    asked = "Origin: https://evil.example\r\nAccess-Control-Request-Method: POST\r\n"

    answer = asyncio.run(ask(one_process.product.port, EVENTS, headers=asked, method="OPTIONS"))

    assert answer.status == 400
    assert "access-control-allow-origin" not in answer.headers


# --- Other spellings ---


@pytest.mark.parametrize(
    "path",
    [
        "/_event?EIO=4&transport=polling",
        "/_event//?EIO=4&transport=polling",
        "//_event/?EIO=4&transport=polling",
        "/_event/x?EIO=4&transport=polling",
        "/_event/%2e/?EIO=4&transport=polling",
        "/tools/_event/?EIO=4&transport=polling",
        "/_event/?EIO=4&transport=polling&j=0",
        "/_event/?EIO=3&transport=polling",
        "/_event/?EIO=4&transport=websocket",
        "/_event/?EIO=4",
    ],
)
def test_no_other_spelling_opens_a_session(one_process: Attacked, path: str) -> None:
    for headers in ("", "Upgrade: h2c\r\n"):
        answer = asyncio.run(
            ask(one_process.product.port, path, headers=cookie_of(one_process) + headers)
        )

        assert '"sid"' not in answer.text


@pytest.mark.parametrize("method", ["PUT", "HEAD", "OPTIONS", "DELETE", "TRACE", "FOO"])
def test_no_other_method_opens_a_session(one_process: Attacked, method: str) -> None:
    answer = asyncio.run(ask(one_process.product.port, EVENTS, method=method))

    assert answer.status >= 400
    assert '"sid"' not in answer.text


def test_several_workers_open_none(workers: Attacked) -> None:
    answer = asyncio.run(ask(workers.product.port, EVENTS, headers=cookie_of(workers)))

    assert answer.status == 400


# --- What it costs ---


def test_a_strangers_large_message_is_not_read(one_process: Attacked) -> None:
    async def story() -> None:
        polled = await Polled.open(one_process.product.port)

        assert (await polled.hydrate(query=20_000 * "q")).status == 413
        await polled.hydrate(query=5_000 * "q")
        assert not await polled.hears("delta")

    asyncio.run(story())


def test_an_admins_large_message_is_read(one_process: Attacked) -> None:
    async def story() -> None:
        polled = await Polled.open(one_process.product.port, headers=cookie_of(one_process))

        assert (await polled.hydrate(path=routes.LISTING, query=500_000 * "q")).status == 200
        assert await polled.hears(ADMIN)
        assert (await polled.say("4" + 1_100_000 * "q")).status == 413

    asyncio.run(story())


def test_strangers_take_each_others_places_and_no_others(one_process: Attacked) -> None:
    port = one_process.product.port

    async def story() -> None:
        own = await Polled.open(port, headers=cookie_of(one_process))
        first = await Polled.open(port)
        others = [await sockets.Socket.open(port) for _ in range(100)]

        assert (await first.poll()).status == 400
        await own.hydrate(path=routes.LISTING)
        assert await own.hears(ADMIN)
        for socket in others:
            socket.close()

    asyncio.run(story())


@pytest.mark.timeout(400)  # on a busy machine the attack itself takes its time
def test_two_thousand_hostile_sessions_leave_next_to_nothing(one_process: Attacked) -> None:
    port = one_process.product.port
    # What is needed once for anybody counts for nobody.
    once = {"query": "q", "headers": MANY_HEADERS, "at_once": AT_ONCE}
    asyncio.run(polls.attack(port, count=2 * AT_ONCE, **once))
    memory = one_process.memory

    answered = asyncio.run(
        polls.attack(port, count=HOSTILE, query=3_500 * "q", headers=MANY_HEADERS, at_once=AT_ONCE)
    )

    grown = settled(one_process, lambda: one_process.memory - memory)
    print(f"\n{HOSTILE} sessions, {answered} of them heard: {grown:,} bytes")
    assert answered
    assert grown <= MOST_BYTES
    assert "Traceback" not in one_process.product.log


BODY = (
    f"POST {EVENTS}&sid=unknown HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n4"
).encode()


def test_unfinished_bodies_keep_nobody_waiting(one_process: Attacked) -> None:
    port = one_process.product.port

    with held(port, BODY, count=MANY):
        assert max(answer_time_s(port, routes.LOGIN), answer_time_s(port, "/healthz")) < WITHIN_S


@pytest.mark.parametrize("beginning", ["body", "poll"])
def test_requests_of_strangers_sessions_that_never_end_keep_nobody_waiting(
    one_process: Attacked, beginning: str
) -> None:
    port = one_process.product.port
    polled = asyncio.run(Polled.open(port))
    path = f"{EVENTS}&sid={polled.sid}"
    begun = {
        "body": f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n4",
        "poll": f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n",
    }[beginning]

    with held(port, begun.encode(), count=MANY):
        began = time.monotonic()
        pages = max(answer_time_s(port, routes.LOGIN), answer_time_s(port, "/healthz"))
        answers = stranger.call(one_process.origin, [HYDRATE], transport=POLLING)

        assert answers.packets
        assert pages < WITHIN_S, (pages, time.monotonic() - began)


def test_a_session_ends_with_the_connection_that_waits_for_it(one_process: Attacked) -> None:
    async def story() -> None:
        polled = await Polled.open(one_process.product.port)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.3):
                await polled.poll()

        async with asyncio.timeout(5):
            while (await polled.say("3")).status == 200:
                pass

    asyncio.run(story())


# --- What others learn of it ---


def test_no_log_names_the_session_or_the_tab(one_process: Attacked) -> None:
    async def story() -> tuple[str, str]:
        token = "a-token-of-a-tab-that-is-in-no-log"
        polled = await Polled.open(
            one_process.product.port, headers=cookie_of(one_process), token=token
        )
        await polled.hydrate(path=routes.LISTING)
        await polled.hears(ADMIN)
        await polled.say("nonsense")
        await polled.poll()
        return polled.sid, token

    sid, token = asyncio.run(story())

    log = one_process.product.log
    assert [each for each in (sid, token, one_process.session_token) if each in log] == []


def test_answers_carry_what_every_answer_carries(one_process: Attacked) -> None:
    answer = asyncio.run(ask(one_process.product.port, EVENTS))

    assert "cache-control: no-store" in answer.headers
    assert "x-content-type-options: nosniff" in answer.headers
    assert "default-src 'self'" in answer.headers
    assert "x-request-id" in answer.headers
