"""How a database is named in messages."""

from __future__ import annotations

import pytest

from integrations_app.storage.engine import Database


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("postgresql+psycopg://ada:s3cret@db.example:81/shop", "database shop on db.example:81"),
        ("postgresql+psycopg://ada:s3%25cret@db.example/shop", "database shop on db.example"),
        (
            "postgresql+psycopg://ada@/shop?host=/run/postgresql&password=s3cret",
            "database shop on /run/postgresql",
        ),
        ("postgresql+psycopg://ada:s3cret@/", "database ada on the local socket"),
    ],
)
def test_it_is_named_by_host_and_name_without_a_password(url: str, place: str) -> None:
    assert Database(url).place == place
