"""Keys and tokens as people paste them, freed of what came along with them.

For forms: what a program hands over is taken as it is. Passwords and keys in files may begin and
end with anything, so they are left alone.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from integrations_app.domain.provider import Provider, SetupField

_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_QUOTES = "\"'`´“”„‟‘’‚‛«»‹›"
_BEARER = re.compile(r"bearer\s+", re.IGNORECASE)
# As in a shell or an .env file. A key of its own may end with signs of equality, and have capitals
# before one; so behind it there has to be more than that.
_VARIABLE = re.compile(
    r"(?:export\s+)?(?:[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+|[A-Z]{3,})\s*=\s*(?=[^=\s])"
)
_LEFT_ALONE = re.compile(r"passw|passphrase|passcode|private.?key|certificate|\bpem\b|\bpin\b")


class Removed(Enum):
    """A kind of what is no part of a key."""

    SPACES = "spaces"
    INVISIBLE = "invisible"
    QUOTES = "quotes"
    BEARER = "bearer"
    VARIABLE = "variable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pasted:
    """Values of a form, freed of what was pasted along with them.

    Attributes:
        values: Field key to text.
        removed: Field key to what was removed there; only fields of which something was.
    """

    values: Mapping[str, str] = field(repr=False)
    removed: Mapping[str, tuple[Removed, ...]]


def clean(provider: Provider, values: Mapping[str, str]) -> Pasted:
    """Remove what surrounds keys and tokens; all other values stay as they are.

    Args:
        provider: Declares the fields.
        values: Field key to text, of this provider's fields.
    """
    cleaned, removed = dict(values), dict[str, tuple[Removed, ...]]()
    for setup_field in provider.fields:
        text = values.get(setup_field.key, "")
        if not text or not _is_key(setup_field):
            continue
        cleaned[setup_field.key], kinds = _freed(text)
        if kinds and cleaned[setup_field.key]:
            removed[setup_field.key] = kinds
    return Pasted(values=cleaned, removed=removed)


def _is_key(setup_field: SetupField) -> bool:
    names = f"{setup_field.key.replace('_', ' ')} {setup_field.label}".lower()
    return setup_field.secret and setup_field.kind == "text" and not _LEFT_ALONE.search(names)


def _freed(text: str) -> tuple[str, tuple[Removed, ...]]:
    """The key in a text, and what stood around it; one may hide another, as in `"Bearer …"`."""
    kinds: set[Removed] = set()
    before = None
    while before != text:
        before = text
        for kind, remove in _STEPS.items():
            shorter = remove(text)
            if shorter != text:
                kinds.add(kind)
                text = shorter
    return text, tuple(kind for kind in Removed if kind in kinds)


_STEPS: dict[Removed, Callable[[str], str]] = {
    Removed.INVISIBLE: lambda text: _INVISIBLE.sub("", text),
    Removed.SPACES: str.strip,
    Removed.QUOTES: lambda text: text.strip(_QUOTES),
    Removed.BEARER: lambda text: text[found.end() :] if (found := _BEARER.match(text)) else text,
    Removed.VARIABLE: lambda text: (
        text[found.end() :] if (found := _VARIABLE.match(text)) else text
    ),
}
