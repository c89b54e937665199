"""Keeping secrets out of what other people's programs tell us."""

import re
from collections.abc import Iterable

_RUN = 6
"""A text that shares this many characters in a row with a secret shows a part of it."""

_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_LABEL_MAX_LENGTH = 200


def shows_part_of(text: str, secrets: Iterable[str]) -> bool:
    """Whether the text repeats a secret, or enough of one to recognise it."""
    for secret in secrets:
        run = min(_RUN, len(secret))
        if run and any(secret[at : at + run] in text for at in range(len(secret) - run + 1)):
            return True
    return False


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
