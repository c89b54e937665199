"""`World.oauth`: what tests say to the authorization servers while the world runs."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

from ..messages import Reply, Request, Site
from ..recorder import Recorder
from ..sites import acme, google, microsoft
from .adapter import client_id_of, form_of
from .clients import client_with_id
from .consent import ACCOUNT
from .pages import ALLOW, CANCEL
from .policies import ACME, GOOGLE, MICROSOFT
from .service import REFRESHES, Service
from .tokens import IssuedToken
from .troubles import ApiTrouble, Trouble

SITES = ((GOOGLE, google.site), (MICROSOFT, microsoft.site), (ACME, acme.site))
FORM_HEADERS = (("content-type", "application/x-www-form-urlencoded"),)


class NoWayBack(Exception):
    """The pages sent the browser nowhere; says what they showed instead."""


class OAuth:
    """The authorization servers of one world; safe in any thread.

    A client's troubles last until `recover`. All else that is decided here is for good.
    """

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._services = {policy.provider: Service(policy) for policy, _ in SITES}
        self.sites: list[Site] = [site(self._services[policy.provider]) for policy, site in SITES]

    # People

    def authorize(self, url: str, *, account: str = "ada@example.com") -> str:
        """Choose an account and click "Allow", without a browser and without HTTP.

        Args:
            url: The address that a client sends a browser to.
            account: Any e-mail address; the pages offer only `accounts.OFFERED`.

        Returns:
            Where the browser would be sent: the callback with `code` and `state`, or with
            `error` where the request is wrong but its redirect address right.

        Raises:
            NoWayBack: An error page was shown, for an unknown client or redirect address.
        """
        return self._click(url, account=account, answer=ALLOW)

    def deny(self, url: str, *, account: str = "ada@example.com") -> str:
        """Choose an account and click "Cancel"; as `authorize`, with `error=access_denied`."""
        return self._click(url, account=account, answer=CANCEL)

    def withdraw(self, client_id: str) -> None:
        """Revoke all that people allowed this client, as they can at their provider."""
        service = self._service(client_id)
        with service.lock:
            for authorization in service.server.ledger.authorizations(client_id):
                authorization.revoked = True

    # Trouble

    def refreshes(self, client_id: str, trouble: Trouble) -> None:
        """Let this client's refreshes (for client credentials: its token requests) fail so."""
        service = self._service(client_id)
        with service.lock:
            service.orders.refreshes[client_id] = trouble

    def token_requests(self, client_id: str, trouble: Trouble) -> None:
        """Let all this client's token requests fail so, but refreshes with their own order."""
        service = self._service(client_id)
        with service.lock:
            service.orders.token_requests[client_id] = trouble

    def api_trouble(
        self, client_id: str, *, status: int, retry_after_s: int | None = None, times: int = 1
    ) -> None:
        """Let the next API requests with this client's valid tokens get this status.

        Args:
            client_id: Whose tokens.
            status: Any HTTP status that means an error, 401 included.
            retry_after_s: Sent as Retry-After if given.
            times: How many requests; afterwards all is well.
        """
        service = self._service(client_id)
        with service.lock:
            trouble = ApiTrouble(status=status, retry_after_s=retry_after_s, times=times)
            service.orders.api[client_id] = trouble

    def recover(self, client_id: str) -> None:
        """End every trouble that was ordered for this client."""
        service = self._service(client_id)
        with service.lock:
            service.orders.withdraw(client_id)

    def expire_access_tokens(self, client_id: str) -> None:
        """Let the APIs say 401 to every access token that this client has now."""
        service = self._service(client_id)
        with service.lock:
            service.server.ledger.expire_access_tokens(client_id)

    # Questions

    def revoked(self, token: str) -> bool:
        """Whether this access or refresh token was revoked, or replaced by rotation.

        Raises:
            KeyError: Nobody here issued such a token.
        """
        for service in self._services.values():
            with service.lock:
                if found := service.server.ledger.token(token):
                    return found.is_revoked()
        raise KeyError("a token that was not issued in this world")

    def access_tokens_of(self, account: str) -> list[str]:
        """The access tokens to an account, at whichever provider, in the order of their making.

        Args:
            account: Its e-mail address.
        """
        tokens: list[IssuedToken] = []
        for service in self._services.values():
            with service.lock:
                tokens += service.server.ledger.access_tokens_of(account)
        return [token.text for token in sorted(tokens, key=lambda token: token.number)]

    def reused(self, client_id: str) -> bool:
        """Whether anyone came back with a refresh token of this client's that was replaced."""
        service = self._service(client_id)
        with service.lock:
            authorizations = service.server.ledger.authorizations(client_id)
            return any(authorization.reused for authorization in authorizations)

    def refresh_requests(self, client_id: str) -> list[Request]:
        """This client's refreshes (for client credentials: its token requests) that arrived.

        Whatever they were answered; `len()` of it counts them.
        """
        return [
            request
            for request in self._recorder.requests(key=client_id, method="POST")
            if form_of(request).get("grant_type") in REFRESHES
            and client_id_of(request) == client_id
        ]

    def _service(self, client_id: str) -> Service:
        client = client_with_id(client_id)
        if client is None:
            raise KeyError(f"{client_id} is no client of this world; see oauth_client()")
        return self._services[client.provider]

    def _click(self, url: str, *, account: str, answer: str) -> str:
        address = urlsplit(url)
        request = Request(
            at=datetime.now(UTC),
            scheme=address.scheme,
            host=address.hostname or "",
            method="POST",
            path=address.path,
            query=f"{address.query}&{urlencode({ACCOUNT: account})}",
            headers=FORM_HEADERS,
            body=urlencode({"answer": answer}).encode(),
        )
        for site in self.sites:
            if request.host in site.hosts:
                return _location(site.answer(request))
        raise NoWayBack(f"{request.host} has no sign-in page in this world")


def _location(answer: object) -> str:
    if not isinstance(answer, Reply):
        raise NoWayBack(f"not a page: {answer!r}")
    location = dict(answer.headers).get("location")
    if location is None:
        raise NoWayBack(answer.body.decode())
    return location
