"""The outside services, one module each with a function `site()`.

To add one, write its module and name it here.
"""

from ..messages import Site
from . import deepseek, evil, mistral, openrouter


def every_site() -> list[Site]:
    """All services of one world, each with a memory of its own."""
    return [openrouter.site(), mistral.site(), deepseek.site(), evil.site()]
