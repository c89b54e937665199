"""Our stylesheet, script and logos, as Reflex takes them from a plugin."""

import re
from pathlib import Path

from integrations_app import routes

SCOPE = "integrations"
"""Class of the elements within which our rules apply."""

STYLESHEET = f"./{SCOPE}.css"

_PACKAGE = Path(__file__).resolve().parents[1]
_SERVED = ("*.js", "*.svg", "providers/*.svg")
_KEYFRAMES = re.compile(r"^@keyframes .*?^\}\n", re.MULTILINE | re.DOTALL)


def all_of() -> list[tuple[Path, str]]:
    """Each file's place in the frontend's folder, with its text."""
    source = _source()
    public = Path("public", *routes.HOSTS_ASSETS.strip("/").split("/"))
    found = [path for pattern in _SERVED for path in sorted(source.glob(pattern))]
    return [
        (Path("styles", STYLESHEET), scoped((source / "theme.css").read_text())),
        *((public / path.relative_to(source), path.read_text()) for path in found),
    ]


def scoped(rules: str) -> str:
    """The rules, held to what is ours; keyframes cannot be, and have names of their own."""
    keyframes = "".join(_KEYFRAMES.findall(rules))
    return f"{keyframes}.{SCOPE} {{\n{_KEYFRAMES.sub('', rules)}}}\n"


def _source() -> Path:
    """Inside an installed package, beside it in a checkout."""
    installed = _PACKAGE / "_assets"
    return installed if installed.is_dir() else _PACKAGE.parent / "assets"
