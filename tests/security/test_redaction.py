"""What others tell us is shown unless it shows a part of a secret."""

from __future__ import annotations

import string
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations_app.security.redaction import safe_code, safe_label, shows_part_of

KEY = "sk-or-v1-0e6f44a3b1c94c5b"
SECRETS = st.text(string.ascii_letters + string.digits + "-_.", min_size=16, max_size=60).filter(
    lambda text: sum(map(str.isalnum, text)) >= 16
)
AROUND = st.text(" ():/", max_size=10)


def hyphenated(text: str) -> str:
    return "-".join(text)


def in_fours(text: str) -> str:
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def full_width(text: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text)


DISGUISES = (str, str.upper, str.lower, str.swapcase, hyphenated, in_fours, full_width)


@given(SECRETS, st.sampled_from(DISGUISES), st.booleans(), AROUND, AROUND)
def test_a_secret_is_found_in_every_disguise(
    secret: str, disguise: Callable[[str], str], is_reversed: bool, before: str, after: str
) -> None:
    told = disguise(secret[::-1] if is_reversed else secret)

    assert shows_part_of(f"{before}{told}{after}", [secret])


@given(SECRETS, st.data())
def test_eight_letters_and_digits_in_a_row_show_a_secret(secret: str, data: st.DataObject) -> None:
    plain = "".join(filter(str.isalnum, secret))
    at = data.draw(st.integers(0, len(plain) - 8))

    assert shows_part_of(f"key …{plain[at : at + 8]}", [secret])


@given(st.text(string.ascii_lowercase, min_size=16, max_size=60), st.text(string.digits))
def test_what_has_nothing_of_a_secret_is_shown(secret: str, text: str) -> None:
    assert not shows_part_of(text, [secret])


@given(SECRETS, st.data())
def test_six_characters_that_are_shared_with_a_long_secret_show_nothing(
    secret: str, data: st.DataObject
) -> None:
    plain = "".join(filter(str.isalnum, secret))
    at = data.draw(st.integers(0, len(plain) - 6))

    assert not shows_part_of(f"({plain[at : at + 6]})", [secret])


@pytest.mark.parametrize("label", ["sk-or-", "Keys begin with sk-or-.", "44A3-B1"])
def test_a_harmless_label_is_kept(label: str) -> None:
    assert safe_label(label, [KEY]) == label


@pytest.mark.parametrize(
    "label", ["sk-or-v1-0e6...c5b", "SK_OR_V1_0E6", "b5c49c1b", "0e6f-44a3", KEY]
)
def test_a_label_that_shows_a_part_of_the_key_is_dropped(label: str) -> None:
    assert safe_label(label, [KEY]) is None


@pytest.mark.parametrize(
    ("secret", "text", "is_shown"),
    [
        ("1234", "code 1234?", True),
        ("1234", "code 1 2 3", False),
        ("hunter22", "Hunter2", True),
        ("hunter22", "hunting", False),
        ("#*!§$%&/()=", "#*!§$%", True),
        ("#*!§$%&/()=", "anything", False),
        ("", "anything", False),
    ],
)
def test_of_short_secrets_and_signs_it_takes_a_half_or_all(
    secret: str, text: str, is_shown: bool
) -> None:
    assert shows_part_of(text, [secret]) == is_shown


def test_a_code_is_judged_like_a_label() -> None:
    assert safe_code("invalid_api_key", [KEY]) == "invalid_api_key"
    assert safe_code("key_44A3B1C9_expired", [KEY]) is None
