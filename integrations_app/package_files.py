"""Where this package's own files are: inside an installed package, beside it in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def assets() -> Path:
    """Scripts, styles and logos."""
    return _folder("_assets", "assets")


def migrations() -> Path:
    """Alembic's scripts."""
    return _folder("_migrations", "alembic")


def _folder(installed: str, beside: str) -> Path:
    inside = _PACKAGE / installed
    return inside if inside.is_dir() else _PACKAGE.parent / beside
