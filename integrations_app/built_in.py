"""The features that come with this package: one line each, read by all who look for them.

A feature's folder below `features/` holds `feature.py` for the pages, `module.py` for programs
without pages, and `table.py` for Alembic; each is loaded by those alone who need it.
"""

from importlib import import_module

FEATURES = {"ai_endpoints": "AiEndpoints", "projects": "Projects"}
"""Folder below `features/`, to the name of its module's class."""

_PACKAGE = "integrations_app.features"


def module_locations() -> tuple[tuple[str, str], ...]:
    """Return the name and the location, as entry points write it, of each feature's module."""
    return tuple((name, f"{_PACKAGE}.{name}.module:{kind}") for name, kind in FEATURES.items())


def feature_locations() -> tuple[tuple[str, str], ...]:
    """Return the same for what declares its pages."""
    return tuple((name, f"{_PACKAGE}.{name}.feature:feature") for name in FEATURES)


def load_tables() -> None:
    """Import the tables of all features, so that `storage.tables.metadata` is complete."""
    for name in FEATURES:
        import_module(f"{_PACKAGE}.{name}.table")
