"""Places of this package's own files: inside an installed package, beside it in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def assets() -> Path:
    """Scripts, styles and logos."""
    return _folder("_assets", "assets")


def migrations() -> Path:
    """Alembic's scripts."""
    return _folder("_migrations", "alembic")


def built_pages() -> Path | None:
    """The pages that an installed package brings; None if it brings none, and in a checkout."""
    inside = _PACKAGE / "_pages"
    return inside if inside.is_dir() else None


def checkout() -> Path | None:
    """The folder of the project that this package is run from; None if it is installed."""
    beside = _PACKAGE.parent
    return beside if (beside / "rxconfig.py").is_file() and not _is_installed() else None


def _is_installed() -> bool:
    return (_PACKAGE / "_assets").is_dir()


def _folder(installed: str, beside: str) -> Path:
    inside = _PACKAGE / installed
    return inside if inside.is_dir() else _PACKAGE.parent / beside
