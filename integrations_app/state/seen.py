"""The refusal of acts that were meant for something else than what is shown.

While the line to the server is cut, the browser keeps what is clicked and sends it later, perhaps
from another page. So every handler that acts has an argument `seen`, which the browser fills in at
the moment of the click: the page that was shown, and the subject on it, with its version. The
guard compares it with what is shown now, before the handler is called:

    on_click=Edit.disconnect(seen(Edit.form_key))  # components.seen

    async def disconnect(self, seen: str) -> None:
        uuid, version = subject_of(seen)

Handlers that only look are marked `read_only`; what is neither is refused.
"""

from collections.abc import Callable
from typing import TypeVar

from integrations_app import routes
from integrations_app.i18n import _
from integrations_app.state.client_input import version_of

SEEN = "seen"
"""Name of the argument."""

_F = TypeVar("_F", bound=Callable[..., object])


def read_only(handler: _F) -> _F:
    """Let a handler be called whatever is shown: it changes nothing but the tab itself.

    Goes beneath `@rx.event`.
    """
    handler.__dict__["_is_read_only"] = True
    return handler


def names_its_subject(handler: _F) -> _F:
    """Let a handler be called whatever is shown: an argument says what it is about.

    For what a handler of ours goes on with; goes beneath `@rx.event`.
    """
    handler.__dict__["_names_its_subject"] = True
    return handler


def needs_seen(handler: Callable[..., object]) -> bool:
    """Return whether a handler may only be called with what was seen."""
    return not (
        getattr(handler, "_is_read_only", False) or getattr(handler, "_names_its_subject", False)
    )


def page_of(seen: object) -> str:
    """Return the path of the page that was shown; empty if `seen` names none."""
    path, _hash, _subject = str(seen).partition("#")
    return routes.within(path).rstrip("/")


def subject_of(seen: object) -> tuple[str, int | None]:
    """Return the uuid and the version of what was acted upon; None if `seen` has no version."""
    return version_of(text_of(seen))


def text_of(seen: object) -> str:
    """Return the subject as the page spelled it."""
    return str(seen).partition("#")[2]


def refusal(seen: object, *, page: str, is_shown: Callable[[str], bool]) -> str:
    """Say why an act must not be done; empty if it may.

    Args:
        seen: What the browser filled in at the click; it may be anything.
        page: The path of the page that is shown now.
        is_shown: Tells whether a subject is shown there, in the version that was seen.
    """
    if not isinstance(seen, str) or page_of(seen) != page.rstrip("/"):
        return _("You had left the page before this could be done, so nothing was done.")
    if not is_shown(text_of(seen)):
        return _(
            "What you clicked has changed meanwhile, so nothing was done. Look at it, then try "
            "again."
        )
    return ""
