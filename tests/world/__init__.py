"""The outside world in tests: every provider the product talks to, on loopback.

A product with `World.environment` in its environment reaches these stand-ins at the
providers' real addresses, through a CONNECT proxy and a throwaway certificate authority.
What a request gets is chosen by the API key it carries (see `tests.world.keys`), so that one
running world serves all tests at once and no test sets anything up.

    with World.start(directory) as world:
        run_the_product(env=world.environment)
        assert world.requests(host="api.mistral.ai", key=key)

To try the product by hand: `python -m tests.world --directory DIR`.
"""

from .keys import Behaviour, key
from .messages import Request
from .recorder import Connect, Recorder
from .world import World

__all__ = ["Behaviour", "Connect", "Recorder", "Request", "World", "key"]
