"""Text on pages: the same messages as everywhere, with Vars in their placeholders."""

import re
from functools import reduce

import reflex as rx
from reflex.vars import StringVar

from integrations_app.components.translation import untranslated
from integrations_app.i18n import _

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def t(message: str, /, **values: rx.Var | str) -> StringVar[str]:
    """The message in the reader's language.

    Args:
        message: English text, with `{placeholders}`.
        values: What stands in their places; Vars are filled in by the browser.
    """
    parts = _PLACEHOLDER.split(_(message))
    filled = [values[part] if at % 2 else part for at, part in enumerate(parts)]
    texts = [rx.Var.create(part).to(str) for part in filled if isinstance(part, rx.Var) or part]
    return reduce(lambda before, part: before + part, texts)


def sentence(message: str, /, **names: rx.Var | str) -> rx.Component:
    """The message in the reader's language, with names in it that no browser translates.

    Args:
        message: English text, with `{placeholders}`.
        names: What stands in their places.
    """
    parts = _PLACEHOLDER.split(_(message))
    return rx.fragment(
        *(
            rx.el.span(names[part], custom_attrs=untranslated()) if at % 2 else part
            for at, part in enumerate(parts)
            if part
        )
    )
