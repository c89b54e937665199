"""Our requests and clients as Authlib wants them."""

from __future__ import annotations

import re
from collections import defaultdict
from urllib.parse import parse_qsl

from authlib.oauth2.rfc6749 import ClientMixin, OAuth2Payload, OAuth2Request
from authlib.oauth2.rfc6749.util import extract_basic_authorization

from ..messages import Request
from .clients import OAuthClient, TokenBehaviour
from .policies import Policy

FORM = "application/x-www-form-urlencoded"
CLIENT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")
CALLBACK = re.compile(
    r"(http://(localhost|127\.0\.0\.1)(:\d{1,5})?|https://[\w.\-]+(:\d{1,5})?)"
    r"/api/integrations/oauth/callback",
    re.ASCII,
)


def form_of(request: Request) -> dict[str, str]:
    """The fields of a posted form; empty for anything else."""
    kind = (request.header("content-type") or "").partition(";")[0].strip().lower()
    return dict(_pairs(request.body.decode("utf-8", "replace"))) if kind == FORM else {}


def query_of(request: Request) -> dict[str, str]:
    """The parameters in the address."""
    return dict(_pairs(request.query))


def client_id_of(request: Request) -> str:
    """Who a token request says it comes from; empty if it does not say."""
    basic, _ = extract_basic_authorization(_headers(request))
    return basic or form_of(request).get("client_id", "")


class Payload(OAuth2Payload):
    """The parameters that count: those in the address, or for a POST those in its form."""

    def __init__(self, request: Request) -> None:
        posted = request.method == "POST"
        pairs = list(form_of(request).items()) if posted else _pairs(request.query)
        self._data = dict(pairs)
        self._datalist: defaultdict[str, list[str]] = defaultdict(list)
        for name, value in pairs:
            self._datalist[name].append(value)

    @property
    def data(self) -> dict[str, str]:
        """Each parameter's last value."""
        return self._data

    @property
    def datalist(self) -> defaultdict[str, list[str]]:
        """Each parameter's values."""
        return self._datalist


class AdaptedRequest(OAuth2Request):
    """A request of this world in Authlib's shape; refused unless it came over TLS."""

    def __init__(self, request: Request) -> None:
        address = f"{request.scheme}://{request.host}{request.path}?{request.query}"
        super().__init__(request.method, address, headers=_headers(request))
        self.payload = Payload(request)

    @property
    def args(self) -> dict[str, str]:
        """The parameters of a GET."""
        return self.payload.data

    @property
    def form(self) -> dict[str, str]:
        """The fields of a POST."""
        return self.payload.data


class RegisteredClient(ClientMixin):
    """A client as its provider knows it: confidential, one callback, all scopes."""

    def __init__(self, client: OAuthClient, policy: Policy) -> None:
        self.client = client
        self._policy = policy

    def get_client_id(self) -> str:
        """Its public name."""
        return self.client.id

    def get_default_redirect_uri(self) -> None:
        """None: a request must say where its answer goes."""

    def get_allowed_scope(self, scope: str | None) -> str:
        """What it gets when it asks for this."""
        return self._policy.granted(scope or "")

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Whether this is the product's callback, on this machine or over TLS."""
        return CALLBACK.fullmatch(redirect_uri) is not None

    def check_client_secret(self, client_secret: str) -> bool:
        """Whether this is its secret."""
        is_right = client_secret == self.client.secret
        return is_right and self.client.behaviour is not TokenBehaviour.WRONG

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        """Whether it may prove in this way who it is."""
        return method in CLIENT_AUTH_METHODS

    def check_response_type(self, response_type: str) -> bool:
        """Whether it may ask people for this."""
        return response_type == "code" and "authorization_code" in self._policy.grant_types

    def check_grant_type(self, grant_type: str) -> bool:
        """Whether it may ask for tokens in this way."""
        return grant_type in self._policy.grant_types


def _pairs(text: str) -> list[tuple[str, str]]:
    return parse_qsl(text, keep_blank_values=True)


def _headers(request: Request) -> dict[str, str]:
    return {name.title(): value for name, value in request.headers}
