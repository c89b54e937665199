"""Reflex told its configuration by the program that serves, not by a file of the working folder.

By itself Reflex runs whatever `rxconfig.py` stands in the working folder. Where there is none it
falls back without a word to a configuration that lets every page on the web in, and that pickles
states, with what people typed, into a folder.
"""

from collections.abc import Callable
from functools import cache

import reflex_base.config
from reflex_base.config import Config
from reflex_base.constants import Endpoint

from integrations_app import routes


def use(make: Callable[[], Config]) -> None:
    """Have Reflex use this configuration, whatever folder it runs in.

    To be called before anything else of Reflex is imported.

    Args:
        make: Makes it, when it is first asked for.
    """
    made = cache(make)
    reflex_base.config._get_config = lambda project_root=None: made()


class BelowPath(Config):
    """A configuration whose server is below a path for browsers, and for nobody else."""

    def get_event_namespace(self) -> str:
        """Return what browsers name the event namespace: they take the address's whole path."""
        return routes.endpoint(str(Endpoint.EVENT))
