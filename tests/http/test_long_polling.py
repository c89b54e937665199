"""Pages without a WebSocket: to the app one nevertheless, and to nobody else anything."""

from __future__ import annotations

import asyncio
import json

import pytest
from starlette.requests import Request
from starlette.types import Message, Scope

from integrations_app.http import long_polling, polled_websocket
from integrations_app.http.long_polling import EVENTS, Limits, LongPolling
from tests.http.polling import COOKIE, HANDSHAKE, OPENING, ORIGIN, Echoing, Page, run

MESSAGE = '42/_event,["event",{}]'
CLOSED = "websocket.disconnect"


def test_a_page_is_answered_as_by_a_websocket() -> None:
    async def story(_server: Echoing, page: Page) -> None:
        await page.open()

        assert (await page.say(MESSAGE, "3")).text == "ok"

        heard = [(await page.poll()).text]
        while "\x1e".join(heard) != f"{MESSAGE}\x1e3":
            heard.append((await page.poll()).text)

    run(story)


def test_the_app_is_given_a_websocket_with_the_headers_of_the_first_request() -> None:
    async def story(server: Echoing, page: Page) -> None:
        await page.open()

        [scope] = server.scopes
        assert scope["type"] == "websocket"
        assert scope["query_string"] == b"EIO=4&transport=websocket&token=tab"
        headers = dict(scope["headers"])
        assert headers[b"cookie"] == f"{COOKIE}=ada".encode()
        assert headers[b"upgrade"] == b"websocket"

    run(story)


def test_the_session_has_a_name_that_the_server_does_not_know() -> None:
    async def story(_server: Echoing, page: Page) -> None:
        opening = json.loads((await page.open()).text[1:])

        assert opening["sid"] != OPENING["sid"]
        assert len(opening["sid"]) >= 32
        assert opening["upgrades"] == []

    run(story)


def test_a_page_is_told_how_long_its_requests_may_be() -> None:
    async def story(_server: Echoing, page: Page) -> None:
        assert json.loads((await page.open()).text[1:])["maxPayload"] == 10_000

    run(story)


@pytest.mark.parametrize(
    "headers",
    [{"cookie": f"{COOKIE}=grace"}, {"cookie": ""}, {"cookie": f"other={COOKIE}=ada"}],
    ids=["another's", "none", "elsewhere"],
)
def test_whoever_has_another_cookie_neither_hears_nor_says_anything(
    headers: dict[str, str],
) -> None:
    async def story(server: Echoing, page: Page) -> None:
        await page.open()
        await server.say("4for ada alone")
        thief = Page(client=page.client, sid=page.sid, headers=headers)

        asked, told = await thief.poll(), await thief.say(MESSAGE)

        unknown = await Page(client=page.client, sid="unknown", headers=headers).poll()
        assert asked.status_code == told.status_code == 400
        assert asked.text == told.text == unknown.text
        assert server.heard == []
        assert (await page.poll()).text == "4for ada alone"

    run(story)


def test_a_strangers_session_is_not_for_whoever_is_signed_in() -> None:
    async def story(server: Echoing, page: Page) -> None:
        await page.open()

        answer = await page.say(MESSAGE, cookie=f"{COOKIE}=ada")

        assert answer.status_code == 400
        assert server.heard == []

    run(story, cookie="")


FOREIGN = [
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=lambda each: "-".join(each.values()))
def test_pages_of_others_neither_open_nor_hear_nor_say_anything(headers: dict[str, str]) -> None:
    async def story(server: Echoing, page: Page) -> None:
        await page.open()
        foreign = Page(client=page.client, sid=page.sid, headers={**page.headers, **headers})

        answers = [await foreign.open(), await foreign.poll(), await foreign.say(MESSAGE)]

        assert [answer.status_code for answer in answers] == 3 * [403]
        assert server.heard == []
        assert len(server.scopes) == 1

    run(story)


@pytest.mark.parametrize("headers", [{}, {"origin": ORIGIN, "sec-fetch-site": "same-origin"}])
def test_pages_of_ours_and_programs_may(headers: dict[str, str]) -> None:
    async def story(_server: Echoing, page: Page) -> None:
        page.headers = {**page.headers, **headers}

        assert (await page.open()).status_code == 200
        assert (await page.say(MESSAGE)).status_code == 200
        assert (await page.poll()).text == MESSAGE

    run(story)


@pytest.mark.parametrize(
    "query",
    [
        "EIO=3&transport=polling",
        "transport=polling",
        "EIO=4",
        "EIO=4&transport=websocket",
        "EIO=4&transport=Polling",
        "EIO=4&transport=webtransport",
        "EIO=4&transport=polling&transport=polling",
        "EIO=4&transport=polling&j=0",
        "EIO=4&transport=polling&b64=1",
        "EIO=4&transport=polling&sid=a&sid=b",
        "EIO=4&transport=polling&other=1",
        "EIO=4&transport=polling&sid=",
        "",
    ],
)
def test_what_no_page_asks_for_is_refused(query: str) -> None:
    async def story(server: Echoing, page: Page) -> None:
        answers = [
            await page.client.get(f"{EVENTS}?{query}"),
            await page.client.post(f"{EVENTS}?{query}", content=MESSAGE),
        ]

        assert [answer.status_code for answer in answers] == [400, 400]
        assert server.scopes == []

    run(story)


@pytest.mark.parametrize("method", ["PUT", "HEAD", "OPTIONS", "DELETE", "PATCH"])
def test_other_methods_open_and_say_nothing(method: str) -> None:
    async def story(server: Echoing, page: Page) -> None:
        await page.open()
        await server.say("4for ada alone")

        for more in ({}, {"sid": page.sid}):
            answer = await page.client.request(
                method, EVENTS, params=HANDSHAKE | more, headers=page.headers, content=MESSAGE
            )
            assert answer.status_code == 405

        assert server.heard == []
        assert len(server.scopes) == 1
        assert (await page.poll()).text == "4for ada alone"

    run(story)


def test_a_session_begins_with_a_get() -> None:
    async def story(server: Echoing, page: Page) -> None:
        answer = await page.client.post(EVENTS, params=HANDSHAKE, content=MESSAGE)

        assert answer.status_code == 400
        assert server.scopes == []

    run(story)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"2probe",
        b"5",
        b"6",
        b"0{}",
        b"bAAAA",
        b"d=4",
        b"4a\x1e",
        b"\x1e4a",
        b"\xff\xfe",
        b"4a\x1e" * long_polling.MAX_PACKETS + b"4a",
    ],
    ids=[
        "nothing",
        "probe",
        "upgrade",
        "noop",
        "open",
        "binary",
        "JSONP",
        "no last",
        "no first",
        "no text",
        "too many",
    ],
)
def test_what_no_page_says_reaches_nobody(body: bytes) -> None:
    async def story(server: Echoing, page: Page) -> None:
        await page.open()

        answer = await page.client.post(
            EVENTS, params=HANDSHAKE | {"sid": page.sid}, headers=page.headers, content=body
        )

        assert answer.status_code == 400
        assert all(each["type"] == CLOSED for each in server.heard)

    run(story)


def test_a_request_that_is_too_long_reaches_nobody() -> None:
    async def story(server: Echoing, page: Page) -> None:
        await page.open()

        assert (await page.say("4" + 10_000 * "x")).status_code == 413
        assert (await page.say("4" + 9_000 * "x")).status_code == 200

    run(story)


def test_a_page_says_one_thing_after_the_other() -> None:
    async def story(server: Echoing, page: Page) -> None:
        server.busy = asyncio.Event()
        await page.open()
        first = asyncio.create_task(page.say("4first", "4second"))
        assert (await page.poll()).text == "4first"

        assert (await page.say("4third")).status_code == 400

        server.busy.set()
        assert (await first).text == "ok"
        assert [each["text"] for each in server.heard] == ["4first", "4second"]

    run(story)


def test_nothing_is_called_received_that_the_app_did_not_take() -> None:
    async def story(server: Echoing, page: Page) -> None:
        await page.open()

        assert (await page.say("4end", "4after")).status_code == 400

    run(story)


def test_a_later_poll_takes_the_place_of_an_earlier_one() -> None:
    async def story(server: Echoing, page: Page) -> None:
        await page.open()
        first = asyncio.create_task(page.poll())
        await asyncio.sleep(0)
        second = asyncio.create_task(page.poll())

        assert (await first).text == polled_websocket.NOOP
        await server.say(MESSAGE)
        assert (await second).text == MESSAGE

    run(story)


def test_a_page_that_says_goodbye_is_gone_for_the_app_too() -> None:
    async def story(server: Echoing, page: Page) -> None:
        await page.open()

        await page.say(MESSAGE, "1")

        await server.ended.wait()
        assert [each["type"] for each in server.heard] == ["websocket.receive", CLOSED]
        assert (await page.poll()).status_code == 400

    run(story)


def test_a_page_hears_that_the_app_has_ended_it() -> None:
    async def story(_server: Echoing, page: Page) -> None:
        await page.open()
        waiting = asyncio.create_task(page.poll())
        await asyncio.sleep(0)

        await page.say("4end")

        assert (await waiting).text == polled_websocket.CLOSE
        assert (await page.poll()).status_code == 400

    run(story)


def test_a_page_that_asks_no_more_is_gone_for_the_app_too() -> None:
    async def story(server: Echoing, page: Page) -> None:
        await page.open()

        await server.ended.wait()

        assert server.heard[-1]["type"] == CLOSED
        assert (await page.poll()).status_code == 400

    run(story, limits=Limits(abandoned_after_s=0.01))


def test_the_app_waits_for_a_page_that_does_not_listen() -> None:
    async def story(server: Echoing, page: Page) -> None:
        await page.open()
        large = "4" + polled_websocket.MAX_WAITING * "x"
        await server.say(large)

        waiting = asyncio.create_task(server.say("4last"))

        done, _ = await asyncio.wait({waiting}, timeout=0.05)
        assert not done
        assert (await page.poll()).text == large
        await waiting
        assert (await page.poll()).text == "4last"

    run(story)


def test_whoever_sends_to_a_page_that_has_gone_is_told() -> None:
    async def story(server: Echoing, page: Page) -> None:
        await page.open()
        await server.say("4" + polled_websocket.MAX_WAITING * "x")
        waiting = asyncio.create_task(server.say("4last"))

        await page.say("1")

        with pytest.raises(OSError, match="gone"):
            await waiting

    run(story)


def test_a_websocket_that_the_app_refuses_is_no_session() -> None:
    async def story(server: Echoing, page: Page) -> None:
        server.refuses = True

        assert (await page.open()).status_code == 400

    run(story)


def test_answers_are_kept_by_nobody() -> None:
    async def story(_server: Echoing, page: Page) -> None:
        answers = [await page.open(), await page.say("3"), await page.poll(), await page.say("x")]

        assert {each.headers["cache-control"] for each in answers} == {"no-store"}

    run(story)


def test_a_page_whose_client_leaves_while_it_waits_is_gone_at_once() -> None:
    server, polling = Echoing(), LongPolling()
    polling(server)
    endpoint = polling.route().endpoint
    rest: list[Message] = [{"type": "http.request"}, {"type": "http.disconnect"}]

    async def receive() -> Message:
        return rest.pop(0)

    async def forever() -> Message:
        if len(rest) > 1:
            return rest.pop(0)
        return await asyncio.get_running_loop().create_future()

    def scope(query: str) -> Scope:
        return {
            "type": "http",
            "asgi": {},
            "http_version": "1.1",
            "method": "GET",
            "path": EVENTS,
            "query_string": f"EIO=4&transport=polling{query}".encode(),
            "headers": [],
            "server": ("localhost", 3000),
        }

    async def story() -> None:
        opened = await endpoint(Request(scope(""), forever))
        sid = json.loads(bytes(opened.body)[1:])["sid"]
        rest.insert(0, {"type": "http.request"})

        await endpoint(Request(scope(f"&sid={sid}"), receive))

        await server.ended.wait()

    asyncio.run(asyncio.wait_for(story(), 5))
    assert server.heard[-1]["type"] == CLOSED
