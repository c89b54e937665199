"""Modules, and where they are found.

A module is a feature of the host app that contributes providers, uses connections, or has legacy
data to turn into connections.
"""

from integrations_app.modules.module import Module
from integrations_app.modules.registry import registry

__all__ = ["Module", "registry"]
