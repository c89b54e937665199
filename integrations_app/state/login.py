"""The sign-in and set-up pages; what is typed there goes from the browser to HTTP endpoints.

So passwords never pass through state, and the cookie that answers them is out of scripts' reach.
"""

import asyncio
import json

import reflex as rx

from integrations_app import routes
from integrations_app.http.sign_in import SET_UP, SIGN_IN
from integrations_app.i18n import _
from integrations_app.services.identity import admins
from integrations_app.state.guard import public
from integrations_app.state.session import signed_in

FORM_ID = "sign-in"
TOKEN = "token"
"""Parameter of the one-time link's address."""

_PROBLEM_MAX_LENGTH = 500
_POST = """
(async () => {
  const body = new URLSearchParams(new FormData(document.getElementById(%(form)s)));
  const token = new URLSearchParams(window.location.search).get("token");
  if (token !== null) body.set("token", token);
  try {
    const answer = await fetch(%(endpoint)s, {method: "POST", body});
    if (!answer.ok) return (await answer.json()).message;
    window.location.assign(%(wanted)s);
    return "";
  } catch {
    return %(unreachable)s;
  }
})()
"""


class Login(rx.State):
    """State of the forms for signing in and for the first admin; anyone may call it."""

    busy: bool = False
    problem: str = ""
    link_used: bool = False
    """Whether the link of the set-up page, by which it was opened, lets nobody in any more."""

    @rx.event
    @public
    async def enter(self) -> rx.event.EventSpec | None:
        """Begin anew, or go on to the pages for whom this one has nothing to do."""
        self.busy, self.problem = False, ""
        if await signed_in(self):
            return rx.call_script(f"window.location.replace({_wanted()})")
        url = self.router.url
        if url.path.rstrip("/") == routes.SETUP:
            token = url.query_parameters.get(TOKEN, "")
            self.link_used = not await asyncio.to_thread(admins.accepts, token)
        return None

    @rx.event
    @public
    async def sign_in(self) -> rx.event.EventSpec:
        """Have the browser send email and password."""
        return self._post(SIGN_IN)

    @rx.event
    @public
    async def create_admin(self) -> rx.event.EventSpec:
        """Have the browser send the link's token, email and password."""
        return self._post(SET_UP)

    @rx.event
    @public
    async def answered(self, problem: str) -> None:
        """Say what the endpoint objected to; after a success the browser is on its way already."""
        if problem:
            self.busy, self.problem = False, str(problem)[:_PROBLEM_MAX_LENGTH]

    def _post(self, endpoint: str) -> rx.event.EventSpec:
        self.busy, self.problem = True, ""
        words = {
            "form": FORM_ID,
            "endpoint": routes.endpoint(endpoint),
            "unreachable": _("The server cannot be reached. Try again in a moment."),
        }
        quoted = {name: json.dumps(word) for name, word in words.items()}
        script = _POST % {**quoted, "wanted": _wanted()}
        return rx.call_script(script, callback=Login.answered)


def _wanted() -> str:
    """Return where to go once somebody has signed in, as the browser finds it."""
    listing = json.dumps(routes.loaded(routes.LISTING))
    return f"window.integrationsWanted?.() ?? {listing}"
