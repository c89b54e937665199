"""Keeping secrets out of what other people's programs tell us."""

import re
import unicodedata
from collections.abc import Iterable

_FEWEST = 6
_MOST = 8
"""Of the characters in a row that show a part of a secret: half of them, within these bounds.

Fewer are shared by chance, or by all keys of a provider: `sk-or-…`.
"""

_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_LABEL_MAX_LENGTH = 200


def shows_part_of(text: str, secrets: Iterable[str]) -> bool:
    """Tell whether a text repeats a secret, or enough of one to recognise it.

    Case, direction and whatever stands between letters and digits do not hide it.
    """
    return any(_shows(text, secret) for secret in secrets)


def _shows(text: str, secret: str) -> bool:
    as_typed = (_folded(text), _folded(secret))
    bare = (_letters_and_digits(text), _letters_and_digits(secret))
    return _share_a_run(*as_typed) or (len(bare[1]) >= _FEWEST and _share_a_run(*bare))


def _share_a_run(text: str, secret: str) -> bool:
    run = min(len(secret), max(_FEWEST, min(_MOST, len(secret) // 2)))
    return bool(run) and any(
        direction[at : at + run] in text
        for direction in (secret, secret[::-1])
        for at in range(len(secret) - run + 1)
    )


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _letters_and_digits(text: str) -> str:
    return "".join(filter(str.isalnum, _folded(text)))


def safe_label(value: object, secrets: Iterable[str]) -> str | None:
    """A name that a provider gave, fit to store and to show; None if it is not.

    Some providers label a key with its own first and last characters.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        return None
    label = "".join(character for character in value if character.isprintable()).strip()
    label = label[:_LABEL_MAX_LENGTH]
    return None if not label or shows_part_of(label, secrets) else label


def safe_code(value: object, secrets: Iterable[str]) -> str | None:
    """A provider's error code, fit to store; None if it does not look like one."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if _CODE.fullmatch(text) and not shows_part_of(text, secrets) else None
