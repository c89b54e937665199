"""The files of providers' logos: our own ones, and those that packages bring."""

import re
from pathlib import Path

from integrations_app import package_files

MAX_BYTES = 64 * 1024

_NAME = re.compile(r"[a-z0-9_-]+\.(svg|png)")


def is_brought(icon: str) -> bool:
    """Say whether a package brings it, so that it is not among our own files."""
    return Path(icon).is_absolute()


def beside(icon: str, declaration: Path) -> str:
    """The icon that a declaration names: a file beside it, else one of ours of that name."""
    file = declaration.resolve().parent / icon
    return str(file) if _NAME.fullmatch(icon) and file.is_file() else icon


def file_of(icon: str) -> Path:
    """Return where the icon's file is."""
    return Path(icon) if is_brought(icon) else package_files.assets() / "providers" / icon


def problem(icon: str) -> str | None:
    """Say what is wrong with an icon; None if it can be shown."""
    if not _NAME.fullmatch(Path(icon).name if is_brought(icon) else icon):
        return "must be the name of an .svg or .png file, in lower case, or an absolute path of one"
    file = file_of(icon)
    if not file.is_file():
        return f"there is no file {icon!r}, neither beside the declaration nor among our own"
    if file.stat().st_size > MAX_BYTES:
        return f"{icon!r} is larger than {MAX_BYTES // 1024} kB"
    return None
