"""What strangers and other plugins try at the pages inside another app."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from integrations_app.state.listing import Listing
from tests.attacks.polls import Polled
from tests.attacks.tabs import HYDRATE, forged_connect, is_free, take_for_ever
from tests.e2e import stranger
from tests.e2e.pages import stored
from tests.e2e.shop import PREFIX, Shop
from tests.e2e.stranger import Call, Message

ADMIN = "admin@shop.example"
LOAD = Listing.get_full_name() + ".load"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_redirect: object) -> None:
        return None


@pytest.fixture
def cookie(shop: Shop) -> str:
    """What the browser of an admin of the shop sends."""
    opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))
    form = urllib.parse.urlencode({"email": ADMIN}).encode()
    with pytest.raises(urllib.error.HTTPError) as redirect:
        opener.open(f"{shop.origin}/api/shop/sign-in", form, timeout=10)
    return redirect.value.headers["set-cookie"].partition(";")[0]


def listed(shop: Shop, *first: Message, headers: dict[str, str]) -> str:
    """What a websocket with these headers is told of the list."""
    load = Call(handler=LOAD, path=PREFIX)
    return stranger.call(shop.origin, [*first, HYDRATE, load], headers=headers).text


def test_headers_that_a_message_brings_make_nobody_an_admin(shop: Shop, cookie: str) -> None:
    stored("mistral", "valuable")
    assert "valuable" in listed(shop, headers={"Cookie": cookie})

    assert "valuable" not in listed(shop, forged_connect(cookie=cookie), headers={})


def test_a_message_opens_no_tabs_that_nobody_closes(shop: Shop) -> None:
    assert is_free(shop.origin, take_for_ever(shop.origin, tokens=20))


def test_a_tab_stays_open_whatever_a_message_says(shop: Shop) -> None:
    answers = stranger.call(shop.origin, [Message(name="disconnect"), HYDRATE])

    assert answers.packets


def test_the_apps_plugins_call_none_of_our_handlers_in_an_admins_name(
    shop: Shop, cookie: str
) -> None:
    stored("mistral", "valuable")
    assert "valuable" in listed(shop, headers={"Cookie": cookie})

    told = called(shop, LOAD, cookie=cookie)

    assert "valuable" not in told
    assert ADMIN not in told


def test_the_apps_plugins_call_its_own_handlers(shop: Shop, cookie: str) -> None:
    told = called(shop, "reflex___state____state.shop___state____counter.click", cookie=cookie)

    assert "clicks" in told


def called(shop: Shop, handler: str, *, cookie: str) -> str:
    """What a plugin is told that calls a handler, in a tab of its own."""
    request = urllib.request.Request(
        f"{shop.origin}/api/shop/call",
        json.dumps({"token": str(uuid4()), "handler": handler, "payload": {}}).encode(),
        {"Cookie": cookie},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=10) as answer:
        return answer.read().decode()


def test_a_polled_session_of_an_admin_is_of_no_use_to_others(shop: Shop, cookie: str) -> None:
    async def story() -> list[int]:
        own = await Polled.open(shop.port, headers=f"Cookie: {cookie}\r\n")
        assert own.sid
        thief = Polled(port=shop.port, sid=own.sid, headers="")
        return [(await thief.poll()).status, (await thief.say("40/_event,")).status]

    with ThreadPoolExecutor() as pool:  # Playwright keeps this thread's event loop for itself
        assert pool.submit(asyncio.run, story()).result() == [400, 400]
