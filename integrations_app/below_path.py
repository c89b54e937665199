"""The built pages below a path of their host.

Browsers have to know that path, and it is known at the start only. So the pages are built below a
placeholder, and each start below a path makes a copy with the path in its place; the copy without
any path is made once, by the build.
"""

import gzip
import shutil
from pathlib import Path

PLACEHOLDER = "/integrations-base-path"
"""Where pages are built; no text of ours has it otherwise."""

_TEXTS = (".html", ".js", ".css", ".json", ".txt", ".map", ".data")
_COMPRESSED = ".gz"


def settle(pages: Path, originals: Path) -> None:
    """Keep what was built as originals, and put the pages without a path in its place.

    Args:
        pages: Folder of the built pages, all below the placeholder.
        originals: Folder to keep them in; what is there is replaced.
    """
    shutil.rmtree(originals, ignore_errors=True)
    (pages / PLACEHOLDER.strip("/")).rename(originals)
    shutil.rmtree(pages)
    # What Reflex makes of the front page, so that it answers without its last slash.
    (originals / f"{PLACEHOLDER.strip('/')}.html").unlink(missing_ok=True)
    for compressed in originals.rglob(f"*{_COMPRESSED}"):
        compressed.unlink()
    copy(originals, pages, path="")


def copy(originals: Path, pages: Path, *, path: str) -> None:
    """Write the pages for one path.

    Args:
        originals: What `settle` kept.
        pages: The folder to write; it does not exist yet.
        path: Such as `/tools`; empty for none.
    """
    for source in originals.rglob("*"):
        if not source.is_file():
            continue
        target = pages / source.relative_to(originals)
        target.parent.mkdir(parents=True, exist_ok=True)
        content = source.read_bytes()
        if source.suffix in _TEXTS:
            content = content.replace(PLACEHOLDER.encode(), path.encode())
        target.write_bytes(content)
        if source.suffix in (*_TEXTS, ".svg"):
            smaller = target.with_name(target.name + _COMPRESSED)
            smaller.write_bytes(gzip.compress(content, mtime=0))
