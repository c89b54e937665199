"""What is sealed on its way to Redis, and what is believed that comes from there."""

from __future__ import annotations

import asyncio
import pickle
from functools import partial

import pytest
from redis.asyncio import Redis

from integrations_app.reflex_adapter.redis_client import SealingEncoder
from integrations_app.security.vault import KeyRing
from tests import redis_server
from tests.redis_server import RedisServer

RING, OTHER_RING = KeyRing([b"a" * 32]), KeyRing([b"b" * 32])
PICKLE = pickle.dumps({"cookie": "a session token"})


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    with redis_server.running(tmp_path_factory.mktemp("redis")) as running:
        yield running


async def put_and_get(server: RedisServer, value: bytes | str, ring: KeyRing = RING) -> object:
    """What a worker with this ring finds where one with `RING` has put something."""
    writer, reader = (
        Redis.from_url(server.url, encoder_class=partial(SealingEncoder, each))
        for each in (RING, ring)
    )
    async with writer, reader:
        await writer.set("key", value)
        return await reader.get("key")


def test_a_pickle_arrives_and_was_sealed_meanwhile(server: RedisServer) -> None:
    found = asyncio.run(put_and_get(server, PICKLE))

    assert found == PICKLE
    assert b"a session token" not in server.dump()


def test_text_stays_as_it_is(server: RedisServer) -> None:
    assert asyncio.run(put_and_get(server, "the id of a lock")) == b"the id of a lock"
    assert b"the id of a lock" in server.dump()


def test_what_another_key_has_sealed_is_as_good_as_nothing(server: RedisServer) -> None:
    assert asyncio.run(put_and_get(server, PICKLE, OTHER_RING)) is None


def test_a_pickle_that_nobody_sealed_is_as_good_as_nothing(server: RedisServer) -> None:
    async def left_open() -> object:
        async with Redis.from_url(server.url) as stranger:
            await stranger.set("key", PICKLE)
        async with Redis.from_url(
            server.url, encoder_class=partial(SealingEncoder, RING)
        ) as reader:
            return await reader.mget(["key"])

    assert asyncio.run(left_open()) == [None]


def test_what_subscribers_are_told_is_sealed_too(server: RedisServer) -> None:
    async def told() -> object:
        async with (
            Redis.from_url(server.url, encoder_class=partial(SealingEncoder, RING)) as client,
            client.pubsub() as current,
        ):
            await current.subscribe("channel")
            await client.publish("channel", PICKLE)
            while True:
                message = await current.get_message(ignore_subscribe_messages=True, timeout=5)
                if message is not None:
                    return message["data"]

    with server.overheard() as overheard:
        assert asyncio.run(told()) == PICKLE

    assert "PUBLISH" in overheard.text
    assert "a session token" not in overheard.text
