"""Leaving the pages: scripts for the browser of whoever signs out, or is signed in no more.

What was typed and the wanted page are forgotten when the server has ended the session, not at the
click: whoever stays signed in, as the request failed, loses nothing.
"""

import json

import reflex as rx

from integrations_app import routes
from integrations_app.http.sign_in import SIGN_OUT

_FORGET = "window.dispatchEvent(new Event('integrations-signed-out'))"
"""Heard by drafts.js and sign-in.js, which tell the other tabs."""

_GIVEN_UP_AFTER_MS = 10_000

FAILED = "data-sign-out-failed"
"""Marks what is shown where signing out failed."""


_GO = "window.integrationsGivesUpEdits?.()"
"""Has the browser not ask whether to leave edits; nobody can stay."""

_ASK = "Promise.resolve(window.integrationsMayLeave?.() ?? true)"
"""Asks before edits are left that nobody has saved."""


def leave() -> str:
    """A full page load of the sign-in page: nothing of before stays in the browser's memory."""
    return f"({_GO}, window.location.assign('{routes.loaded(routes.LOGIN)}'))"


def sign_out() -> rx.event.EventSpec:
    """End the session, then leave for the sign-in page; what runs is the browser's own request."""
    limits = f"{{method: 'POST', signal: AbortSignal.timeout({_GIVEN_UP_AFTER_MS})}}"
    return rx.call_script(
        f"{_ASK}.then((leaves) => {{ if (!leaves) return;"
        f"{_say_that_it_failed(failed=False)};"
        f"window.integrationsSigningOut = fetch('{routes.endpoint(SIGN_OUT)}', {limits})"
        f".then((answer) => {{ if (!answer.ok) throw answer; {_FORGET}; {leave()}; }})"
        f".catch(() => {{ {_say_that_it_failed(failed=True)}; }})"
        "})"
    )


def _say_that_it_failed(*, failed: bool) -> str:
    """Show or hide the words that the page has ready for it."""
    hidden = "false" if failed else "true"
    return (
        f"document.querySelectorAll('[{FAILED}]').forEach((each) => {{ each.hidden = {hidden} }})"
    )


def sign_out_at(address: str) -> rx.event.EventSpec:
    """Leave for where another app ends its sessions, and forget what was typed.

    Args:
        address: It may be an endpoint, so it is loaded as a full page.
    """
    return rx.call_script(
        f"{_ASK}.then((leaves) => {{ if (!leaves) return;"
        f"{_FORGET}; {_GO}; window.location.assign({json.dumps(address)}); }})"
    )


def go_dark() -> rx.event.EventSpec:
    """Leave for the sign-in page as the session is over; after whoever is signing out just now."""
    return rx.call_script(
        f"Promise.resolve(window.integrationsSigningOut).finally(() => {leave()})"
    )
