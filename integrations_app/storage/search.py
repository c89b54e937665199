"""Search by any part of a text, in any case, whatever the database's locale.

A locale may know no letters but ASCII's, and the embedded server has no pg_trgm. So a row keeps its
text folded, and the letters and pairs of letters in it, which an index finds.
"""

import itertools
import unicodedata
from functools import partial

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from integrations_app.storage.keyset import Search
from integrations_app.storage.tables import SEARCH_GRAMS, SEARCHED

_PAIR_BIT = 0x40000000
_PAIR_BITS = 0x3FFFFFFF
_FIRST_WEIGHT = 31_337
"""As the function `integration_grams` has them; two pairs may share a number, to no harm."""

_BEYOND_UNICODE = 0x110000
_LOWER = {
    code: folded
    for code in range(_BEYOND_UNICODE)
    if len(folded := chr(code).lower()) == 1 and folded != chr(code)
}
"""Letters with one small letter for each, in any context."""


def fold(text: str) -> str:
    """The text as `integration_folded` folds it, which gets composed letters from providers."""
    return unicodedata.normalize("NFC", text).translate(_LOWER)


def part(text: str) -> Search:
    """A search for connections whose name or account has this in it."""
    return Search(text=SEARCHED, meets=partial(_has_part, text), may_meet=_may_have_part(text))


def has_part(text: str) -> sa.ColumnElement[bool]:
    """Return whether a connection's name or account has this in it; an index answers."""
    return sa.and_(_may_have_part(text), _has_part(text, SEARCHED))


def _has_part(text: str, searched: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    return searched.contains(fold(text), autoescape=True)


def _may_have_part(text: str) -> sa.ColumnElement[bool]:
    """Return whether all of its letters, and pairs of them, are there."""
    return SEARCH_GRAMS.contains(sa.literal(grams(text), ARRAY(sa.Integer)))


def grams(text: str) -> list[int]:
    """Numbers that every row has which has this in it: of letter pairs, or of its one letter."""
    codes = [ord(letter) for letter in fold(text)]
    if len(codes) == 1:
        return codes
    pairs = itertools.pairwise(codes)
    return sorted({(a * _FIRST_WEIGHT + b) & _PAIR_BITS | _PAIR_BIT for a, b in pairs})
