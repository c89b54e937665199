"""Credentials go where the declaration says, and show nowhere else."""

import base64
from collections.abc import Callable

import pytest

from integrations_app.domain.provider import Provider
from integrations_app.errors import FieldProblem, InvalidFields, MissingPlaceholder
from integrations_app.providers.placement import place

Declare = Callable[..., Provider]


def test_headers_and_query_parameters_are_filled(declare: Declare) -> None:
    placement = {
        "headers": {"X-Key": "Token {api_key}", "X-Version": "2024"},
        "query": {"key": "{api_key}", "region": "{region}"},
    }

    placed = place(declare(placement=placement), {"api_key": "k&1"})

    assert placed.headers == {"X-Key": "Token k&1", "X-Version": "2024"}
    assert placed.query == {"key": "k&1", "region": "eu"}


@pytest.mark.parametrize(
    ("values", "pair"),
    [({"api_key": "k:ü", "project": "me"}, "me:k:ü"), ({"api_key": "k"}, ":k")],
)
def test_basic_authentication_is_encoded(
    values: dict[str, str], pair: str, declare: Declare
) -> None:
    provider = declare(placement={"basic": {"username": "{project}", "password": "{api_key}"}})

    scheme, _, encoded = place(provider, values).headers["Authorization"].partition(" ")

    assert scheme == "Basic"
    assert base64.b64decode(encoded).decode() == pair


def test_a_header_of_an_empty_optional_field_is_left_out(declare: Declare) -> None:
    headers = {"Authorization": "Bearer {api_key}", "X-Project": "{project}"}
    provider = declare(placement={"headers": headers})

    assert list(place(provider, {"api_key": "k"}).headers) == ["Authorization"]


def test_a_missing_credential_is_named(declare: Declare) -> None:
    with pytest.raises(MissingPlaceholder) as missing:
        place(declare(), {})

    assert missing.value.placeholder == "api_key"


def test_a_line_break_cannot_add_a_header(declare: Declare) -> None:
    with pytest.raises(InvalidFields):
        place(declare(), {"api_key": "k\r\nX-Admin: 1"})


def test_a_key_that_no_header_can_carry_is_refused_without_being_quoted(declare: Declare) -> None:
    with pytest.raises(InvalidFields) as refused:
        place(declare(), {"api_key": "gehéim…"})

    assert refused.value.fields == {"api_key": FieldProblem.PATTERN}
    assert "gehéim" not in repr(refused.value)


def test_a_header_ends_without_blanks(declare: Declare) -> None:
    assert place(declare(), {"api_key": "k "}).headers["Authorization"] == "Bearer k"


def test_what_is_placed_shows_names_only(declare: Declare) -> None:
    placement = {"headers": {"X-Key": "{api_key}"}, "query": {"key": "{api_key}"}}

    placed = place(declare(placement=placement), {"api_key": "hidden"})

    assert repr(placed) == str(placed) == "Placed(headers=['X-Key'], query=['key'])"
