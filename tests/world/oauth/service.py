"""What the site of one provider is built from: its pages, its tokens, its guarded API."""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock

from ..failures import with_retry_after
from ..messages import Answer, Reply, Request
from .adapter import client_id_of, form_of
from .clients import OAuthClient, TokenBehaviour, client_with_id
from .consent import answer_visitor
from .policies import Policy
from .server import ProviderServer
from .tokens import IssuedToken
from .troubles import ApiTrouble, Orders, Trouble, answer_in

REFRESHES = ("refresh_token", "client_credentials")
"""The grant types that renew an access token without a person."""
IN_THE_CLEAR = Reply.of_json({"error": "insecure_transport"}, status=400)


class Service:
    """One provider's authorization server and the troubles ordered for its clients.

    Its sites call it on the world's event loop and tests steer it from their own threads: every
    public method holds the lock.
    """

    def __init__(self, policy: Policy) -> None:
        self.orders = Orders()
        self.server = ProviderServer(policy)
        self.lock = RLock()

    def authorize(self, request: Request) -> Reply:
        """Answer a browser at the authorization endpoint."""
        with self.lock:
            return answer_visitor(self.server, request)

    def token(self, request: Request) -> Answer:
        """Answer a client at the token endpoint."""
        with self.lock:
            return answer_in(self._token_trouble(request), lambda: self._issue(request))

    def revoke(self, request: Request) -> Reply:
        """Answer whoever wants a token revoked."""
        with self.lock:
            token = self.server.ledger.token(form_of(request).get("token", ""))
            if token and _behaviour(token) is TokenBehaviour.REVOKE_FAILS:
                return Reply.of_json({"error": "internal_failure"}, status=500)
            if request.scheme != "https":
                return IN_THE_CLEAR
            return self.server.create_endpoint_response("revocation", request)

    def guarded(
        self,
        request: Request,
        answer: Callable[[Request, IssuedToken], Reply],
        *,
        error: Callable[[int], Reply],
    ) -> Reply:
        """The API's answer to a request with a valid bearer, else 401 or the ordered trouble.

        Args:
            request: Any request to the API.
            answer: Answers requests that are let in.
            error: The provider's own way to say an HTTP status.
        """
        with self.lock:
            token = self.server.bearer(request)
            if token is None:
                return error(401)
            trouble = self.orders.next_api_trouble(token.authorization.client.id)
            return _troubled(trouble, error=error) if trouble else answer(request, token)

    def _issue(self, request: Request) -> Reply:
        if request.scheme != "https":
            return IN_THE_CLEAR
        return self.server.create_token_response(request)

    def _token_trouble(self, request: Request) -> Trouble | None:
        client_id = client_id_of(request)
        is_refresh = form_of(request).get("grant_type") in REFRESHES
        ordered = self.orders.refreshes.get(client_id) if is_refresh else None
        if trouble := ordered or self.orders.token_requests.get(client_id):
            return trouble
        return _slowness(client_with_id(client_id)) if is_refresh else None


def account_fails(token: IssuedToken) -> bool:
    """Whether looking up the account with this token ends in a 500."""
    return _behaviour(token) is TokenBehaviour.ACCOUNT_FAILS


def _behaviour(token: IssuedToken) -> TokenBehaviour:
    return token.authorization.client.behaviour


def _slowness(client: OAuthClient | None) -> Trouble | None:
    is_slow = client is not None and client.behaviour is TokenBehaviour.SLOW
    return Trouble.SLOW if is_slow else None


def _troubled(trouble: ApiTrouble, *, error: Callable[[int], Reply]) -> Reply:
    reply = error(trouble.status)
    if trouble.retry_after_s is None:
        return reply
    return with_retry_after(reply, trouble.retry_after_s)
