"""The words that declarations and modules find each other by.

Nobody would notice a misspelt one: it only makes a connection appear nowhere. So what is not
listed here is refused, unless it says whose word it is, like `acme:rockets`.
"""

import re
from collections.abc import Collection
from difflib import get_close_matches

CATEGORIES = frozenset(
    {
        "ai",
        "business",
        "communication",
        "data",
        "development",
        "other",
        "productivity",
        "social",
        "storage",
    }
)
CAPABILITIES = frozenset(
    {
        "calendar",
        "chat",
        "contacts",
        "documents",
        "email",
        "embeddings",
        "files",
        "images",
        "messages",
        "payments",
        "search",
        "speech",
    }
)

_OF_A_PACKAGE = re.compile(r"[a-z0-9_]+:[a-z0-9_]+")


def problem(word: str, words: Collection[str]) -> str | None:
    """Say what is wrong with a word; None if it can be used.

    Args:
        word: As it was declared.
        words: `CATEGORIES` or `CAPABILITIES`.
    """
    if word in words or _OF_A_PACKAGE.fullmatch(word):
        return None
    alike = get_close_matches(word, words, n=1)
    meant = f"did you mean {alike[0]!r}?" if alike else f"known are {', '.join(sorted(words))}."
    return f"{word!r} is unknown; {meant} A word of your own looks like 'acme:rockets'"
