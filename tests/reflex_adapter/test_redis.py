"""What is leaned on of the client of Redis that it does not document, in one table."""

from __future__ import annotations

import pytest
import redis._parsers
from redis._parsers import Encoder
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.connection import AbstractConnection

from tests.reflex_adapter.leaning import Leaning

CLIENT = "reflex_adapter/redis_client.py"


def of_redis(of: object, name: str, parameters: tuple[str, ...] | None = None) -> Leaning:
    return Leaning(library="redis", of=of, name=name, seen_in=CLIENT, parameters=parameters)


TABLE = [
    of_redis(redis._parsers, "_AsyncRESP2Parser"),
    of_redis(Encoder, "__init__", ("encoding", "encoding_errors", "decode_responses")),
    of_redis(Encoder, "encode", ("value",)),
    of_redis(Encoder, "decode", ("value", "force")),
    of_redis(AbstractConnection, "__init__", ("parser_class", "encoder_class", "protocol")),
    of_redis(ConnectionPool, "make_connection", ("self",)),
    of_redis(AbstractConnection, "send_command", ("args", "kwargs")),
    of_redis(AbstractConnection, "read_response", ("self",)),
    of_redis(AbstractConnection, "disconnect", ("nowait",)),
    of_redis(Redis, "from_url", ("url",)),
]


@pytest.mark.parametrize("leaning", TABLE, ids=str)
def test_redis_still_has(leaning: Leaning) -> None:
    leaning.check()
