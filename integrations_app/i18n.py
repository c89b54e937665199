"""The one door through which text goes to people; Babel finds it by these names.

Messages are English and their own keys, with `{placeholders}` for what changes. Translations
will be looked up here; callers stay as they are.
"""

from collections.abc import Sequence


def _(message: str, /, **values: object) -> str:
    """The message in the reader's language, with its placeholders filled in."""
    return message.format(**values) if values else message


def ngettext(singular: str, plural: str, n: int, /, **values: object) -> str:
    """The form of the message that fits the number `n`, which `{n}` stands for."""
    return _(singular if n == 1 else plural, n=n, **values)


def listing(items: Sequence[str]) -> str:
    """The items as a sentence names them: `A`, `A and B`, `A, B and C`."""
    if len(items) < 2:  # noqa: PLR2004 - one item needs no word between
        return "".join(items)
    return _("{first} and {last}", first=", ".join(items[:-1]), last=items[-1])
