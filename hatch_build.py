"""Puts the built pages into the wheel, so that what is installed serves without a build."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuiltPages(BuildHookInterface):
    """Adds the pages where they were built from these very sources; else the wheel has none."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it collects the files; an editable install has its own."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)  # the build's own environment does not know the package
        try:
            from integrations_app import frontend  # noqa: PLC0415 - said above
        finally:
            sys.path.remove(self.root)
        if not frontend.current():
            self.app.display_warning("This wheel brings no pages; `make wheel` builds them first.")
            return
        pages = "integrations_app/_pages"
        web = frontend.web()
        build_data["force_include"] |= {
            str(path): Path(pages, path.relative_to(web)).as_posix() for path in frontend.served()
        }
