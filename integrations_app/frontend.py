"""The production frontend: built once, by Reflex, for whatever address it is served under.

They are built in the project's folder, where `rxconfig.py` stands, into `.web/` (or
`REFLEX_WEB_WORKDIR`). An installed package brings them along, and builds none.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from integrations_app import below_path, package_files
from integrations_app.errors import StartRefused

# Without these Reflex asks the package index for its newest version and reports to its makers;
# where packets are dropped without a word, each waits for its time-out.
BUILT_BELOW = ("REFLEX_FRONTEND_PATH", "REFLEX_BACKEND_PATH")
"""Variables by which Reflex is told below which path to build; the server is told none."""

_QUIET = {
    "REFLEX_CHECK_LATEST_VERSION": "false",
    "REFLEX_TELEMETRY_ENABLED": "false",
}
_SOURCES = ("rxconfig.py", "requirements.lock", "integrations_app", "assets")
_PACKAGES = ("reflex.lock",)
_GENERATED = ("__pycache__", "external")


def web() -> Path:
    """The whole path of the folder that Reflex builds in, or that holds what it built."""
    brought = package_files.built_pages()
    if brought is not None:
        return brought
    named = os.environ.get("REFLEX_WEB_WORKDIR") or ".web"
    return (package_files.checkout() or Path.cwd()) / named


def folder() -> Path:
    """Return where the built pages are, whether or not they exist yet."""
    return web() / "build" / "client"


def served() -> tuple[Path, ...]:
    """All that serving a finished build takes: files, and folders whole."""
    return folder(), originals(), web() / "backend", _stamp()


def originals() -> Path:
    """Return what the built pages are copied from, for whatever path of a host they stand below."""
    return web() / "build" / "originals"


def built() -> bool:
    """Return whether there is a finished build to serve."""
    return _stamp().is_file()


def current() -> bool:
    """Return whether there is a finished build, made from the sources as they are now."""
    if package_files.built_pages() is not None:
        return built()  # with the very package
    return built() and _stamp().read_text() == _fingerprint(_digest(_SOURCES))


def build() -> None:
    """Build the pages with Reflex; needs bun and, for the first time, an npm registry.

    Reflex's own words go to standard error if it fails.

    Raises:
        StartRefused: This is an installed package, or Reflex failed.
    """
    if package_files.checkout() is None:
        raise StartRefused(
            "Pages are built in a checkout of the project; an installed package brings its own."
        )
    _stamp().unlink(missing_ok=True)
    sources = _digest(_SOURCES)  # before, so that what is edited meanwhile counts as changed
    _export()
    below_path.settle(folder(), originals())
    _settle_packages()
    _stamp().write_text(_fingerprint(sources))


def _export() -> None:
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"]
    done = subprocess.run(  # noqa: S603 - our own interpreter, no outside words
        command,
        cwd=_project(),
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode or not folder().is_dir():
        sys.stderr.write(done.stdout.decode(errors="replace"))
        raise StartRefused("Reflex could not build the pages; what it said stands above.")


def _settle_packages() -> None:
    """Write the committed list of npm packages in one form; Reflex alternates between two."""
    packages = _project() / "reflex.lock" / "package.json"
    settled = json.dumps(json.loads(packages.read_text()), indent=2) + "\n"
    if packages.read_text() != settled:
        packages.write_text(settled)


def _environment() -> dict[str, str]:
    # A test run's mark would have Reflex build pages for its own test harness, and what an
    # outer Reflex process set for itself is not meant for this one.
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name != "PYTEST_CURRENT_TEST" and not name.startswith("__REFLEX_")
    }
    # Reflex keeps its own records in the home folder, which a container may lack.
    own = {"REFLEX_DIR": str(web() / "reflex")}
    return own | inherited | _QUIET | dict.fromkeys(BUILT_BELOW, below_path.PLACEHOLDER)


def _project() -> Path:
    return package_files.checkout() or Path.cwd()


def _stamp() -> Path:
    # Reflex empties build/ before it builds, so the stamp of an interrupted build is gone.
    return web() / "build" / "integrations.json"


def _fingerprint(sources: str) -> str:
    # reflex.lock/ as the build left it: Reflex adds to it what a new component needs.
    return json.dumps({"sources": sources, "packages": _digest(_PACKAGES)})


def _digest(names: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for name in names:
        for path in _files(_project() / name):
            content = path.read_bytes()
            place = path.relative_to(_project()).as_posix()
            digest.update(f"{place}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return sorted(
        found
        for found in path.rglob("*")
        if found.is_file() and not any(part in _GENERATED for part in found.parts)
    )
