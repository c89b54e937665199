"""An OAuth2 authorisation server that none of us wrote: django-oauth-toolkit, in the world.

What other people's servers ask for and the big providers do not is to be met here: PKCE required,
refresh tokens that work once, `iss` in the answer, clients that name themselves by HTTP basic.
The server is a process of its own, so tests never import Django; `https://sso.foreign.example`
is a site of the world that hands all requests over to it.

    def test_an_account_is_connected(outside: World, foreign: ForeignServer) -> None:
        back = foreign.authorize(address_of_the_authorisation_request)
        ...

`PROVIDER` and `SERVICE` declare it to the product: data, no code.
"""

from .server import PROVIDER, SERVICE, ForeignServer

__all__ = ["PROVIDER", "SERVICE", "ForeignServer"]
