"""The outside world in tests: every provider the product talks to, on loopback.

A product with `World.environment` in its environment reaches these stand-ins at the
providers' real addresses, through a CONNECT proxy and a throwaway certificate authority.
What a request gets is chosen by the API key it carries (see `tests.world.keys`), so that one
running world serves all tests at once and no test sets anything up.

    with World.start(directory) as world:
        run_the_product(env=world.environment)
        assert world.requests(host="api.mistral.ai", key=key)

Google, Microsoft 365 and Acme (client credentials, an invention) issue real tokens to the
clients that `oauth_client` makes, and a test steers them meanwhile through `World.oauth`:

    client = oauth_client("google", TokenBehaviour.ROTATING, serial="my test")
    callback = world.oauth.authorize(url)  # or .deny(url): where the browser would be sent
    world.oauth.refreshes(client.id, Trouble.SERVER_ERROR)  # until .recover(client.id)
    world.oauth.expire_access_tokens(client.id)
    world.oauth.api_trouble(client.id, status=429, retry_after_s=1, times=2)
    assert len(world.oauth.refresh_requests(client.id)) == 1
    assert world.oauth.revoked(token)

To try the product by hand: `python -m tests.world --directory DIR`.
"""

from .keys import Behaviour, key
from .messages import Request
from .oauth.clients import OAuthClient, TokenBehaviour, oauth_client
from .oauth.steering import NoWayBack, OAuth
from .oauth.troubles import Trouble
from .recorder import Connect, Recorder
from .world import World

__all__ = [
    "Behaviour",
    "Connect",
    "NoWayBack",
    "OAuth",
    "OAuthClient",
    "Recorder",
    "Request",
    "TokenBehaviour",
    "Trouble",
    "World",
    "key",
    "oauth_client",
]
