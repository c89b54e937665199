"""Text on pages: the same messages as everywhere, with Vars in their placeholders."""

import re
from functools import reduce

import reflex as rx

from integrations_app.i18n import _

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def t(message: str, /, **values: rx.Var | str) -> rx.Var[str] | str:
    """The message in the reader's language.

    Args:
        message: English text, with `{placeholders}`.
        values: What stands in their places; Vars are filled in by the browser.
    """
    translated = _(message)
    if not values:
        return translated
    parts = _PLACEHOLDER.split(translated)
    filled = [values[part] if at % 2 else part for at, part in enumerate(parts)]
    texts = [
        part if isinstance(part, rx.Var) else rx.Var.create(part)
        for part in filled
        if not _is_empty(part)
    ]
    return reduce(lambda before, part: before + part, (each.to(str) for each in texts))


def _is_empty(part: rx.Var | str) -> bool:
    return isinstance(part, str) and not part
