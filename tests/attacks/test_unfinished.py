"""Requests that never end take nobody else's place."""

from __future__ import annotations

import time

import pytest

from integrations_app import routes
from tests.attacks.attacked import Attacked
from tests.attacks.tabs import HYDRATE
from tests.attacks.unfinished import BODY, HEADERS, NOTHING, answer_time_s, held
from tests.e2e import stranger

pytestmark = pytest.mark.alone

MANY = 500
WITHIN_S = 1.0


@pytest.mark.parametrize(
    "beginning", [BODY, HEADERS, NOTHING], ids=["bodies", "headers", "silence"]
)
def test_others_are_answered_meanwhile(product: Attacked, beginning: bytes) -> None:
    port = product.product.port

    with held(port, beginning, count=MANY):
        page, health = answer_time_s(port, routes.LOGIN), answer_time_s(port, "/healthz")
        began = time.monotonic()
        answers = stranger.call(product.origin, [HYDRATE])

        assert answers.packets
        assert max(page, health) < WITHIN_S, (page, health, time.monotonic() - began)
