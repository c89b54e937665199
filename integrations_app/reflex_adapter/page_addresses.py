"""Addresses of the server in built pages, which Reflex writes into them."""

import re
from pathlib import Path

SCRIPTS = "reflex-env-*.js"
"""In the folder of the pages' assets."""

_BAKED = re.compile(rb"([`\"'])(https?|wss?)://[^/`\"']+((?:/[^`\"']*)?)\1")


def free_addresses(static: Path) -> None:
    """Let built pages find their server where they came from.

    Reflex writes one host and port into the pages; served from another, they would find no
    websocket.

    Args:
        static: Folder of the built pages, not yet compressed.

    Raises:
        RuntimeError: The addresses are not where this release of Reflex puts them.
    """
    scripts = list((static / "assets").glob(SCRIPTS))
    freed = [_BAKED.sub(_relative, script.read_bytes()) for script in scripts]
    if not any(b"location.origin" in code for code in freed) or any(b"://" in c for c in freed):
        raise RuntimeError(f"Reflex no longer keeps its addresses in assets/{SCRIPTS}.")
    for script, code in zip(scripts, freed, strict=True):
        script.write_bytes(code)


def _relative(baked: re.Match[bytes]) -> bytes:
    scheme, path = baked[2], baked[3]
    origin = b"location.origin"
    if scheme.startswith(b"ws"):
        origin += b".replace(/^http/,`ws`)"
    return origin + b"+`" + path + b"`"
