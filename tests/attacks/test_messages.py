"""Messages that no page sends: notices of the transport, forged by a client."""

from __future__ import annotations

import time

import pytest

from integrations_app import routes
from tests.attacks.attacked import Attacked
from tests.attacks.tabs import HYDRATE, forged_connect, is_free, take_for_ever
from tests.e2e import stranger
from tests.e2e.stranger import Call, Message

pytestmark = pytest.mark.alone

CLOSED_WITHIN_S = 10.0
ADMIN = "ada@example.com"
HYDRATED = "is_hydrated"
LISTING = Call(handler="reflex___state____state.hydrate_and_load", path=routes.LISTING)


def test_headers_of_a_websocket_are_believed(product: Attacked) -> None:
    """So that the test below would notice if those of a message were."""
    own = {"Cookie": product.cookie}

    answers = stranger.call(product.origin, [LISTING], headers=own, until=ADMIN)

    assert ADMIN in answers.text


def test_headers_that_a_message_brings_are_not(product: Attacked) -> None:
    forged = forged_connect(cookie=product.cookie)

    answers = stranger.call(product.origin, [forged, LISTING])

    assert ADMIN not in answers.text  # a stranger's binary message ends the websocket, too


def test_a_message_opens_no_tabs_that_nobody_closes(product: Attacked) -> None:
    first = take_for_ever(product.origin, tokens=20)

    assert is_free(product.origin, first)
    give_up_at = time.monotonic() + CLOSED_WITHIN_S
    while product.redis and b"socket_record" in product.redis.dump():
        assert time.monotonic() < give_up_at


def test_a_tab_stays_open_whatever_a_message_says(product: Attacked) -> None:
    answers = stranger.call(product.origin, [Message(name="disconnect"), HYDRATE], until=HYDRATED)

    assert answers.packets


def test_what_no_page_says_is_answered_by_nothing(product: Attacked) -> None:
    names = ["ping", "no_such_thing", "connect_error", "", "__class__"]
    messages = [Message(name=name, data=({"some": "data"},)) for name in names]
    before = len(product.product.log)

    answers = stranger.call(product.origin, [*messages, HYDRATE])

    assert set(answers.names) == {"event"}
    assert '"level": "error"' not in product.product.log[before:]
