"""Addresses of a PostgreSQL: what libpq understands is understood, and nothing else is taken."""

from __future__ import annotations

import pytest

from integrations_app.errors import InvalidSetting
from integrations_app.settings import database_url


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ("postgresql+psycopg://ada@db.example/shop", {"host": "db.example", "user": "ada"}),
        ("postgres://one:5432,two:5433/shop", {"host": "one,two", "port": "5432,5433"}),
        ("postgresql://one,two/shop?target_session_attrs=primary", {"host": "one,two"}),
        ("postgresql://ada@%2Frun%2Fpostgresql:81/shop", {"host": "/run/postgresql", "port": "81"}),
        ("postgresql://ada@/shop?host=/run/postgresql", {"host": "/run/postgresql"}),
        ("postgresql://ada@[::1]:81/shop", {"host": "::1", "port": "81"}),
        ("postgresql://ada:p%25%40%2F%3Aw@db.example/shop", {"password": "p%@/:w"}),
        ("postgresql://ada:p:w#?&=x@db.example/shop", {"password": "p:w#?&=x"}),
        ("postgresql:///shop?user=ada%40example&password=p%40w", {"user": "ada@example"}),
        ("postgresql:///shop?password=p@w", {"password": "p@w"}),
    ],
)
def test_an_address_is_read_as_libpq_reads_it(url: str, known: dict[str, str]) -> None:
    assert known.items() <= database_url.parameters(url).items()


def test_an_unknown_parameter_is_named() -> None:
    with pytest.raises(InvalidSetting, match="'nonsense'"):
        database_url.parse("DATABASE_URL", "postgresql://ada:hidden@db.example/shop?nonsense=1")


@pytest.mark.parametrize("password", ["p%w", "p@w", "p/w", "%", "@", "/", "p@?w=x"])
def test_a_password_that_has_to_be_encoded_says_how(password: str) -> None:
    with pytest.raises(InvalidSetting, match=r"%25.*%40.*%2F") as refused:
        database_url.parse("DATABASE_URL", f"postgresql://ada:{password}@db.example/shop")

    assert refused.value.__context__ is None, "the driver's own error quotes the password"


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("postgresql+psycopg://ada:s3cret@db.example:81/shop", "database shop on db.example:81"),
        ("postgresql://ada:s3%25cret@db.example/shop", "database shop on db.example"),
        (
            "postgresql://ada@/shop?host=/run/postgresql&password=s3cret",
            "database shop on /run/postgresql",
        ),
        ("postgresql://ada:s3cret@/", "database ada on the local socket"),
        ("postgresql://ada:s3cret@one:81,two:82/shop", "database shop on one:81, two:82"),
        ("postgresql://one,two/shop?port=81", "database shop on one:81, two:81"),
    ],
)
def test_a_place_is_named_by_host_and_name_without_a_password(url: str, place: str) -> None:
    assert database_url.place(database_url.parameters(url)) == place
