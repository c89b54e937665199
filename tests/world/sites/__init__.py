"""The outside services, one module each with a function `site()`.

To add one, write its module and name it here; one that issues tokens is named in
`tests.world.oauth.steering` instead, where it is given its authorization server.
"""

from ..messages import Site
from . import deepseek, evil, mistral, openrouter


def plain_sites() -> list[Site]:
    """All services of one world that remember nothing."""
    return [openrouter.site(), mistral.site(), deepseek.site(), evil.site()]
