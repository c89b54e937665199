"""Keys are freed of what was pasted along with them, and nothing else is touched."""

from __future__ import annotations

import pytest

from integrations_app.domain.provider import AuthType, Provider, SetupField
from integrations_app.services.credentials import pasted_values
from integrations_app.services.credentials.pasted_values import Removed

KEY = "sk-or-v1_0123=="


def provider(**field: object) -> Provider:
    """A provider with one field."""
    declared = {"key": "api_key", "label": "API key", "secret": True, **field}
    return Provider(
        key="acme",
        title="Acme",
        description="Sells anvils.",
        category="ai",
        auth_type=AuthType.API_KEY,
        fields=(SetupField(**declared),),  # pyright: ignore[reportArgumentType]
    )


@pytest.mark.parametrize(
    ("text", "removed"),
    [
        (f" {KEY}\r\n", [Removed.SPACES]),
        (f"\u00a0{KEY}\u3000", [Removed.SPACES]),
        (f"\u200b{KEY}\ufeff", [Removed.INVISIBLE]),
        (f"{KEY[:4]}\u200b\u2060{KEY[4:]}", [Removed.INVISIBLE]),
        (f'"{KEY}"', [Removed.QUOTES]),
        (f"'{KEY}'", [Removed.QUOTES]),
        (f"“{KEY}”", [Removed.QUOTES]),
        (f"`{KEY}`", [Removed.QUOTES]),
        (f"Bearer {KEY}", [Removed.BEARER]),
        (f"bearer  {KEY}", [Removed.BEARER]),
        (f"ACME_API_KEY={KEY}", [Removed.VARIABLE]),
        (f"export TOKEN={KEY}", [Removed.VARIABLE]),
        (f"api_key = {KEY}", [Removed.VARIABLE]),
        (f'ACME_API_KEY="{KEY}"', [Removed.QUOTES, Removed.VARIABLE]),
        (f'"Bearer {KEY}"\n', [Removed.SPACES, Removed.QUOTES, Removed.BEARER]),
    ],
)
def test_what_surrounds_a_key_is_removed_and_named(text: str, removed: list[Removed]) -> None:
    outcome = pasted_values.clean(provider(), {"api_key": text})

    assert outcome.values == {"api_key": KEY}
    assert outcome.removed == {"api_key": tuple(removed)}


@pytest.mark.parametrize(
    "key", [KEY, "ab_cd==", "AB_CD=", "ABCDEF==", "abc=def", "Bearer", "sk-'inside'-x", "A_B=="]
)
def test_a_key_stays_as_it_is(key: str) -> None:
    outcome = pasted_values.clean(provider(), {"api_key": key})

    assert outcome.values == {"api_key": key}
    assert outcome.removed == {}


@pytest.mark.parametrize(
    "field",
    [
        {"label": "Password"},
        {"key": "smtp_password"},
        {"label": "Passphrase"},
        {"key": "private_key"},
        {"secret": False},
    ],
    ids=str,
)
def test_a_password_a_key_in_a_file_and_an_open_value_stay_as_they_are(
    field: dict[str, object],
) -> None:
    key = str(field.get("key", "api_key"))
    text = ' "Bearer A_B=c" '

    outcome = pasted_values.clean(provider(**field), {key: text})

    assert outcome.values == {key: text}
    assert outcome.removed == {}


def test_nothing_but_what_surrounds_a_key_is_no_key() -> None:
    outcome = pasted_values.clean(provider(), {"api_key": ' "" '})

    assert outcome.values == {"api_key": ""}
    assert outcome.removed == {}


def test_values_stand_in_no_repr() -> None:
    assert KEY not in repr(pasted_values.clean(provider(), {"api_key": f'"{KEY}"'}))
