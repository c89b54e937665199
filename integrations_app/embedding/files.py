"""Our stylesheet, script and logos, as Reflex takes them from a plugin."""

import re
from pathlib import Path

from integrations_app import package_files, routes
from integrations_app.components.theme import RULES

SCOPE = "integrations"
"""Class of the elements within which our rules apply."""

STYLESHEET = f"./{SCOPE}.css"

_SERVED = ("*.js", "*.svg", "providers/*.svg", "providers/*.png")
_KEYFRAMES = re.compile(r"^@keyframes .*?^\}\n", re.MULTILINE | re.DOTALL)


def all_of() -> list[tuple[Path, str | bytes]]:
    """Each file's place in the frontend's folder, with what it holds."""
    source = package_files.assets()
    public = Path("public", *routes.HOSTS_ASSETS.strip("/").split("/"))
    found = [path for pattern in _SERVED for path in sorted(source.glob(pattern))]
    return [
        (Path("styles", STYLESHEET), scoped(_rules(source))),
        *((public / path.relative_to(source), path.read_bytes()) for path in found),
    ]


def _rules(source: Path) -> str:
    return "".join((source / name).read_text() for name in RULES)


def scoped(rules: str) -> str:
    """The rules, held to what is ours; keyframes cannot be, and have names of their own."""
    keyframes = "".join(_KEYFRAMES.findall(rules))
    return f"{keyframes}.{SCOPE} {{\n{_KEYFRAMES.sub('', rules)}}}\n"
